"""Faults done to a sealed archive past all verbs, each with what a check must say of it.

Whoever does them has the disk and the database, and knows what lies where.
"""

import datetime as dt
import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from archive.models import (
    ArchivedBlob,
    AuditEvent,
    AuditHead,
    Document,
    Field,
    Receipt,
    SealedFile,
    Signature,
)
from archive.states import DocumentStatus, FileRole
from proof.anchors import Anchor, parse_anchor, token_name
from proof.chain import event_hash
from proof.types import Report, What
from tests.made_archive import MadeArchive, blank, stored_path

Named = tuple[str, What]
"""What a report names: an id, and what is wrong."""


@dataclass
class Done:
    """One fault that was done."""

    kind: str
    named: frozenset[Named]
    """One of these must be told."""
    about: frozenset[str]
    """Ids that may be told of because of it; any other would be a false alarm."""


@dataclass
class Harm:
    """Does faults to an archive, each to a document of its own, and remembers them."""

    made: MadeArchive
    root: Path
    """The local archive's folder."""
    dice: random.Random
    done: list[Done] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    """Documents that nothing was done to yet."""
    seqs: list[int] = field(default_factory=list)
    """Events that nothing was done to yet, none beside another."""
    anchors: list[str] = field(default_factory=list)
    """Names of anchors that nothing was done to."""
    honest: list[Anchor] = field(default_factory=list)
    """Every anchor as it was."""

    def __post_init__(self) -> None:
        self.free = self.dice.sample(self.made.documents, len(self.made.documents))
        self.honest = [parse_anchor(data) for data in self._anchor_files().values()]
        last = max(anchor.seq for anchor in self.honest)
        seals = set(AuditEvent.objects.filter(tag="document:sealed").values_list("seq", flat=True))
        edges = set(AuditHead.objects.values_list("first_seq", flat=True))
        edges |= set(AuditHead.objects.values_list("last_seq", flat=True))
        spare = [seq for seq in range(4, last - 4, 4) if not {seq, seq + 1} & (seals | edges)]
        self.seqs = self.dice.sample(spare, len(spare))
        self.anchors = sorted(self._anchor_files())[1:-1]
        self.dice.shuffle(self.anchors)

    def _anchor_files(self) -> dict[str, bytes]:
        folder = self.root / "anchors"
        return {path.name: path.read_bytes() for path in folder.glob("*.json")}

    def do(self, kind: str) -> None:
        """Do one fault of this kind."""
        KINDS[kind](self, kind)

    def _note(self, kind: str, named: set[Named], about: set[str] | None = None) -> None:
        ids = {one for one, _what in named} | (about or set())
        self.done.append(Done(kind, frozenset(named), frozenset(ids)))

    def document(self) -> Document:
        """A document that nothing was done to."""
        return Document.objects.get(pk=self.free.pop())

    def blob(self, *, role: str = "", encrypted: bool | None = None) -> tuple[Document, str]:
        """A document with one of its blobs."""
        for place in range(len(self.free)):
            document = Document.objects.get(pk=self.free[-1 - place])
            rows = [
                row
                for row in document.files.select_related("blob")
                if row.blob.uses.count() == 1  # not evidence that two papers share
                and role in ("", row.role)
                and encrypted in (None, bool(row.blob.wrapped_key))
            ]
            if rows:
                del self.free[-1 - place]
                return document, self.dice.choice(sorted(rows, key=lambda one: one.role)).blob_id
        raise AssertionError("no document is left")


def overwrite(path: Path, data: bytes) -> None:
    """Write past the read-only bit, as root does."""
    path.chmod(0o644)
    path.write_bytes(data)


def _flip(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]


def flip_byte(harm: Harm, kind: str) -> None:
    """One bit of a stored file."""
    document, sha256 = harm.blob(encrypted=kind == "byte flipped in an encrypted file")
    path = stored_path(harm.root, sha256)
    overwrite(path, _flip(path.read_bytes(), harm.dice))
    harm._note(kind, {(document.pk, What.BLOB_DAMAGED)})


