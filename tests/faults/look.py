"""Print what an archive holds, in words that two runs must share: run by test_kill.py."""

import json
import sys

from config.start import start

start()

from archive.models import Document  # noqa: E402  Django must be set up first
from archive.sealed import read_sealed  # noqa: E402
from archive.signing import signatures_in  # noqa: E402
from archive.states import FileRole  # noqa: E402
from archive.verify import Holdings, verify_all  # noqa: E402
from tests.faults.sweeping import swept_names  # noqa: E402
from workers.house import current  # noqa: E402


def main() -> None:
    """Tell of every document its file, pages, state, signatures and texts."""
    house = current()
    documents = []
    for document in Document.objects.order_by("receipt__untrusted_name", "first_page"):
        parts = {"archive": house.archive, "vault": house.vault}
        texts = json.loads(read_sealed(document, FileRole.TEXT, **parts))["pages"]
        signed = signatures_in(read_sealed(document, FileRole.DOCUMENT, **parts))
        documents.append(
            {
                "file": document.receipt.untrusted_name,
                "pages": [document.first_page, document.last_page],
                "status": document.status,
                "kind": document.kind_code,
                "signatures": [one.field for one in signed],
                "texts": texts,
            }
        )
    report = verify_all(
        Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)
    )
    found = {
        "documents": documents,
        "problems": [problem.as_json() for problem in report.problems],
        "unnamed_in_work": swept_names(house),
    }
    json.dump(found, sys.stdout)


main()
