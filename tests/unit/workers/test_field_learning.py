"""`tangthu learn` on fields: what people changed and confirmed, what comes of it, the way back."""

import random
from argparse import Namespace
from typing import Any

import pytest

from archive.models import Account, AuditEvent, Document
from archive.services.documents import correct_document, record_fields
from archive.services.learning import judged_documents, words_on
from archive.states import DocumentStatus
from classify import KindGuess, extract
from classify.errors import NoEarlierModelError
from classify.training.compose import compose
from classify.training.relearn import Effort
from classify.training.wordings import load_wordings
from config.commands import learn
from ocr import page_text_to_bytes
from tests.making import make_batch, make_document, make_page, make_receipt
from workers import learning
from workers.house import House
from workers.reference import reference_of
from workers.stages.documents import field_row
from workers.views import document_pages, kind_guess, page_views

DECISION = load_wordings()["VB02"]


def read_decision(account: Account, house: House, seed: int) -> Document:
    """A decision whose text lies in `work/` and whose fields the machine read."""
    text = compose(DECISION, random.Random(seed))[0].text  # noqa: S311  made papers
    receipt = make_receipt(make_batch(account), house)
    stored = house.work.put(page_text_to_bytes(text))
    page = make_page(receipt, text_sha256=stored.sha256, width=text.width, height=text.height)
    document = make_document(
        receipt, kind_code="VB02", kind_name="Quyết định", form="quyết định",
        machine_kind_code="VB02", kind_confidence=0.99, status=DocumentStatus.WAITING,
    )  # fmt: skip
    page.document = document
    page.save()
    read_again(document, house)
    return document


def read_again(document: Document, house: House) -> dict[str, Any]:
    """What the extract stage does: fields by the model in use."""
    views = page_views(document_pages(document), house)
    learnt = house.field_models.current()
    reference = reference_of(house.catalogue())
    fields = extract(views, kind_guess(document), reference, promise=house.promise, learnt=learnt)
    rows = [field_row(name, value) for name, value in fields.items()]
    record_fields(document, rows, model=learnt.version)
    return dict(fields)


@pytest.fixture
def clean_shelf(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Nothing learnt by another test is in use; few papers are made anew, for time."""
    monkeypatch.setattr(learning.learn, "__kwdefaults__", {
        **(learning.learn.__kwdefaults__ or {}), "effort": Effort(each=1, guard=1),
    })  # fmt: skip
    for shelf in (house.kind_models, house.field_models):
        while shelf.line():
            shelf.back()
    return house


def ask(**options: Any) -> dict[str, Any]:
    """Run the command as the command line does."""
    return dict(
        learn.run(
            Namespace(**{"example": None, "back": None, "forget_hands": False} | options)
        ).data
    )


@pytest.mark.django_db
def test_whose_word_counts(account: Account, house: House) -> None:
    """A changed or accepted field counts by itself; a confirmed paper for all of its fields; what
    the machine's account confirmed by itself, and refused papers, for nothing.
    """
    untouched, touched, confirmed, by_itself, refused = (
        read_decision(account, house, seed) for seed in range(5)
    )
    correct_document(touched, account, {"abstract": "Về việc khác"})
    correct_document(refused, account, {"abstract": "Về việc khác"})
    Document.objects.filter(pk=refused.pk).update(status=DocumentStatus.REFUSED)
    Document.objects.filter(pk__in=[confirmed.pk, by_itself.pk]).update(confirmed_by=account)
    by_itself.receipt.batch.confirm = True
    by_itself.receipt.batch.save()
    found = {document.pk: words_on(document) for document in judged_documents(account.username)}
    assert set(found) == {touched.pk, confirmed.pk}
    assert {name: word.looked_at for name, word in found[touched.pk].items()} == {"abstract": True}
    assert not any(word.looked_at for word in found[confirmed.pk].values())
    assert untouched.pk not in found


@pytest.mark.django_db
def test_what_the_machine_said_stays(account: Account, house: House) -> None:
    """Value, confidence and whether it would have passed, beside what a person made of it."""
    document = read_decision(account, house, 1)
    before = document.fields.get(name="abstract")
    correct_document(document, account, {"abstract": "Về việc khác"})
    after = document.fields.get(name="abstract")
    assert (after.value, after.sure, after.confidence) == ("Về việc khác", True, 1.0)
    said = (after.machine_value, after.machine_sure, after.machine_confidence)
    assert said == (before.value, before.sure, before.confidence)


@pytest.mark.django_db
def test_a_field_that_people_keep_changing_stops_passing(
    account: Account, clean_shelf: House
) -> None:
    """Learnt, switched, taken up by the next paper, noted in the audit; and back again."""
    for seed in range(14):
        document = read_decision(account, clean_shelf, seed)
        correct_document(document, account, {"abstract": f"Về việc khác {seed}"})
    new = read_decision(account, clean_shelf, 99)
    before = read_again(new, clean_shelf)["abstract"]
    said = ask()
    abstract = said["fields"]["abstract"]
    assert (abstract["looked_at"], abstract["changed"]) == (14, 14)
    assert (abstract["switched"], abstract["why"]) == (True, "better")
    assert abstract["after"]["log_loss"] < abstract["before"]["log_loss"]
    assert said["field_model"]["switched"] is True
    assert said["field_model"]["version"] == clean_shelf.field_models.current().version
    after = read_again(new, clean_shelf)["abstract"]
    assert after.confidence < before.confidence
    assert not after.sure
    extracted = AuditEvent.objects.filter(tag="document:extracted").latest("seq")
    assert extracted.detail["model"] == said["field_model"]["version"]
    assert ask()["field_model"]["switched"] is False
    back = ask(back="last")
    assert back["field_model"] == {"version": "1", "previous": said["field_model"]["version"]}
    assert read_again(new, clean_shelf)["abstract"].confidence == before.confidence
    subjects = list(
        AuditEvent.objects.filter(tag="model:returned").values_list("subject", flat=True)
    )
    assert subjects[-1] == "model:fields-1"
    with pytest.raises(NoEarlierModelError):
        ask(back="fields")


@pytest.mark.django_db
def test_kinds_and_fields_go_back_apart(clean_shelf: House) -> None:
    """`--back` takes back what the last run switched; an older switch of the other stays."""
    from dataclasses import replace

    kinds, fields = clean_shelf.kind_models, clean_shelf.field_models
    kinds.switch(replace(kinds.current(), version="1.1"), run="2026-11-21T01")
    fields.switch(replace(fields.current(), version="1.1"), run="2026-11-22T01")
    assert ask(back="last")["field_model"]["version"] == "1"
    assert len(kinds.line()) == 1
    assert ask(back="last")["version"] == "1"
    assert kinds.line() == fields.line() == ()


def test_nobodys_guess() -> None:
    """A kind guess of a record carries what the classifier had said."""
    document = Document(kind_code="VB02", kind_name="Quyết định", form="quyết định",
                        kind_confidence=0.9, kind_reasons=["tên"])  # fmt: skip
    assert kind_guess(document) == KindGuess("VB02", "Quyết định", "quyết định", 0.9, ("tên",))
