"""`tangthu learn`: from people's corrections to a model that the workers take up."""

import random
from argparse import Namespace
from typing import Any

import pytest

from archive.models import Account, AuditEvent, Document
from archive.services.documents import correct_kind
from archive.services.learning import field_corrections, labelled_documents
from archive.states import DocumentStatus
from classify.errors import NothingToLearnError
from classify.training.compose import compose
from classify.training.relearn import Effort
from classify.training.wordings import Shape, Wording
from config.commands import learn
from ocr import page_text_to_bytes
from tests.making import make_batch, make_document, make_page, make_receipt
from workers import learning
from workers.house import House

ROSTER = Wording(
    "TP-KHAC", (Shape.FORM,), ("SỔ GHI NƯỚC",), (), (),
    ("Đồng hồ số: {d}", "Chỉ số cũ, chỉ số mới", "Tuyến ghi: {place}", "Người ghi nước: {name}"),
)  # fmt: skip
"""A paper that no kind ships for; here the office calls it TP-KHAC."""


def read_paper(account: Account, house: House, seed: int, **changes: Any) -> Document:
    """One document of one page whose text lies in `work/`."""
    text = compose(ROSTER, random.Random(seed))[0].text  # noqa: S311  made papers
    receipt = make_receipt(make_batch(account), house)
    stored = house.work.put(page_text_to_bytes(text))
    page = make_page(receipt, text_sha256=stored.sha256, width=text.width, height=text.height)
    given = {"kind_code": "TP-TK", "machine_kind_code": "TP-TK", "kind_confidence": 0.7}
    document = make_document(receipt, **given | changes)
    page.document = document
    page.save()
    return document


def corrected(account: Account, house: House, seed: int) -> Document:
    """The same after a person's word."""
    document = read_paper(account, house, seed)
    correct_kind(
        document, account, code="TP-KHAC", name="Thành phần khác", form="thành phần khác",
        protection="ordinary",
    )  # fmt: skip
    return document


@pytest.fixture
def clean_shelf(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """No model learnt by another test is in use; few papers are made anew, for time."""
    monkeypatch.setattr(learning.learn, "__kwdefaults__", {
        **(learning.learn.__kwdefaults__ or {}), "effort": Effort(each=1, guard=1),
    })  # fmt: skip
    while house.kind_models.line():
        house.kind_models.back()
    return house


def ask(**options: Any) -> dict[str, Any]:
    """Run the command as the command line does."""
    given = Namespace(example=None, back=None, forget_hands=False)
    return dict(learn.run(Namespace(**{**vars(given), **options})).data)


@pytest.mark.django_db
def test_only_a_persons_word_is_learnt(account: Account, house: House) -> None:
    """What the machine said and nobody looked at teaches nothing; nor does a refused paper."""
    read_paper(account, house, 1)
    taught = corrected(account, house, 2)
    refused = corrected(account, house, 3)
    Document.objects.filter(pk=refused.pk).update(status=DocumentStatus.REFUSED)
    by_itself = read_paper(account, house, 4, confirmed_by=account)
    by_itself.receipt.batch.confirm = True
    by_itself.receipt.batch.save()
    person = read_paper(account, house, 5, confirmed_by=account)
    assert {taught.pk, person.pk} == {
        document.pk for document in labelled_documents(house.confirm_account)
    }


@pytest.mark.django_db
def test_learn_switches_and_goes_back(account: Account, clean_shelf: House) -> None:
    """Corrected papers make a better model; workers take it up; the audit names both steps."""
    with pytest.raises(NothingToLearnError):
        ask()
    for seed in range(10, 16):
        corrected(account, clean_shelf, seed)
    said = ask()
    assert said["switched"] is True
    assert said["after"]["accuracy"] > said["before"]["accuracy"]
    assert said["lessons"]["new"] == 6
    assert clean_shelf.kind_models.current().version == said["version"]
    assert ask()["switched"] is False
    back = ask(back="last")
    assert (back["version"], back["previous"]) == ("1", said["version"])
    tags = list(AuditEvent.objects.filter(tag__startswith="model:").values_list("tag", flat=True))
    assert tags == ["model:learned", "model:learned", "model:returned"]


@pytest.mark.django_db
def test_field_corrections_are_counted(account: Account, house: House) -> None:
    """What people changed stands beside what the machine read."""
    document = read_paper(account, house, 20)
    document.fields.create(
        name="number", value="12/A", machine_value="13/A", corrected_by=account, sure=True
    )
    document.fields.create(
        name="issuer", value="X", machine_value="X", corrected_by=account, sure=True
    )
    counts = field_corrections()
    assert counts["number"] == {"looked_at": 1, "changed": 1}
    assert counts["issuer"] == {"looked_at": 1, "changed": 0}
