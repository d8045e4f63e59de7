"""`tangthu learn`: kinds and fields learnt from what people confirmed, and the way back."""

import os
from pathlib import Path
from typing import Any

from config.cli import Answer, Arguments
from config.progress import Progress
from config.start import local_account, start

KINDS, FIELDS, HANDS, LAST = "kinds", "fields", "hands", "last"
BACK_TO = (LAST, KINDS, FIELDS, HANDS)
"""What `--back` takes back: what the last learning switched, or one of the three."""


def run(arguments: Arguments) -> Answer:
    """Train, compare, switch if better; or go back to the model before."""
    options = start()
    from workers.house import current

    house = current()
    account = local_account(options)
    if arguments.forget_hands:
        return _forget_hands(account)
    with house.learning():
        if arguments.back:
            return _back(house, account, arguments.back)
        given = _take_examples(arguments.example or [], house)
        return _learn(house, account, given)


def _back(house: Any, account: Any, what: str) -> Answer:
    """What one run switched goes back together, unless one sort is named."""
    from archive.services.learning import record_return
    from classify.errors import NoEarlierModelError

    shelves = {KINDS: house.kind_models, FIELDS: house.field_models, HANDS: house.hand_models}
    learnt = {name: shelf for name, shelf in shelves.items() if shelf.line()}
    newest = max((shelf.last_run() for shelf in learnt.values()), default="")
    chosen = {
        name: shelf
        for name, shelf in learnt.items()
        if name == what or (what == LAST and shelf.last_run() == newest)
    }
    if not chosen:
        raise NoEarlierModelError
    before = {name: shelf.current().version for name, shelf in shelves.items()}
    for name, shelf in chosen.items():
        shelf.back()
        version = shelf.current().version
        record_return(account, version=version if name == KINDS else f"{name}-{version}")
    after = {name: shelf.current().version for name, shelf in shelves.items()}
    data = {
        "version": after[KINDS],
        "previous": before[KINDS],
        "switched": True,
        "field_model": {"version": after[FIELDS], "previous": before[FIELDS]},
        "hand_model": {"version": after[HANDS], "previous": before[HANDS]},
    }
    what_is_used = f"nhận loại: {after[KINDS]}, đọc trường: {after[FIELDS]}, "
    what_is_used += f"chữ số viết tay: {after[HANDS]}"
    return Answer(
        data, f"Đã quay lại ({what_is_used}). Các giấy tờ nhận từ bây giờ dùng những bản này."
    )


def _forget_hands(account: Any) -> Answer:
    """Erase what was kept of people's typing for pens' digits; what was learnt from it stays."""
    from archive.services.hands import erase_crops

    count = erase_crops(account)
    told = "Ảnh được xóa khỏi đĩa ở lần dọn tới (trong vài phút khi máy đang chạy)."
    return Answer({"erased": count}, f"Đã xóa {count} chỗ viết tay. {told}")


def _take_examples(given: list[list[str]], house: Any) -> int:
    """Read each example and keep it under its kind; returns how many."""
    from classify.errors import UnknownExampleKindError
    from classify.types import PageView
    from config.errors import UsageError
    from ocr.types import TextSource
    from workers.reading import read_pages

    count = 0
    for code, *files in given:
        if not files:
            raise UsageError
        if house.catalogue().kind(code) is None:
            raise UnknownExampleKindError(detail=code)
        with Progress("Đọc ví dụ", unit="trang") as progress:
            for file in files:
                pages = read_pages(
                    Path(file),
                    engine=house.engine(),
                    threads=os.cpu_count() or 1,
                    review=house.review(),
                    mode=house.mode,
                    tick=lambda _: progress.step(),
                )
                views = [
                    PageView(page.number, page.text, is_blank=page.report.is_blank,
                             is_born_digital=page.text.source == TextSource.BORN_DIGITAL)
                    for page in pages
                ]  # fmt: skip
                house.examples.add(code, views)
                count += 1
    return count


def _learn(house: Any, account: Any, given: int) -> Answer:
    from archive.services.learning import record_field_learning, record_learning
    from classify.errors import NothingToLearnError
    from config.learning import audited, field_model_json, fields_json, told_fields
    from config.learning_hands import audited_hands, hands_json, told_hands
    from workers.learning import learn

    with Progress("Học", unit="giấy tờ") as progress:
        learnt = learn(house, tick=progress.step)
    verdict = learnt.verdict
    hands = learnt.hands
    if not (verdict.lessons or learnt.fields.verdict.lessons or (hands and hands.verdict.lessons)):
        raise NothingToLearnError
    data = {
        "version": learnt.version,
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "lessons": {
            "total": verdict.lessons,
            "new": verdict.fresh,
            "documents": learnt.lessons.documents,
            "examples": learnt.lessons.examples,
            "given_now": given,
            "unreadable": learnt.lessons.unreadable,
        },
        "before": verdict.before.as_dict(),
        "after": verdict.after.as_dict(),
        "made_papers": {
            "before": verdict.guard_before.as_dict(),
            "after": verdict.guard_after.as_dict(),
        },
        "fields": fields_json(learnt.fields),
        "field_model": field_model_json(learnt.fields),
        "hand_model": hands_json(hands),
    }
    detail = {
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "lessons": data["lessons"],
        "right_before": round(verdict.before.accuracy * verdict.fresh),
        "right_after": round(verdict.after.accuracy * verdict.fresh),
    }
    if verdict.lessons:
        record_learning(account, version=learnt.version, detail=detail)
    if learnt.fields.verdict.fresh:
        detail = audited(learnt.fields)
        record_field_learning(account, version=learnt.fields.version, detail=detail)
    if hands and hands.verdict.after.asked:
        record_learning(account, version=f"hands-{hands.version}", detail=audited_hands(hands))
    return Answer(data, f"{_told(learnt)}\n{told_fields(learnt.fields)}\n{told_hands(hands)}")


def _told(learnt: Any) -> str:
    verdict = learnt.verdict
    if not verdict.lessons:
        return "Loại giấy tờ: chưa có giấy tờ nào được xác nhận hay sửa loại."
    if not verdict.fresh:
        return (
            f"Không có gì mới để học: cả {verdict.lessons} giấy tờ đã được học rồi. "
            f"Vẫn dùng mô hình {learnt.version}."
        )
    compared = (
        f"Trên {verdict.fresh} giấy tờ chưa học: mô hình cũ đúng {verdict.before.accuracy:.0%}, "
        f"mô hình mới đúng {verdict.after.accuracy:.0%}."
    )
    if verdict.model:
        return (
            f"{compared} Đã chuyển sang mô hình {learnt.version}. "
            "Muốn quay lại mô hình cũ, hãy chạy: tangthu learn --back"
        )
    return f"{compared} Mô hình mới không tốt hơn nên vẫn dùng mô hình {learnt.version}."
