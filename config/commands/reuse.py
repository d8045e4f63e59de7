"""`tangthu reuse`."""

import datetime as dt
from typing import Any

from config.cli import Answer, Arguments
from config.start import start

VERDICTS = {
    "reusable": "dùng lại được",
    "needs_check": "cần người xem",
    "missing": "chưa có",
    "unfit": "không dùng được",
}


def run(arguments: Arguments) -> Answer:
    """Say what a subject holds of what a procedure asks for."""
    options = start()
    from archive.services.looking import COMMAND_LINE
    from workers.house import current
    from workers.reuse import Question, ask_reuse, verdict_json

    question = Question(
        subject=arguments.subject,
        procedure=arguments.procedure,
        on=arguments.on or dt.datetime.now().astimezone().date(),
        actor=options.confirm_account,
        purpose=arguments.purpose,
        dossier=arguments.for_dossier,
        address=COMMAND_LINE,
    )
    _procedure, verdicts = ask_reuse(question, current())
    components = [verdict_json(verdict) for verdict in verdicts]
    return Answer({"components": components}, "\n".join(_lines(components)))


def _lines(components: list[dict[str, Any]]) -> list[str]:
    lines = []
    for component in components:
        must = "bắt buộc" if component["required"] else "nếu có"
        lines.append(f"{component['name']} ({must}): {VERDICTS[component['verdict']]}")
        for candidate in component["candidates"]:
            why = " ".join(reason["message"] for reason in candidate["reasons"])
            lines.append(f"  {candidate['id']}: {VERDICTS[candidate['verdict']]}. {why}")
    return lines
