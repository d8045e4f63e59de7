"""`tangthu search`."""

import re
from typing import Any

from config.cli import Answer, Arguments
from config.commands.reading import reader_of
from config.start import local_account, start

MARKS = re.compile("[\u0002\u0003]")


def run(arguments: Arguments) -> Answer:
    """Answer a question with what the local account may see."""
    options = start()
    from archive.services.looking import Purpose
    from workers.house import current
    from workers.queries import Asked, search_documents

    answer = search_documents(
        local_account(options),
        Asked(
            text=arguments.query,
            limit=arguments.limit,
            kind=arguments.kind,
            issued_from=arguments.issued_from,
            issued_to=arguments.issued_to,
        ),
        current(),
        reader=reader_of(arguments, options, Purpose.SEARCH),
    )
    hits = [_hit(found) for found in answer.hits]
    text = [f"Thấy {answer.total} giấy tờ."]
    text += [
        f"  {hit['id']}  {hit['number'] or '-':20} {hit['issued_on'] or '-':10} {hit['snippet']}"
        for hit in hits
    ]
    return Answer({"total": answer.total, "hits": hits}, "\n".join(text))


def _hit(found: Any) -> dict[str, Any]:
    document = found.document
    return {
        "id": document.pk,
        "score": round(found.score, 4),
        "status": document.status,
        "kind": document.kind_code,
        "number": document.number or None,
        "abstract": document.abstract or None,
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "page": found.page,
        "snippet": MARKS.sub("", found.snippet),
    }
