"""Separator sheets: a page put before a dossier's papers that says, by QR, whose they are."""

import json

from specimens.codes import qr_code
from specimens.flow import Flow
from specimens.fonts import Face
from specimens.page import A4_WIDTH, LEFT, RIGHT, Page, Point

_SIDE = 200.0
"""Points of the QR's side, quiet zone included."""


def sheet_payload(*, dossier: str, procedure: str | None = None, subject: str | None = None) -> str:
    """Return the QR's JSON; an unknown key is left out."""
    known = {"dossier": dossier, "procedure": procedure, "subject": subject}
    return json.dumps({key: value for key, value in known.items() if value}, ensure_ascii=False)


def separator_sheet(
    *, dossier: str, procedure: str | None = None, subject: str | None = None
) -> Page:
    """Compose a separator sheet."""
    flow = Flow(numbered=False)
    flow.skip(30)
    flow.centred("TỜ PHÂN CÁCH HỒ SƠ", face=Face.SANS_BOLD, size=24, gap=20)
    text = sheet_payload(dossier=dossier, procedure=procedure, subject=subject)
    flow.put(qr_code(text, Point((A4_WIDTH - _SIDE) / 2, flow.y), side=_SIDE))
    flow.skip(_SIDE + 24)
    flow.centred(f"Mã hồ sơ: {dossier}", face=Face.SANS_BOLD, size=16, gap=8)
    if procedure:
        flow.centred(f"Mã thủ tục: {procedure}", face=Face.SANS, size=14, gap=6)
    if subject:
        flow.centred(f"Chủ thể: {subject}", face=Face.SANS, size=14, gap=6)
    flow.skip(30)
    flow.centred(
        "Đặt tờ này trước các giấy tờ của hồ sơ khi quét.\nTờ này không lưu vào hồ sơ.",
        face=Face.SANS,
        size=12,
        left=LEFT,
        right=RIGHT,
    )
    return flow.pages()[0]