def truncate(harm: Harm, kind: str) -> None:
    """The end of a stored file gone."""
    document, sha256 = harm.blob()
    path = stored_path(harm.root, sha256)
    data = path.read_bytes()
    overwrite(path, data[: harm.dice.randrange(len(data))])
    harm._note(kind, {(document.pk, What.BLOB_DAMAGED)})


def delete(harm: Harm, kind: str) -> None:
    """A stored file gone."""
    document, sha256 = harm.blob()
    stored_path(harm.root, sha256).unlink()
    harm._note(kind, {(document.pk, What.BLOB_MISSING)})


def swap(harm: Harm, kind: str) -> None:
    """The files of two documents changed about."""
    encrypted = harm.dice.random() < 0.5
    (one, first), (two, second) = (
        harm.blob(role=FileRole.DOCUMENT, encrypted=encrypted) for _ in range(2)
    )
    paths = [stored_path(harm.root, sha256) for sha256 in (first, second)]
    data = [path.read_bytes() for path in paths]
    for path, other in zip(paths, reversed(data), strict=True):
        overwrite(path, other)
    harm._note(kind, {(one.pk, What.BLOB_SWAPPED)}, {two.pk})
    harm._note(kind, {(two.pk, What.BLOB_SWAPPED)}, {one.pk})


def older_file(harm: Harm, kind: str) -> None:
    """The signed file replaced by the one before it was signed."""
    document, sha256 = harm.blob(role=FileRole.DOCUMENT, encrypted=False)
    with harm.made.house.work.open(document.pdf_sha256) as unsigned:
        overwrite(stored_path(harm.root, sha256), unsigned.read())
    harm._note(kind, {(document.pk, What.BLOB_ROLLED_BACK)})


def older_rows(harm: Harm, kind: str) -> None:
    """The rows as they were before a person had checked them."""
    document = harm.document()
    Document.objects.filter(pk=document.pk).update(confirmed_by=None, confirmed_at=None)
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_document(harm: Harm, kind: str) -> None:
    """A column of the document's row."""
    document = harm.document()
    column, value = harm.dice.choice(
        [
            ("number", "99/QĐ-UBND"),
            ("kind_code", "VB01"),
            ("issuer", "Ủy ban nhân dân xã Khác"),
            ("abstract", "Về việc khác"),
            ("issued_on", dt.date(2001, 1, 1)),
            ("expires_on", dt.date(2099, 1, 1)),
            ("revoked_on", dt.date(2026, 2, 2)),
            ("subject", None),
            ("last_page", 2),
        ]
    )
    Document.objects.filter(pk=document.pk).update(**{column: value})
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_field(harm: Harm, kind: str) -> None:
    """The value of a field, a field gone, or one too many."""
    document = harm.document()
    row = document.fields.order_by("pk")[0]
    choice = harm.dice.randrange(3)
    if choice == 0:
        Field.objects.filter(pk=row.pk).update(value="khác")
    elif choice == 1:
        row.delete()
    else:
        Field.objects.create(document=document, name="owner_name", value="Kẻ Gian")
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_signature(harm: Harm, kind: str) -> None:
    """Who signed, by the row; or the row gone."""
    document = harm.document()
    rows = Signature.objects.filter(document=document)
    if harm.dice.random() < 0.5:
        rows.update(signer="Người Khác")
    else:
        rows.delete()
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_receipt(harm: Harm, kind: str) -> None:
    """What file it came in."""
    document = harm.document()
    Receipt.objects.filter(pk=document.receipt_id).update(untrusted_name="khac.pdf")
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_blob_row(harm: Harm, kind: str) -> None:
    """A blob's size, or its day of destruction."""
    document, sha256 = harm.blob(role=FileRole.DOCUMENT)
    row = ArchivedBlob.objects.filter(pk=sha256)
    if harm.dice.random() < 0.5:
        row.update(size=1)
    else:
        row.update(retain_until=dt.date(2020, 1, 1))
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def point_elsewhere(harm: Harm, kind: str) -> None:
    """A row that names another document's file."""
    one, two = harm.document(), harm.document()
    theirs = SealedFile.objects.get(document=two, role=FileRole.DOCUMENT)
    SealedFile.objects.filter(document=one, role=FileRole.DOCUMENT).update(blob=theirs.blob_id)
    harm._note(kind, {(one.pk, What.BLOB_SWAPPED)})


