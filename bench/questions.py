"""How many statements PostgreSQL ran and how long it took, counted by PostgreSQL itself.

Its extension `pg_stat_statements` comes with the server's package; counting asks for a restart.
"""

from dataclasses import dataclass

from bench.town import Engine


@dataclass(frozen=True, slots=True)
class Asked:
    """Statements so far, and the milliseconds of planning and running them."""

    statements: int
    milliseconds: float

    def __sub__(self, earlier: "Asked") -> "Asked":
        """What came since."""
        return Asked(self.statements - earlier.statements, self.milliseconds - earlier.milliseconds)


def start_counting(engine: Engine) -> None:
    """Load the extension into a PostgreSQL that nobody is connected to yet."""
    import psycopg

    with psycopg.connect(engine.address, autocommit=True) as db:
        db.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    engine.kill()
    engine.start()
    engine.wait()
    with psycopg.connect(engine.address, autocommit=True) as db:
        db.execute("CREATE EXTENSION pg_stat_statements")
        db.execute("ALTER SYSTEM SET pg_stat_statements.track_planning = on")
        db.execute("SELECT pg_reload_conf()")


def asked(engine: Engine) -> Asked:
    """What its database of ours was asked so far."""
    import psycopg

    with psycopg.connect(engine.address) as db:
        row = db.execute(
            "SELECT coalesce(sum(calls), 0), coalesce(sum(total_plan_time + total_exec_time), 0)"
            " FROM pg_stat_statements WHERE dbid ="
            " (SELECT oid FROM pg_database WHERE datname = 'tangthu')"
        ).fetchone()
    assert row
    return Asked(int(row[0]), float(row[1]))
