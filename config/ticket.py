"""Print a one-time link that signs the local account in: `python -m config.ticket`."""

import sys

from config.start import local_account, start


def main() -> int:
    """Make a fresh link for the account of the person at the machine."""
    options = start(is_current=False)
    from archive.services.people import issue_ticket

    token = issue_ticket(local_account(options))
    sys.stdout.write(f"http://{options.host}:{options.port}/vao/{token}/\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
