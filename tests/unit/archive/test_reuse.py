"""Reuse: verdicts with reasons, never a silent refusal, never a yes to what falls short."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.reuse import (
    _MESSAGES,
    Candidate,
    ComponentVerdict,
    Paper,
    ReasonCode,
    Verdict,
    evaluate,
)
from archive.states import DocumentStatus, Protection
from catalogue.reference import load_reference
from catalogue.types import PaperForm

TODAY = date(2026, 11, 21)
CATALOGUE = load_reference(TODAY)
SUBJECT = "079204000001"

SOUND = Paper(
    id="D261120AAAAAAAA",
    kind_code="KQ-HN",
    subject=SUBJECT,
    status=DocumentStatus.ARCHIVED,
    is_checked=True,
    is_signed=True,
    is_sealed=True,
    issued_on=date(2026, 9, 1),
    expires_on=None,
    integrity_ok=True,
)
BIRTH = replace(SOUND, id="D261120BBBBBBBB", kind_code="KQ-KS", issued_on=date(2019, 5, 2))
CARD = replace(
    SOUND,
    id="D261120CCCCCCCC",
    kind_code="KQ-CC",
    expires_on=date(2034, 1, 1),
    protection=Protection.IDENTITY,
)


def _ask(procedure: str, *papers: Paper, on: date = TODAY) -> dict[str, ComponentVerdict]:
    found = CATALOGUE.procedure(procedure)
    assert found is not None
    verdicts = evaluate(found, papers, on, kinds=CATALOGUE.kinds, subject=SUBJECT)
    return {verdict.code: verdict for verdict in verdicts}


def _marital(paper: Paper, on: date = TODAY) -> Candidate:
    [candidate] = _ask("1.000894", paper, on=on)["HN"].candidates
    return candidate


def _codes(candidate: Candidate) -> list[ReasonCode]:
    return [reason.code for reason in candidate.reasons]


def test_a_sound_paper_is_reusable_and_the_rest_missing() -> None:
    """To marry one needs a form, an identity paper and a certificate of status."""
    answer = _ask("1.000894", SOUND)
    assert {code: part.verdict for code, part in answer.items()} == {
        "TK": Verdict.MISSING,
        "TT": Verdict.MISSING,
        "HN": Verdict.REUSABLE,
        "CT": Verdict.MISSING,
    }
    assert _codes(answer["HN"].candidates[0]) == [ReasonCode.FIT]


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({"issued_on": date(2026, 5, 20)}, Verdict.UNFIT, ReasonCode.EXPIRED),
        ({"expires_on": date(2026, 11, 20)}, Verdict.UNFIT, ReasonCode.EXPIRED),
        ({"issued_on": date(2026, 11, 22)}, Verdict.UNFIT, ReasonCode.NOT_YET_VALID),
        ({"revoked_on": TODAY}, Verdict.UNFIT, ReasonCode.REVOKED),
        ({"superseded_by": "D261121ZZZZZZZZ"}, Verdict.UNFIT, ReasonCode.SUPERSEDED),
        ({"status": DocumentStatus.REFUSED}, Verdict.UNFIT, ReasonCode.REFUSED),
        ({"integrity_ok": False}, Verdict.UNFIT, ReasonCode.INTEGRITY_FAILED),
        ({"form": PaperForm.PHOTOCOPY_COMPARED}, Verdict.UNFIT, ReasonCode.WRONG_FORM),
        ({"integrity_ok": None}, Verdict.NEEDS_CHECK, ReasonCode.INTEGRITY_NOT_CHECKED),
        ({"is_checked": False}, Verdict.NEEDS_CHECK, ReasonCode.NOT_CHECKED),
        ({"is_signed": False}, Verdict.NEEDS_CHECK, ReasonCode.NOT_SIGNED),
        ({"is_sealed": False}, Verdict.NEEDS_CHECK, ReasonCode.NOT_SEALED),
        ({"status": DocumentStatus.WAITING}, Verdict.NEEDS_CHECK, ReasonCode.NOT_SEALED),
        ({"is_disputed": True}, Verdict.NEEDS_CHECK, ReasonCode.DISPUTED),
        ({"issued_on": None}, Verdict.NEEDS_CHECK, ReasonCode.VALIDITY_UNKNOWN),
    ],
)
def test_what_falls_short_is_listed_with_its_reason(
    change: dict[str, object], verdict: Verdict, code: ReasonCode
) -> None:
    """One fault, one reason, and the paper stays in the list."""
    candidate = _marital(replace(SOUND, **change))  # type: ignore[arg-type]  # names of its fields
    assert (candidate.verdict, _codes(candidate)) == (verdict, [code])


def test_the_last_day_is_still_good() -> None:
    """Six months from 1 September end with 1 March."""
    assert _marital(SOUND, on=date(2027, 3, 1)).verdict is Verdict.REUSABLE
    assert _marital(SOUND, on=date(2027, 3, 2)).verdict is Verdict.UNFIT


def test_a_paper_revoked_later_was_good_on_the_day() -> None:
    """The question may be about a day gone by."""
    revoked = replace(SOUND, revoked_on=TODAY)
    assert _marital(revoked, on=TODAY - timedelta(days=1)).verdict is Verdict.REUSABLE


def test_a_dated_paper_without_its_day_needs_a_look() -> None:
    """An identity card prints its last day; unread, nobody may assume it."""
    [candidate] = _ask("1.000894", replace(CARD, expires_on=None))["TT"].candidates
    assert candidate.verdict is Verdict.NEEDS_CHECK
    assert ReasonCode.VALIDITY_UNKNOWN in _codes(candidate)


def test_an_old_identity_card_ended_by_law() -> None:
    """Giấy chứng minh nhân dân ended on 31 December 2024, whatever is printed on it."""
    card = replace(CARD, kind_code="KQ-CMND", expires_on=date(2030, 1, 1))
    [candidate] = _ask("1.000894", card)["TT"].candidates
    assert (candidate.verdict, _codes(candidate)[0]) == (Verdict.UNFIT, ReasonCode.EXPIRED)


def test_a_protected_paper_is_reusable_with_a_remark() -> None:
    """Protection rules how it is opened, not whether it may serve."""
    [candidate] = _ask("1.000894", CARD)["TT"].candidates
    assert candidate.verdict is Verdict.REUSABLE
    assert _codes(candidate) == [ReasonCode.FIT, ReasonCode.PROTECTED]


def test_a_form_of_another_dossier_is_offered_but_not_taken() -> None:
    """What a person declared then may not be true now."""
    form = replace(SOUND, kind_code="TP-TK")
    [candidate] = _ask("1.000894", form)["TK"].candidates
    assert (candidate.verdict, _codes(candidate)) == (
        Verdict.NEEDS_CHECK,
        [ReasonCode.SINGLE_USE],
    )


def test_a_substitute_is_named_as_such_and_comes_after() -> None:
    """For a child's allowance an extract may stand for the birth certificate."""
    extract = replace(SOUND, id="D261120DDDDDDDD", kind_code="KQ-TLKS")
    answer = _ask("1.001776", extract, BIRTH)["KS"]
    assert [candidate.id for candidate in answer.candidates] == [BIRTH.id, extract.id]
    assert _codes(answer.candidates[1]) == [ReasonCode.FIT, ReasonCode.SUBSTITUTE]


