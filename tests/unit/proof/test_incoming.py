"""Signatures of others, good and bad: each ends in a verdict with a code, none in a crash."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from archive.signing.incoming import examine
from archive.signing.levels import Level, renew
from archive.signing.revocation import RevocationSource
from archive.signing.timestamping import as_timestamper
from proof.errors import ProofError
from proof.evidence import evidence_of
from proof.signatures import check_pdf
from proof.trust import Trust
from proof.verdicts import Coverage, Reason, SignatureVerdict, Verdict
from tests.pki import LocalPki, blank_pdf, down
from tests.unit.archive.signing.test_levels import signed

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
Update = Callable[[IncrementalPdfFileWriter], None]


def drawn_pdf() -> bytes:
    """A page with words drawn by a stream that pages share."""
    with pikepdf.Pdf.open(BytesIO(blank_pdf(2))) as pdf:
        for page in pdf.pages:
            page.Contents = pdf.make_stream(b"q 0 0 m 100 100 l S Q")
        made = BytesIO()
        pdf.save(made)
        return made.getvalue()


def sign(
    pki: LocalPki,
    label: str = "agency",
    *,
    pdf: bytes | None = None,
    at: dt.datetime = NOW,
    stamped: bool = False,
    **about: Any,
) -> bytes:
    """Sign as offices elsewhere do: their own field, their own software."""
    name = about.pop("field", "Signature1")
    meta = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **about
    )
    signer = signers.PdfSigner(
        meta,
        signer=pki.key(label).signer(),
        timestamper=pki.profile(Level.T).timestamper() if stamped else None,
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf or drawn_pdf()))
    session = signer.init_signing_session(writer)
    session.system_time = at
    return _finish(signer, writer, at)


def _finish(signer: signers.PdfSigner, writer: IncrementalPdfFileWriter, at: dt.datetime) -> bytes:
    async def work() -> bytes:
        session = signer.init_signing_session(writer)
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=40_000)
        digest, output = document.digest_tbs_document()
        done = await document.perform_signature(
            document_digest=digest.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
        )
        await done.post_signature_processing(output)
        return bytes(output.getvalue())

    return asyncio.run(work())


def update(data: bytes, change: Update) -> bytes:
    """An incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    change(writer)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def judged(pki: LocalPki, data: bytes, *, online: bool = True) -> SignatureVerdict:
    """The verdict on the first signature, its issuer asked."""
    source = RevocationSource() if online else None
    found = examine(data, pki.trust, at=dt.datetime.now(dt.UTC), source=source)
    return found.signatures[0]


def told(pki: LocalPki, data: bytes) -> set[str]:
    """The reasons for every signature, or the code of a file that cannot be read."""
    try:
        return {str(one.reason) for one in check_pdf(data, pki.trust)}
    except ProofError as error:
        return {error.code}


def said(verdict: SignatureVerdict) -> tuple[Verdict, Reason]:
    return verdict.verdict, verdict.reason


def test_a_good_signature_tells_everything_about_itself(pki: LocalPki) -> None:
    """FACTS f: who, as what, by whose word, when, on which evidence, over how much."""
    found = judged(pki, sign(pki, stamped=True))
    assert said(found) == (Verdict.VALID, Reason.SOUND)
    assert found.signer == "Ủy ban nhân dân xã Thử Nghiệm"
    assert found.issuer == "CA cấp dưới thử nghiệm"
    assert found.trust_root == "CA gốc công vụ thử nghiệm"
    assert (found.trust_store, found.time_source) == ("official", "timestamped")
    assert found.timestamped_at is not None
    assert found.claimed_at == NOW
    assert (found.revocation, found.covers_whole_file) == ("ocsp", True)
    assert found.revocation_at is not None
    assert int(found.serial, 16) > 0


@pytest.mark.parametrize(
    ("label", "store", "holder"),
    [
        ("digitiser", "official", "officer"),
        ("agency", "official", "agency"),
        ("citizen", "public", "citizen"),
    ],
)
def test_the_two_stores_are_kept_apart(pki: LocalPki, label: str, store: str, holder: str) -> None:
    """Which regime vouches is told; a root in the other store does not."""
    data = sign(pki, label)
    found = judged(pki, data)
    assert (found.verdict, found.trust_store, found.holder) == (Verdict.VALID, store, holder)
    roots = {"official": pki.roots, "public": pki.public_roots}
    del roots[store]
    (alone,) = check_pdf(data, Trust(**roots))
    assert said(alone) == (Verdict.UNDETERMINED, Reason.UNKNOWN_ISSUER)
    assert (alone.trust_store, alone.holder) == ("", "")


