"""An agency's own words, where the reading is near them: mended, or offered beside the value.

A value that was read well is never replaced: what the vocabulary says otherwise is offered beside
it and the value is no longer sure. A mended value says where it comes from and is never sure
either, so a person sees every one. Handwriting is not touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from classify._text import distance, fold, squeeze
from classify.learnt import Agency, FieldModel, Official
from classify.types import Alternative, FieldValue

FIELDS = ("issuer", "notation", "signer_name", "signer_title")
"""What a vocabulary speaks of."""
_UNSURE = 0.85
"""Strength of a rule that is kept from being sure (`_fields`): mended by, or against, the words
of an agency."""
_WELL_READ = 0.96
"""Confidence of the weakest word from which a value is not replaced."""
_FAR = 24
"""Letters by which a name read with specks may be longer, or one without its spaces shorter."""
_LONG = 8
"""Letters from which one wrong letter is near."""
_MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Used:
    """Fields with the vocabulary's word beside them."""

    fields: Mapping[str, FieldValue]
    seen: frozenset[str]
    """Fields whose value stands in the vocabulary, letter for letter."""


def use(fields: Mapping[str, FieldValue], model: FieldModel) -> Used:
    """Mend and offer what the model's agencies know; other fields are left as they are."""
    if not (model.agencies or model.habits):
        return Used(fields, frozenset())
    changed = {name: _by_habit(name, value, model) for name, value in fields.items()}
    changed["issuer"], agency = _issuer(changed["issuer"], model)
    if agency:
        changed["notation"] = _notation(changed["notation"], agency, model)
        changed["signer_name"] = _name(changed, agency, model)
        name = changed["signer_name"]
        changed["signer_title"] = _title(changed["signer_title"], name, agency, model)
    changed["number"] = _number(fields["number"], fields["notation"], changed["notation"])
    return Used(changed, _seen(changed, agency) if agency else frozenset())


def _by_habit(name: str, value: FieldValue, model: FieldModel) -> FieldValue:
    """A spelling that people here always put another in place of."""
    of_this = (habit for habit in model.habits if habit.field == name and habit.read == value.value)
    habit = next(of_this, None)
    if habit is None or value.evidence is None or value.handwritten:
        return value
    evidence = value.evidence._replace(rule=min(value.evidence.rule, _UNSURE))
    if name in model.mends:
        return replace(
            value,
            value=habit.meant,
            evidence=evidence,
            alternatives=(Alternative(habit.read, 0.3), *value.alternatives),
            reason=f"{value.reason} Viết như người kiểm tra đã sửa ở {habit.papers} giấy tờ; "
            f"máy đọc “{habit.read}”.",
        )
    if name not in model.proposes:
        return value
    other = Alternative(habit.meant, round(min(0.9, habit.papers / (habit.papers + 2)), 3))
    reason = f"{value.reason} Người kiểm tra đã sửa cách viết này ở {habit.papers} giấy tờ."
    return replace(
        value, evidence=evidence, alternatives=(*value.alternatives, other), reason=reason
    )


def _seen(fields: Mapping[str, FieldValue], agency: Agency) -> frozenset[str]:
    name = fields["signer_name"].value
    official = next((one for one in agency.officials if one.name == name), None)
    known = {
        "issuer": fields["issuer"].value == agency.name,
        "notation": fields["notation"].value in agency.notations,
        "signer_name": official is not None,
        "signer_title": official is not None and fields["signer_title"].value in official.titles,
    }
    return frozenset(name for name, holds in known.items() if holds)


def _issuer(value: FieldValue, model: FieldModel) -> tuple[FieldValue, Agency | None]:
    """The agency that the issuer is, and its name mended where that is allowed."""
    read = str(value.value or "")
    if not read:
        return value, None
    exact = model.by_name.get(read.casefold())
    if exact:
        return value, exact
    evidence = value.evidence
    known = evidence is None or (evidence.known > 0 and evidence.rule > _UNSURE)
    near = [] if known else [agency for agency in model.agencies if _near(read, agency.name)]
    if len(near) != 1:
        return (value if known else _longer(value, model)), None
    says = f"tên cơ quan đã xác nhận ở {near[0].papers} giấy tờ"
    return _corrected("issuer", value, near[0].name, near[0].papers, says, model), near[0]


def _longer(value: FieldValue, model: FieldModel) -> FieldValue:
    """A name whose end was lost, and the agencies that begin with it."""
    read = fold(str(value.value))
    begun = [one for one in model.agencies if _folded(one.name).startswith(f"{read} ")]
    if not begun or "issuer" not in model.proposes:
        return value
    papers = sum(agency.papers for agency in begun)
    others = tuple(
        Alternative(agency.name, round(0.9 * agency.papers / papers, 3))
        for agency in begun[:_MOST_OFFERED]
    )
    reason = f"{value.reason} Tên có thể thiếu phần cuối; đề xuất cơ quan đã xác nhận."
    return replace(value, alternatives=(*value.alternatives, *others), reason=reason)


def _near(read: str, known: str) -> bool:
    """Whether two names differ in marks alone, in one letter, or in specks read as words."""
    a, b = _folded(read), _folded(known)
    if abs(len(a) - len(b)) > _FAR:
        return False
    if a == b or _squeezed(read) == _squeezed(known):
        return True
    if len(b) < _LONG:
        return False
    words = b.split()
    if len(a.split()) == len(words):
        return distance(a, b, 1) <= 1
    return [word for word in a.split() if word in words or not _is_speck(word)] == words


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    return fold(name)


@lru_cache(maxsize=8192)
def _squeezed(name: str) -> str:
    return squeeze(name)


