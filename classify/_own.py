"""A kind's own fields: by the catalogue's labels, by our rules, by labels that were learnt."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from classify import _labels as lab
from classify import _people
from classify._layout import Layout
from classify._people import ALIASES, OWN, Rule, labelled
from classify._text import fold
from classify.types import FieldValue, OwnField

SORTS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "text": lab.plain_text, "date": lab.as_date, "number": OWN["parcel"].reader,
        "code": OWN["serial"].reader, "person": OWN["mother_name"].reader,
        "id": OWN["personal_id"].reader,
    }
)  # fmt: skip
"""What a value may be -> what makes it of the text beside the label."""
_BY_END = (("_on", "date"), ("_date", "date"), ("_id", "id"), ("_count", "number"),
           ("_number", "code"))  # fmt: skip


def own_field(
    name: str,
    layouts: Sequence[Layout],
    described: Mapping[str, OwnField],
    learnt: Mapping[str, OwnField],
) -> FieldValue:
    """One own field: the archivist's labels first, then our rule, then what corrections taught."""
    others = [one for one in (*described.values(), *learnt.values()) if one.name != name]
    stops = [label for one in others for label in one.labels]
    said, taught = described.get(name), learnt.get(name)
    value = _by_labels(said, layouts, stops) if said else None
    if value is None or value.value is None:
        ours = _people.own_field(name, layouts)
        value = ours if value is None or ours.value is not None else value
    if value.value is None and taught:
        found = _by_labels(taught, layouts, stops)
        if found.value is not None:
            return replace(found, reason=f"{found.reason} Nhãn học từ những lần sửa.")
    return value


def _by_labels(field: OwnField, layouts: Sequence[Layout], stops: Iterable[str]) -> FieldValue:
    value = labelled(layouts, rule_for(field))
    if isinstance(value.value, str) and sort_of(field) == "text":
        return replace(value, value=_until(value.value, stops))
    return value


def _until(text: str, stops: Iterable[str]) -> str:
    """A value cut before the label of another field that stands on its line."""
    folded = fold(text)
    ends = [at.start() for label in stops if (at := re.search(rf"\b{re.escape(fold(label))}\W*:",
                                                             folded))]  # fmt: skip
    return text[: min(ends, default=len(text))].strip(" .;,-") or text


def rule_for(field: OwnField) -> Rule:
    """How a field with these labels is read; a field of ours keeps its own reader."""
    ours = OWN.get(ALIASES.get(field.name, field.name))
    if ours and not field.sort:
        return Rule(field.labels, ours.reader, ours.runs_on)
    of = sort_of(field)
    return Rule(field.labels, SORTS[of], runs_on=of == "text")


def sort_of(field: OwnField) -> str:
    """What a field's value is: as it is said, else by the end of its name, else text."""
    if field.sort in SORTS:
        return field.sort
    return next((of for end, of in _BY_END if field.name.endswith(end)), "text")
