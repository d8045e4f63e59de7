"""The servers that the tests of the scaled side need, on loopback: start, stop, status, address.

PostgreSQL, RabbitMQ and Redis come from Debian's packages, SeaweedFS from its wheel, Elasticsearch
from its own test distribution. `address NAME` prints what the settings are told.
"""

import argparse
import json
import os
import shutil
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.servers import (
    ELASTIC,
    POSTGRES,
    RABBITMQ,
    REDIS,
    SEAWEED,
    SERVERS,
    ServerError,
    end_session,
    give,
    stop_names,
    wait_ready,
)

FOLDER = Path(f"/tmp/tangthu-services-{os.getuid()}")  # noqa: S108  where another user may read
PORTS = {
    POSTGRES.name: 15432,
    ELASTIC.name: 19200,
    RABBITMQ.name: 15674,
    REDIS.name: 16379,
    SEAWEED.name: 18333,
}


def start() -> int:
    """Start what is not running, all at once; wait until each answers."""
    for server in SERVERS:
        if server.is_ready(PORTS[server.name]):
            continue
        folder = FOLDER / server.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        give(folder)
        process = server.start(folder, PORTS[server.name])
        (FOLDER / f"{server.name}.pid").write_text(str(process.pid))
        print(f"{server.name}: {process.pid}", file=sys.stderr)
    for server in SERVERS:
        wait_ready(server, FOLDER / server.name, PORTS[server.name])
    return 0


def stop() -> int:
    """End the servers' sessions and take their data away."""
    for server in SERVERS:
        path = FOLDER / f"{server.name}.pid"
        if not path.exists():
            continue
        pid = int(path.read_text())
        # Its end takes SeaweedFS longer than its data are worth.
        signs = (signal.SIGKILL,) if server is SEAWEED else (signal.SIGTERM, signal.SIGKILL)
        for sign in signs:
            if not end_session(pid, sign):
                break
        if server is RABBITMQ:
            stop_names(PORTS[server.name])
        path.unlink()
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


def status() -> int:
    """Say which answer; 1 where one does not."""
    ready = {server.name: server.is_ready(PORTS[server.name]) for server in SERVERS}
    print(json.dumps(ready))
    return 0 if all(ready.values()) else 1


def address(name: str) -> int:
    """Print where a server is, for the tests' environment."""
    server = next(server for server in SERVERS if server.name == name)
    print(server.address(PORTS[name]))
    return 0


def main() -> int:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, do in (("start", start), ("stop", stop), ("status", status)):
        verbs.add_parser(name).set_defaults(do=lambda _, do=do: do())
    asked = verbs.add_parser("address")
    asked.add_argument("name", choices=[server.name for server in SERVERS])
    asked.set_defaults(do=lambda given: address(given.name))
    given = parser.parse_args()
    try:
        return given.do(given)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