def test_a_certified_copy_must_be_looked_at() -> None:
    """Its kind says that it is a copy, not of what."""
    copy = replace(SOUND, kind_code="BS04")
    [candidate] = _ask("1.001776", copy)["KS"].candidates
    assert candidate.verdict is Verdict.NEEDS_CHECK
    assert ReasonCode.WHICH_PAPER in _codes(candidate)


def test_a_newer_paper_of_a_single_kind_calls_the_older_in_doubt() -> None:
    """Of the certificate of status only the newest speaks."""
    older = replace(SOUND, id="D261120EEEEEEEE", issued_on=date(2026, 8, 1))
    answer = _ask("1.000894", older, SOUND)["HN"]
    assert answer.verdict is Verdict.REUSABLE
    assert [candidate.id for candidate in answer.candidates] == [SOUND.id, older.id]
    assert _codes(answer.candidates[1]) == [ReasonCode.NEWER_EXISTS]


def test_an_unfit_newer_paper_does_not_displace_the_older() -> None:
    """A revoked one replaces nothing."""
    older = replace(SOUND, id="D261120EEEEEEEE", issued_on=date(2026, 8, 1))
    answer = _ask("1.000894", older, replace(SOUND, revoked_on=date(2026, 10, 1)))["HN"]
    assert answer.candidates[0].id == older.id
    assert answer.candidates[0].verdict is Verdict.REUSABLE


