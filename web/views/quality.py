"""How well fields are read here, and what was learnt from people's corrections."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from archive.labels import label_of
from archive.services.hands import crop_tally
from archive.services.learning import FieldQuality, field_quality
from web.access import needs
from workers.house import current
from workers.learning import InUse, in_use


@needs("see_quality")
@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """Show each field as people found it; counts alone, no value of any paper."""
    house = current()
    learnt = in_use(house)
    rows = [_row(found, learnt) for found in field_quality(house.confirm_account)]
    context = {
        "rows": rows,
        "learnt": learnt,
        "crops": crop_tally(),
        "labels": [(code, label_of(name), words) for code, name, words in learnt.labels],
    }
    return render(request, "web/quality.html", context)


def _row(found: FieldQuality, learnt: InUse) -> dict[str, object]:
    done = {
        "học lại độ tin cậy": learnt.trusted_anew,
        "sửa theo từ ngữ cơ quan": learnt.mends,
        "đề xuất theo từ ngữ cơ quan": learnt.offers,
    }
    return {
        "label": label_of(found.name),
        "found": found,
        "wrong_share": _share(found.passed_wrong, found.passed),
        "learnt": ", ".join(what for what, names in done.items() if found.name in names),
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "—"
