"""Real servers on loopback for the second sides of the contracts."""

import os
import secrets
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers import POSTGRES, S3_ADMIN, S3_APP, SEAWEED, free_port, give, wait_ready


@dataclass(frozen=True)
class Seaweed:
    """A running SeaweedFS with Object Lock."""

    endpoint: str
    access_key: str = S3_APP[0]
    secret_key: str = S3_APP[1]
    admin_key: str = S3_ADMIN[0]
    admin_secret: str = S3_ADMIN[1]


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """One server for the session, all of it on 127.0.0.1; killed at the end."""
    folder = tmp_path_factory.mktemp("seaweed")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)  # the servers' user comes through here
    port = free_port(SEAWEED)
    server = SEAWEED.start(folder, port)
    try:
        wait_ready(SEAWEED, folder, port)
        yield Seaweed(SEAWEED.address(port))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server for the session; each test makes a database of its own there."""
    folder = tmp_path_factory.mktemp("postgres")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    give(folder)
    port = free_port(POSTGRES)
    server = POSTGRES.start(folder, port)
    try:
        wait_ready(POSTGRES, folder, port)
        yield POSTGRES.address(port)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def database(postgres: str) -> str:
    """The address of an empty database, sorted by code point."""
    import psycopg

    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    return postgres.replace("/postgres", f"/{name}")
