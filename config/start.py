"""The first lines of every command that keeps records: home, Django, tables, accounts."""

import datetime as dt
import fcntl
import os
from functools import cache
from pathlib import Path

from config.home import make_home
from config.options import Options, read_options


@cache
def start() -> Options:
    """Make this process ready to work on the data folder; idempotent, safe in several at once."""
    options = read_options()
    make_home(options.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # One thread for each Tesseract: its own threads get in each other's way (docs/ocr.md).
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import django

    django.setup()
    _prepare(options.home)
    return options


def _prepare(home: Path) -> None:
    """Bring tables, roles, the local account and the catalogue up to date, once a version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with (home / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrate()


def _migrate() -> None:
    from django.core.management import call_command

    from archive.services.people import prepare_accounts
    from catalogue.services import load_catalogue

    call_command("migrate", interactive=False, verbosity=0)
    prepare_accounts(read_options().confirm_account)
    load_catalogue(on=dt.datetime.now(dt.UTC).date())
