"""External programs: the one place from which any is started."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imaging import limits
from imaging.errors import ProgramFailedError, ProgramMissingError, ProgramTimeoutError

_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left behind."""

    stdout: bytes
    stderr: str
    """Decoded as UTF-8, holes marked."""


def run(
    argv: Sequence[str],
    *,
    timeout_seconds: float = limits.PROGRAM_TIMEOUT_SECONDS,
    input: bytes | None = None,  # noqa: A002  the word that subprocess uses
    env: Mapping[str, str] | None = None,
) -> Completed:
    """Run a program to its end, without a shell; `env` replaces the whole environment.

    Raises ProgramMissingError, ProgramFailedError (exit status not 0, `detail` ends with what it
    said) and ProgramTimeoutError (it has been killed by then).
    """
    try:
        done = subprocess.run(  # noqa: S603  argv is a list; untrusted values are paths in it
            list(argv),
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            timeout=timeout_seconds,
            env=None if env is None else dict(env),
            check=False,
        )
    except FileNotFoundError as error:
        raise ProgramMissingError(detail=argv[0]) from error
    except PermissionError as error:
        raise ProgramMissingError(detail=f"{argv[0]}: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramTimeoutError(detail=f"{argv[0]} after {timeout_seconds} s") from error
    stderr = done.stderr.decode("utf-8", errors="replace")
    if done.returncode != 0:
        raise ProgramFailedError(detail=f"{argv[0]} ended {done.returncode}: {stderr[-2_000:]}")
    return Completed(done.stdout, stderr)


def version_of(program: str, flag: str = "--version") -> str:
    """The first number with dots that a program prints about itself.

    Raises ProgramMissingError; ProgramFailedError where it names none.
    """
    if shutil.which(program) is None:
        raise ProgramMissingError(detail=program)
    done = run([program, flag], timeout_seconds=20)
    found = _VERSION.search(done.stdout.decode("utf-8", errors="replace") + done.stderr)
    if found is None:
        raise ProgramFailedError(detail=f"{program} names no version")
    return found.group()
