"""What learning hands came to, as `tangthu learn` tells it."""

from typing import Any

from classify.training.rehand import FEWEST, Why
from ocr.digits.tune import Standing
from workers.hand_learning import LearntHands


def hands_json(learnt: LearntHands | None) -> dict[str, Any]:
    """How the crops were read before and after, switched or why not."""
    if learnt is None:
        return {"version": None, "switched": False, "why": "no_reader"}
    verdict = learnt.verdict
    return {
        "version": learnt.version,
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "why": verdict.why.value,
        "crops": verdict.lessons,
        "new": verdict.fresh,
        "unreadable": learnt.unreadable,
        "before": _standing(verdict.before),
        "after": _standing(verdict.after),
        "made_lines": {
            "before": _standing(verdict.guard_before),
            "after": _standing(verdict.guard_after),
        },
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "asked": one.asked,
        "right": one.right,
        "sure": one.sure,
        "sure_wrong": one.sure_wrong,
        "loss": round(one.loss, 4),
    }


def audited_hands(learnt: LearntHands) -> dict[str, Any]:
    """What the audit keeps: counts, no digit of any paper."""
    verdict = learnt.verdict
    return {
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "crops": verdict.lessons,
        "new": verdict.fresh,
        "right_before": verdict.before.right,
        "right_after": verdict.after.right,
    }


def told_hands(learnt: LearntHands | None) -> str:
    """What a person at the terminal reads."""
    if learnt is None:
        return "Chữ số viết tay: máy này không có bộ đọc. Hãy chạy: tangthu doctor"
    verdict = learnt.verdict
    using = f"Vẫn dùng bản {learnt.version}."
    if verdict.why is Why.TOO_FEW:
        return (
            f"Chữ số viết tay: mới có {verdict.lessons} chỗ được người kiểm tra nhập, "
            f"cần {FEWEST}. {using}"
        )
    if verdict.why is Why.NOTHING_NEW:
        return f"Chữ số viết tay: cả {verdict.lessons} chỗ đã được học rồi. {using}"
    compared = (
        f"Chữ số viết tay, {verdict.fresh} chỗ trên giấy tờ để riêng: bản cũ đúng "
        f"{verdict.before.right}, bản mới đúng {verdict.after.right}."
    )
    if verdict.model is None:
        return f"{compared} Bản mới không tốt hơn hoặc đọc nét chữ khác kém đi. {using}"
    back = "Muốn quay lại, hãy chạy: tangthu learn --back hands"
    return f"{compared} Đã chuyển sang bản {learnt.version}. {back}"
