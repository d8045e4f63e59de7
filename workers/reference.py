"""The catalogue handed to the classifier as its values. No records, no Django."""

from catalogue.types import Catalogue, KindEntry
from classify.model import KindModel
from classify.types import Kind, Reference


def reference_of(catalogue: Catalogue) -> Reference:
    """Hand the catalogue to the classifier as its values."""
    return Reference(
        kinds=tuple(_kind(entry) for entry in catalogue.kinds),
        issuers=catalogue.issuer_names,
        provinces=catalogue.province_names,
    )


def _kind(entry: KindEntry) -> Kind:
    return Kind(
        code=entry.code,
        name=entry.name,
        form=entry.form,
        abbreviation=entry.abbreviation,
        group=entry.group,
        titles=entry.titles,
        own_fields=entry.own_fields,
    )


def with_learnt(reference: Reference, model: KindModel) -> Reference:
    """The packaged catalogue with the kinds that the model learnt beside it."""
    known = {kind.code for kind in reference.kinds}
    more = tuple(kind for kind in model.kinds if kind.code not in known)
    return Reference(
        (*reference.kinds, *more), reference.issuers, reference.provinces, reference.today
    )
