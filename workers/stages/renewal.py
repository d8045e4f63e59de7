"""Stages of sealed papers: their proof made anew before it weakens, then sealed beside the old.

Two stages, as signing and sealing are: new proof is different each time it is made, so it is kept
in `work/` first, and what goes into the write-once archive is the same however often it is tried.
"""

import json

from archive.models import Document, StageRun
from archive.sealed import read_sealed, sealed_file
from archive.services.renewing import record_renewed, record_resealed, renewed_role
from archive.signing.renewal import Renewed, renew_kept, renew_signed
from archive.states import FileRole, Protection
from proof.record import record_bytes
from workers.house import House
from workers.outcome import Outcome
from workers.seal import JSON, PDF, FileToSeal, put_until, sha256_of


def renew(run: StageRun, house: House) -> Outcome:
    """Make new proof of a sealed document."""
    document = Document.objects.select_related("receipt").get(pk=run.subject_id)
    made = _renewed(document, house)
    return Outcome(
        lambda kept: record_renewed(document, kept[0], made.proven_until), blobs=(made.data,)
    )


def _renewed(document: Document, house: House) -> Renewed:
    signers = house.signers()
    data = _read(document, FileRole.DOCUMENT, house)
    if renewed_role(document) is FileRole.DOCUMENT:
        return renew_signed(data, signers.profile, signers.trust)
    has_proof = document.files.filter(role=FileRole.PROOF).exists()
    kept = _read(document, FileRole.PROOF, house) if has_proof else None
    return renew_kept(kept, data, signers.profile, signers.trust)


def reseal(run: StageRun, house: House) -> Outcome:
    """Write the new proof and the record that names it: bytes first, then the rows."""
    document = Document.objects.select_related("receipt").get(pk=run.subject_id)
    role, own = renewed_role(document), Protection(document.protection)
    data = house.work.read(document.renewed_sha256)
    media_type = PDF if role is FileRole.DOCUMENT else JSON
    proof = FileToSeal(role, data, media_type, own)
    before = sealed_file(document, FileRole.METADATA).blob
    record = json.loads(_read(document, FileRole.METADATA, house))
    record["files"][role.value] = {
        "sha256": sha256_of(data),
        "size": len(data),
        "media_type": media_type,
        "protection": own.value,
    }
    told = {"at": run.created_at.isoformat(), "record": before.sha256, "role": role.value}
    record["renewals"] = [*record.get("renewals", ()), told]
    files = [proof, FileToSeal(FileRole.METADATA, record_bytes(record), JSON, own)]
    blobs = put_until(files, before.retain_until, house)
    return Outcome(lambda _: record_resealed(document, blobs, at=run.created_at))


def _read(document: Document, role: FileRole, house: House) -> bytes:
    return read_sealed(document, role, archive=house.archive, vault=house.vault)