def test_papers_of_another_person_are_not_even_mentioned() -> None:
    """That someone else holds a paper is not ours to tell."""
    answer = _ask("1.000894", replace(SOUND, subject="079204000002"))
    assert answer["HN"].candidates == ()
    assert answer["HN"].verdict is Verdict.MISSING


def test_a_component_with_only_unfit_papers_is_missing_but_lists_them() -> None:
    """The clerk sees why what is held does not serve."""
    answer = _ask("1.000894", replace(SOUND, revoked_on=TODAY))["HN"]
    assert answer.verdict is Verdict.MISSING
    assert len(answer.candidates) == 1


def test_every_reason_has_a_sentence() -> None:
    """No code without words."""
    assert set(_MESSAGES) == set(ReasonCode)


def test_every_reason_is_documented() -> None:
    """What the interface answers with stands in the documentation."""
    page = Path(__file__).parents[3].joinpath("docs/catalogue.md").read_text(encoding="utf-8")
    assert [code for code in ReasonCode if f"| `{code}` |" not in page] == []


days = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2040, 1, 1)))
any_paper = st.builds(
    Paper,
    id=st.text("ABCD", min_size=1, max_size=3),
    kind_code=st.sampled_from([kind.code for kind in CATALOGUE.kinds]),
    subject=st.sampled_from([SUBJECT, "079204000002"]),
    status=st.sampled_from(DocumentStatus),
    is_checked=st.booleans(),
    is_signed=st.booleans(),
    is_sealed=st.booleans(),
    issued_on=days,
    expires_on=days,
    revoked_on=days,
    is_disputed=st.booleans(),
    superseded_by=st.sampled_from([None, "X"]),
    integrity_ok=st.sampled_from([None, True, False]),
    protection=st.sampled_from(Protection),
    form=st.sampled_from(PaperForm),
)


def _is_sound(paper: Paper, on: date) -> bool:
    """The test of the rules, written a second time and shorter."""
    return (
        paper.subject == SUBJECT
        and paper.status is DocumentStatus.ARCHIVED
        and paper.is_checked
        and paper.is_signed
        and paper.is_sealed
        and paper.integrity_ok is True
        and not paper.is_disputed
        and paper.superseded_by is None
        and (paper.revoked_on is None or paper.revoked_on > on)
        and (paper.expires_on is None or paper.expires_on >= on)
        and (paper.issued_on is None or paper.issued_on <= on)
    )


@given(
    papers=st.lists(any_paper, max_size=6, unique_by=lambda paper: paper.id),
    on=st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    code=st.sampled_from([procedure.code for procedure in CATALOGUE.procedures]),
)
def test_nothing_unsound_is_ever_reusable_and_nothing_is_dropped(
    papers: list[Paper], on: date, code: str
) -> None:
    """Expired, unsealed, revoked ... is never reusable; each accepted paper is listed, reasoned."""
    procedure = CATALOGUE.procedure(code)
    assert procedure is not None
    by_id = {paper.id: paper for paper in papers}
    answer = evaluate(procedure, papers, on, kinds=CATALOGUE.kinds, subject=SUBJECT)
    for part, component in zip(answer, procedure.components, strict=True):
        offered = {candidate.id for candidate in part.candidates}
        assert offered == {
            paper.id
            for paper in papers
            if paper.subject == SUBJECT and paper.kind_code in component.accepted
        }
        for candidate in part.candidates:
            assert candidate.reasons
            if candidate.verdict is Verdict.REUSABLE:
                assert _is_sound(by_id[candidate.id], on)
                assert by_id[candidate.id].form in component.forms
        verdicts = {candidate.verdict for candidate in part.candidates}
        assert (part.verdict is Verdict.REUSABLE) == (Verdict.REUSABLE in verdicts)
        assert (part.verdict is Verdict.MISSING) == (verdicts <= {Verdict.UNFIT})
