"""Reading a file without keeping anything: what `tangthu read` says. No records, no Django."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from classify import CONTENTS, Entry, Listed, classify, extract, read_contents, separate
from classify.kinds import unknown
from classify.learnt import FieldModel
from classify.model import KindModel
from classify.policy import Promise
from classify.types import FieldValue, KindGuess, PageView, Pictures, Reference, Span
from imaging import open_source, rotate_quarter
from imaging.errors import Category, CodedError
from imaging.types import Pixels
from ocr import (
    Engine,
    Mode,
    Review,
    inspect_page,
    read_page,
    read_strip,
    read_text_layer,
    secret_in_text,
)
from ocr.digits import DigitReader, digit_reader
from ocr.types import GateReport, PageText, TextSource
from workers.beside import weigh_file

CHUNK = 1024 * 1024


class SecretMarkError(CodedError):
    """The file bears a secrecy mark: nothing of it is shown."""

    code = "secret_mark"
    category = Category.BAD_INPUT
    message = (
        "Giấy tờ có dấu chỉ độ mật nên không được đọc bằng phần mềm này. "
        "Hãy giao cho người có trách nhiệm."
    )


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page: what the gate measured and what was read. A secret page is not read."""

    number: int
    report: GateReport
    text: PageText


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One document found in the file."""

    span: Span
    kind: KindGuess
    fields: Mapping[str, FieldValue]
    contents: tuple[Entry, ...] = ()
    """What a dossier's table of contents names; empty for every other paper."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file."""

    sha256: str
    pages: tuple[PageReading, ...]
    documents: tuple[DocumentReading, ...]


@dataclass(frozen=True, slots=True)
class _Taught:
    """What the machine goes by: the models in use and what they promise."""

    kinds: KindModel | None
    fields: FieldModel | None
    promise: Promise
    hand: DigitReader | None


def read_file(  # noqa: PLR0913  every one is a choice of the caller, all named
    untrusted_path: Path,
    *,
    reference: Reference,
    engine: Engine,
    threads: int,
    review: Review | None = None,
    mode: Mode = Mode.CAREFUL,
    model: KindModel | None = None,
    learnt: FieldModel | None = None,
    promise: Promise = Promise.STRICT,
    hand: DigitReader | None = None,
    tick: Callable[[PageReading], None] = lambda _: None,
) -> Reading:
    """Read a file page by page, then find its documents. Raises imaging's and ocr's errors,
    SecretMarkError. `model`, `learnt` and `hand` None are the shipped ones.
    """
    pages = read_pages(
        untrusted_path, engine=engine, threads=threads, review=review, mode=mode, tick=tick
    )
    views = [_view(page) for page in pages]
    pictures = _pictures(untrusted_path, pages)
    taught = _Taught(model, learnt, promise, hand or digit_reader())
    documents = tuple(_documents(views, reference, pictures, taught))
    return Reading(sha256=hash_of(untrusted_path), pages=tuple(pages), documents=documents)


def read_pages(
    untrusted_path: Path,
    *,
    engine: Engine,
    threads: int,
    review: Review | None = None,
    mode: Mode = Mode.CAREFUL,
    tick: Callable[[PageReading], None] = lambda _: None,
) -> list[PageReading]:
    """Read a file page by page. Raises imaging's and ocr's errors, SecretMarkError."""
    with open_source(untrusted_path) as source:
        numbers = range(1, source.page_count + 1)
        is_pdf = source.media_type == "application/pdf"
    with ThreadPoolExecutor(threads) as pool:
        pages = []
        for page in pool.map(
            lambda number: read_one(
                untrusted_path, number, is_pdf=is_pdf, engine=engine, review=review, mode=mode
            ),
            numbers,
        ):
            secret = page.report.secret or secret_in_text(page.text)
            if secret:
                raise SecretMarkError(detail=f"page {page.number}: {secret.level}")
            tick(page)
            pages.append(page)
    return pages


def read_one(
    untrusted_path: Path,
    number: int,
    *,
    is_pdf: bool,
    engine: Engine,
    review: Review | None = None,
    mode: Mode = Mode.CAREFUL,
) -> PageReading:
    """Look at one page and read it, unless it is blank or bears a secrecy mark."""
    with open_source(untrusted_path) as source:
        image = source.page(number)
    report = inspect_page(image, recogniser=engine.recogniser)
    if report.is_blank or report.secret:
        return PageReading(number, report, _no_text(report))
    text = read_text_layer(untrusted_path, number, engine=engine) if is_pdf else None
    if text is None:
        upright = rotate_quarter(image.pixels, report.rotation)
        text = read_page(
            upright,
            dpi=image.dpi,
            rotation=report.rotation,
            engine=engine,
            review=review,
            mode=mode,
        )
    return PageReading(number, report, text)


def _no_text(report: GateReport) -> PageText:
    return PageText(
        width=report.width,
        height=report.height,
        dpi=report.dpi,
        rotation=report.rotation,
        skew=0.0,
        lines=(),
        source=TextSource.NONE,
    )


