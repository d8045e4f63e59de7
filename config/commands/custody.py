"""`tangthu protect`, `tangthu hold`, `tangthu shred`: decisions about sealed papers."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from config.cli import Answer, Arguments
from config.start import local_account, start

if TYPE_CHECKING:
    from archive.models import Account, Document
    from archive.services.custody import Strongroom


def run(arguments: Arguments) -> Answer:
    """Do to each document what the command's name says; the first refusal ends it."""
    options = start()
    from archive.errors import NotFoundError
    from archive.models import Document
    from workers.custody import room_of
    from workers.house import current

    room, account = room_of(current()), local_account(options)
    found = Document.objects.in_bulk(arguments.ids)
    missing = [id_ for id_ in arguments.ids if id_ not in found]
    if missing:
        raise NotFoundError(f"Không có giấy tờ mã {', '.join(missing)}.")
    act = _ACTS[arguments.name]
    for id_ in arguments.ids:
        act(found[id_], account, room, arguments)
    return Answer({"done": list(arguments.ids)}, f"Đã làm xong {len(arguments.ids)} giấy tờ.")


def _protect(
    document: "Document", account: "Account", room: "Strongroom", arguments: Arguments
) -> None:
    from archive.services.protection import protect_document
    from archive.states import Protection

    protect_document(document, Protection(arguments.protection), account, room)


def _hold(
    document: "Document", account: "Account", room: "Strongroom", arguments: Arguments
) -> None:
    from archive.services.protection import hold_document, lift_hold

    act = lift_hold if arguments.lift else hold_document
    act(document, account, room, reason=arguments.reason)


def _shred(
    document: "Document", account: "Account", room: "Strongroom", arguments: Arguments
) -> None:
    from archive.services.protection import shred_document

    today = dt.datetime.now(dt.UTC).date()
    shred_document(document, account, room, decision=arguments.decision, today=today)


_ACTS: dict[str, Callable[["Document", "Account", "Strongroom", Arguments], None]] = {
    "protect": _protect,
    "hold": _hold,
    "shred": _shred,
}
