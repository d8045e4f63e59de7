"""Checking an exported folder: every byte, every record, the trail, the signatures.

Nothing in the folder is trusted: names are checked before they are used, links are not followed,
sizes are limited.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from proof.chain import Trail, check_trail
from proof.errors import NotAFolderError, ProofError, UntrustedRootError
from proof.evidence import Evidence, evidence_of
from proof.kept import check_kept, evidence_kept, known_since
from proof.layout import (
    ANCHORS,
    DOCUMENTS,
    EVENTS,
    FORMAT,
    HEADS,
    MANIFEST,
    RECORD,
    SUMS,
    TRUST,
    Entry,
    Manifest,
    is_id,
    is_path,
    is_role,
    sums_of,
)
from proof.limits import ANCHOR_BYTES, CHUNK_BYTES, JSON_BYTES, LINE_BYTES, SIGNED_PDF_BYTES
from proof.record import RECORD_FORMAT, RECORD_KEY, SUBJECT_PREFIX, Role, file_name
from proof.sentences import SENTENCES
from proof.signatures import SignatureVerdict, Verdict, check_file
from proof.types import Problem, Promise, Report, What

_MAY_BE_OMITTED = {Role.RECEIVED.value}
"""Roles that a record may name and an export leave out."""


@dataclass(slots=True)
class _Check:
    """What one check has seen."""

    root: Path
    manifest: Manifest
    found: dict[str, Entry]
    """Every regular file of the folder, hashed."""
    trust_roots: list[bytes]
    sealed: dict[str, str] = field(default_factory=dict)
    """Document id to the record's hash that the trail names last."""
    older: dict[str, str] = field(default_factory=dict)
    """Hash of a record that a later one replaced, to its document's id."""
    promise: Promise | None = None
    owners: dict[str, set[str]] = field(default_factory=dict)
    """Hash to the documents whose records name it."""
    unchecked: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    """Paths about which a document's own check has spoken."""


def check_folder(
    folder: Path,
    *,
    trust_roots: Sequence[bytes] | None = None,
    manifest_sha256: str | None = None,
    progress: Callable[[str], None] = lambda _path: None,
) -> Report:
    """Check a folder that `write_folder` made.

    `trust_roots`: PEM certificates in place of the folder's own, which a forger could have put
    there. `manifest_sha256`: what was noted outside at the export. `progress` hears each file's
    path. Raises `not_an_archive_folder`, `bad_certificate`.
    """
    manifest = _read_manifest(folder)
    strays: list[Problem] = []
    found = {entry.path: entry for entry in _walk(folder, strays, progress)}
    check = _Check(folder, manifest, found, list(trust_roots or ()))
    if trust_roots is None:
        strays += _take_own_roots(check)
    elif not all(map(_is_certificate, trust_roots)):
        raise UntrustedRootError
    audit = list(_check_audit(check))
    records = _read_records(check)
    documents = {
        name: list(_check_document(check, name, record)) for name, record in records.items()
    }
    whole = [*strays, *_check_manifest(check, manifest_sha256)]
    units = [*documents.values(), audit, whole]
    return Report(
        checked=len(units),
        ok=sum(not unit for unit in units),
        problems=tuple(problem for unit in units for problem in unit),
        unchecked=tuple(dict.fromkeys(check.unchecked)),
        promise=check.promise,
    )


_OWN_ROOTS = (
    "Chứng thư gốc lấy từ chính thư mục này. Để chắc chắn, kiểm lại với --trust và chứng thư gốc "
    "do cơ quan công bố."
)