def test_offline_without_evidence_is_undetermined_and_asks_nobody(pki: LocalPki) -> None:
    """The default fetches nothing."""
    found = judged(pki, sign(pki), online=False)
    assert said(found) == (Verdict.UNDETERMINED, Reason.REVOCATION_UNKNOWN)
    assert pki.faults.asked == []


def test_evidence_fetched_is_kept_and_serves_again(pki: LocalPki) -> None:
    """What was fetched goes into the evidence file; with it the check is made again offline."""
    data = sign(pki)
    found = examine(data, pki.trust, at=NOW, source=RevocationSource())
    kept = json.loads(found.as_bytes())
    assert kept["signatures"][0]["verdict"] == "valid"
    pki.faults.asked.clear()
    (again,) = check_pdf(data, pki.trust, evidence=evidence_of(kept["material"]))
    assert said(again) == (Verdict.VALID, Reason.SOUND)
    assert pki.faults.asked == []


def test_an_issuer_that_is_away_leaves_it_undetermined(pki: LocalPki) -> None:
    """Never invalid because a server is down."""
    data = sign(pki)
    with pki.faults.at("/ocsp/", down), pki.faults.at("/crls/", down):
        assert said(judged(pki, data)) == (Verdict.UNDETERMINED, Reason.REVOCATION_UNKNOWN)


def test_no_address_of_an_unknown_issuer_is_called(pki: LocalPki) -> None:
    """A forged certificate cannot make this machine call where its maker likes."""
    data = sign(pki, "citizen")
    examine(data, Trust(official=pki.roots), at=NOW, source=RevocationSource())
    assert pki.faults.asked == []


REVOKED_SINCE = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("label", "at", "expected"),
    [
        ("revoked", NOW, (Verdict.INVALID, Reason.REVOKED)),
        ("revoked", REVOKED_SINCE - dt.timedelta(days=90), None),
        ("expired", NOW, (Verdict.UNDETERMINED, Reason.NOT_VALID_THEN)),
        (
            "expired",
            dt.datetime(2022, 6, 1, tzinfo=dt.UTC),
            (Verdict.UNDETERMINED, Reason.TIME_UNPROVEN),
        ),
        ("future", NOW, (Verdict.UNDETERMINED, Reason.NOT_VALID_THEN)),
        ("wrong-usage", NOW, (Verdict.UNDETERMINED, Reason.UNFIT)),
    ],
)
def test_the_certificate_is_judged_at_the_time_of_signing(
    pki: LocalPki, label: str, at: dt.datetime, expected: tuple[Verdict, Reason] | None
) -> None:
    """TT 41/2017 Art. 8: good at signing, whatever became of it since, as far as time is proven."""
    found = judged(pki, sign(pki, label, at=at))
    if expected is None:
        # withdrawn only after the claimed time, which nothing proves
        assert found.verdict is not Verdict.INVALID
    else:
        assert said(found) == expected


def _draw_over(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    writer.update_container(page)


def _swap_what_is_drawn(writer: IncrementalPdfFileWriter) -> None:
    """Replace the stream itself: the page object stays (a shadow attack of kind "replace")."""
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    stream = page.raw_get("/Contents").get_object()
    stream._data = b"q 100 100 m 0 0 l S Q"
    stream._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))


def _inherit_other_size(writer: IncrementalPdfFileWriter) -> None:
    """Change what pages inherit, though no page object is touched."""
    tree = writer.root["/Pages"]
    tree["/Rotate"] = generic.NumberObject(180)
    writer.update_container(tree)


def _drop_page(writer: IncrementalPdfFileWriter) -> None:
    tree = writer.root["/Pages"]
    tree["/Kids"] = generic.ArrayObject([tree["/Kids"].raw_get(0)])
    tree["/Count"] = generic.NumberObject(1)
    writer.update_container(tree)


@pytest.mark.parametrize(
    "attack",
    [_draw_over, _swap_what_is_drawn, _inherit_other_size, _drop_page],
)
def test_pages_changed_by_a_later_update_are_invalid(pki: LocalPki, attack: Update) -> None:
    """Incremental saving and shadow attacks: the signature still matches, the pages do not."""
    found = judged(pki, update(sign(pki), attack))
    assert said(found) == (Verdict.INVALID, Reason.ALTERED_AFTER)
    assert found.intact
    assert found.coverage is Coverage.PAGES_CHANGED
    assert not found.covers_whole_file


def test_an_overlay_is_for_a_person(pki: LocalPki) -> None:
    """A note laid over the page changes no page content, and is not called valid."""

    def overlay(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Contents"): generic.pdf_string("đã sửa"),
                generic.pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(one) for one in (0, 0, 300, 300)]
                ),
            }
        )
        page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
        writer.update_container(page)

    unsure = judged(pki, update(sign(pki), overlay))
    assert unsure.verdict is not Verdict.VALID
    assert unsure.reason in (Reason.CHANGED_AFTER, Reason.ALTERED_AFTER)


