"""What the documents of one file say of each other: for reading without records."""

import datetime as dt
from collections.abc import Sequence

from classify import (
    REGISTER,
    Around,
    Citation,
    Fields,
    FieldValue,
    Listed,
    Mention,
    Neighbour,
    PageView,
    citations,
    read_register,
)
from classify.hands import NAMES, weigh_hands
from classify.policy import Promise

SURE_NAMING = 0.85
"""Confidence of a naming's least certain word from which it is context for other papers."""


def namings(
    kind_name: str, pages: Sequence[PageView], until: dt.date
) -> list[tuple[str, Citation]]:
    """How and what a paper names with certainty: its grounds, or a register's lines."""
    how = "register" if kind_name == REGISTER else "cites"
    found = read_register(pages) if kind_name == REGISTER else citations(pages, until)
    return [(how, one) for one in found if one.confidence >= SURE_NAMING]


def weigh_file(
    papers: Sequence[tuple[str, Sequence[PageView], Fields]],
    listed: Sequence[Listed],
    *,
    today: dt.date,
    promise: Promise,
) -> list[Fields]:
    """The fields of a file's documents, what pens wrote on them weighed with each other.

    `papers` are name of kind, pages and fields in the file's order, `listed` what its tables of
    contents name.
    """
    if not any(fields[name].hand for _, _, fields in papers for name in NAMES):
        return [fields for _, _, fields in papers]
    named = [
        [_mention(how, one, str(fields["number"].value or kind)) for how, one in
         namings(kind, pages, today)]
        for kind, pages, fields in papers
    ]  # fmt: skip
    sure = [_neighbour(fields) for _, _, fields in papers]
    found: list[Fields] = []
    for at, (_, _, fields) in enumerate(papers):
        others = tuple(one for place, row in enumerate(named) if place != at for one in row)
        order = tuple(one._replace(place=place - at) for place, one in enumerate(sure))
        around = Around(today, tuple(listed), others, (order[:at] + order[at + 1 :],))
        found.append({**fields, **weigh_hands(fields, around, promise)})
    return found


def _mention(how: str, one: Citation, by: str) -> Mention:
    return Mention(one.number, one.issued_on, one.issuer, how, by)


def _neighbour(fields: Fields) -> Neighbour:
    return Neighbour(
        0, _sure(fields["number"]), _sure(fields["issued_on"]), str(fields["issuer"].value or "")
    )


def _sure(field: FieldValue) -> str:
    alone = field.hand is None or field.hand.alone == field.value
    return str(field.value) if field.sure and field.value and alone else ""
