"""Verbs of cuts: how a file falls into documents, as the machine proposes and a person wants."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from archive.errors import (
    CutsBusyError,
    CutsChangedError,
    CutsFixedError,
    CutsInvalidError,
    CutsWholeError,
    NotAllowedError,
    WrongStateError,
)
from archive.ledger import open_runs, supersede_runs
from archive.models import Account, Batch, CutPlan, Document, Field, Receipt
from archive.permissions import may_see, may_see_batch
from archive.services.audit import record_event
from archive.services.contents import plan_comparison
from archive.services.documents import (
    Cut,
    is_kind_by_person,
    make_document,
    make_documents,
    plan_document,
)
from archive.services.intake import reopen_batch
from archive.services.looking import Reader
from archive.services.received import plan_keeping
from archive.stages import Stage
from archive.states import DocumentStatus, ReceiptState
from archive.tags import Tag
from archive.writing import writing

CUT_RIGHTS = ("feed_batch", "confirm_document")
"""Either is enough: whoever scanned the papers, and whoever checks them."""
HIDDEN = (
    "Trong các trang bị đổi có giấy tờ tùy thân hoặc giấy tờ chưa rõ loại mà tài khoản này không "
    "được xem. Hãy nhờ người kiểm tra chia lại."
)
MACHINE = "machine"


class PageRange(NamedTuple):
    """Pages of one document, both inclusive, counted from 1."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """How the separator would cut a file."""

    cuts: tuple[Cut, ...]
    sheets: tuple[int, ...] = ()
    """Separator sheets, which belong to no document."""
    blanks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recut:
    """What a change of cuts did; ids of documents."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    made: tuple[str, ...]


def propose_cuts(receipt: Receipt, proposal: Proposal) -> None:
    """Take the separator's word, in the caller's transaction: once, twice, or by a newer version.

    The first time it makes the documents. Later it moves what no person touched: a person's cuts
    stand, and so do documents that somebody corrected, confirmed, signed or refused.
    """
    plan, _made = CutPlan.objects.update_or_create(
        receipt=receipt, defaults={"proposed": asdict(proposal)}
    )
    receipt = _locked(receipt)
    documents = _documents(receipt)
    if not documents:
        make_documents(receipt, proposal.cuts)
    elif plan.wanted is None:
        borders = [d for d in documents if is_fixed(d) or d.version > 1]
        wanted = [_range_of(document) for document in borders]
        for cut in proposal.cuts:
            wanted += _outside(PageRange(cut.first_page, cut.last_page), borders)
        _carry_out(receipt, documents, sorted(wanted), plan, actor=MACHINE)


def _outside(pages: PageRange, borders: Iterable[Document]) -> list[PageRange]:
    """What is left of a range where documents stand that are not to be touched."""
    taken = {n for d in borders for n in range(d.first_page, d.last_page + 1)}
    left: list[PageRange] = []
    for number in range(pages.first, pages.last + 1):
        if number in taken:
            continue
        if left and left[-1].last == number - 1:
            left[-1] = PageRange(left[-1].first, number)
        else:
            left.append(PageRange(number, number))
    return left


def recut_file(
    receipt: Receipt, account: Account, ranges: Iterable[PageRange], *, seen: str
) -> Recut:
    """Cut a file as a person wants it: every document's pages; what is in none is left out.

    `seen` is `cuts_seen` of the moment at which the person looked. Documents whose pages stay
    keep their id and all that was said of them; the others are made new and read again from
    their kind on, and what a person had corrected goes over to the document that now begins
    where theirs began. What was confirmed, signed, sealed or refused is a fixed border. The
    machine's proposal stays beside the person's. Asking for what is there already changes
    nothing, so a request that comes twice is one.

    Raises NotAllowedError, WrongStateError (the file is not separated yet), CutsWholeError,
    CutsInvalidError, CutsChangedError, CutsFixedError, CutsBusyError; then nothing is written.
    """
    require_cutting(account, receipt.batch)
    with writing():
        receipt = _locked(receipt)
        plan, _made = CutPlan.objects.get_or_create(receipt=receipt)
        documents = _documents(receipt)
        wanted = ordered(ranges, receipt.page_count or 0)
        _require_separated(receipt)
        changed = [d for d in documents if _range_of(d) not in set(wanted)]
        if changed or len(wanted) != len(documents):
            _require_cuttable(receipt)
            _require_seen(documents, changed, seen)
            _require_free(receipt, account, changed)
        elif plan.wanted == [list(pages) for pages in wanted]:
            return Recut(tuple(document.pk for document in documents), (), ())
        recut = _carry_out(receipt, documents, wanted, plan, actor=account.username)
        plan.wanted = [list(pages) for pages in wanted]
        plan.changed_by, plan.changed_at = account, dt.datetime.now(dt.UTC)
        plan.save()
        if open_runs(receipt__batch=receipt.batch_id).exists():
            reopen_batch(receipt.batch)
    return recut


