"""The stage table: which work each stage's name stands for."""

from archive.stages import Stage
from workers.contents import compare
from workers.hands import lesson, weigh
from workers.outcome import StageWork
from workers.stages.documents import check, classify, extract, index
from workers.stages.files import open_file, separate_file
from workers.stages.output import keep, render, seal, sign
from workers.stages.pages import clean, gate, recognise
from workers.stages.renewal import renew, reseal

STAGES: dict[str, StageWork] = {
    Stage.OPEN: open_file,
    Stage.GATE: gate,
    Stage.CLEAN: clean,
    Stage.RECOGNISE: recognise,
    Stage.SEPARATE: separate_file,
    Stage.CLASSIFY: classify,
    Stage.EXTRACT: extract,
    Stage.WEIGH: weigh,
    Stage.LESSON: lesson,
    Stage.COMPARE: compare,
    Stage.INDEX: index,
    Stage.RENDER: render,
    Stage.CHECK: check,
    Stage.SIGN: sign,
    Stage.SEAL: seal,
    Stage.KEEP: keep,
    Stage.RENEW: renew,
    Stage.RESEAL: reseal,
}

__all__ = ["STAGES"]
