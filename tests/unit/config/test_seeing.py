"""How the work is watched: half a setting is refused, figures outlive the processes they are of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import SettingError
from config.options_seeing import read_seeing
from tests.homes import environment_of

TOKEN = "TANGTHU_METRICS_TOKEN_FILE"


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A file with a token."""
    path = tmp_path / "token"
    path.write_text("a-token-of-enough-letters\n")
    return str(path)


def test_nothing_set_is_one_machine() -> None:
    """Lines for people, figures for this machine's programs."""
    options = read_seeing({})
    assert (options.log, options.port, options.token, options.is_open) == ("line", None, "", True)


@pytest.mark.parametrize(
    "environment",
    [
        {"TANGTHU_LOG": "xml"},
        {"TANGTHU_METRICS_PORT": "0"},
        {"TANGTHU_METRICS_PORT": "nine"},
        {"TANGTHU_METRICS_PORT": "70000"},
        {TOKEN: "/nowhere/at/all"},
        {TOKEN: "/dev/null"},
        {"TANGTHU_METRICS_PORT": "9000", "TANGTHU_HOST": "0.0.0.0"},  # noqa: S104  refused
    ],
)
def test_half_a_setting_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="TANGTHU_"):
        read_seeing(environment)


def test_figures_beyond_this_machine_need_a_token(token: str) -> None:
    options = read_seeing(
        {"TANGTHU_METRICS_PORT": "9000", "TANGTHU_HOST": "0.0.0.0", TOKEN: token}  # noqa: S104
    )
    assert (options.port, options.token) == (9000, "a-token-of-enough-letters")
    assert not options.is_open


@pytest.mark.parametrize(
    "environment",
    [
        {"TANGTHU_HOST": "10.0.0.1"},
        {"TANGTHU_ALLOWED_HOSTS": "localhost,kho.example.vn"},
        {"TANGTHU_SECURE_COOKIES": "1"},
    ],
)
def test_who_serves_others_is_not_open(environment: dict[str, str]) -> None:
    """Behind a proxy every question seems to come from this machine."""
    assert not read_seeing(environment).is_open


COUNT = """
import sys
from config.start import start
start()
from workers.metrics import PAGES, figures
PAGES.inc(int(sys.argv[1]))
text = figures().decode()
print([line for line in text.splitlines() if line.startswith("tangthu_pages_total")][0])
"""


def test_counts_of_the_dead_stay(tmp_path: Path) -> None:
    """Each process adds to them; their files do not heap up."""
    said = [
        subprocess.run(
            [sys.executable, "-c", COUNT, str(pages)],
            env=environment_of(tmp_path / "home"),
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()[-1]
        for pages in (3, 4, 5)
    ]
    assert [float(one) for one in said] == [3.0, 7.0, 12.0]
    (folder,) = (tmp_path / "home" / "run" / "metrics").iterdir()
    pids = {path.stem.rpartition("_")[2] for path in folder.glob("*.db")}
    assert len(pids) == 2
    assert "0" in pids


def test_a_full_disk_kills_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there whole before it is mapped; where it cannot be, that is an error."""
    from workers.metric_files import WholeDict

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        WholeDict(str(tmp_path / "counter_1.db"))


BREAK = """
import threading
from config.logs import logging_of, tell_of_ends
import logging.config
logging.config.dictConfig(logging_of("json"))
tell_of_ends()
def broken():
    raise ValueError("Key (name)=(Nguyễn Văn An) already exists")
thread = threading.Thread(target=broken)
thread.start()
thread.join()
broken()
"""


def test_what_ends_a_process_is_told_without_its_words() -> None:
    """One document a line to the last; an exception may quote a row."""
    done = subprocess.run(
        [sys.executable, "-c", BREAK], capture_output=True, check=False, text=True
    )
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in told] == ["process broke"] * 2
    assert all("ValueError" in line["trace"] for line in told)
    assert "Nguyễn" not in done.stderr
