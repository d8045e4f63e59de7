"""Whose fault a lost run is: what took its process along is read with care, all else as before."""

import os
from collections.abc import Callable

import pytest

from archive import ledger
from archive.models import Receipt, StageRun
from archive.states import RunState
from tests.unit.workers.conftest import plan
from workers.house import CRASHED
from workers.owners import died_alone, is_dead, owner_name
from workers.recovery import MANY_LOSSES, take_back

OwnerOf = Callable[[], str]


def below(tell: OwnerOf) -> str:
    """What a process below this one tells, which is over when it is heard."""
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.write(target, tell().encode())
        os._exit(0)
    os.close(target)
    with os.fdopen(source) as file:
        told = file.read()
    os.waitpid(child, 0)
    return told


def alone() -> str:
    """The name of a process that died while the one above it lives on."""
    return below(owner_name)


def whole() -> str:
    """The name of one that died with the one above it."""
    return below(lambda: below(owner_name))


def test_who_died_is_told_by_the_name() -> None:
    """The process alone, or the worker with it; a name that says nothing of it blames nobody."""
    assert not is_dead(owner_name())
    assert (is_dead(alone()), died_alone(alone())) == (True, True)
    assert (is_dead(whole()), died_alone(whole())) == (True, False)
    assert not died_alone("another:4026531836:7:9:12.34.abcdef")
    assert not died_alone("vm:1:sign")
    assert len(owner_name()) <= StageRun._meta.get_field("owner").max_length


@pytest.mark.parametrize(
    ("owner", "losses", "code"),
    [(alone, 1, CRASHED), (whole, 1, ""), (whole, MANY_LOSSES, CRASHED)],
)
def test_a_run_is_read_with_care_only_after_it_took_its_process_along(
    receipt: Receipt, owner: OwnerOf, losses: int, code: str
) -> None:
    """A machine that stops once costs no page its second reader."""
    run = plan(receipt)
    for _ in range(losses):
        run.refresh_from_db()
        assert (run.error_code, run.strikes) == ("", 0)
        assert ledger.claim_run(owner())
        assert take_back() == 1
    run.refresh_from_db()
    assert (run.state, run.error_code, run.strikes) == (RunState.READY, code, 0)
