"""Real brokers on loopback, for the tests that break them or what hangs on them."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import BROKERS, Cluster, Run, cluster, running
from tests.servers import POSTGRES

_COUNT = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Run]:
    """One for the session; each test has its database."""
    with running(POSTGRES) as run:
        yield run


@pytest.fixture(scope="session", params=list(BROKERS))
def broker(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Each kind in turn, one for the session; a test that kills it starts it again."""
    with running(BROKERS[request.param]) as run:
        yield run


@pytest.fixture
def bells(tmp_path: Path, postgres: Run, broker: Run) -> Iterator[Cluster]:
    """A cluster of this test's own."""
    with cluster(tmp_path, postgres, broker, f"bells{next(_COUNT)}") as made:
        yield made