def vanish(harm: Harm, kind: str) -> None:
    """A document that is called unsealed again."""
    document = harm.document()
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.REFUSED)
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def change_time(harm: Harm, kind: str) -> None:
    """When it was signed or sealed, by the row."""
    document = harm.document()
    column = harm.dice.choice(["signed_at", "sealed_at", "confirmed_at"])
    earlier = dt.datetime(2025, 5, 5, tzinfo=dt.UTC)
    Document.objects.filter(pk=document.pk).update(**{column: earlier})
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def _event(harm: Harm) -> AuditEvent:
    return AuditEvent.objects.get(seq=harm.seqs.pop())


def _audit(harm: Harm, kind: str, *seqs: int) -> None:
    """A fault of the trail shows at its row or at the next; anchors on it may be told of too."""
    near = {seq + step for seq in seqs for step in (0, 1)}
    named = {(f"audit:{seq}", What.AUDIT_BROKEN) for seq in near}
    days = AuditEvent.objects.filter(seq__in=near).values_list("day", flat=True)
    heads = AuditHead.objects.filter(day__in=set(days)).values_list("last_seq", flat=True)
    later = {f"audit:{seq}" for seq in heads} | _anchored_that_day(harm, set(days))
    harm._note(kind, named, later)


def _anchored_that_day(harm: Harm, days: set[dt.date]) -> set[str]:
    """Anchors count the day's events: one too few shows at each later anchor of the day."""
    iso = {day.isoformat() for day in days}
    return {f"audit:{anchor.seq}" for anchor in harm.honest if anchor.day in iso}


def remove_event(harm: Harm, kind: str) -> None:
    """An event taken out before the last anchor."""
    event = _event(harm)
    AuditEvent.objects.filter(seq=event.seq).delete()
    _audit(harm, kind, event.seq)


def alter_event(harm: Harm, kind: str) -> None:
    """Another actor, another subject, another detail; sometimes with its hash made right."""
    event = _event(harm)
    column, value = harm.dice.choice(
        [("actor", "ke-gian"), ("subject", "document:D0"), ("detail", {"n": 1})]
    )
    setattr(event, column, value)
    if harm.dice.random() < 0.5:
        event.hash = _right_hash(event)
    event.save()
    _audit(harm, kind, event.seq)


def _right_hash(event: AuditEvent) -> str:
    from archive.services.audit import as_mapping

    return event_hash(event.previous, as_mapping(event, with_hash=False))


def change_event_time(harm: Harm, kind: str) -> None:
    """When it happened."""
    event = _event(harm)
    event.at = event.at.replace("2026", "2025", 1)
    event.save()
    _audit(harm, kind, event.seq)


def swap_events(harm: Harm, kind: str) -> None:
    """Two neighbours changed about, their places kept."""
    one = _event(harm)
    two = AuditEvent.objects.get(seq=one.seq + 1)
    for name in ("at", "tag", "actor", "subject", "detail"):
        mine, theirs = getattr(one, name), getattr(two, name)
        setattr(one, name, theirs)
        setattr(two, name, mine)
    one.save()
    two.save()
    _audit(harm, kind, one.seq, two.seq)


def alter_head(harm: Harm, kind: str) -> None:
    """The row that closes a day."""
    used = {one for done in harm.done if done.kind == kind for one in done.about}
    heads = list(AuditHead.objects.order_by("day"))[:-1]
    head = harm.dice.choice([one for one in heads if f"audit:{one.last_seq}" not in used])
    AuditHead.objects.filter(day=head.day).update(hash="0" * 64)
    harm._note(kind, {(f"audit:{head.last_seq}", What.AUDIT_BROKEN)})


def alter_anchor(harm: Harm, kind: str) -> None:
    """An anchor rewritten, well-formed or not."""
    name = harm.anchors.pop()
    path = harm.root / "anchors" / name
    data = path.read_bytes()
    value = json.loads(data)
    if harm.dice.random() < 0.5:
        value["hash"] = "f" * 64
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        overwrite(path, text.encode())
    else:
        overwrite(path, _flip(data, harm.dice))
    about = {f"audit:{value['seq']}", f"anchors/{name}", f"anchors/{token_name(name)}"}
    about |= {f"audit:{value['day']}"}
    harm._note(kind, {(one, What.AUDIT_BROKEN) for one in about}, _named_by(value) | about)


