"""May a paper that the archive holds serve again? Verdicts with reasons, by the rules alone.

The test is that of the rules on reuse (Luật Chuyển đổi số 148/2025, NQ 66.7/2025): the same
subject; a kind that is asked for or accepted in its place; within its term; not replaced, revoked
or disputed; checked by a person, signed and sealed; its bytes and signatures whole. What falls
short is listed with its reason: never a silent refusal.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.states import DocumentStatus, Protection
from catalogue.types import Component, KindEntry, PaperForm, Procedure, ValidityRule


class Verdict(StrEnum):
    """Of a component or of one paper offered for it."""

    REUSABLE = "reusable"
    """It may be used as it is."""
    NEEDS_CHECK = "needs_check"
    """It may serve once a person has settled what the reasons name."""
    UNFIT = "unfit"
    """Of one paper: it cannot serve for this component."""
    MISSING = "missing"
    """Of a component: nothing held may serve; it must be asked for."""


class ReasonCode(StrEnum):
    """Why a paper got its verdict. The first group makes it unfit, the second needs a person."""

    EXPIRED = "expired"
    """Its last day has passed."""
    NOT_YET_VALID = "not_yet_valid"
    """It was issued after the day asked about."""
    REVOKED = "revoked"
    """The issuer took it back."""
    SUPERSEDED = "superseded"
    """Another paper was put in its place."""
    REFUSED = "refused"
    """A person refused it when checking."""
    WRONG_FORM = "wrong_form"
    """The procedure does not accept a paper handed in that way."""
    INTEGRITY_FAILED = "integrity_failed"
    """Its bytes or a signature no longer hold."""

    NOT_CHECKED = "not_checked"
    """No person has confirmed what the machine read."""
    NOT_SIGNED = "not_signed"
    """The digitiser or the agency has not signed."""
    NOT_SEALED = "not_sealed"
    """It is not in the archive yet."""
    DISPUTED = "disputed"
    """Somebody contests it."""
    VALIDITY_UNKNOWN = "validity_unknown"
    """Its term cannot be told from what is known."""
    SINGLE_USE = "single_use"
    """It was made for another dossier."""
    NEWER_EXISTS = "newer_exists"
    """A newer paper of a kind of which a subject has only one."""
    INTEGRITY_NOT_CHECKED = "integrity_not_checked"
    """Nobody has looked whether its bytes are whole."""
    WHICH_PAPER = "which_paper"
    """Its kind does not say which paper it is: a copy, or one of no kind."""

    FIT = "fit"
    """Everything asked for holds."""
    SUBSTITUTE = "substitute"
    """It serves in place of what is asked for; a remark, no obstacle."""
    PROTECTED = "protected"
    """Its image is opened only with a purpose and a dossier; a remark, no obstacle."""


_UNFIT = frozenset(
    {
        ReasonCode.EXPIRED,
        ReasonCode.NOT_YET_VALID,
        ReasonCode.REVOKED,
        ReasonCode.SUPERSEDED,
        ReasonCode.REFUSED,
        ReasonCode.WRONG_FORM,
        ReasonCode.INTEGRITY_FAILED,
    }
)
_REMARKS = frozenset({ReasonCode.FIT, ReasonCode.SUBSTITUTE, ReasonCode.PROTECTED})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code and a sentence that says what to do next."""

    code: ReasonCode
    message: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What reuse must know of a document that the archive holds."""

    id: str
    kind_code: str
    subject: str
    """The owner's identifier."""
    status: DocumentStatus
    is_checked: bool
    is_signed: bool
    is_sealed: bool
    issued_on: date | None
    expires_on: date | None
    """The last day as printed or as a person entered it."""
    revoked_on: date | None = None
    is_disputed: bool = False
    superseded_by: str | None = None
    """The document that took its place."""
    integrity_ok: bool | None = None
    """Whether bytes and signatures were found whole; None when nobody looked."""
    protection: Protection = Protection.ORDINARY
    form: PaperForm = PaperForm.ORIGINAL
    """How it was handed in. Originals are what counters scan: photocopies and paper certified
    copies are not digitised (TT 01/2023 Điều 4)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One paper offered for a component."""

    id: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    """Never empty; what decides stands first."""


@dataclass(frozen=True, slots=True)
class ComponentVerdict:
    """Whether a component is at hand."""

    code: str
    name: str
    is_required: bool
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    """Every paper of the subject whose kind is accepted, the best first."""