def _is_speck(word: str) -> bool:
    """What a reader makes of specks, rules and the line below: a letter or two, signs, digits."""
    return len(word) <= 2 or not word.isalpha()


def _notation(value: FieldValue, agency: Agency, model: FieldModel) -> FieldValue:
    """A notation one letter from one that this agency uses."""
    read = str(value.value or "")
    evidence = value.evidence
    if not read or read in agency.notations or evidence is None or evidence.known:
        return value
    near = [known for known in agency.notations if _near_letters(read, known)]
    if len(near) != 1:
        return value
    papers = agency.notations[near[0]]
    says = f"ký hiệu cơ quan này đã dùng ở {papers} giấy tờ"
    return _corrected("notation", value, near[0], papers, says, model)


def _near_letters(read: str, known: str) -> bool:
    """Whether two notations differ in marks, signs, or one letter of the part after the type."""
    if squeeze(read) == squeeze(known):
        return True
    a, b = fold(read), fold(known)
    same_type = a.partition("-")[0] == b.partition("-")[0]
    return same_type and len(squeeze(known)) >= 5 and distance(a, b, 1) <= 1


def _number(number: FieldValue, before: FieldValue, after: FieldValue) -> FieldValue:
    """The number with the mended letters after its slash; its digits are never touched."""
    old, new = before.value, after.value
    whole = str(number.value or "")
    if old == new or not whole.endswith(f"/{old}"):
        return number
    evidence = number.evidence._replace(rule=_UNSURE) if number.evidence else None
    return replace(
        number,
        value=f"{whole.removesuffix(str(old))}{new}",
        evidence=evidence,
        alternatives=(*number.alternatives, Alternative(whole, 0.3)),
        reason=f"{number.reason} Ký hiệu sửa theo cách viết của cơ quan này.",
    )


def _name(fields: Mapping[str, FieldValue], agency: Agency, model: FieldModel) -> FieldValue:
    value, title = fields["signer_name"], fields["signer_title"]
    read = str(value.value or "")
    if not read:
        return _offered(value, title, agency, model)
    if value.handwritten or any(official.name == read for official in agency.officials):
        return value
    near = [official for official in agency.officials if _near(read, official.name)]
    if len(near) != 1:
        return value
    says = f"người đã ký {near[0].papers} giấy tờ của cơ quan này"
    return _corrected("signer_name", value, near[0].name, near[0].papers, says, model)


def _offered(value: FieldValue, title: FieldValue, agency: Agency, model: FieldModel) -> FieldValue:
    """A name that was not read (a stamp, a seal over it): who signed before with this title."""
    if "signer_name" not in model.proposes or title.value is None:
        return value
    held = {one.name: one.titles.get(str(title.value), 0) for one in agency.officials}
    all_papers = sum(held.values())
    if not all_papers:
        return value
    offered = sorted((name for name in held if held[name]), key=lambda name: (-held[name], name))
    others = tuple(
        Alternative(name, round(0.9 * held[name] / all_papers, 3))
        for name in offered[:_MOST_OFFERED]
    )
    reason = f"{value.reason} Đề xuất: người đã ký với chức vụ này ở {all_papers} giấy tờ."
    return replace(value, alternatives=(*value.alternatives, *others), reason=reason)


def _title(value: FieldValue, name: FieldValue, agency: Agency, model: FieldModel) -> FieldValue:
    """A signing block near the one that this person signed with before."""
    official = next((one for one in agency.officials if one.name == name.value), None)
    read = str(value.value or "")
    if official is None or read in official.titles or (value.evidence and value.evidence.known):
        return value
    if not read:
        return _offered_title(value, official, model)
    near = [title for title in official.titles if _near(read, title) or _stutters(read, title)]
    if len(near) != 1:
        return value
    papers = official.titles[near[0]]
    says = f"chức vụ của người này ở {papers} giấy tờ"
    return _corrected("signer_title", value, near[0], papers, says, model)


def _stutters(read: str, title: str) -> bool:
    """Whether a title was read with a word twice at its end, half of it under the seal."""
    words, known = fold(read).split(), fold(title).split()
    return words[:-1] == known and words[-1] in known


def _offered_title(value: FieldValue, official: Official, model: FieldModel) -> FieldValue:
    if "signer_title" not in model.proposes:
        return value
    titles = sorted(official.titles, key=lambda title: (-official.titles[title], title))
    others = tuple(
        Alternative(title, round(0.9 * official.titles[title] / official.papers, 3))
        for title in titles[:_MOST_OFFERED]
    )
    reason = f"{value.reason} Đề xuất: chức vụ người này đã ký trước đây."
    return replace(value, alternatives=(*value.alternatives, *others), reason=reason)


def _corrected(
    name: str, value: FieldValue, word: str, papers: int, says: str, model: FieldModel
) -> FieldValue:
    """The word in the value's place where that was read badly, else beside it."""
    if value.value == word or value.evidence is None:
        return value
    evidence = value.evidence._replace(rule=min(value.evidence.rule, _UNSURE))
    if name in model.mends and value.evidence.weakest < _WELL_READ and not value.handwritten:
        read = Alternative(str(value.value), 0.3)
        return replace(
            value,
            value=word,
            evidence=evidence,
            alternatives=(read, *value.alternatives),
            reason=f"{value.reason} Sửa theo {says}; máy đọc “{value.value}”.",
        )
    if name not in model.proposes:
        return value
    other = Alternative(word, round(min(0.6, papers / (papers + 4)), 3))
    return replace(
        value,
        evidence=evidence,
        alternatives=(*value.alternatives, other),
        reason=f"{value.reason} Gần giống {says}, hãy xem lại.",
    )
