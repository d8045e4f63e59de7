"""Stages of one page: measured, made ready, read."""

import cv2
import numpy as np

from archive.models import Page, StageRun
from archive.services.intake import hold_file
from archive.services.pages import record_clean, record_gate, record_text
from imaging import Box, PageImage, Pixels, rotate_quarter
from imaging.errors import CorruptFileError
from ocr import (
    CleanPage,
    Engine,
    clean_page,
    inspect_page,
    page_text_to_bytes,
    read_text_layer,
    recognise_page,
    secret_in_text,
)
from ocr.types import PageText, SecretMark
from workers.house import House
from workers.outcome import Outcome
from workers.views import gate_columns


def gate(run: StageRun, house: House) -> Outcome:
    """Measure a page before anything on it is read; a secrecy mark stops its file."""
    page = _page(run)
    report = inspect_page(_image(page, house), recogniser=house.engine_for(run).recogniser)
    if report.secret:
        return _held(page, report.secret, house)
    return Outcome(lambda _: record_gate(page, gate_columns(report), is_blank=report.is_blank))


def clean(run: StageRun, house: House) -> Outcome:
    """Make a page ready to read; one with a right text layer of its own needs no picture."""
    page = _page(run)
    text = _text_layer(page, house)
    if text:
        return Outcome(lambda _: record_clean(page, "", {"is_born_digital": True}))
    ready = clean_page(_upright(page, house), page.dpi, mode=house.mode)
    facts = {"to_page": ready.to_page, "skew": ready.skew, "dpi": ready.dpi, "seals": ready.seals}
    return Outcome(
        lambda kept: record_clean(page, kept[0], facts),
        blobs=(_png(ready.grey),),
    )


def recognise(run: StageRun, house: House) -> Outcome:
    """Read a page, and look at its text for a secrecy mark that the gate could not see."""
    page = _page(run)
    text = _read(run, page, house)
    secret = secret_in_text(text)
    if secret:
        return _held(page, secret, house)
    return Outcome(lambda kept: record_text(page, kept[0]), blobs=(page_text_to_bytes(text),))


def _held(page: Page, secret: SecretMark, house: House) -> Outcome:
    """Stop the page's file; its plain copy goes at once."""
    house.originals.forget()
    return Outcome(lambda _: hold_file(page.receipt, page=page.number, level=secret.level))


def _read(run: StageRun, page: Page, house: House) -> PageText:
    if not page.clean_sha256:
        text = _text_layer(page, house, engine=house.engine())
        if text is None:
            raise CorruptFileError(detail="the text layer judged right before is gone")
        return text
    facts = page.clean_facts or {}
    first, second = facts["to_page"]
    ready = CleanPage(
        grey=_grey(house.work.read(page.clean_sha256)),
        to_page=(tuple(first), tuple(second)),
        skew=facts["skew"],
        dpi=facts["dpi"],
        seals=tuple(Box(*box) for box in facts.get("seals", ())),
    )
    return recognise_page(
        ready,
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        rotation=page.rotation,
        engine=house.engine_for(run),
        review=house.review_for(run),
    )


def _page(run: StageRun) -> Page:
    return Page.objects.select_related("receipt").get(pk=run.subject_id)


def _image(page: Page, house: House) -> PageImage:
    return house.originals.source(page.receipt.sha256).page(page.number)


def _upright(page: Page, house: House) -> Pixels:
    return rotate_quarter(_image(page, house).pixels, page.rotation)


def _text_layer(page: Page, house: House, *, engine: Engine | None = None) -> PageText | None:
    if page.receipt.media_type != "application/pdf":
        return None
    path = house.originals.path(page.receipt.sha256)
    return read_text_layer(path, page.number, engine=engine)


def _png(grey: Pixels) -> bytes:
    done, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert done
    return data.tobytes()


def _grey(data: bytes) -> Pixels:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]  # the bytes are ours