def evaluate(
    procedure: Procedure,
    papers: Iterable[Paper],
    on: date,
    *,
    kinds: Iterable[KindEntry],
    subject: str | None = None,
) -> tuple[ComponentVerdict, ...]:
    """Verdicts for each component of a procedure, in the order of its form.

    `kinds` is the catalogue of the day `on`. Where `subject` is given, papers of anyone else are
    left out entirely: that another person holds something is not ours to tell.
    """
    by_code = {kind.code: kind for kind in kinds}
    own = [paper for paper in papers if subject is None or paper.subject == subject]
    return tuple(_component(part, own, on, by_code) for part in procedure.components)


def _component(
    component: Component, papers: list[Paper], on: date, kinds: Mapping[str, KindEntry]
) -> ComponentVerdict:
    accepted = [paper for paper in papers if paper.kind_code in component.accepted]
    accepted.sort(key=lambda paper: _order(component, paper))
    candidates = [_candidate(component, paper, accepted, on, kinds) for paper in accepted]
    rank = (Verdict.REUSABLE, Verdict.NEEDS_CHECK, Verdict.UNFIT)
    candidates.sort(key=lambda candidate: rank.index(candidate.verdict))
    best = candidates[0].verdict if candidates else Verdict.UNFIT
    return ComponentVerdict(
        code=component.code,
        name=component.name,
        is_required=component.is_required,
        verdict=Verdict.MISSING if best is Verdict.UNFIT else best,
        candidates=tuple(candidates),
    )


def _order(component: Component, paper: Paper) -> tuple[bool, int, str]:
    """What is asked for before what replaces it, the newest first."""
    issued = paper.issued_on.toordinal() if paper.issued_on else 0
    return (paper.kind_code not in component.kinds, -issued, paper.id)


def _candidate(
    component: Component,
    paper: Paper,
    others: list[Paper],
    on: date,
    kinds: Mapping[str, KindEntry],
) -> Candidate:
    kind = kinds.get(paper.kind_code)
    codes = list(_obstacles(component, paper, on, kind))
    if kind is not None and kind.is_single and _has_newer(component, paper, others, on, kinds):
        codes.append(ReasonCode.NEWER_EXISTS)
    verdict = _verdict(codes)
    codes.sort(key=lambda code: code not in _UNFIT)
    if verdict is Verdict.REUSABLE:
        codes.append(ReasonCode.FIT)
    codes.extend(_remarks(component, paper))
    return Candidate(paper.id, verdict, tuple(Reason(code, _MESSAGES[code]) for code in codes))


def _verdict(codes: Iterable[ReasonCode]) -> Verdict:
    found = set(codes) - _REMARKS
    if found & _UNFIT:
        return Verdict.UNFIT
    return Verdict.NEEDS_CHECK if found else Verdict.REUSABLE


def _obstacles(
    component: Component, paper: Paper, on: date, kind: KindEntry | None
) -> Iterator[ReasonCode]:
    yield from _standing(paper, on)
    if paper.form not in component.forms:
        yield ReasonCode.WRONG_FORM
    yield from _term(paper, on, kind)
    yield from _progress(paper)
    if kind is None or kind.group == "B" or kind.code.endswith("KHAC"):
        yield ReasonCode.WHICH_PAPER


def _standing(paper: Paper, on: date) -> Iterator[ReasonCode]:
    """What has happened to the paper since it was issued."""
    if paper.status is DocumentStatus.REFUSED:
        yield ReasonCode.REFUSED
    if paper.revoked_on is not None and paper.revoked_on <= on:
        yield ReasonCode.REVOKED
    if paper.superseded_by is not None:
        yield ReasonCode.SUPERSEDED
    if paper.integrity_ok is False:
        yield ReasonCode.INTEGRITY_FAILED
    if paper.integrity_ok is None:
        yield ReasonCode.INTEGRITY_NOT_CHECKED
    if paper.is_disputed:
        yield ReasonCode.DISPUTED


def _term(paper: Paper, on: date, kind: KindEntry | None) -> Iterator[ReasonCode]:
    """Whether the day lies within the paper's term."""
    if paper.issued_on is not None and on < paper.issued_on:
        yield ReasonCode.NOT_YET_VALID
    if kind is None:
        if paper.expires_on is not None and paper.expires_on < on:
            yield ReasonCode.EXPIRED
        yield ReasonCode.VALIDITY_UNKNOWN
        return
    last = kind.validity.last_day(paper.issued_on, paper.expires_on)
    if last is not None and last < on:
        yield ReasonCode.EXPIRED
    elif kind.validity.rule is ValidityRule.ONCE:
        yield ReasonCode.SINGLE_USE
    elif last is None and _needs_a_day(paper, kind):
        yield ReasonCode.VALIDITY_UNKNOWN


def _needs_a_day(paper: Paper, kind: KindEntry) -> bool:
    """Whether the term cannot be told without a day that is not there."""
    if kind.validity.rule is not ValidityRule.UNLIMITED:
        return True
    return paper.issued_on is None and "issued_on" in kind.required_fields


