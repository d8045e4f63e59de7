"""`tangthu doctor`: what is installed, reachable, misconfigured, and the command that mends it."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from config.cli import FAILED, Answer, Arguments
from config.options import Options, read_options
from imaging.errors import CodedError

LEAST_FREE_BYTES = 2 * 1024**3
APT = "sudo apt-get install -y "
TESSEROCR = f"{sys.executable} -m pip install tesserocr"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    """The command that mends it, or that brings what is only useful; empty where all is there."""


def run(_arguments: Arguments) -> Answer:
    """Look at everything that the work needs."""
    checks = list(_checks(read_options()))
    lines = [
        f"{'✓' if check.ok else '✗'} {check.name}: {check.detail}"
        + (f"\n    sửa: {check.mend}" if check.mend else "")
        for check in checks
    ]
    status = 0 if all(check.ok for check in checks) else FAILED
    return Answer({"checks": [asdict(check) for check in checks]}, "\n".join(lines), status)


def _checks(options: Options) -> Iterator[Check]:
    yield from reading_checks(options)
    yield _font()
    yield _home(options.home)
    yield _kinds(options.home)
    yield _fields(options.home)
    yield _space(options.home)
    yield from _broker(options)
    is_begun = (options.home / "records.sqlite").exists()
    if is_begun or options.store.s3 or options.postgres:
        records = _server(options) if options.postgres else _records(options.home)
        yield records
        if records.ok:
            from config.commands.doctor_archive import LOOKS
            from config.commands.doctor_nodes import LOOKS as NODES
            from config.commands.doctor_proof import LOOKS as PROOF

            for name, look in (*_LOOKS, *LOOKS, *NODES, *PROOF):
                yield _guarded(name, look)


def _broker(options: Options) -> Iterator[Check]:
    """Whether the workers can hear of work; nothing where they need no broker."""
    if options.broker:
        from config.commands.doctor_broker import broker_state

        ok, detail, mend = broker_state(options.broker)
        yield Check("broker", ok=ok, detail=detail, mend=mend)


def reading_checks(options: Options) -> Iterator[Check]:
    """Which engine reads, and each piece that it may use."""
    reader = _reader(options)
    yield reader
    yield _in_process()
    yield _tesseract(needed=not reader.ok)
    yield _language("vie", options.tessdata)
    yield _language("osd", options.tessdata)
    yield from _second_readers()


def _reader(options: Options) -> Check:
    """Load what reads pages, as a worker does."""
    from config.reading import build_engine

    try:
        engine = build_engine(options)
    except CodedError as error:
        return Check("reader", ok=False, detail=error.message, mend=READER_MENDS[error.code])
    detail = f"{engine.name}, {engine.how}; chế độ {options.reading}"
    return Check("reader", ok=True, detail=detail)


READER_MENDS = {
    "ocr_engine_missing": TESSEROCR,
    "ocr_language_missing": APT + "tesseract-ocr-vie",
    "ocr_program_missing": APT + "tesseract-ocr tesseract-ocr-vie",
    "ocr_failed": APT + "--reinstall tesseract-ocr-vie",
}


def _in_process() -> Check:
    """A machine without it reads all the same."""
    from ocr.engines import tesserocr_version

    try:
        return Check("tesserocr", ok=True, detail=tesserocr_version())
    except CodedError:
        detail = "không có; vẫn đọc được bằng chương trình tesseract, chậm hơn"
        return Check("tesserocr", ok=True, detail=detail, mend=TESSEROCR)


def _tesseract(*, needed: bool) -> Check:
    from imaging import version_of

    try:
        return Check("tesseract", ok=True, detail=version_of("tesseract"))
    except CodedError as error:
        mend = APT + "tesseract-ocr"
        return Check("tesseract", ok=not needed, detail=error.message, mend=mend)


def _second_readers() -> Iterator[Check]:
    """Pages are read without them, what is doubtful less well."""
    from ocr import second_readers_found

    for number, found in enumerate(second_readers_found(), start=1):
        name = f"second-reader-{number}"
        if found.error is None:
            yield Check(name, ok=True, detail=found.name)
        else:
            mend = SECOND_MENDS.get(found.error.code, "")
            detail = f"{found.name}: {found.error.message}"
            yield Check(name, ok=True, detail=detail, mend=mend)


SECOND_MENDS = {
    "ocr_second_reader_missing": f"{sys.executable} -m pip install trueocr onnxruntime",
    "ocr_script_reader_missing": APT + "tesseract-ocr-script-viet",
}


def _language(code: str, tessdata: Path | None) -> Check:
    from ocr.engines import find_tessdata

    name = f"tesseract-{code}"
    try:
        return Check(name, ok=True, detail=str(find_tessdata(code, tessdata)))
    except CodedError:
        mend = APT + ("tesseract-ocr-vie" if code == "vie" else "tesseract-ocr")
        return Check(name, ok=False, detail="thiếu dữ liệu ngôn ngữ", mend=mend)


def _fields(home: Path) -> Check:
    """Load what was learnt about fields; where it is spoilt the shipped state is used."""
    from classify.shelf import FieldShelf

    shelf = FieldShelf(home / "models" / "fields")
    problem = shelf.problem()
    if problem:
        mend = "tangthu learn --back fields"
        return Check("field_model", ok=False, detail=problem, mend=mend)
    return Check("field_model", ok=True, detail=f"phiên bản {shelf.current().version}")


def _kinds(home: Path) -> Check:
    """Load the model of kinds; where a learnt one is spoilt the shipped one is used."""
    from classify.shelf import ModelShelf

    shelf = ModelShelf(home / "models")
    problem = shelf.problem()
    if problem:
        return Check("kind_model", ok=False, detail=problem, mend="tangthu learn --back")
    return Check("kind_model", ok=True, detail=f"phiên bản {shelf.current().version}")


def _font() -> Check:
    from archive.signing import font_path

    try:
        return Check("font", ok=True, detail=str(font_path()))
    except CodedError as error:
        return Check("font", ok=False, detail=error.message, mend=APT + "fonts-liberation2")


def _home(home: Path) -> Check:
    """Write, read and remove one file where the data lie."""
    probe = home / ".doctor"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"?")
        probe.unlink()
    except OSError as error:
        return Check(
            "home", ok=False, detail=f"không ghi được vào {home}: {error}", mend=f"mkdir -p {home}"
        )
    return Check("home", ok=True, detail=str(home))


def _space(home: Path) -> Check:
    free = shutil.disk_usage(home if home.exists() else Path.cwd()).free
    detail = f"còn {free / 1024**3:.1f} GB"
    mend = "" if free > LEAST_FREE_BYTES else f"du -sh {home}/* | sort -h"
    return Check("disk", ok=not mend, detail=detail, mend=mend)


def _records(home: Path) -> Check:
    from django.db import DatabaseError

    from config.start import start

    path = home / "records.sqlite"
    try:
        start(is_current=False)
    except CodedError as error:
        return Check("records", ok=False, detail=error.message, mend=f"ls -ld {home}")
    except DatabaseError as error:
        detail = f"không mở được {path}: {error}. Hãy khôi phục tệp này từ bản sao lưu."
        return Check("records", ok=False, detail=detail, mend=f"ls -l {path}")
    return Check("records", ok=True, detail=str(path))


def _server(options: Options) -> Check:
    """Whether the database server can be used; the records of every node lie there."""
    from config.start import start

    try:
        start(is_current=False)
    except CodedError as error:
        detail = f"{error.code}: {error.message} ({error.detail})"
        return Check("records", ok=False, detail=detail, mend="pg_isready")
    assert options.postgres
    return Check("records", ok=True, detail=f"PostgreSQL, {options.postgres.name}")


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except CodedError as error:
        return Check(name, ok=False, detail=f"{error.code}: {error.message}", mend=MENDS[name])


MENDS = {
    "archive": "tangthu verify --all",
    "index": "tangthu reindex --wait",
    "signing": "env | grep -E '^TANGTHU_(DIGITISER|AGENCY)_'",
    "catalogue": "tangthu catalogue load",
    "clock": "sudo timedatectl set-ntp true",
    "held": "tangthu serve",
    "copies": "tangthu fixity",
    "fixity": "tangthu fixity",
    "keys": "tangthu keys list",
    "work": "env | grep TANGTHU_WORK_S3_BUCKET",
    "nodes": "pg_isready",
    "trust": "ls -R $TANGTHU_HOME/trust",
    "timestamps": "env | grep TANGTHU_TSA_URL",
}


def _archive() -> Check:
    from workers.house import current

    count = sum(1 for _ in current().archive.names())
    return Check("archive", ok=True, detail=f"đọc được, {count} khối dữ liệu")


def _index() -> Check:
    """Counts alone: which entries are missing is found slice by slice while the machine works."""
    from archive.models import Document
    from archive.services.indexing import open_pass
    from archive.states import PassKind
    from workers.house import current

    index, mend = current().index, MENDS["index"]
    if index.is_older():
        detail = "chỉ mục thuộc phiên bản cũ, vẫn tìm được; máy dựng lại khi chạy"
        return Check("index", ok=False, detail=detail, mend=mend)
    held, known = index.count(), Document.objects.count()
    detail = f"{held} giấy tờ" + (f", thiếu {known - held}" if held < known else "")
    if open_pass(PassKind.REBUILD):
        detail += "; đang dựng lại"
    return Check("index", ok=True, detail=detail)


def _signing() -> Check:
    from workers.house import current

    signers = current().signers()
    kind = "THỬ NGHIỆM (chưa cấu hình chứng thư thật)" if signers.is_test else "chứng thư đã đặt"
    if signers.locks:
        asked = ", ".join(lock.label for lock in signers.locks)
        return Check("signing", ok=True, detail=f"{kind}; khi ký sẽ hỏi: {asked}")
    for key in (signers.digitiser, signers.agency):
        key.open()
    return Check("signing", ok=True, detail=f"{signers.digitiser_shown}; {kind}")


def _catalogue() -> Check:
    from workers.house import current

    catalogue = current().catalogue()
    detail = f"{len(catalogue.kinds)} loại giấy tờ, {len(catalogue.procedures)} thủ tục"
    ok = bool(catalogue.kinds and catalogue.procedures)
    return Check("catalogue", ok=ok, detail=detail, mend="" if ok else MENDS["catalogue"])


def _clock() -> Check:
    """Signing times come from this machine's clock; it may not stand before the last event."""
    import datetime as dt

    from archive.models import AuditEvent

    last = AuditEvent.objects.order_by("-seq").first()
    ahead = last is not None and dt.datetime.fromisoformat(last.at).timestamp() > time.time() + 60
    detail = "chậm hơn nhật ký" if ahead else "không lùi so với nhật ký"
    return Check("clock", ok=not ahead, detail=detail, mend=MENDS["clock"] if ahead else "")


def _held() -> Check:
    """Papers with a secrecy mark must be decided about in time."""
    from django.utils import timezone

    from archive.models import Receipt
    from archive.states import ReceiptState

    late = Receipt.objects.filter(state=ReceiptState.HELD, decide_by__lt=timezone.now()).count()
    detail = f"{late} tệp có dấu mật quá hạn quyết định" if late else "không có tệp quá hạn"
    return Check("held", ok=not late, detail=detail, mend=MENDS["held"] if late else "")


_LOOKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("archive", _archive),
    ("index", _index),
    ("signing", _signing),
    ("catalogue", _catalogue),
    ("clock", _clock),
    ("held", _held),
)
