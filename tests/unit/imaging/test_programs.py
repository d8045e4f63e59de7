"""An external program either answers or ends with a code; it is never left running."""

import sys
import time

import pytest

from imaging import run, version_of
from imaging.errors import ProgramFailedError, ProgramMissingError, ProgramTimeoutError


def test_what_it_prints_comes_back():
    done = run(
        [sys.executable, "-c", "import sys; print(sys.stdin.read(), end='')"], input=b"ch\xe0o"
    )
    assert done.stdout == b"ch\xe0o"


def test_errors_carry_what_it_said_but_do_not_show_it():
    with pytest.raises(ProgramFailedError) as caught:
        run([sys.executable, "-c", "import sys; sys.exit('kaput \\udcff')"])
    assert "kaput" in caught.value.detail
    assert "kaput" not in caught.value.message


def test_a_missing_program_is_named():
    with pytest.raises(ProgramMissingError) as caught:
        run(["tangthu-no-such-program"])
    assert caught.value.detail == "tangthu-no-such-program"
    with pytest.raises(ProgramMissingError):
        version_of("tangthu-no-such-program")


def test_a_hanging_program_is_stopped():
    start = time.monotonic()
    with pytest.raises(ProgramTimeoutError):
        run([sys.executable, "-c", "import time; time.sleep(60)"], timeout_seconds=0.5)
    assert time.monotonic() - start < 20


def test_the_environment_is_only_what_is_given():
    done = run([sys.executable, "-c", "import os; print(os.environ.get('A'))"], env={"A": "1"})
    assert done.stdout.strip() == b"1"


def test_a_version_is_the_first_number_with_dots():
    assert version_of(sys.executable).startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")
