"""A signing that the web page asked for: `python -m config.signing`, its order on stdin."""

import json
import sys
import tempfile

import config.threads  # noqa: F401  before what it holds back
from config.home import scratch_of
from config.start import start
from imaging.errors import CodedError


def main() -> int:
    """Sign what the order says; what happens is told in the progress file.

    The signing lock came with this process and goes with it.
    """
    order = json.loads(sys.stdin.buffer.read())
    options = start(is_current=False)
    # Another pool may clear the scratch folder; signing needs none but must not use the common one.
    tempfile.tempdir = str(scratch_of(options.home))
    from archive.models import Account
    from workers.house import current
    from workers.signing import Signing, open_keys
    from workers.signing_desk import Signed, Trouble, write_progress

    folder = options.home / "run"
    account = Account.objects.get(username=order["account"])
    try:
        house = current()
        open_keys(house.signers(), order.pop("secrets"))
        Signing(house, account).run(order["ids"], lambda told: write_progress(folder, told))
    except CodedError as error:
        told = Signed(account.username, len(order["ids"]), is_over=True)
        told.stopped = Trouble(error.code, error.message)
        write_progress(folder, told)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
