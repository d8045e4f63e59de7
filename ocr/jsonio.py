"""Page texts as JSON: exact both ways, and the same bytes for the same reading."""

import json
from typing import Any, Final

from imaging.types import Box
from ocr.types import Affine, Line, LineRole, PageText, TextSource, Word

_VERSION: Final = 2


def page_text_to_json(page: PageText) -> dict[str, Any]:
    """A page as plain JSON values; what it cost in seconds is left out.

    Words are lists [text, x0, y0, x1, y1, confidence, repaired, raw], for there are many.
    """
    return {
        "version": _VERSION,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "skew": page.skew,
        "source": page.source.value,
        "engine": page.engine,
        "to_page": page.to_page,
        "lines": [
            {
                "box": list(line.box),
                "block": line.block,
                "role": line.role.value,
                "words": [
                    [word.text, *word.box, word.confidence, word.repaired, word.raw]
                    for word in line.words
                ],
            }
            for line in page.lines
        ],
    }


def page_text_from_json(value: dict[str, Any]) -> PageText:
    """What `page_text_to_json` wrote. Raises ValueError or KeyError for anything else."""
    if value["version"] != _VERSION:
        raise ValueError(f"page text of version {value['version']}")
    return PageText(
        width=value["width"],
        height=value["height"],
        dpi=value["dpi"],
        rotation=value["rotation"],
        skew=value["skew"],
        lines=tuple(_line(line) for line in value["lines"]),
        source=TextSource(value["source"]),
        engine=value["engine"],
        to_page=_affine(value["to_page"]),
    )


def page_text_to_bytes(page: PageText) -> bytes:
    """Compact UTF-8 JSON: equal readings give equal bytes, so they are one blob."""
    value = page_text_to_json(page)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def page_text_from_bytes(content: bytes) -> PageText:
    """What `page_text_to_bytes` wrote."""
    return page_text_from_json(json.loads(content))


def _line(value: dict[str, Any]) -> Line:
    words = tuple(_word(word) for word in value["words"])
    box, role = Box(*value["box"]), LineRole(value["role"])
    return Line(words, box, block=value["block"], role=role)


def _affine(rows: list[list[float]] | None) -> Affine | None:
    if rows is None:
        return None
    (a, b, c), (d, e, f) = rows
    return ((a, b, c), (d, e, f))


def _word(value: list[Any]) -> Word:
    text, x0, y0, x1, y1, confidence, repaired, raw = value
    return Word(text, Box(x0, y0, x1, y1), confidence, repaired, raw)