def change_anchor_time(harm: Harm, kind: str) -> None:
    """An anchor that claims another hour."""
    name = harm.anchors.pop()
    path = harm.root / "anchors" / name
    data = path.read_bytes()
    value = json.loads(data)
    overwrite(
        path, data.replace(value["at"].encode(), value["at"].replace("2026", "2025").encode())
    )
    about = {f"anchors/{token_name(name)}"}
    harm._note(kind, {(f"audit:{value['seq']}", What.AUDIT_BROKEN)}, about)


def _named_by(value: dict[str, Any]) -> set[str]:
    """What an unreadable anchor leaves unsaid, or says wrongly, of the others."""
    return {f"anchors/{value.get(key)}" for key in ("previous", "stamped") if value.get(key)}


def remove_anchor(harm: Harm, kind: str) -> None:
    """An anchor gone from the store."""
    name = harm.anchors.pop()
    (harm.root / "anchors" / name).unlink()
    day = name[:10]
    named = {(f"anchors/{name}", What.ANCHOR_MISSING), (f"audit:{day}", What.ANCHOR_MISSING)}
    harm._note(kind, named, {f"anchors/{token_name(name)}"})


def _token(harm: Harm) -> Path:
    used = {one for done in harm.done for one in done.about}
    paths = sorted((harm.root / "anchors").glob("*.tsr"))
    anchors = [path.with_suffix(".json").name for path in paths]
    free = [
        path
        for path, anchor in zip(paths, anchors, strict=True)
        if f"anchors/{path.name}" not in used and anchor in harm.anchors
    ]
    chosen = harm.dice.choice(free)
    harm.anchors.remove(chosen.with_suffix(".json").name)
    return chosen


def alter_token(harm: Harm, kind: str) -> None:
    """One bit of a timestamp."""
    path = _token(harm)
    overwrite(path, _flip(path.read_bytes(), harm.dice))
    harm._note(kind, {(f"anchors/{path.name}", What.AUDIT_BROKEN)})


def forge_token(harm: Harm, kind: str) -> None:
    """A timestamp of the same authority over the same anchor, at another time."""
    path = _token(harm)
    import hashlib

    anchor = path.with_suffix(".json").read_bytes()
    overwrite(path, harm.made.authority.token(hashlib.sha256(anchor).digest()))
    harm._note(kind, {(f"anchors/{path.name}", What.AUDIT_BROKEN)})


def remove_token(harm: Harm, kind: str) -> None:
    """A timestamp gone."""
    path = _token(harm)
    path.unlink()
    harm._note(kind, {(f"anchors/{path.name}", What.ANCHOR_MISSING)})


def alter_key(harm: Harm, kind: str) -> None:
    """The wrapped key in the store."""
    document, sha256 = harm.blob(encrypted=True)
    path = harm.root / "keyring" / f"{sha256}.json"
    overwrite(path, _flip(path.read_bytes(), harm.dice))
    harm._note(kind, {(document.pk, What.BLOB_DAMAGED)})


def remove_key(harm: Harm, kind: str) -> None:
    """The wrapped key gone from the store."""
    document, sha256 = harm.blob(encrypted=True)
    (harm.root / "keyring" / f"{sha256}.json").unlink()
    harm._note(kind, {(document.pk, What.BLOB_MISSING)})


def alter_key_row(harm: Harm, kind: str) -> None:
    """The wrapped key in the database."""
    document, sha256 = harm.blob(encrypted=True)
    row = ArchivedBlob.objects.get(pk=sha256)
    assert row.wrapped_key
    wrapped = _flip(bytes(row.wrapped_key), harm.dice)
    ArchivedBlob.objects.filter(pk=sha256).update(wrapped_key=wrapped)
    harm._note(kind, {(document.pk, What.RECORD_ALTERED)})


