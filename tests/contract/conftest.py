"""Real servers on loopback for the second sides of the contracts."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.cluster import running
from tests.servers import POSTGRES, S3_ADMIN, S3_APP, SEAWEED


@dataclass(frozen=True)
class Seaweed:
    """A running SeaweedFS with Object Lock."""

    endpoint: str
    access_key: str = S3_APP[0]
    secret_key: str = S3_APP[1]
    admin_key: str = S3_ADMIN[0]
    admin_secret: str = S3_ADMIN[1]


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Seaweed]:
    """One server for the session, all of it on 127.0.0.1."""
    with running(SEAWEED) as server:
        yield Seaweed(server.url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server for the session; each test makes a database of its own there."""
    with running(POSTGRES) as server:
        yield server.url


@pytest.fixture
def database(postgres: str) -> str:
    """The address of an empty database, sorted by code point."""
    import psycopg

    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    return postgres.replace("/postgres", f"/{name}")
