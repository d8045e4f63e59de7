"""`tangthu learn`: kinds learnt from what people confirmed and corrected, and the way back."""

import os
from pathlib import Path
from typing import Any

from config.cli import Answer, Arguments
from config.progress import Progress
from config.start import local_account, start


def run(arguments: Arguments) -> Answer:
    """Train, compare, switch if better; or go back to the model before."""
    options = start()
    from workers.house import current

    house = current()
    account = local_account(options)
    if arguments.back:
        return _back(house, account)
    given = _take_examples(arguments.example or [], house)
    return _learn(house, account, given)


def _back(house: Any, account: Any) -> Answer:
    from archive.services.learning import record_return

    left = house.kind_models.current().version
    house.kind_models.back()
    version = house.kind_models.current().version
    record_return(account, version=version)
    return Answer(
        {"version": version, "previous": left, "switched": True},
        f"Đã quay lại mô hình {version}. Các giấy tờ nhận từ bây giờ dùng mô hình này.",
    )


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
    from archive.services.learning import field_corrections, record_learning
    from classify.errors import NothingToLearnError
    from workers.learning import learn

    with Progress("Học", unit="giấy tờ") as progress:
        learnt = learn(house, tick=progress.step)
    verdict = learnt.verdict
    if not verdict.lessons:
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
        "fields": field_corrections(),
    }
    detail = {
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "lessons": data["lessons"],
        "right_before": round(verdict.before.accuracy * verdict.fresh),
        "right_after": round(verdict.after.accuracy * verdict.fresh),
    }
    record_learning(account, version=learnt.version, detail=detail)
    return Answer(data, _told(learnt))


def _told(learnt: Any) -> str:
    verdict = learnt.verdict
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
