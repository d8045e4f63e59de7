"""One archived document examined: its bytes, keys, record, rows and signatures, each read once."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.damage import Look, look_at
from archive.models import AuditEvent, Document, SealedFile
from archive.record import differences, facts_of
from archive.services.sealing import RETAIN_KEY
from archive.states import FileRole
from archive.stores import ArchiveStore, Form
from archive.stores.copies import copies_of
from archive.stores.errors import StoreUnavailableError
from archive.tags import Tag
from archive.vault import Vault
from imaging.errors import CodedError
from proof.errors import ProofError
from proof.kept import check_kept
from proof.record import RECORD_KEY
from proof.sentences import SENTENCES
from proof.signatures import SignatureVerdict, Verdict, check_pdf
from proof.trust import Trust
from proof.types import Problem, What

PREFETCH = ("files__blob", "fields__corrected_by", "signatures", "dossiers")
JOINED = ("receipt", "subject", "confirmed_by")
"""What an examination reads of a document, for whoever selects many."""
_KEPT = (FileRole.DOCUMENT, FileRole.METADATA, FileRole.PROOF)
"""Files whose bytes are looked into, beside being hashed."""


@dataclass(frozen=True, slots=True)
class Examiner:
    """What an examination looks into."""

    archive: ArchiveStore
    vault: Vault
    trust_roots: Sequence[bytes]
    away: set[str] = field(default_factory=set)
    """Places of copies that could not be looked into."""

    def problems(self, document: Document) -> Iterator[Problem]:
        """Everything wrong with one archived document, each cause once."""
        yield from _Case(self, document).problems()


@dataclass(slots=True)
class _Case:
    """One document under examination."""

    with_: Examiner
    document: Document
    files: dict[str, SealedFile] = field(default_factory=dict)
    seals: list[AuditEvent] = field(default_factory=list)
    """The events that name its record, oldest first: the last one counts."""
    sound: dict[str, bytes] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        self.files = {file.role: file for file in self.document.files.all()}
        self.seals = _seals_of(self.document)
        for file in self.files.values():
            yield from self._file(file)
        yield from self._record()
        if FileRole.DOCUMENT in self.sound:
            yield from self._signatures(self.sound[FileRole.DOCUMENT])
        if {FileRole.DOCUMENT, FileRole.PROOF} <= self.sound.keys():
            kept, data = self.sound[FileRole.PROOF], self.sound[FileRole.DOCUMENT]
            for detail in proof_problems(kept, data, self.with_.trust_roots):
                yield self._say(What.SIGNATURE_INVALID, detail)

    def _say(self, what: What, detail: str) -> Problem:
        return Problem(self.document.pk, what, detail)

    def _file(self, file: SealedFile) -> Iterator[Problem]:
        """Read one file once in every copy, to its end; then what stands beside it."""
        if file.blob.shredded_at:
            if file.blob_id not in self._shredded():
                detail = f"{file.role}: hồ sơ nói khóa đã hủy, nhưng nhật ký không ghi việc hủy."
                yield self._say(What.RECORD_ALTERED, detail)
            return
        copies = copies_of(self.with_.archive)
        for copy in copies:
            try:
                yield from list(self._in_copy(file, copy))
            except StoreUnavailableError:
                if len(copies) == 1:
                    raise
                self.with_.away.add(copy.place)

    def _shredded(self) -> set[str]:
        """Blobs whose keys were destroyed by decision, as the trail tells."""
        events = _events(f"document:{self.document.pk}", Tag.DOCUMENT_SHREDDED)
        return {str(sha256) for event in events for sha256 in event.detail.get("blobs", ())}

    def _in_copy(self, file: SealedFile, copy: ArchiveStore) -> Iterator[Problem]:
        look = Look(copy, self.with_.vault, file.blob, keep=file.role in _KEPT)
        problem = look_at(look, self._older())
        if problem:
            where = f" ({copy.place})" if copy is not self.with_.archive else ""
            yield self._say(problem.what, f"{file.role}: {problem.detail}{where}")
        elif look.data is not None:
            self.sound[file.role] = look.data
        for beside in look.beside:
            yield self._say(beside.what, f"{file.role}: {beside.detail}")
        if problem is None or problem.what is not What.BLOB_MISSING:
            yield from self._retention(file, copy)

    def _older(self) -> set[str]:
        """Hashes of what the document was on its way, and of what was sealed of it before."""
        document = self.document
        before = [event.detail.get("files", {}).values() for event in self.seals[:-1]]
        own = {document.receipt.sha256, document.pdf_sha256, document.signed_sha256}
        return {*own, *(str(sha256) for some in before for sha256 in some)} - {""}

    def _retention(self, file: SealedFile, copy: ArchiveStore) -> Iterator[Problem]:
        blob = file.blob
        form = Form.ENCRYPTED if blob.wrapped_key else Form.PLAIN
        told = self._told_retention(file)
        if told is not ... and not _holds(file, told):
            detail = f"{file.role}: hạn giữ trong cơ sở dữ liệu khác hạn đã ghi khi lưu."
            yield self._say(What.RECORD_ALTERED, detail)
            return
        try:
            noted = copy.noted(blob.sha256, form=form)
        except CodedError:
            return  # gone in this form, which was told already
        if not _is_kept(file, noted.retain_until):
            detail = (
                f"{file.role}: hạn giữ ghi trong kho ({noted.retain_until}) khác hồ sơ "
                f"({blob.retain_until})."
            )
            yield self._say(What.BLOB_ROLLED_BACK, detail)
        rows = blob.copies.filter(place=copy.place, form=form.value).exclude(stored_sha256="")
        if form is Form.ENCRYPTED and rows.exclude(stored_sha256=noted.stored_sha256).exists():
            detail = f"{file.role}: mã băm ghi cạnh tệp khác mã đã ghi khi lưu."
            yield self._say(What.BLOB_ROLLED_BACK, detail)

    def _told_retention(self, file: SealedFile) -> Any:
        """The last day of keeping by the trail; `...` where it does not say."""
        if file.role == FileRole.RECEIVED:
            events = _events(f"receipt:{self.document.receipt_id}", Tag.FILE_SEALED)
            said = [event for event in events if event.detail.get("sha256") == file.blob_id]
        else:
            said = []
        for event in [*reversed(said), *reversed(self.seals)]:
            if RETAIN_KEY in event.detail:
                day = event.detail[RETAIN_KEY]
                return dt.date.fromisoformat(day) if day else None
        return ...

    def _record(self) -> Iterator[Problem]:
        """The record is the one that the trail names last, and the rows still agree with it."""
        metadata = self.files.get(FileRole.METADATA)
        named = [str(event.detail[RECORD_KEY]) for event in self.seals]
        if metadata is None or not named or named[-1] != metadata.blob_id:
            is_old = metadata is not None and metadata.blob_id in named
            which = "một bản cũ của bản ghi" if is_old else "bản ghi khác"
            detail = f"Đang dùng {which}, không phải bản mà nhật ký ghi khi lưu."
            yield self._say(What.RECORD_ALTERED, detail)
        if FileRole.METADATA in self.sound:
            record = json.loads(self.sound[FileRole.METADATA])
            yield from self._named_files(record["files"])
            yield from self._rows(record)

    def _named_files(self, named: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
        for role, one in named.items():
            file = self.files.get(role)
            if file is None:
                yield self._say(What.BLOB_MISSING, f"Mất dòng của tệp {role}.")
            elif file.blob_id != one["sha256"]:
                yield self._say(What.BLOB_SWAPPED, f"Tệp {role} không phải tệp đã lưu lúc đầu.")
            elif (file.blob.size, file.blob.media_type) != (one["size"], one["media_type"]):
                yield self._say(What.RECORD_ALTERED, f"{role}: cỡ hoặc kiểu tệp đã bị sửa.")
        for role in sorted({*self.files} - {*named, FileRole.METADATA.value}):
            if role != FileRole.RECEIVED or not self._was_kept(self.files[role]):
                yield self._say(What.RECORD_ALTERED, f"Tệp {role} không có trong bản ghi đã lưu.")

    def _was_kept(self, file: SealedFile) -> bool:
        """Whether the trail tells that the file as received was sealed by itself."""
        events = _events(f"receipt:{self.document.receipt_id}", Tag.FILE_SEALED)
        return any(event.detail.get("sha256") == file.blob_id for event in events)

    def _rows(self, record: Mapping[str, Any]) -> Iterator[Problem]:
        document = self.document
        changed = differences(facts_of(document), record)
        if _moment(record.get("sealed_at")) not in (None, document.sealed_at):
            changed.append("sealed_at")
        if document.revoked_on != self._revoked_on():
            changed.append("revoked_on")
        if not self._dossiers_hold(record):
            changed.append("dossiers")
        if self._is_other_class(record):
            changed.append("protection")
        if changed:
            detail = f"Cơ sở dữ liệu khác bản ghi đã lưu ở: {', '.join(changed)}."
            yield self._say(What.RECORD_ALTERED, detail)

    def _revoked_on(self) -> dt.date | None:
        """When the trail says that it was taken back."""
        events = _events(f"document:{self.document.pk}", Tag.DOCUMENT_REVOKED)
        return dt.date.fromisoformat(events[-1].detail["on"]) if events else None

    def _dossiers_hold(self, record: Mapping[str, Any]) -> bool:
        """Dossiers are only ever added, each by an event."""
        now = {dossier.code for dossier in self.document.dossiers.all()}
        sealed = set(record.get("dossiers", ()))
        added = now - sealed
        return sealed <= now and (not added or added <= self._linked())

    def _linked(self) -> set[str]:
        events = AuditEvent.objects.filter(tag=Tag.FILE_LINKED)
        return {
            str(event.detail.get("dossier"))
            for event in events.iterator()
            if self.document.pk in event.detail.get("documents", ())
        }

    def _is_other_class(self, record: Mapping[str, Any]) -> bool:
        """Whether the row asks for another protection than was sealed or decided since."""
        events = _events(f"document:{self.document.pk}", Tag.DOCUMENT_PROTECTED)
        decided = [str(event.detail["to"]) for event in events if "to" in event.detail]
        told = decided[-1] if decided else record.get("protection")
        return told not in (None, self.document.protection)

    def _signatures(self, pdf: bytes) -> Iterator[Problem]:
        try:
            found = check_pdf(pdf, self.with_.trust_roots)
        except ProofError as error:
            yield self._say(What.SIGNATURE_INVALID, error.message)
            return
        for verdict in found:
            if verdict.verdict is Verdict.INVALID:
                detail = f"{verdict.field}: {SENTENCES[verdict.reason]}"
                yield self._say(What.SIGNATURE_INVALID, detail)
        yield from self._lost(found)

    def _lost(self, found: Sequence[SignatureVerdict]) -> Iterator[Problem]:
        named = {row.field_name for row in self.document.signatures.all()}
        for name in sorted(named - {verdict.field for verdict in found}):
            yield self._say(What.SIGNATURE_INVALID, f"{name}: chữ ký đã mất.")


def proof_problems(kept: bytes, data: bytes, trust: Trust | Sequence[bytes]) -> Iterator[str]:
    """Say what is wrong with the timestamps that are kept beside a file."""
    try:
        found = check_kept(kept, data, trust)
    except ProofError as error:
        yield error.message
        return
    if any(one.verdict is Verdict.INVALID for one in found):
        yield "Dấu thời gian kèm văn bản không khớp với văn bản."


def _seals_of(document: Document) -> list[AuditEvent]:
    events = AuditEvent.objects.filter(subject=f"document:{document.pk}").order_by("seq")
    return [event for event in events if RECORD_KEY in event.detail]


def _events(subject: str, tag: Tag) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(subject=subject, tag=tag).order_by("seq"))


def _holds(file: SealedFile, told: dt.date | None) -> bool:
    """Whether a blob's retention is as told; one that two papers share is kept for the longer."""
    row = file.blob.retain_until
    if row == told:
        return True
    is_longer = row is None or (told is not None and row > told)
    return is_longer and file.blob.uses.count() > 1


def _is_kept(file: SealedFile, until: dt.date | None) -> bool:
    """Whether a copy keeps a blob as long as its row says; shared bytes may be kept longer."""
    row = file.blob.retain_until
    if until == row:
        return True
    is_longer = until is None or (row is not None and until > row)
    return is_longer and file.blob.uses.count() > 1


def _moment(text: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if isinstance(text, str) else None
