"""Rows of the reference files turned into values."""

import pytest

from catalogue.errors import CatalogueFileError
from catalogue.tables import KINDS, Row, build_kind
from catalogue.types import FieldWords

PERMIT = {
    "code": "DP-ONG", "name": "Giấy phép nuôi ong", "form": "giấy phép", "group": "G",
    "protection": "ordinary", "retention": "01", "validity": "unlimited", "single": "no",
    "certainty": "DESIGN",
}  # fmt: skip


def permit(own_fields: str) -> Row:
    """A row of an archivist's own kind."""
    return Row("kinds", 2, dict.fromkeys(KINDS.columns, "") | PERMIT | {"own_fields": own_fields})


def test_own_fields_with_their_labels() -> None:
    """A field may bear its labels and the sort of its value, or its name alone."""
    kind = build_kind(permit("hives:number=Số đàn được đặt/Số đàn|bee=Giống ong|address"))
    assert kind.own_fields == ("hives", "bee", "address")
    assert kind.described == (
        FieldWords("hives", ("Số đàn được đặt", "Số đàn"), "number"),
        FieldWords("bee", ("Giống ong",), ""),
    )


@pytest.mark.parametrize("written", ["hives:many=Số đàn", "Số đàn", "hives=", "=Số đàn"])
def test_a_field_that_cannot_be_read_names_its_cell(written: str) -> None:
    """An unknown sort, a name that is none: the sentence says which cell and what is allowed."""
    with pytest.raises(CatalogueFileError, match="own_fields"):
        build_kind(permit(written))
