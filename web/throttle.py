"""Repeated failures to sign in are slowed down, by account and address, then by address alone.

Counted in the records: several web processes, on several machines, count together.
"""

from django.http import HttpRequest

from archive.services.tries import failures_of, forget_failures_of, note_failures
from imaging.errors import Category, CodedError

WINDOW_SECONDS = 15 * 60
MAX_FOR_ACCOUNT = 5
MAX_FOR_ADDRESS = 30


class TooManyTriesError(CodedError):
    """Too many failures to sign in."""

    code = "too_many_tries"
    category = Category.BAD_INPUT
    message = (
        "Đăng nhập sai nhiều lần. Hãy chờ 15 phút rồi thử lại, "
        "hoặc xin người quản trị một liên kết đăng nhập."
    )


def check_tries(request: HttpRequest, username: str) -> None:
    """Raise TooManyTriesError where this account or address has failed too often."""
    found = failures_of(_keys(request, username))
    limits = zip(found, (MAX_FOR_ACCOUNT, MAX_FOR_ADDRESS), strict=True)
    if any(count >= limit for count, limit in limits):
        raise TooManyTriesError


def note_failure(request: HttpRequest, username: str) -> None:
    """Count one failure."""
    note_failures(_keys(request, username), seconds=WINDOW_SECONDS)


def forget_failures(request: HttpRequest, username: str) -> None:
    """Start the account's count anew after a success."""
    forget_failures_of(_keys(request, username)[0])


def _keys(request: HttpRequest, username: str) -> tuple[str, str]:
    address = request.META.get("REMOTE_ADDR", "")
    return f"sign-in:{address}:{username.casefold()}", f"sign-in:{address}"
