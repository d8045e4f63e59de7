"""The catalogue handed to the classifier as its values. No records, no Django."""

import re
from dataclasses import replace
from functools import cache

from catalogue.reference import load_communes
from catalogue.types import Catalogue, KindEntry
from classify.model import KindModel
from classify.types import Kind, OwnField, Reference

_PLACE_WORD = r"^(?:Xã|Phường|Thị trấn|Đặc khu|Quận|Huyện|Thị xã|Thành phố)\s+"


def reference_of(catalogue: Catalogue) -> Reference:
    """Hand the catalogue to the classifier as its values."""
    return Reference(
        kinds=tuple(_kind(entry) for entry in catalogue.kinds),
        issuers=catalogue.issuer_names,
        provinces=catalogue.province_names,
        communes=_place_names(),
    )


@cache
def _place_names() -> tuple[str, ...]:
    """Communes and districts of every day, old papers bear old names, without their word."""
    full = {name for commune in load_communes() for name in (commune.name, commune.district)}
    bare = {re.sub(_PLACE_WORD, "", name) for name in full if name}
    return tuple(sorted(name for name in bare if not name[:1].isdigit()))


def _kind(entry: KindEntry) -> Kind:
    return Kind(
        code=entry.code,
        name=entry.name,
        form=entry.form,
        abbreviation=entry.abbreviation,
        group=entry.group,
        titles=entry.titles,
        own_fields=entry.own_fields,
        described=tuple(OwnField(*field) for field in entry.described),
    )


def with_learnt(reference: Reference, model: KindModel) -> Reference:
    """The packaged catalogue with the kinds that the model learnt beside it."""
    known = {kind.code for kind in reference.kinds}
    more = tuple(kind for kind in model.kinds if kind.code not in known)
    return replace(reference, kinds=(*reference.kinds, *more))
