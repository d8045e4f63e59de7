"""What the workers may use: every backend, chosen once by config and handed in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from archive.doorbell import Doorbell
from archive.fixity import FixityPlan
from archive.models import StageRun
from archive.services.anchoring import Stamp
from archive.signing import Lock, SigningKey
from archive.signing.keys import holder_of
from archive.signing.levels import B_B, Profile
from archive.signing.revocation import RevocationSource
from archive.stores import ArchiveStore, WorkStore
from archive.vault import Vault
from catalogue.types import Catalogue
from classify.policy import Promise
from classify.shelf import FieldShelf, HandShelf, ModelShelf
from ocr import Engine, Mode, Review
from proof.trust import Trust
from search import Index
from workers.examples import ExampleBook
from workers.mirror import nobody_else
from workers.originals import Originals
from workers.signing_desk import SigningDesk

CRASHED = "worker_crashed"
"""The error code of a run whose worker died at it."""


def _no_stamp() -> None:
    """No timestamp service."""


class Watch(Protocol):
    """Told of every run that a worker of this process ended with, however it ended."""

    def __call__(self, run: StageRun, seconds: float, code: str) -> None:
        """`seconds` since its claim; `code` of what went wrong, empty where nothing did."""


def _watch_nothing(run: StageRun, seconds: float, code: str) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Signers:
    """The configured keys, and whether they are the test ones."""

    digitiser: SigningKey
    agency: SigningKey
    agency_name: str
    is_test: bool
    trust: Trust
    """What incoming and own signatures are checked against."""
    digitiser_name: str = ""
    """Empty: as the certificate says, once the key shows it."""
    profile: Profile = B_B
    """How our own are made."""
    revocation: RevocationSource | None = None
    """Asked about signatures that come in; None: what came with the file must do."""
    renew_days: int = 365
    """How long before its end an archive timestamp is renewed."""

    @property
    def digitiser_shown(self) -> str:
        """The digitiser's name in its mark. Raises KeyUnavailableError."""
        return self.digitiser_name or holder_of(self.digitiser)

    @property
    def locks(self) -> tuple[Lock, ...]:
        """What a person must open before both keys sign, each secret once."""
        found = (key.lock for key in (self.digitiser, self.agency))
        return tuple({lock.scope: lock for lock in found if lock}.values())

    @property
    def trust_roots(self) -> tuple[bytes, ...]:
        """The roots of every store, PEM or DER."""
        return self.trust.roots


@dataclass(frozen=True, slots=True)
class House:
    """The furnished house. Costly parts are made when first asked for."""

    work: WorkStore
    originals: Originals
    """Only for workers: one process works on one file at a time."""
    archive: ArchiveStore
    vault: Vault
    index: Index
    doorbell: Doorbell
    engine: Callable[[], Engine]
    review: Callable[[], Review | None]
    """What looks at each page a second time; None where nothing does."""
    signers: Callable[[], Signers]
    catalogue: Callable[[], Catalogue]
    confirm_account: str
    """Name of the local account that `--confirm` acts as."""
    kind_models: ModelShelf
    """The learnt models of kinds; `current()` is the one in use."""
    field_models: FieldShelf
    """What was learnt about fields; `current()` is the one in use."""
    hand_models: HandShelf
    """What was learnt about the office's hands; `current()` is the one in use."""
    examples: ExampleBook
    """Papers given as examples of kinds."""
    mode: Mode
    """How much time each page is given."""
    promise: Promise
    """How many of the fields passed as sure may be wrong."""
    spare_engine: Callable[[], Engine]
    """Reads in a process of its own; for what killed the worker that read it before."""
    stamp: Callable[[], Stamp | None] = _no_stamp
    """Gives the trail's anchors an authority's time; None where no service is set."""

    watch: Watch = _watch_nothing
    """Told of every run: for whoever measures."""
    encrypt_all: bool = False
    """Whether ordinary papers are sealed encrypted too."""
    fixity: FixityPlan = field(default_factory=FixityPlan)
    """How often and how fast everything in the archive is read."""
    learning: Callable[[], AbstractContextManager[None]] = nobody_else
    """What was learnt is changed inside it: one node at a time, and all have it then."""
    reach_broker: Callable[[], None] | None = None
    """Raises a coded error where the broker is away; None: no broker is set."""
    signing: SigningDesk | None = None
    """Starts a signing with a person's PIN in a process of its own."""

    def engine_for(self, run: StageRun) -> Engine:
        """What reads for a run: after a crash the spare, whose own crash is a coded error."""
        return self.spare_engine() if run.error_code == CRASHED else self.engine()

    def review_for(self, run: StageRun) -> Review | None:
        """What doubts for a run: nothing after a crash, for it reads in this process too."""
        return None if run.error_code == CRASHED else self.review()


_builders: list[Callable[[], House]] = []


def provide(builder: Callable[[], House]) -> None:
    """Say how the house is furnished; called once, by config, when Django starts."""
    _builders[:] = [builder]
    current.cache_clear()


@cache
def current() -> House:
    """Return this process's house, furnished at the first call."""
    return _builders[0]()