def _read_manifest(folder: Path) -> Manifest:
    try:
        value = json.loads(_read(folder / MANIFEST, JSON_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise NotAFolderError(detail=str(error)) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise NotAFolderError(detail="another format")
    try:
        entries = [Entry(one["path"], one["sha256"], one["size"]) for one in value["files"]]
        documents = tuple(value["documents"])
        omitted = {name: tuple(roles) for name, roles in value.get("omitted", {}).items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAFolderError(detail="a manifest without its keys") from error
    if not all(is_path(entry.path) for entry in entries) or not all(map(is_id, documents)):
        raise NotAFolderError(detail="a name that no folder may hold")
    return Manifest({entry.path: entry for entry in entries}, documents, omitted=omitted)


def _read(path: Path, limit: int) -> bytes:
    """A whole small file, links not followed. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError("over the limit")
    return data


def _walk(folder: Path, strays: list[Problem], progress: Callable[[str], None]) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            strays.append(Problem(name, What.BLOB_EXTRA, "Không phải tệp thường; không đọc."))
        elif path.is_file():
            progress(name)
            entry = _hash(path, name)
            if entry:
                yield entry
            else:
                strays.append(Problem(name, What.BLOB_DAMAGED, "Không đọc được tệp này."))


def _hash(path: Path, name: str) -> Entry | None:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    except OSError:
        return None
    return Entry(name, digest.hexdigest(), size)


def _take_own_roots(check: _Check) -> Iterator[Problem]:
    for name in sorted(check.found):
        if not name.startswith(f"{TRUST}/"):
            continue
        root = _read(check.root / name, JSON_BYTES)
        if _is_certificate(root):
            check.trust_roots.append(root)
        else:
            yield Problem(name, What.PACKAGE_INVALID, "Không đọc được chứng thư gốc này.")
    if check.trust_roots:
        check.unchecked.append(_OWN_ROOTS)


def _is_certificate(data: bytes) -> bool:
    from cryptography import x509

    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            x509.load_pem_x509_certificate(data)
        else:
            x509.load_der_x509_certificate(data)
    except ValueError:
        return False
    return True


def _check_audit(check: _Check) -> Iterator[Problem]:
    if EVENTS not in check.found or HEADS not in check.found:
        yield Problem("audit", What.AUDIT_BROKEN, "Thiếu nhật ký hoặc dòng chốt ngày.")
        return
    heads = _json(check, HEADS)
    heads = [head for head in heads if isinstance(head, dict)] if isinstance(heads, list) else []
    names = sorted(name for name in check.found if name.startswith(f"{ANCHORS}/"))
    anchors = [
        (name.removeprefix(f"{ANCHORS}/"), _read(check.root / name, ANCHOR_BYTES))
        for name in names
        if check.found[name].size <= ANCHOR_BYTES
    ]
    trail = check_trail(Trail(_events(check), heads, anchors), trust_roots=check.trust_roots)
    check.unchecked += trail.notes
    check.promise = trail.promise
    yield from trail.problems


def _events(check: _Check) -> Iterator[Mapping[str, Any]]:
    """The trail's lines; notes on the way which record each document was sealed with."""
    with (check.root / EVENTS).open("rb") as file:
        while line := file.readline(LINE_BYTES):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                event = None
            if not isinstance(event, dict):
                event = {}
            _note_seal(check, event)
            yield event


def _note_seal(check: _Check, event: Mapping[str, Any]) -> None:
    detail, subject = event.get("detail"), event.get("subject")
    if not isinstance(detail, dict) or not isinstance(subject, str) or RECORD_KEY not in detail:
        return
    if subject.startswith(SUBJECT_PREFIX):
        name = subject.removeprefix(SUBJECT_PREFIX)
        if name in check.sealed:
            check.older[check.sealed[name]] = name
        check.sealed[name] = str(detail[RECORD_KEY])


def _read_records(check: _Check) -> dict[str, dict[str, Any] | None]:
    """Every document of the manifest and of the disk; None where its record is unreadable."""
    names = set(check.manifest.documents)
    names |= {path.split("/")[1] for path in check.found if path.startswith(f"{DOCUMENTS}/")}
    records = {name: _read_record(check, name) for name in sorted(filter(is_id, names))}
    for name, record in records.items():
        for named in _files(record).values():
            check.owners.setdefault(str(named["sha256"]), set()).add(name)
    return records


def _read_record(check: _Check, name: str) -> dict[str, Any] | None:
    value = _json(check, f"{DOCUMENTS}/{name}/{RECORD}")
    return value if isinstance(value, dict) and value.get("format") == RECORD_FORMAT else None


def _json(check: _Check, path: str) -> Any:
    """A JSON file that the walk found; None where it is not there or cannot be read."""
    if path not in check.found:
        return None
    try:
        return json.loads(_read(check.root / path, JSON_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def _files(record: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The files that a record names, the ill-formed left out."""
    named = record.get("files") if record else None
    if not isinstance(named, dict):
        return {}
    return {
        role: one
        for role, one in named.items()
        if is_role(role) and isinstance(one, dict) and "sha256" in one
    }


def _check_document(
    check: _Check, name: str, record: Mapping[str, Any] | None
) -> Iterator[Problem]:
    folder = f"{DOCUMENTS}/{name}"
    if record is None:
        gone = f"{folder}/{RECORD}" not in check.found
        what = What.BLOB_MISSING if gone else What.RECORD_ALTERED
        yield Problem(name, what, "Thiếu hoặc không đọc được metadata.json của văn bản này.")
        paths = (*check.found, *check.manifest.entries)
        check.told |= {path for path in paths if path.startswith(f"{folder}/")}
        return
    yield from _check_record(check, name, record)
    named = {f"{folder}/{RECORD}"}
    for role, one in _files(record).items():
        path = f"{folder}/{file_name(role, str(one.get('media_type')))}"
        named.add(path)
        yield from _check_file(check, name, path, one, role)
    yield from _check_signatures(check, name, record)
    for path in check.found:
        if path.startswith(f"{folder}/") and path not in named:
            check.told.add(path)
            yield Problem(name, What.BLOB_EXTRA, f"Tệp {path} không thuộc văn bản này.")


def _check_record(check: _Check, name: str, record: Mapping[str, Any]) -> Iterator[Problem]:
    path = f"{DOCUMENTS}/{name}/{RECORD}"
    here = check.found[path].sha256
    sealed = check.sealed.get(name)
    if record.get("id") != name:
        detail = f"metadata.json ở đây là của văn bản {str(record.get('id'))[:64]}."
        yield Problem(name, What.BLOB_SWAPPED, detail)
    elif sealed is None:
        detail = "Nhật ký không có việc niêm phong văn bản này."
        yield Problem(name, What.RECORD_ALTERED, detail)
    elif sealed != here:
        is_old = check.older.get(here) == name
        detail = (
            "metadata.json là một bản cũ, đã được bản niêm phong sau thay thế."
            if is_old
            else "metadata.json không phải bản đã niêm phong."
        )
        yield Problem(name, What.RECORD_ALTERED, detail)
        check.told.add(path)


def _check_file(
    check: _Check, name: str, path: str, named: Mapping[str, Any], role: str
) -> Iterator[Problem]:
    entry = check.found.get(path)
    if entry is None or entry.sha256 != named["sha256"]:
        check.told.add(path)
    if entry is None:
        omitted = role in _MAY_BE_OMITTED and role in check.manifest.omitted.get(name, ())
        if not omitted:
            yield Problem(name, What.BLOB_MISSING, f"Thiếu tệp {path}.")
    elif entry.sha256 != named["sha256"]:
        others = sorted(check.owners.get(entry.sha256, set()) - {name})
        if others:
            detail = f"Tệp {path} là của văn bản {others[0]}."
            yield Problem(name, What.BLOB_SWAPPED, detail)
        else:
            yield Problem(name, What.BLOB_DAMAGED, f"Tệp {path} đã bị sửa hoặc hỏng.")


def _check_signatures(check: _Check, name: str, record: Mapping[str, Any]) -> Iterator[Problem]:
    named = _files(record).get(Role.DOCUMENT.value, {})
    path = f"{DOCUMENTS}/{name}/{file_name(Role.DOCUMENT, str(named.get('media_type')))}"
    if path not in check.found or not path.endswith(".pdf"):
        return
    evidence, stamps = _material(check, name), _Beside()
    try:
        data = _read(check.root / path, SIGNED_PDF_BYTES)
        stamps = _beside(check, name, data)
        found = check_file(
            data, check.trust_roots, evidence=evidence | stamps.evidence, known_at=stamps.since
        )
    except ImportError:
        check.unchecked.append("Máy này thiếu thư viện kiểm chữ ký nên chữ ký chưa được kiểm.")
        return
    except (OSError, ProofError) as error:
        detail = error.message if isinstance(error, ProofError) else "Tệp quá lớn."
        yield Problem(name, What.SIGNATURE_INVALID, detail)
        return
    yield from _judge(check, name, found.signatures)
    if stamps.broken:
        detail = "Dấu thời gian kèm văn bản không khớp với văn bản."
        yield Problem(name, What.SIGNATURE_INVALID, detail)


@dataclass(frozen=True, slots=True)
class _Beside:
    """The timestamps kept beside a document, judged."""

    evidence: Evidence = field(default_factory=Evidence)
    since: datetime | None = None
    broken: bool = False


def _beside(check: _Check, name: str, data: bytes) -> _Beside:
    """Judge the timestamps beside a document that stays byte for byte. Raises ProofError."""
    path = f"{DOCUMENTS}/{name}/{file_name(Role.PROOF, 'application/json')}"
    if path not in check.found:
        return _Beside()
    kept = _read(check.root / path, JSON_BYTES)
    found = check_kept(kept, data, check.trust_roots)
    if found[-1].verdict is Verdict.UNDETERMINED:
        check.unchecked.append(f"{name}: dấu thời gian kèm văn bản chưa kết luận được.")
    broken = any(one.verdict is Verdict.INVALID for one in found)
    return _Beside(evidence_kept(kept), known_since(found), broken)


def _material(check: _Check, name: str) -> Evidence:
    """What issuers said when the signatures were checked, as sealed."""
    value = _json(check, f"{DOCUMENTS}/{name}/{file_name(Role.EVIDENCE, 'application/json')}")
    kept = value.get("material") if isinstance(value, dict) else None
    return evidence_of(kept) if isinstance(kept, dict) else Evidence()


def _judge(check: _Check, name: str, verdicts: Sequence[SignatureVerdict]) -> Iterator[Problem]:
    for verdict in verdicts:
        who = f"Chữ ký {verdict.field} ({verdict.signer or 'không rõ người ký'})"
        if verdict.verdict is Verdict.INVALID:
            detail = f"{who} không hợp lệ: {SENTENCES[verdict.reason]}."
            yield Problem(name, What.SIGNATURE_INVALID, detail)
        elif verdict.verdict is Verdict.UNDETERMINED:
            check.unchecked.append(
                f"{name}: {who} chưa kết luận được: {SENTENCES[verdict.reason]}."
            )
    sealed_with = {one.get("field") for one in _evidence(check, name)}
    for lost in sorted(map(str, sealed_with - {verdict.field for verdict in verdicts})):
        detail = f"Chữ ký {lost} có lúc niêm phong, nay không còn."
        yield Problem(name, What.SIGNATURE_INVALID, detail)


def _evidence(check: _Check, name: str) -> list[dict[str, Any]]:
    """The signatures that were there at the seal."""
    value = _json(check, f"{DOCUMENTS}/{name}/{file_name(Role.EVIDENCE, 'application/json')}")
    found = value.get("signatures") if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _check_manifest(check: _Check, manifest_sha256: str | None) -> Iterator[Problem]:
    """What the documents' own checks do not cover."""
    here = check.found.get(MANIFEST)
    if manifest_sha256 and (here is None or here.sha256 != manifest_sha256.lower()):
        detail = "manifest.json không phải bản đã xuất: mã băm khác mã đã ghi lúc giao nhận."
        yield Problem(MANIFEST, What.PACKAGE_INVALID, detail)
    for path, entry in check.manifest.entries.items():
        if path in check.told:
            continue
        if path not in check.found:
            yield Problem(path, What.BLOB_MISSING, "Tệp có trong manifest.json nhưng không còn.")
        elif check.found[path] != entry:
            yield Problem(path, What.PACKAGE_INVALID, "Tệp khác với manifest.json.")
    for path in check.found:
        listed = path in check.manifest.entries or path in {MANIFEST, SUMS}
        if not listed and path not in check.told:
            yield Problem(path, What.BLOB_EXTRA, "Tệp lạ: manifest.json không ghi.")
    yield from _check_sums(check)


def _check_sums(check: _Check) -> Iterator[Problem]:
    """The list for `sha256sum -c` says what the manifest says."""
    entries = dict(check.manifest.entries)
    if MANIFEST in check.found:
        entries[MANIFEST] = check.found[MANIFEST]
    expected = sums_of(entries.values())
    here = check.found.get(SUMS)
    if here is None or here.sha256 != hashlib.sha256(expected).hexdigest():
        yield Problem(SUMS, What.PACKAGE_INVALID, "Tệp thiếu hoặc khác với manifest.json.")