def certified(pki: LocalPki, permission: fields.MDPPerm, pdf: bytes | None = None) -> bytes:
    """A file whose first signer forbids changes."""
    return sign(pki, pdf=pdf, certify=True, docmdp_permissions=permission)


def test_a_certification_that_was_violated(pki: LocalPki) -> None:
    """No change was allowed, a form was filled in all the same."""
    data = certified(pki, fields.MDPPerm.NO_CHANGES, form_pdf())
    assert said(judged(pki, data)) == (Verdict.VALID, Reason.SOUND)
    found = judged(pki, update(data, _fill))
    assert said(found) == (Verdict.INVALID, Reason.CERTIFICATION_VIOLATED)


def test_a_certification_that_was_kept(pki: LocalPki) -> None:
    """Filling in and signing was allowed: both are valid."""
    data = sign(pki, "digitiser", pdf=certified(pki, fields.MDPPerm.FILL_FORMS), field="Signature2")
    found = examine(data, pki.trust, at=NOW, source=RevocationSource())
    assert [one.verdict for one in found.signatures] == [Verdict.VALID] * 2


def test_partial_coverage_is_invalid(pki: LocalPki) -> None:
    """A signature whose range leaves a hole beside itself proves nothing of the hole."""
    data = bytearray(sign(pki))
    start = data.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = data.index(b"]", start)
    numbers = [int(one) for one in data[start:end].split()]
    numbers[2] += 40
    numbers[3] -= 40
    data[start:end] = b" ".join(b"%d" % one for one in numbers).ljust(end - start)
    found = judged(pki, bytes(data))
    assert found.verdict is Verdict.INVALID
    assert found.reason in (Reason.DOCUMENT_ALTERED, Reason.COVERAGE_UNCLEAR)


def _cms_of(data: bytes) -> tuple[int, int]:
    start = data.index(b"/Contents <") + len(b"/Contents <")
    return start, data.index(b">", start)


def _with_cms(data: bytes, made: bytes) -> bytes:
    start, end = _cms_of(data)
    return data[:start] + made.hex().encode().ljust(end - start, b"0") + data[end:]


def _own_cms(data: bytes) -> cms.ContentInfo:
    start, end = _cms_of(data)
    return cms.ContentInfo.load(bytes.fromhex(data[start:end].decode()))


def test_a_broken_signature_value_is_invalid(pki: LocalPki) -> None:
    """It does not match the certificate's key."""
    data = sign(pki)
    held = _own_cms(data)
    info = held["content"]["signer_infos"][0]
    info["signature"] = bytes(reversed(info["signature"].native))
    found = judged(pki, _with_cms(data, held.dump(force=True)))
    assert said(found) == (Verdict.INVALID, Reason.SIGNATURE_BROKEN)


@pytest.mark.parametrize("junk", [b"", b"\x30\x03\x02\x01\x01", b"\xff" * 500, b"\x30\x80" * 2000])
def test_junk_for_a_signature_has_a_verdict(pki: LocalPki, junk: bytes) -> None:
    """What cannot be read is told, and the file is not touched."""
    assert told(pki, _with_cms(sign(pki), junk)) == {"signature_unreadable"}


def test_a_broken_signature_hides_no_other(pki: LocalPki) -> None:
    """Two signatures, the first one junk: the second is still judged, the first still told."""
    data = sign(pki, "digitiser", pdf=sign(pki), field="Signature2")
    data = _with_cms(data, b"\xff" * 100)
    found = {one.field: one for one in check_pdf(data, pki.trust)}
    assert found["Signature1"].reason is Reason.UNREADABLE
    assert found["Signature2"].reason is Reason.DOCUMENT_ALTERED


def test_a_huge_signature_costs_little(pki: LocalPki) -> None:
    """Megabytes in place of kilobytes are refused unread."""
    data = sign(pki)
    start, end = _cms_of(data)
    huge = data[:start] + b"30" * 9_000_000 + data[end:]
    begun = time.process_time()
    assert told(pki, huge) <= {"signature_unreadable", "document_altered"}
    assert time.process_time() - begun < 20


def test_an_unknown_kind_of_signature_is_undetermined(pki: LocalPki) -> None:
    """Old kinds that nobody can check here are told, not passed over and not called invalid."""
    data = sign(pki).replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ", 1)
    (found,) = check_pdf(data, pki.trust)
    assert said(found) == (Verdict.UNDETERMINED, Reason.UNKNOWN_FORMAT)


