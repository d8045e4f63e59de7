"""Makes papers: `make_paper("VB02", seed=1)` is a decision with its truth."""

from collections.abc import Callable, Mapping

from specimens import _forms, _grants, _orders
from specimens._desk import Desk, open_desk
from specimens.errors import UnknownKindError
from specimens.paper import DEFAULT_OPTIONS, Paper, PaperOptions

Template = Callable[[Desk], Paper]

TEMPLATES: Mapping[str, Template] = {
    "VB02": _orders.decision,
    "KQ-QDGD": _orders.land_decision,
    "VB28": _orders.letter,
    "VB28-BMNN": _orders.secrecy_letter,
    "VB16": _orders.proposal,
    "VB07": _orders.notice,
    "VB14": _orders.report,
    "VB15": _orders.minutes,
    "KHAC": _orders.other,
    "KQ-KS": _grants.birth_certificate,
    "KQ-HN": _grants.marital_status,
    "KQ-GPXD": _grants.building_permit,
    "KQ-HKD": _grants.household_business,
    "KQ-DKDN": _grants.company,
    "KQ-CC": _grants.identity_card,
    "MC01": _grants.receipt,
    "TP-DON": _forms.request,
    "TP-DON-XD": _forms.building_request,
    "TP-TK": _forms.declaration,
    "TP-CT01": _forms.residence_change,
}
"""By kind code; VB28-BMNN is a letter about state secrets, TP-DON-XD a request to build."""


def make_paper(template: str, *, seed: int, options: PaperOptions = DEFAULT_OPTIONS) -> Paper:
    """Compose one paper; the same arguments always give the same paper.

    `template` is a key of TEMPLATES. Raises UnknownKindError and FontMissingError.
    """
    found = TEMPLATES.get(template)
    if found is None:
        raise UnknownKindError(detail=template)
    # The key goes into the seed: two templates share no person by chance.
    desk = open_desk(
        f"{template}-{seed}",
        options,
        numbered=not template.startswith("TP-"),
        newborn=template == "KQ-KS",
    )
    return found(desk)