def alter_retention(harm: Harm, kind: str) -> None:
    """The day from which the store lets a file be deleted."""
    document, sha256 = harm.blob()
    name = stored_path(harm.root, sha256).name
    path = harm.root / "retention" / sha256[:2] / f"{name}.json"
    note = json.loads(path.read_bytes())
    overwrite(path, json.dumps(note | {"retain_until": "2020-01-01"}).encode())
    harm._note(kind, {(document.pk, What.BLOB_ROLLED_BACK)})


def extra_file(harm: Harm, kind: str) -> None:
    """A blob that no row names, or a file that is no blob."""
    data = os.urandom(64)
    folder = harm.root / "blobs" / f"{harm.dice.randrange(256):02x}"
    folder.mkdir(exist_ok=True)
    name = data.hex()[:64]
    (folder / name).write_bytes(data)
    there = name if folder.name == name[:2] else f"{folder.name}/{name}"
    harm._note(kind, {(there, What.BLOB_EXTRA)})


def laid_open(harm: Harm, kind: str) -> None:
    """A plain copy of an encrypted file beside it."""
    document, sha256 = harm.blob(encrypted=True)
    path = harm.root / "blobs" / sha256[:2] / sha256
    path.write_bytes(blank("bản để lộ"))
    harm._note(kind, {(document.pk, What.BLOB_EXTRA)}, {sha256})


def extra_anchor(harm: Harm, kind: str) -> None:
    """A file among the anchors that is none."""
    name = f"2026-01-01-{harm.dice.randrange(10**9):010}.json"
    shutil.copy(next((harm.root / "anchors").glob("*.json")), harm.root / "anchors" / name)
    harm._note(kind, {(f"anchors/{name}", What.AUDIT_BROKEN)})


KINDS: dict[str, Callable[[Harm, str], None]] = {
    "byte flipped in a plain file": flip_byte,
    "byte flipped in an encrypted file": flip_byte,
    "file truncated": truncate,
    "file deleted": delete,
    "files of two papers swapped": swap,
    "file replaced by an older version": older_file,
    "rows put back to an older state": older_rows,
    "document row altered": alter_document,
    "field row altered": alter_field,
    "signature row altered": alter_signature,
    "receipt row altered": alter_receipt,
    "blob row altered": alter_blob_row,
    "row pointed at another file": point_elsewhere,
    "paper made to vanish": vanish,
    "time of signing or sealing changed": change_time,
    "event removed": remove_event,
    "event altered": alter_event,
    "time of an event changed": change_event_time,
    "events reordered": swap_events,
    "day's head altered": alter_head,
    "anchor altered": alter_anchor,
    "time of an anchor changed": change_anchor_time,
    "anchor removed": remove_anchor,
    "timestamp altered": alter_token,
    "timestamp forged": forge_token,
    "timestamp removed": remove_token,
    "key entry altered": alter_key,
    "key entry removed": remove_key,
    "key row altered": alter_key_row,
    "retention note altered": alter_retention,
    "extra file": extra_file,
    "encrypted file laid open": laid_open,
    "extra anchor": extra_anchor,
}
"""Every kind of fault."""
FEW = ("day's head altered", "timestamp altered", "timestamp forged", "timestamp removed")
FEW += ("anchor altered", "time of an anchor changed", "anchor removed", "extra anchor")
"""Kinds of which there is not enough to harm for many."""


@dataclass
class Outcome:
    """How a check did against the faults."""

    found: list[Done]
    missed: list[Done]
    misnamed: list[Done]
    """Something was told of the right thing, but not what is wrong with it."""
    false_alarms: list[Named]


def judge(done: list[Done], report: Report) -> Outcome:
    """Compare a report with what was done."""
    told = {(problem.id, problem.what) for problem in report.problems}
    ids = {one for one, _what in told}
    found = [one for one in done if one.named & told]
    rest = [one for one in done if not one.named & told]
    about = {id_ for one in done for id_ in one.about}
    return Outcome(
        found=found,
        missed=[one for one in rest if not one.about & ids],
        misnamed=[one for one in rest if one.about & ids],
        false_alarms=sorted(named for named in told if named[0] not in about),
    )


def without_constraints() -> None:
    """Let rows be changed as somebody does who opens the database file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
