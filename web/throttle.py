"""Repeated failures to sign in are slowed down, by account and address, then by address alone.

Counted in this process's memory: one web server process is how the product runs on one machine;
several behind one door multiply the limits, and the door should limit as well.
"""

from django.core.cache import cache
from django.http import HttpRequest

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
    limits = zip(_keys(request, username), (MAX_FOR_ACCOUNT, MAX_FOR_ADDRESS), strict=True)
    if any(cache.get(key, 0) >= limit for key, limit in limits):
        raise TooManyTriesError


def note_failure(request: HttpRequest, username: str) -> None:
    """Count one failure."""
    for key in _keys(request, username):
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)


def forget_failures(request: HttpRequest, username: str) -> None:
    """Start the account's count anew after a success."""
    cache.delete(_keys(request, username)[0])


def _keys(request: HttpRequest, username: str) -> tuple[str, str]:
    address = request.META.get("REMOTE_ADDR", "")
    name = username.casefold().encode().hex()[:120]
    return f"sign-in:{address}:{name}", f"sign-in:{address}"
