"""Separator sheets and receipts: what a page's codes say of the papers behind it."""

import json
import re

from classify._text import fold
from classify.types import PageView, SheetData

_RECEIPT = re.compile(r"giay tiep nhan ho so")
_DOSSIER = re.compile(
    r"[A-Z]\d{2}(?:\.\d{2,3})*-\d{6}-\d{4,}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}"
)
_CODE = re.compile(r"^[A-Z0-9][A-Z0-9.\-/]{5,40}$")


def sheet_data(page: PageView) -> SheetData | None:
    """What a JSON code on the page says, where it has a separator's keys."""
    for code in page.codes:
        data = _parsed(code.text)
        if data:
            return data
    return None


def _parsed(text: str) -> SheetData | None:
    if not text.lstrip().startswith("{") or len(text) > 4096:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    dossier, procedure, subject = (
        _string(content.get(k)) for k in ("dossier", "procedure", "subject")
    )
    if dossier is None and procedure is None and subject is None:
        return None
    return SheetData(dossier, procedure, subject)


def _string(value: object) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text[:200] or None


def carries_code(page: PageView) -> bool:
    return sheet_data(page) is not None


def is_receipt(page: PageView) -> bool:
    lines = page.text.lines[:25]
    return any(_RECEIPT.search(fold(line.text)) for line in lines)


def receipt_dossier(page: PageView) -> str | None:
    """The dossier code in a receipt's bar code (or its QR), None on any other page."""
    if not page.codes or not is_receipt(page):
        return None
    for code in page.codes:
        data = _parsed(code.text)
        if data and data.dossier:
            return data.dossier
        text = code.text.strip()
        if _DOSSIER.search(text):
            match = _DOSSIER.search(text)
            return match[0] if match else None
        if _CODE.match(text) and any(letter.isdigit() for letter in text):
            return text
    return None