def _view(page: PageReading) -> PageView:
    return PageView(
        number=page.number,
        text=page.text,
        is_blank=page.report.is_blank,
        codes=page.report.codes,
        marks=page.report.marks,
        is_born_digital=page.text.source == TextSource.BORN_DIGITAL,
    )


def _pictures(untrusted_path: Path, pages: Sequence[PageReading]) -> Pictures:
    """Where the upright pictures come from: the file, opened once more for the few asked for."""

    def picture(number: int) -> Pixels:
        with open_source(untrusted_path) as source:
            image = source.page(number)
        return rotate_quarter(image.pixels, pages[number - 1].report.rotation)

    return picture


def _documents(
    views: Sequence[PageView],
    reference: Reference,
    pictures: Pictures,
    taught: _Taught,
) -> list[DocumentReading]:
    """A file whose every read page has its own right text is one document, as when archived."""
    read = [view for view in views if view.text.lines]
    if read and all(view.is_born_digital for view in read):
        spans: Sequence[Span] = [
            Span(1, len(views), sheet=None, confidence=1.0, reason="tệp điện tử giữ nguyên")
        ]
    else:
        spans = separate(views).spans
    today = dt.datetime.now().astimezone().date()
    reference = replace(reference, today=reference.today or today)
    found = []
    for span in spans:
        pages = views[span.first_page - 1 : span.last_page]
        guess = classify(pages, reference, taught.kinds)
        entries = read_contents(pages) if guess.name == CONTENTS else ()
        fields = extract(
            pages, guess, reference, pictures, promise=taught.promise, hand=taught.hand,
            learnt=taught.fields, strips=read_strip,
        )  # fmt: skip
        found.append(DocumentReading(span, guess, fields, entries))
    return _together(found, views, today, taught.promise)


def _together(
    documents: Sequence[DocumentReading],
    views: Sequence[PageView],
    today: dt.date,
    promise: Promise,
) -> list[DocumentReading]:
    """The documents of a file, what pens wrote on them weighed with what the others say."""
    listed = [Listed(entry.number, entry.issued_on) for one in documents for entry in one.contents]
    papers = [
        (one.kind.name, views[one.span.first_page - 1 : one.span.last_page], one.fields)
        for one in documents
    ]
    weighed = weigh_file(papers, listed, today=today, promise=promise)
    return [replace(one, fields=fields) for one, fields in zip(documents, weighed, strict=True)]


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def page_json(page: PageReading) -> dict[str, Any]:
    """One page as the command line prints it (DESIGN section 6)."""
    return {
        "number": page.number,
        "width": page.report.width,
        "height": page.report.height,
        "dpi": page.report.dpi,
        "rotation": page.report.rotation,
        "skew": round(page.text.skew, 2),
        "verdict": page.report.verdict.value,
        "problems": [
            {"code": problem.code, "message": problem.message, "measured": problem.measured}
            for problem in page.report.problems
        ],
        "text": page.text.text,
        "to_page": page.text.to_page,
        "lines": [
            {
                "text": line.text,
                "box": list(line.box),
                "confidence": round(line.confidence, 4),
                "role": line.role.value,
                "words": [
                    {
                        "text": word.text,
                        "box": list(word.box),
                        "confidence": round(word.confidence, 4),
                        "repaired": word.repaired,
                        "raw": word.raw,
                    }
                    for word in line.words
                ],
            }
            for line in page.text.lines
        ],
    }


def document_json(document: DocumentReading) -> dict[str, Any]:
    """One document as the command line prints it."""
    return {
        "first_page": document.span.first_page,
        "last_page": document.span.last_page,
        "kind": {
            "code": document.kind.code,
            "name": document.kind.name,
            "form": document.kind.form,
            "confidence": round(document.kind.confidence, 4),
            "reasons": list(document.kind.reasons),
        },
        "fields": {name: field_json(field) for name, field in document.fields.items()},
        **_contents_json(document.contents),
    }


def empty_document_json(pages: int) -> dict[str, Any]:
    """What the command line prints of a file that holds blank pages alone: not known, and why."""
    kind = unknown("Tệp chỉ có trang trống. Hãy xem lại bản giấy và quét lại mặt có chữ.")
    fields = extract([], kind, Reference(()))
    span = Span(1, pages, sheet=None, confidence=0.0, reason="tệp chỉ có trang trống")
    return document_json(DocumentReading(span, kind, fields))


def _contents_json(entries: Sequence[Entry]) -> dict[str, Any]:
    """A table of contents as an index; other papers have no such key."""
    rows = [asdict(entry) | {"box": list(entry.box)} for entry in entries]
    return {"contents": rows} if rows else {}


def field_json(field: FieldValue) -> dict[str, Any]:
    """One field as the command line prints it."""
    return {
        "value": field.value,
        "as_printed": field.as_printed,
        "confidence": round(field.confidence, 4),
        "sure": field.sure,
        "handwritten": field.handwritten,
        "alternatives": [
            {"value": other.value, "confidence": round(other.confidence, 4)}
            for other in field.alternatives
        ],
        "page": field.page,
        "box": list(field.box) if field.box else None,
        "reason": field.reason,
    }
