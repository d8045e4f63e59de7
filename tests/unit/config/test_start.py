"""Before any work: settings, help, the data folder."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.cli import _parser, main
from config.errors import SettingError
from config.home import make_home
from config.options import read_options
from tests.homes import environment_of, records_of

ROOT = Path(__file__).resolve().parents[3]
S3 = {"TANGTHU_S3_ENDPOINT": "s3.local", "TANGTHU_S3_ACCESS_KEY": "a", "TANGTHU_S3_SECRET_KEY": "b"}
COPY = {
    "TANGTHU_COPY_S3_ENDPOINT": "s3.far",
    "TANGTHU_COPY_S3_ACCESS_KEY": "a",
    "TANGTHU_COPY_S3_SECRET_KEY": "b",
    "TANGTHU_CLASS_KEYS_FILE": "/keys.json",
}
P12 = {"TANGTHU_DIGITISER_P12": "a.p12", "TANGTHU_AGENCY_P12": "b.p12"}


def run(cwd: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One process on the product's own settings."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TANGTHU_", "DJANGO_"))
        }
        | {"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANGTHU_PORT", "abc"),
        ("TANGTHU_PORT", "0"),
        ("TANGTHU_PORT", "65536"),
        ("TANGTHU_PORT", "-1"),
        ("TANGTHU_WORKERS", "0"),
        ("TANGTHU_WORKERS", ""),
        ("TANGTHU_WORKERS", "²"),
        ("TANGTHU_S3_ACCESS_KEY", ""),
        ("TANGTHU_S3_SECRET_KEY", ""),
        ("TANGTHU_S3_LOCK", "none"),
        ("TANGTHU_S3_SSE", "aes"),
        ("TANGTHU_COPY_S3_SECRET_KEY", ""),
        ("TANGTHU_COPY_FOLDER", "/mnt/b"),
        ("TANGTHU_ENCRYPT", "some"),
        ("TANGTHU_CLASS_KEYS", "{}"),
        ("TANGTHU_CLASS_KEYS_PKCS11", "/lib.so"),
        ("TANGTHU_FIXITY_DAYS", "1096"),
        ("TANGTHU_FIXITY_MB_S", "0"),
        ("TANGTHU_ENGINE", "abbyy"),
        ("TANGTHU_READING", "slow"),
        ("TANGTHU_AGENCY_P12", ""),
        ("TANGTHU_DIGITISER_P12", ""),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    """And what it needs; never what was in it."""
    sound = S3 | COPY | P12
    assert read_options(sound).store.s3
    with pytest.raises(SettingError) as caught:
        read_options(sound | {name: value})
    assert name in caught.value.message
    assert value not in caught.value.message.replace(name, "").split()


def test_a_wrong_setting_ends_the_command_with_a_sentence(tmp_path: Path) -> None:
    """One JSON document, exit 1, no trace, nothing made."""
    done = run(tmp_path, "-m", "config", "search", "x", "--json", TANGTHU_PORT="abc")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "setting_invalid"
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "var").write_bytes(b"")
    done = run(tmp_path, "-m", "config", "search", "x", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "home_unusable"
    assert "Traceback" not in done.stderr


def commands() -> list[str]:
    """Every command of the line."""
    (sub,) = [
        action for action in _parser()._actions if action.choices and not action.option_strings
    ]
    return list(sub.choices or ())


def test_help_makes_no_data_folder(tmp_path: Path) -> None:
    """Of every command, from a folder of one's own."""
    names = commands()
    assert {"read", "ingest", "search", "reuse", "verify", "export", "doctor", "up"} <= set(names)
    script = (
        "import sys\n"
        "from config.cli import main\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        main([name, '--help'])\n"
        "    except SystemExit as over:\n"
        "        assert over.code == 0, name\n"
    )
    done = run(tmp_path, "-c", script, *names)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("usage: tangthu") == len(names)
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_names_damaged_records(tmp_path: Path) -> None:
    """As one of its checks, with the others beside it; it is who is asked when all else fails."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "records.sqlite").write_bytes(b"no database at all" * 100)
    done = run(tmp_path, "-m", "config", "doctor", "--json")
    assert done.returncode == 1
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert not checks["records"]["ok"]
    assert checks["records"]["mend"]
    assert checks["home"]["ok"]


@pytest.mark.parametrize("module", ["config.settings", "config.urls", "config.wsgi"])
def test_importing_writes_nothing(tmp_path: Path, module: str) -> None:
    """Type checkers import the settings too; ./var comes with the first command that keeps."""
    script = (
        f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        f"import django; django.setup() if 'settings' not in '{module}' else None\n"
        f"import {module}"
    )
    done = run(tmp_path, "-c", script)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_made_by_two_at_once(tmp_path: Path) -> None:
    """One key stays and both see it; everything is for its owner alone."""
    home = tmp_path / "home"
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            try:
                make_home(home)
            except BaseException:  # noqa: BLE001  a child must not go on as a second pytest
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    (key,) = (home / "keys").iterdir()
    assert len(key.read_text()) > 40
    before = key.read_bytes()
    make_home(home)
    assert key.read_bytes() == before
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_two_first_commands_at_once(tmp_path: Path) -> None:
    """Both find tables, roles and catalogue; neither fails."""
    words = [sys.executable, "-m", "config", "search", "giấy", "--json"]
    environment = environment_of(tmp_path / "home")
    del environment["DJANGO_SETTINGS_MODULE"]
    both = [
        subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in both:
        out, trouble = process.communicate()
        assert process.returncode == 0, trouble.decode()
        assert json.loads(out) == {"total": 0, "hits": []}


def test_records_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    """An older program, left over after an upgrade, would write rows that lack what is new."""
    environment = environment_of(tmp_path / "home")
    words = [sys.executable, "-m", "config", "search", "giấy", "--json"]

    def search() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    assert search().returncode == 0
    with records_of(tmp_path / "home") as records:
        records.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('archive', '9999_tomorrow', '2030-01-01 00:00:00')"
        )
    done = search()
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "records_newer"


def test_bad_usage_is_told_by_two() -> None:
    """The status of bad usage, before anything is started."""
    for words in (["search"], ["search", "x", "--limit", "0"], ["reuse", "--on", "hôm qua"], []):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2


@pytest.mark.parametrize(
    "words", [["search", "--json"], ["reuse", "--json", "--on", "hôm qua"], ["verify", "--json"]]
)
def test_bad_usage_is_one_json_document_too(tmp_path: Path, words: list[str]) -> None:
    """Whoever asked for JSON gets JSON, whatever went wrong."""
    done = run(tmp_path, "-m", "config", *words)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "bad_usage"
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    """By a code and a sentence; uploads of the server that holds it are left alone."""
    upload = tmp_path / "var" / "uploads" / "under-way"
    upload.parent.mkdir(parents=True)
    upload.touch()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = run(tmp_path, "-m", "config", "serve", "--json", TANGTHU_PORT=port)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "port_unusable"
    assert upload.exists()


def test_a_first_start_that_was_killed_is_made_up_for(tmp_path: Path) -> None:
    """Killed when the tables stood and nothing was in them: the next command fills them."""
    script = (
        "import os\n"
        "from config.start import start\n"
        "import django.core.management as management\n"
        "call = management.call_command\n"
        "def once(*words, **how):\n"
        "    call(*words, **how)\n"
        "    os._exit(9)\n"
        "management.call_command = once\n"
        "start()\n"
    )
    assert run(tmp_path, "-c", script).returncode == 9
    done = run(tmp_path, "-m", "config", "search", "giấy", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"total": 0, "hits": []}


def test_records_put_back_to_an_older_day_are_refused(tmp_path: Path) -> None:
    """The archive's anchors know more: nothing works but looking, until somebody owns up to it."""

    def told(*words: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(run(tmp_path, "-m", "config", *words, "--json").stdout)
        return found

    told("search", "giấy")
    told("verify", "--all")
    for name in ("records.sqlite", "records.sqlite-wal"):
        if (tmp_path / "var" / name).exists():
            shutil.copy(tmp_path / "var" / name, tmp_path / name)
    told("search", "tờ")
    last = told("verify", "--all")["promise"]["seq"]
    for path in (tmp_path / "var").glob("records.sqlite*"):
        path.unlink()
    for path in tmp_path.glob("records.sqlite*"):
        shutil.copy(path, tmp_path / "var" / path.name)

    assert told("search", "giấy")["error"]["code"] == "records_behind"
    trail = {one["name"]: one for one in told("doctor")["checks"]}["trail"]
    assert (trail["ok"], trail["mend"]) == (False, 'tangthu resume --reason "..."')
    assert told("resume", "--reason", "hỏng đĩa")["lost"] == [last, last]
    assert told("search", "giấy") == {"total": 0, "hits": []}
    report = told("verify", "--all")
    assert report["problems"] == []
    assert f"mất các dòng số {last} đến {last}" in " ".join(report["unchecked"])
    assert told("resume", "--reason", "lần nữa")["error"]["code"] == "records_not_behind"
