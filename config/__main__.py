"""`tangthu`, and `python -m config` for a checkout that is not installed."""

import sys

import config.threads  # noqa: F401  before what it holds back
from config.cli import main as run
from config.logs import tell_of_ends


def main() -> None:
    """Run one command and exit with its status."""
    tell_of_ends()
    sys.exit(run())


if __name__ == "__main__":
    main()