def require_cutting(account: Account, batch: Batch) -> None:
    """Raise NotAllowedError where the account may not move cuts in files of this batch."""
    if not may_cut(account, batch):
        raise NotAllowedError(detail=f"{account.username} may not cut batch {batch.pk}")


def may_cut(account: Account, batch: Batch) -> bool:
    """Whether the account may move cuts in files of this batch."""
    works = any(account.has_perm(f"archive.{right}") for right in CUT_RIGHTS)
    return works and may_see_batch(account, batch)


def may_be_cut(receipt: Receipt) -> bool:
    """Whether the file is one that may be cut at all."""
    return (
        receipt.state == ReceiptState.DONE
        and not receipt.is_born_digital
        and not receipt.received_sealed
        and (receipt.page_count or 0) > 1
    )


def is_fixed(document: Document) -> bool:
    """Whether a document's pages stay: somebody stands for it, it is over, or it is signed."""
    return bool(
        document.confirmed_at
        or document.signed_sha256
        or document.status in (DocumentStatus.ARCHIVED, DocumentStatus.REFUSED)
    )


def cuts_seen(documents: Iterable[Document]) -> str:
    """Return what a person sees of a file's documents: given back, it says what they knew."""
    return " ".join(f"{d.pk}:{d.first_page}-{d.last_page}:{d.version}" for d in documents)


def ordered(ranges: Iterable[PageRange], pages: int) -> list[PageRange]:
    """Return the ranges in their order. Raises CutsInvalidError."""
    wanted = sorted(PageRange(*one) for one in ranges)
    before = 0
    for first, last in wanted:
        if not before < first <= last <= pages:
            raise CutsInvalidError(detail=f"{first}-{last} of {pages}")
        before = last
    if not wanted:
        raise CutsInvalidError(detail="no document left")
    return wanted


def _locked(receipt: Receipt) -> Receipt:
    """The file, read anew, so that no claim takes its next seal meanwhile."""
    return Receipt.objects.select_for_update(no_key=True).get(pk=receipt.pk)


def _documents(receipt: Receipt) -> list[Document]:
    """The file's documents, locked, in the order of its pages."""
    rows = Document.objects.select_for_update().filter(receipt=receipt)
    return list(rows.order_by("first_page"))


def _range_of(document: Document) -> PageRange:
    return PageRange(document.first_page, document.last_page)


def _require_separated(receipt: Receipt) -> None:
    if receipt.state != ReceiptState.DONE:
        raise WrongStateError(detail=f"file {receipt.pk} is {receipt.state}")


def _require_cuttable(receipt: Receipt) -> None:
    if receipt.is_born_digital or receipt.received_sealed:
        raise CutsWholeError(detail=f"file {receipt.pk}")


def _require_seen(documents: Sequence[Document], changed: Sequence[Document], seen: str) -> None:
    """The person knew every document's pages, and of those that change every correction."""
    known = seen.split()
    pages_known = [row.rpartition(":")[0] for row in known]
    pages = [row.rpartition(":")[0] for row in cuts_seen(documents).split()]
    if pages_known != pages or not set(cuts_seen(changed).split()) <= set(known):
        raise CutsChangedError


def _require_free(receipt: Receipt, account: Account, changed: Sequence[Document]) -> None:
    for document in changed:
        if is_fixed(document):
            where = f"{document.first_page}–{document.last_page}"
            raise CutsFixedError(f"Trang {where}: {CutsFixedError.message}", detail=document.pk)
    if not all(may_see(account, document) for document in changed):
        raise NotAllowedError(HIDDEN, detail=f"{account.username}: file {receipt.pk}")
    ending = open_runs(receipt=receipt, stage__in=(Stage.SEAL, Stage.KEEP))
    if ending.exists():
        # They may take the documents there are for all there will be, and the original goes.
        raise CutsBusyError(detail=f"file {receipt.pk}")


def _carry_out(
    receipt: Receipt,
    documents: Sequence[Document],
    wanted: Sequence[PageRange],
    plan: CutPlan,
    *,
    actor: str,
) -> Recut:
    """Unmake the documents whose pages change, make those that are new, and write it down."""
    there = {_range_of(document): document for document in documents}
    gone = [document for pages, document in there.items() if pages not in set(wanted)]
    origins = [_Origin.of(document) for document in gone]
    before = [[document.pk, *_range_of(document)] for document in documents]
    for document in gone:
        _unmake(document)
    made = [
        _make(receipt, pages, origins, plan, actor=actor) for pages in wanted if pages not in there
    ]
    _set_aside(plan, origins)
    plan_comparison(receipt, {dossier for origin in origins for dossier in origin.dossiers})
    recut = Recut(
        kept=tuple(d.pk for pages, d in there.items() if pages in set(wanted)),
        removed=tuple(origin.document_id for origin in origins),
        made=tuple(document.pk for document in made),
    )
    _tell(receipt, before, recut, actor=actor)
    plan_keeping(receipt.pk)
    return recut


