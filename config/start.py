"""The first lines of every command that keeps records: home, Django, tables, accounts."""

import datetime as dt
import fcntl
import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import HomeUnusableError, RecordsNewerError, SettingError
from config.home import make_home
from config.nodes import check_keys, check_records
from config.options import Options, read_options
from config.records import check_server
from config.strongroom import build_vault

if TYPE_CHECKING:
    from django.db.migrations.loader import MigrationLoader

    from archive.models import Account

START_LOCK = 0x74_61_6E_67_74_68_75
"""Of PostgreSQL's advisory locks, the one that this software takes: its name in ASCII."""


@cache
def start(*, is_checked: bool = True, is_current: bool = True) -> Options:
    """Make this process ready to work on the data folder; idempotent, safe in several at once.

    Unchecked it is ready on a node whose keys are not the house's, too: only to mend that. Not
    current: on records that are older than the archive, to look and to mend; or where whoever began
    this process has seen to it. Raises `records_behind`, `node_keys_differ` and others.
    """
    options = read_options()
    try:
        make_home(options.home, is_key_given=bool(options.work.cookie_key))
    except OSError as error:
        raise HomeUnusableError(detail=str(error)) from error
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Pages are taken out of signed files without their form, on purpose: the file itself is kept.
    warnings.filterwarnings("ignore", message="This document has .* form widget")
    import django

    django.setup()
    if options.postgres:
        check_server()
    _prepare(options.home)
    if options.postgres and is_checked:
        check_keys(options, build_vault(options))
    if is_checked and is_current:
        check_records(options)
    return options


def local_account(options: Options) -> "Account":
    """Return the account that this machine's command line acts as; raises SettingError."""
    from archive.models import Account

    found = Account.objects.filter(username=options.confirm_account).first()
    if found is None:
        raise SettingError.of("TANGTHU_ACCOUNT", "tên một tài khoản đã có")
    return found


def _prepare(home: Path) -> None:
    """Bring tables, roles, the local account and the catalogue up to date, once a version.

    The records know for which tables that was done to its end: whoever comes after a process that
    was killed between the tables and what belongs into them, on whichever node, does it again.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from archive.services.nodes import note_prepared, prepared_for

    with (home / "start.lock").open("w") as lock, alone_among_nodes():
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        newer = unknown_migrations(executor.loader)
        if newer:
            raise RecordsNewerError(detail=", ".join(newer))
        leaves = sorted(executor.loader.graph.leaf_nodes())
        tables = hashlib.sha256(repr(leaves).encode()).hexdigest()
        if executor.migration_plan(leaves) or prepared_for() != tables:
            _migrate()
            note_prepared(tables)


def unknown_migrations(loader: "MigrationLoader") -> list[str]:
    """Return the changes of tables that were made there and that this version does not know."""
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps)


@contextmanager
def alone_among_nodes() -> Iterator[None]:
    """Keep the other nodes of one PostgreSQL out; SQLite has none beside this machine's."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # making tables may take long
        cursor.execute("SELECT pg_advisory_lock(%s)", [START_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [START_LOCK])
            cursor.execute("RESET lock_timeout")


def _migrate() -> None:
    from django.core.management import call_command

    from archive.services.people import prepare_accounts
    from archive.writing import writing
    from catalogue.services import renew_catalogue

    call_command("migrate", interactive=False, verbosity=0)
    with writing():
        prepare_accounts(read_options().confirm_account)
        renew_catalogue(on=dt.datetime.now(dt.UTC).date())