def test_a_timestamp_of_something_else_is_not_believed(pki: LocalPki) -> None:
    """A token moved over from another signature proves nothing of this one."""
    data, other = sign(pki, stamped=True), sign(pki, "digitiser", stamped=True)
    held, stolen = _own_cms(data), _own_cms(other)
    info = held["content"]["signer_infos"][0]
    info["unsigned_attrs"] = stolen["content"]["signer_infos"][0]["unsigned_attrs"]
    found = judged(pki, _with_cms(data, held.dump(force=True)))
    assert said(found) == (Verdict.UNDETERMINED, Reason.TIMESTAMP_WRONG)
    assert found.timestamped_at is None
    assert found.timestamp == "timestamp_other_bytes"


def test_a_timestamp_of_an_unknown_authority_is_left_aside(pki: LocalPki) -> None:
    """Nobody here vouches for it: the time counts as claimed only."""
    found = check_pdf(sign(pki, "citizen", stamped=True), Trust(public=pki.public_roots))[0]
    assert (found.time_source, found.timestamped_at) == ("claimed", None)
    assert found.timestamp == "timestamp_unknown_issuer"


def _loop_of_pages(data: bytes) -> bytes:
    def loop(writer: IncrementalPdfFileWriter) -> None:
        tree = writer.root["/Pages"]
        tree["/Kids"].append(writer.root.raw_get("/Pages"))
        writer.update_container(tree["/Kids"])

    return update(data, loop)


def _loop_of_fields(data: bytes) -> bytes:
    def loop(writer: IncrementalPdfFileWriter) -> None:
        listed = writer.root["/AcroForm"]["/Fields"]
        field = listed[0]
        field["/Kids"] = generic.ArrayObject([listed.raw_get(0)])
        writer.update_container(field)

    return update(data, loop)


def _loop_of_revisions(data: bytes) -> bytes:
    place = data.rindex(b"startxref")
    offset = int(data[place:].split()[1])
    return data[: data.rindex(b"/Prev")] + b"/Prev %d" % offset + data[data.rindex(b"/Prev") + 10 :]


@pytest.mark.parametrize("knot", [_loop_of_pages, _loop_of_fields, _loop_of_revisions])
def test_loops_end(pki: LocalPki, knot: Callable[[bytes], bytes]) -> None:
    """A tree that contains itself ends in a verdict or a code, in seconds."""
    data = knot(sign(pki))
    begun = time.process_time()
    assert "sound" not in told(pki, data)
    assert time.process_time() - begun < 20


def form_pdf() -> bytes:
    """A page with a text field on it."""
    with pikepdf.Pdf.open(BytesIO(drawn_pdf())) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                FT=pikepdf.Name.Tx,
                T="soTien",
                V="100",
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                Rect=[0, 0, 100, 20],
                P=pdf.pages[0].obj,
            )
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([field]))
        pdf.Root.AcroForm = pdf.make_indirect(
            pikepdf.Dictionary(Fields=pdf.make_indirect(pikepdf.Array([field])))
        )
        made = BytesIO()
        pdf.save(made)
        return made.getvalue()


def _fill(writer: IncrementalPdfFileWriter) -> None:
    entry = writer.root["/AcroForm"]["/Fields"][0]
    entry["/V"] = generic.pdf_string("900")
    writer.update_container(entry)


def test_filling_in_a_form_after_signing_is_for_a_person(pki: LocalPki) -> None:
    """The standard allows it, but the words shown are not those that were signed."""
    found = judged(pki, update(sign(pki, pdf=form_pdf()), _fill))
    assert said(found) == (Verdict.UNDETERMINED, Reason.CHANGED_AFTER)


def test_a_renewed_file_outlives_every_certificate(pki: LocalPki) -> None:
    """Timestamped, renewed before the first authority's end: valid after all the ends but one."""
    pdf = signed(pki, pki.profile(Level.LTA, timestamps="tsa-ending"))
    late = dt.datetime(2037, 6, 1, tzinfo=dt.UTC)
    once = check_pdf(pdf, pki.trust, now=late)
    assert {said(one) for one in once} == {(Verdict.UNDETERMINED, Reason.TIMESTAMP_TOO_OLD)}
    renewed = renew(pdf, pki.profile(Level.LTA))
    again = check_pdf(renewed, pki.trust, now=late)
    assert {said(one) for one in again} == {(Verdict.VALID, Reason.SOUND)}
    assert all(one.timestamped_at for one in again)


def test_the_stamper_is_no_toy(pki: LocalPki) -> None:
    """The adapter takes the one digest that tokens here are over."""
    stamper = as_timestamper(pki.profile(Level.T).timestamps)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="SHA-256"):
        asyncio.run(stamper.async_timestamp(bytes(64), "sha512"))


def test_files_read_by_others_are_what_was_signed(pki: LocalPki) -> None:
    """The helper of these tests signs as a reader of PDF understands it."""
    reader = PdfFileReader(BytesIO(sign(pki)))
    assert [one.field_name for one in reader.embedded_signatures] == ["Signature1"]
