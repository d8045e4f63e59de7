"""What the shell of every page knows: who is here, where they may go, whether all is a sample."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from archive.models import Account
from archive.permissions import BATCH_RIGHTS
from web.access import may

DEMO_FILE = "DEMO.txt"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    url: str
    name: str
    is_here: bool


PLACES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("/", "Việc đang chờ", ()),
    ("/lo/", "Lô quét", BATCH_RIGHTS),
    ("/ky/", "Chờ ký", ("sign_document",)),
    ("/tim/", "Tra cứu", ("search_documents",)),
    ("/nguoi-xem/", "Ai đã xem", ("see_looks",)),
    ("/chat-luong/", "Chất lượng đọc", ("see_quality",)),
    ("/suc-khoe/", "Tình trạng", ("see_health",)),
    ("/quan-tri/", "Quản trị", ("manage_accounts",)),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the navigation and the banner."""
    user = getattr(request, "user", None)
    return {
        "places": _places(user, request.path) if isinstance(user, Account) else (),
        "is_demo": (Path(settings.TANGTHU_HOME) / DEMO_FILE).exists(),
    }


def _places(account: Account, path: str) -> list[Place]:
    return [
        Place(url, name, path == url if url == "/" else path.startswith(url))
        for url, name, rights in PLACES
        if not rights or any(may(account, right) for right in rights)
    ]
