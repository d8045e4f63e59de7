"""What every test may use: the furnished house, an account, a sealed document in seconds."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from archive.models import Account
from archive.services.people import prepare_accounts
from catalogue.services import load_catalogue
from config.options import read_options
from tests import staff
from tests.pki import LocalPki, run_pki
from workers.house import House, current

LOCAL = "tai-may"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Load the catalogue and the roles once; every test's transaction begins after them."""
    with django_db_blocker.unblock():
        _load_rows()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Load them again after a test that commits: Django empties every table behind it."""
    yield
    if nextitem is None:  # the tables are gone as well
        return
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and marker.kwargs.get("transaction", False)
    is_asked = "transactional_db" in getattr(item, "fixturenames", ())
    was_set_up = bool(getattr(item, "funcargs", None))
    if was_set_up and (is_marked or is_asked):
        with item.config.stash[blocking_manager_key].unblock():
            _load_rows()


def pytest_sessionfinish() -> None:
    """End who still works for a data folder: a worker of pytest may not live to its own end."""
    staff.end_all()


def _load_rows() -> None:
    load_catalogue(on=dt.datetime.now(dt.UTC).date())
    prepare_accounts(LOCAL)


@pytest.fixture
def account(db: None) -> Account:
    """The local account."""
    return Account.objects.get(username=LOCAL)


@pytest.fixture
def house(account: Account, home: Path) -> Iterator[House]:
    """The house of this test run, without anchors of records that are no more; its index is
    emptied after the test.
    """
    shutil.rmtree(home / "archive" / "anchors", ignore_errors=True)
    furnished = current()
    yield furnished
    furnished.index.clear()


@pytest.fixture
def home() -> Path:
    """The data folder of this test run."""
    return read_options().home


@pytest.fixture(scope="session")
def pki_services() -> Iterator[LocalPki]:
    """Certificate, revocation and timestamp services on loopback, started when first asked for."""
    with run_pki() as services:
        yield services


@pytest.fixture
def pki(pki_services: LocalPki) -> LocalPki:
    """The services, behaving well, nothing asked of them yet."""
    pki_services.faults.by_path.clear()
    pki_services.faults.asked.clear()
    return pki_services
