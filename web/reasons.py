"""Why somebody looks: asked once a session where a paper tells of a person, derived where known."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from archive.models import Document
from archive.privacy import is_personal
from archive.services.looking import DOSSIER_CHARS, PURPOSE_CHARS, Purpose, Reader
from archive.states import DocumentStatus
from web.access import account_of, may

KEY, LOOKED = "why", "looked"
MOST_REMEMBERED = 200
CHOICES = (Purpose.HANDLE, Purpose.ANSWER, Purpose.ARCHIVE, Purpose.INSPECT, Purpose.SEARCH)
"""What the page offers; the others are derived."""
LEAST_CHARS = 5
"""A typed reason says at least so much."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason, and the dossier that it is for."""

    purpose: str
    dossier: str = ""


def why_of(request: HttpRequest, document: Document | None = None) -> Why | None:
    """Return why this account looks; None where it must say so first."""
    said = _said(request)
    derived = _derived(request, document) if document is not None else None
    if derived or said:
        return derived or said
    if document is not None and is_personal(document):
        return None
    return Why(Purpose.SEARCH.value)


def _derived(request: HttpRequest, document: Document) -> Why | None:
    """What the system knows: a paper that waits is looked at to be checked or signed."""
    account = account_of(request)
    if document.status != DocumentStatus.WAITING:
        return None
    if document.confirmed_at is None and may(account, "confirm_document"):
        return Why(Purpose.CHECK.value, _dossier(document))
    if document.confirmed_at is not None and may(account, "sign_document"):
        return Why(Purpose.SIGN.value, _dossier(document))
    return None


def _dossier(document: Document) -> str:
    """The first dossier that the paper is in, else its batch's."""
    codes = document.dossiers.order_by("pk").values_list("code", flat=True)
    return codes.first() or document.receipt.batch.dossier_code


def _said(request: HttpRequest) -> Why | None:
    said = request.session.get(KEY)
    return Why(said["purpose"], said["dossier"]) if said else None


def reader_of(request: HttpRequest, document: Document) -> Reader | None:
    """Return who reads a document and why; None where the reason must be asked for first."""
    why = why_of(request, document)
    return _reader(request, why) if why else None


def searcher(request: HttpRequest) -> Reader:
    """Return who searches and why."""
    return _reader(request, _said(request) or Why(Purpose.SEARCH.value))


def _reader(request: HttpRequest, why: Why) -> Reader:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Reader(account_of(request).username, why.purpose, why.dossier, address)


def ask_why(request: HttpRequest, document: Document) -> HttpResponse:
    """Ask why, and come back to where this was asked for."""
    follow = request.get_full_path() if request.method == "GET" else f"/giay-to/{document.pk}/"
    return show_question(request, follow=follow, dossier=_dossier(document))


def show_question(
    request: HttpRequest, *, follow: str, dossier: str = "", problem: str = ""
) -> HttpResponse:
    """Show the short list, and a line for another reason."""
    context = {
        "choices": [choice.value for choice in CHOICES],
        "follow": follow,
        "dossier": dossier,
        "problem": problem,
    }
    return render(request, "web/why.html", context, status=422 if problem else 200)


def take_answer(request: HttpRequest) -> HttpResponse:
    """Remember the reason for this session and go on."""
    follow = safe_path(request.POST.get("tiep", ""))
    typed = " ".join(request.POST.get("khac", "").split())
    purpose = request.POST.get("purpose") or typed
    dossier = request.POST.get("dossier", "").strip()[:DOSSIER_CHARS]
    if purpose not in {choice.value for choice in CHOICES} and len(purpose) < LEAST_CHARS:
        problem = "Hãy chọn một mục đích, hoặc ghi rõ mục đích khác (từ 5 chữ)."
        return show_question(request, follow=follow, dossier=dossier, problem=problem)
    request.session[KEY] = {"purpose": purpose[:PURPOSE_CHARS], "dossier": dossier}
    return redirect(follow)


def safe_path(untrusted_path: str) -> str:
    """Return a path of this house; anything else leads home."""
    is_ours = url_has_allowed_host_and_scheme(untrusted_path, allowed_hosts=None)
    return untrusted_path if is_ours and untrusted_path.startswith("/") else "/"


def remember_look(request: HttpRequest, document: Document) -> None:
    """Remember that the look at this document is recorded, so that its pictures need not be."""
    looked = [id_ for id_ in request.session.get(LOOKED, []) if id_ != document.pk]
    request.session[LOOKED] = [*looked, document.pk][-MOST_REMEMBERED:]


def was_looked_at(request: HttpRequest, document: Document) -> bool:
    """Whether this session's look at the document is recorded."""
    return document.pk in request.session.get(LOOKED, [])