@dataclass(frozen=True, slots=True)
class _Origin:
    """A document that is cut anew: what of it goes over."""

    document_id: str
    pages: PageRange
    dossiers: tuple[int, ...]
    kind: Mapping[str, Any] | None
    """As a person said it; None where they did not."""
    given: dict[str, Field]
    """Fields that a person corrected; what goes over is taken out."""

    @classmethod
    def of(cls, document: Document) -> "_Origin":
        """Take what is to be kept of a document."""
        names = ("kind_code", "kind_name", "form", "kind_confidence", "protection")
        by_person = is_kind_by_person(document)
        fields = document.fields.filter(corrected_by__isnull=False).select_related("corrected_by")
        return cls(
            document.pk,
            _range_of(document),
            tuple(document.dossiers.values_list("pk", flat=True)),
            {name: getattr(document, name) for name in names} if by_person else None,
            {field.name: field for field in fields},
        )


def _unmake(document: Document) -> None:
    """Take a document away: its runs are needless, its entry leaves the index."""
    supersede_runs(subject_type="document", subject_id=document.pk)
    plan_document(Stage.INDEX, document, "undone")
    document.delete()


def _make(
    receipt: Receipt,
    pages: PageRange,
    origins: Sequence[_Origin],
    plan: CutPlan,
    *,
    actor: str,
) -> Document:
    """Make a document of pages cut anew and plan its reading from its kind on."""
    document = make_document(receipt, _cut_for(pages, plan))
    overlapping = [
        o for o in origins if o.pages.first <= pages.last and pages.first <= o.pages.last
    ]
    if overlapping:
        document.dossiers.set(overlapping[0].dossiers)
    for origin in overlapping:
        if origin.pages.first == pages.first:
            _inherit(document, origin)
    record_event(
        Tag.DOCUMENT_CUT,
        actor=actor,
        subject=f"document:{document.pk}",
        detail={"pages": list(pages), "from": [origin.document_id for origin in overlapping]},
    )
    plan_document(Stage.CLASSIFY, document)
    return document


def _cut_for(pages: PageRange, plan: CutPlan) -> Cut:
    """The pages with what the sheet in force says, as the machine proposed it."""
    proposed: list[dict[str, Any]] = plan.proposed.get("cuts", [])
    said = [one for one in proposed if one["first_page"] <= pages.last]
    inside = [one for one in said if pages.first <= one["last_page"]]
    sheet = inside[0] if inside else (said[-1] if said else {})
    names = ("dossier", "procedure", "subject")
    return Cut(pages.first, pages.last, **{name: sheet.get(name, "") for name in names})


def _inherit(document: Document, origin: _Origin) -> None:
    """Hand over what a person said of the document that began here, as far as its pages go."""
    if origin.kind:
        Document.objects.filter(pk=document.pk).update(**origin.kind)
        document.refresh_from_db()
    for name, field in list(origin.given.items()):
        if field.page and not document.first_page <= field.page <= document.last_page:
            continue
        field.pk, field.document = None, document
        field.save(force_insert=True)
        del origin.given[name]


def _set_aside(plan: CutPlan, origins: Sequence[_Origin]) -> None:
    rows = [
        {
            "document": origin.document_id,
            "field": field.name,
            "machine_value": field.machine_value,
            "value": field.value,
            "by": field.corrected_by.username if field.corrected_by else "",
        }
        for origin in origins
        for field in origin.given.values()
    ]
    if rows:
        plan.set_aside = [*plan.set_aside, *rows]
        plan.save(update_fields=["set_aside"])


def _tell(receipt: Receipt, before: list[list[Any]], recut: Recut, *, actor: str) -> None:
    after = Document.objects.filter(receipt=receipt).order_by("first_page")
    now = [[document.pk, *_range_of(document)] for document in after]
    tag = Tag.FILE_SEPARATED if actor == MACHINE else Tag.FILE_RECUT
    detail = {"documents": [row[0] for row in now]} if actor == MACHINE else {}
    record_event(
        tag,
        actor=actor,
        subject=f"file:{receipt.pk}",
        detail=detail | {"before": before, "after": now},
    )
    for document_id in recut.removed:
        record_event(
            Tag.DOCUMENT_UNDONE,
            actor=actor,
            subject=f"document:{document_id}",
            detail={"file": receipt.pk, "by": list(recut.made)},
        )


def cuts_by_people() -> Iterable[tuple[int, list[int], list[int]]]:
    """Each file that a person cut: its id, first pages as proposed, first pages as wanted.

    What separation is measured on, and can be learnt from.
    """
    for plan in CutPlan.objects.exclude(wanted=None).order_by("pk").iterator():
        proposed = [int(cut["first_page"]) for cut in plan.proposed.get("cuts", [])]
        yield plan.receipt_id, proposed, [int(first) for first, _last in plan.wanted or []]


def note_page_look(receipt: Receipt, number: int, reader: Reader, *, what: str) -> None:
    """Write down that somebody looked at a page that belongs to no document."""
    record_event(
        Tag.FILE_READ,
        actor=reader.actor,
        subject=f"file:{receipt.pk}",
        detail=reader.detail() | {"page": number, "what": what},
    )
