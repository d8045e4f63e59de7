"""What learning fields came to, as `tangthu learn` tells it."""

from typing import Any

from archive.labels import label_of
from archive.services.learning import field_corrections
from classify.training.refield import FieldTrial, Why
from workers.learning import LearntFields

WHY = {
    Why.BETTER: "độ tin cậy đã học lại",
    Why.TOO_FEW: "độ tin cậy giữ như cũ vì còn ít lần kiểm tra",
    Why.NOT_BETTER: "độ tin cậy giữ như cũ vì học thử không tốt hơn",
    Why.PROMISE_BROKEN: "độ tin cậy giữ như cũ vì học thử cho qua nhầm nhiều hơn mức đã hứa",
}


def fields_json(learnt: LearntFields) -> dict[str, Any]:
    """Per field: looked at, changed, how it stood before and after, switched or why not."""
    model = learnt.model
    trials = learnt.verdict.trials
    counts = field_corrections()
    return {
        name: {
            **counts.get(name, {"looked_at": 0, "changed": 0}),
            **(_trial_json(trials[name]) if name in trials else {}),
            "mends": name in model.mends,
            "offers": name in model.proposes,
        }
        for name in sorted({*counts, *trials})
    }


def _trial_json(trial: FieldTrial) -> dict[str, Any]:
    return {
        "switched": trial.switched,
        "why": trial.why.value,
        "before": trial.before.as_dict(),
        "after": trial.after.as_dict(),
        "vocabulary": trial.words._asdict(),
    }


def field_model_json(learnt: LearntFields) -> dict[str, Any]:
    """What is in use from now on, and from how much it was learnt."""
    verdict = learnt.verdict
    return {
        "version": learnt.version,
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "documents": learnt.documents,
        "new": verdict.fresh,
        "unreadable": learnt.unreadable,
        "agencies": len(learnt.model.agencies),
        "labels": [
            {"kind": code, "field": name, **score._asdict(), "label": _label(learnt, code, name)}
            for (code, name), score in sorted(verdict.labels.items())
        ],
    }


def _label(learnt: LearntFields, code: str, name: str) -> str | None:
    """The learnt words of a field, None where they are not used."""
    found = learnt.model.of_kind(code).get(name)
    return found.labels[0] if found else None


def audited(learnt: LearntFields) -> dict[str, Any]:
    """What the audit keeps: counts and names of fields, no value."""
    verdict = learnt.verdict
    return {
        "previous": learnt.previous,
        "switched": verdict.model is not None,
        "documents": learnt.documents,
        "new": verdict.fresh,
        "trusted_anew": sorted(name for name, trial in verdict.trials.items() if trial.switched),
        "mends": sorted(learnt.model.mends),
        "offers": sorted(learnt.model.proposes),
        "agencies": len(learnt.model.agencies),
    }


def told_fields(learnt: LearntFields) -> str:
    """What a person at the terminal reads."""
    verdict = learnt.verdict
    if not verdict.fresh:
        return f"Các trường: không có gì mới để học. Vẫn dùng bản {learnt.version}."
    lines = [f"Các trường, trên {verdict.fresh} giấy tờ chưa học:"]
    lines += [_told(name, trial) for name, trial in verdict.trials.items()]
    if verdict.model is None:
        return "\n".join([*lines, f"Không có gì tốt hơn nên vẫn dùng bản {learnt.version}."])
    lines += _told_words(learnt)
    back = "Muốn quay lại bản cũ, hãy chạy: tangthu learn --back"
    return "\n".join([*lines, f"Đã chuyển sang bản {learnt.version}. {back}"])


def _told(name: str, trial: FieldTrial) -> str:
    before, after = trial.before, trial.after
    return (
        f"  {label_of(name)}: {after.judged} giá trị; cho qua {before.passed} (sai {before.wrong}) "
        f"-> {after.passed} (sai {after.wrong}); {WHY[trial.why]}."
    )


def _told_words(learnt: LearntFields) -> list[str]:
    """What of the agencies' vocabulary and of new labels is in use."""
    model, lines = learnt.model, []
    if model.mends:
        fields = ", ".join(label_of(name) for name in sorted(model.mends))
        lines.append(f"  Sửa theo từ ngữ của {len(model.agencies)} cơ quan: {fields}.")
    if model.proposes:
        fields = ", ".join(label_of(name) for name in sorted(model.proposes))
        lines.append(f"  Đề xuất theo từ ngữ của {len(model.agencies)} cơ quan: {fields}.")
    lines += [
        f"  Nhãn mới của loại {code}: {', '.join(f'{f.name} = “{f.labels[0]}”' for f in fields)}."
        for code, fields in model.labels.items()
    ]
    return lines
