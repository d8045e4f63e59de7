"""What the pages of a PDF show, compared between two revisions of it."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

MAX_PAGES = 10_000
"""Pages compared between two revisions."""
MAX_DEPTH = 40
"""Nesting of a page's resources."""
_PAGE_SHOWS = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
"""What decides how a page looks, beside its annotations."""


def pages_changed(signature: "EmbeddedPdfSignature") -> bool:
    """Whether a page's own content differs between what was signed and the file as it is."""
    reader = signature.reader
    signed = reader.get_historical_resolver(signature.signed_revision)
    return _pages_digest(signed) != _pages_digest(reader)


def _pages_digest(resolver: Any) -> list[str]:
    """A digest for each page, with what it inherits from the nodes above it."""
    pages: list[str] = []
    nodes = _Budget(4 * MAX_PAGES)
    pending: list[tuple[Any, dict[str, Any]]] = [(resolver.root["/Pages"], {})]
    while pending and len(pages) <= MAX_PAGES:
        node, above = pending.pop()
        nodes.take()
        shown = above | {key: node.raw_get(key) for key in _PAGE_SHOWS if key in node}
        kids = node.get("/Kids")
        if kids is None:
            pages.append(_page_digest(shown))
            continue
        pending.extend((kid.get_object(), shown) for kid in reversed(kids))
    return pages


def _page_digest(shown: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    for key in _PAGE_SHOWS:
        digest.update(key.encode())
        if key in shown:
            _digest_into(digest, shown[key], _Budget())
    return digest.hexdigest()


@dataclass(slots=True)
class _Budget:
    """How many objects are looked at, against loops and forged trees."""

    left: int = 20_000

    def take(self) -> None:
        """Raise ValueError when spent."""
        self.left -= 1
        if self.left < 0:
            raise ValueError("page resources too many")


def _digest_into(digest: Any, value: Any, budget: _Budget, depth: int = 0) -> None:
    """Feed everything that `value` reaches; pages are not followed back up."""
    budget.take()
    if depth > MAX_DEPTH:
        raise ValueError("page resources nested too deep")
    value = _resolved(value)
    if isinstance(value, dict):
        for key in sorted(set(value) - {"/Parent", "/P", "/Length"}):
            digest.update(str(key).encode())
            _digest_into(digest, value.raw_get(key), budget, depth + 1)  # type: ignore[attr-defined]  # pyHanko's dictionary
        encoded = getattr(value, "encoded_data", None)
        digest.update(bytes(encoded) if encoded is not None else b"")
    elif isinstance(value, list):
        for place in range(len(value)):
            _digest_into(digest, list.__getitem__(value, place), budget, depth + 1)
    else:
        digest.update(repr(value).encode("utf-8", "backslashreplace"))


def _resolved(value: Any) -> Any:
    """What a reference stands for; None for an object that the file lacks (ISO 32000-1, 7.3.10)."""
    from pyhanko.pdf_utils.generic import IndirectObject, NullObject
    from pyhanko.pdf_utils.misc import PdfError

    try:
        found: Any = (
            value.get_object()  # type: ignore[no-untyped-call]
            if isinstance(value, IndirectObject)
            else value
        )
    except (PdfError, LookupError):
        return None
    return None if isinstance(found, NullObject) else found
