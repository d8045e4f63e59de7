"""The page of quality: counts of what people looked at and changed, and what was learnt."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.test import Client

from archive.models import Account, Document
from archive.services.learning import FieldQuality, field_quality
from archive.states import Role
from classify.learnt import FieldModel, Layer
from classify.types import OwnField
from tests.making import make_batch, make_document, make_receipt
from web.shown import fields_of
from workers.house import House

AsRole = Callable[..., Client]


def checked(account: Account, house: House, *, confirm: bool = False) -> Document:
    """A confirmed paper: its abstract changed, its issuer accepted, its number passed as sure."""
    receipt = make_receipt(make_batch(account, confirm=confirm), house)
    now = dt.datetime.now(dt.UTC)
    document = make_document(receipt, confirmed_by=account, confirmed_at=now,
                             status="waiting")  # fmt: skip
    said = {"corrected_by": account, "sure": True, "confidence": 1.0}
    document.fields.create(name="abstract", value="đúng", machine_value="sai", machine_sure=True,
                           **said)  # fmt: skip
    document.fields.create(name="issuer", value="a", machine_value="a", machine_sure=False, **said)
    document.fields.create(name="signer_name", value="b", machine_value=None, machine_sure=False,
                           **said)  # fmt: skip
    document.fields.create(name="number", value="1/A", machine_value="1/A", machine_sure=True)
    return document


@pytest.mark.django_db
def test_what_is_counted(account: Account, house: House) -> None:
    """Looked at, changed, passed, passed and changed; what the machine confirmed passed nothing."""
    checked(account, house)
    checked(account, house, confirm=True)
    assert field_quality(account.username) == [
        FieldQuality("abstract", looked_at=2, changed=2, passed=1, passed_wrong=1),
        FieldQuality("signer_name", looked_at=2, changed=2, passed=0, passed_wrong=0),
        FieldQuality("issuer", looked_at=2, changed=0, passed=0, passed_wrong=0),
        FieldQuality("number", looked_at=0, changed=0, passed=1, passed_wrong=0),
    ]


@pytest.mark.django_db
def test_what_is_offered_is_shown_to_the_checker(account: Account, house: House) -> None:
    """Nothing was read but something is offered: it is asked about, not folded away."""
    document = make_document(make_receipt(make_batch(account), house))
    document.fields.create(name="signer_name", value=None, reason="Đề xuất.",
                           alternatives=[{"value": "Lê Hoàng Nam", "confidence": 0.9}])  # fmt: skip
    document.fields.create(name="recipients", value=None)
    fields = {field.name: field for field in fields_of(document, house)}
    assert fields["signer_name"].needs_look
    assert fields["signer_name"].alternatives == ("Lê Hoàng Nam",)
    assert fields["recipients"].is_empty


@pytest.fixture
def taught(house: House) -> Iterator[House]:
    """A house that learnt something."""
    model = FieldModel(
        "1.1", layers={"abstract": Layer(-1.0)}, proposes=frozenset(("signer_name",)),
        labels={"DP-ONG": (OwnField("hives", ("Số đàn ong",)),)}, card={"lessons": ["D1", "D2"]},
    )  # fmt: skip
    house.field_models.switch(replace(model))
    yield house
    house.field_models.back()


@pytest.mark.django_db
def test_the_page_tells_what_was_found_and_learnt(
    as_role: AsRole, account: Account, taught: House
) -> None:
    """Counts, shares and what is in use, in Vietnamese; no value of any paper."""
    client = as_role(Role.SUPERVISOR)
    empty = client.get("/chat-luong/").content.decode()
    assert "Chưa có giấy tờ nào được người kiểm tra xem" in empty
    checked(account, taught)
    shown = client.get("/chat-luong/").content.decode()
    for words in ("Trích yếu", "1 (100,0 %)", "học lại độ tin cậy", "đề xuất theo từ ngữ cơ quan",
                  "học từ 2 giấy tờ", "Số đàn ong"):  # fmt: skip
        assert words in shown
    assert "đúng" not in shown.replace("Đúng", "")
    assert "1/A" not in shown
