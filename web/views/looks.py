"""Why somebody looks, and who looked: the person's right to know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from archive.services.looking import LookFound, Purpose, Reader, looks_at
from web.access import needs, signed_in
from web.reasons import safe_path, searcher, show_question, take_answer
from web.shown import names_of
from web.words import EVENT

SHOWN = 500


@signed_in
@require_http_methods(["GET", "POST"])
def why(request: HttpRequest) -> HttpResponse:
    """Ask why this account looks at papers of people, and remember it for the session."""
    if request.method == "POST":
        return take_answer(request)
    return show_question(request, follow=safe_path(request.GET.get("tiep", "/")))


@needs("see_looks")
@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Show who read the papers of a subject; the asking is recorded."""
    subject = request.GET.get("chu-the", "").replace(" ", "")[:20]
    context: dict[str, object] = {"subject": subject}
    if subject:
        asker = searcher(request)
        if asker.purpose == Purpose.SEARCH:
            asker = Reader(asker.actor, Purpose.ANSWER.value, asker.dossier, asker.address)
        found = looks_at(subject, asker)
        context |= {"total": len(found), "looks": _rows(found[-SHOWN:][::-1])}
    return render(request, "web/looks.html", context)


def _rows(found: list[LookFound]) -> list[dict[str, object]]:
    names = names_of(look.who for look in found)
    return [
        {
            "look": look,
            "who": names.get(look.who, look.who),
            "what": look.what or EVENT.get(look.tag, look.tag),
        }
        for look in found
    ]
