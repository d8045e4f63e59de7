"""Reads at the command line say why, and who looked can be asked there."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.models import Account, AuditEvent
from archive.services.looking import COMMAND_LINE
from archive.tags import Tag
from config.cli import BAD_USAGE, main
from tests.making import SUBJECT, make_sealed
from workers.house import House


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """What a command answers."""
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_who_looked_is_answered_and_recorded(
    capsys: pytest.CaptureFixture[str], account: Account, house: House
) -> None:
    """A reuse question and its purpose; then the asking itself."""
    document = make_sealed(account, house)
    words = ("reuse", "--subject", SUBJECT, "--procedure", "1.000894")
    asked, answer = told(capsys, *words, "--purpose", "đăng ký kết hôn", "--for", "H49.7")
    assert asked == 0, answer
    status, answer = told(capsys, "looks", "--subject", SUBJECT)
    assert status == 0
    (look,) = answer["looks"]
    assert (look["document"], look["tag"]) == (document.pk, "reuse:asked")
    assert (look["purpose"], look["dossier"]) == ("đăng ký kết hôn", "H49.7")
    assert (look["who"], look["from"]) == (account.username, COMMAND_LINE)
    (event,) = AuditEvent.objects.filter(tag=Tag.LOOKS_ASKED)
    assert SUBJECT not in json.dumps(event.detail)


@pytest.mark.parametrize("words", [(), ("D261121AAAAAAAA", "--all")])
def test_an_export_is_of_some_or_of_all(
    capsys: pytest.CaptureFixture[str], account: Account, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Not of none, not of both."""
    given = ("export", *words, "--package", "folder", "--to", str(tmp_path))
    assert told(capsys, *given)[0] == BAD_USAGE