def _progress(paper: Paper) -> Iterator[ReasonCode]:
    """How far the paper has come: only what is checked, signed and sealed serves."""
    if paper.status is DocumentStatus.REFUSED:
        return
    if not paper.is_checked:
        yield ReasonCode.NOT_CHECKED
    if not paper.is_signed:
        yield ReasonCode.NOT_SIGNED
    if not paper.is_sealed or paper.status is not DocumentStatus.ARCHIVED:
        yield ReasonCode.NOT_SEALED


def _has_newer(
    component: Component,
    paper: Paper,
    others: list[Paper],
    on: date,
    kinds: Mapping[str, KindEntry],
) -> bool:
    """Whether a newer checked paper of the same kind and owner is held, itself not unfit."""
    return any(
        other.id != paper.id
        and other.kind_code == paper.kind_code
        and other.subject == paper.subject
        and other.is_checked
        and other.issued_on is not None
        and (paper.issued_on is None or paper.issued_on < other.issued_on)
        and not set(_obstacles(component, other, on, kinds.get(other.kind_code))) & _UNFIT
        for other in others
    )


def _remarks(component: Component, paper: Paper) -> Iterator[ReasonCode]:
    if paper.kind_code not in component.kinds:
        yield ReasonCode.SUBSTITUTE
    if paper.protection != Protection.ORDINARY:
        yield ReasonCode.PROTECTED


_MESSAGES: Mapping[ReasonCode, str] = {
    ReasonCode.EXPIRED: "Giấy tờ đã hết hạn. Đề nghị người dân nộp bản còn hiệu lực.",
    ReasonCode.NOT_YET_VALID: (
        "Giấy tờ được cấp sau ngày xét. Hãy kiểm tra lại ngày cấp hoặc ngày xét."
    ),
    ReasonCode.REVOKED: "Giấy tờ đã bị thu hồi. Không dùng lại; đề nghị nộp giấy tờ khác.",
    ReasonCode.SUPERSEDED: "Giấy tờ đã được thay bằng bản khác. Hãy dùng bản thay thế.",
    ReasonCode.REFUSED: "Giấy tờ đã bị từ chối khi kiểm tra. Đề nghị nộp lại bản đúng.",
    ReasonCode.WRONG_FORM: (
        "Thủ tục không nhận giấy tờ ở dạng này. Đề nghị xuất trình bản chính để số hóa lại."
    ),
    ReasonCode.INTEGRITY_FAILED: (
        "Tệp hoặc chữ ký số không còn nguyên vẹn. Không dùng lại; hãy báo cho người lưu trữ."
    ),
    ReasonCode.NOT_CHECKED: "Chưa có người kiểm tra dữ liệu. Hãy mở giấy tờ và xác nhận.",
    ReasonCode.NOT_SIGNED: "Chưa ký số. Hãy kiểm tra rồi ký số giấy tờ.",
    ReasonCode.NOT_SEALED: "Chưa đưa vào kho lưu trữ. Hãy hoàn tất kiểm tra và ký số.",
    ReasonCode.DISPUTED: "Giấy tờ đang bị khiếu nại. Hãy chờ kết quả hoặc hỏi cơ quan cấp.",
    ReasonCode.VALIDITY_UNKNOWN: "Chưa rõ thời hạn hiệu lực. Hãy xem giấy tờ và ghi thời hạn.",
    ReasonCode.SINGLE_USE: (
        "Giấy tờ lập cho một hồ sơ khác. Hãy hỏi người dân nội dung có còn đúng không."
    ),
    ReasonCode.NEWER_EXISTS: "Đã có bản mới hơn cùng loại. Hãy dùng bản mới hoặc kiểm tra lại.",
    ReasonCode.INTEGRITY_NOT_CHECKED: (
        "Chưa kiểm tra tệp và chữ ký số. Hãy chạy kiểm tra toàn vẹn cho giấy tờ này."
    ),
    ReasonCode.WHICH_PAPER: (
        "Chưa rõ đây là giấy tờ nào hoặc bản sao của giấy tờ nào. Hãy mở xem trước khi dùng."
    ),
    ReasonCode.FIT: "Đúng chủ thể, còn hiệu lực, đã kiểm tra, ký số và lưu trữ nguyên vẹn.",
    ReasonCode.SUBSTITUTE: "Được chấp nhận thay cho giấy tờ mà thủ tục nêu tên.",
    ReasonCode.PROTECTED: "Giấy tờ được bảo vệ: chỉ mở xem khi nêu mục đích và mã hồ sơ.",
}
