"""Whom we believe: two regimes of signatures, kept apart, and the roots of neither.

Officials and agencies sign under the official-duty authority (NĐ 68/2024), citizens and firms
under public ones (NĐ 23/2025). A verdict says which of the two vouched for a signature.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class TrustStore(StrEnum):
    """Where a root stands."""

    OFFICIAL = "official"
    """Official-duty signatures: `trust/official/`."""
    PUBLIC = "public"
    """Public certificate authorities: `trust/public/`."""
    OTHER = "other"
    """Neither: this installation's own, timestamp services, what lies directly in `trust/`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The roots by store; certificates, DER or PEM."""

    official: tuple[bytes, ...] = ()
    public: tuple[bytes, ...] = ()
    other: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, roots: "Trust | Sequence[bytes]") -> "Trust":
        """Trust as it is, or roots of no store."""
        return roots if isinstance(roots, Trust) else cls(other=tuple(roots))

    @property
    def roots(self) -> tuple[bytes, ...]:
        """All of them."""
        return (*self.official, *self.public, *self.other)

    def named(self) -> Iterator[tuple[TrustStore, bytes]]:
        """Each root with its store; one that stands in several counts for the first."""
        seen: set[bytes] = set()
        stores = (
            (TrustStore.OFFICIAL, self.official),
            (TrustStore.PUBLIC, self.public),
            (TrustStore.OTHER, self.other),
        )
        for store, roots in stores:
            for root in roots:
                name = sha256(root).digest()
                if name not in seen:
                    seen.add(name)
                    yield store, root
