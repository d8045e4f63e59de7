"""Reads of personal data are events: who, why, for which dossier, from where, and what was shown.

A person has the right to know who looked at their papers; `looks_at` answers from these events.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.models import AuditEvent, AuditMention, Document
from archive.services.audit import record_event
from archive.tags import Tag
from archive.writing import writing

PURPOSE_CHARS, DOSSIER_CHARS, ADDRESS_CHARS = 200, 40, 60


class Purpose(StrEnum):
    """Why somebody reads, in the words that the trail keeps. A person may type another."""

    CHECK = "kiểm tra số hóa"
    """Checking what the machine read; what the system knows where a paper waits for a check."""
    SIGN = "ký số"
    """Signing what was checked."""
    HANDLE = "giải quyết hồ sơ"
    """Handling a dossier."""
    ANSWER = "trả lời người dân"
    """Answering the person whose paper it is."""
    ARCHIVE = "nghiệp vụ lưu trữ"
    """Keeping: fixity, packages, hand-over."""
    INSPECT = "thanh tra, kiểm tra"
    """An inspection."""
    SEARCH = "tra cứu"
    """Looking for a paper; what stands where nothing nearer is known."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, why, and from where."""

    actor: str
    """An account's name, or `client:` and a number."""
    purpose: str = Purpose.SEARCH.value
    dossier: str = ""
    address: str = ""
    """The network address, or "dòng lệnh" for this machine's command line."""

    def detail(self) -> dict[str, str]:
        """What every event of a read says."""
        return {
            "purpose": self.purpose[:PURPOSE_CHARS],
            "dossier": self.dossier[:DOSSIER_CHARS],
            "address": self.address[:ADDRESS_CHARS],
        }


COMMAND_LINE = "dòng lệnh"


def note_look(document: Document, reader: Reader, *, what: str) -> None:
    """Write down that somebody looked at a document; `what` says at which side of it."""
    _note(Tag.DOCUMENT_READ, f"document:{document.pk}", reader, what=what)


def note_reveal(document: Document, reader: Reader, *, fields: Collection[str]) -> None:
    """Write down that somebody had masked numbers shown in full."""
    _note(Tag.DOCUMENT_REVEALED, f"document:{document.pk}", reader, fields=sorted(fields))


def note_export(document_id: str, reader: Reader) -> None:
    """Write down that a document left in a package."""
    _note(Tag.DOCUMENT_EXPORTED, f"document:{document_id}", reader)


def note_search(reader: Reader, *, total: int, shown: Iterable[str]) -> None:
    """Write down a search and which documents it showed; never the words, which may name people."""
    _note_list(Tag.SEARCH_MADE, "index", reader, list(shown), total=total)


def note_question(reader: Reader, *, procedure: str, offered: Iterable[str]) -> None:
    """Write down that somebody asked what a subject holds, and which papers were told of."""
    _note_list(Tag.REUSE_ASKED, f"procedure:{procedure}", reader, list(offered))


def _note_list(tag: Tag, subject: str, reader: Reader, ids: list[str], **more: Any) -> None:
    """One event that names documents, and where to find it by each of them."""
    with writing():
        event = _note(tag, subject, reader, **more, **{LISTS[tag.value]: ids})
        AuditMention.objects.bulk_create(
            AuditMention(event=event, document=id_) for id_ in dict.fromkeys(ids)
        )


def _note(tag: Tag, subject: str, reader: Reader, **more: Any) -> AuditEvent:
    return record_event(tag, actor=reader.actor, subject=subject, detail=reader.detail() | more)


LOOKS = (
    Tag.DOCUMENT_READ,
    Tag.DOCUMENT_REVEALED,
    Tag.DOCUMENT_EXPORTED,
    Tag.REUSE_LINKED,
    Tag.REUSE_FETCHED,
)
"""Events on a document that are reads of it."""
LISTS = {Tag.SEARCH_MADE.value: "shown", Tag.REUSE_ASKED.value: "offered"}
"""Events that name documents in a list, and where."""


@dataclass(frozen=True, slots=True)
class LookFound:
    """One read of one document."""

    seq: int
    """Its place in the audit trail."""
    at: dt.datetime
    who: str
    tag: str
    what: str
    purpose: str
    dossier: str
    address: str
    document: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "who": self.who,
            "tag": self.tag,
            "what": self.what,
            "purpose": self.purpose,
            "dossier": self.dossier,
            "from": self.address,
            "document": self.document,
        }


def looks_at(subject: str, asker: Reader) -> list[LookFound]:
    """Return who read the papers of a subject (an identifier), oldest first; asking is an event.

    Whoever only saw a paper in a list of hits or in an answer to a portal is told of too.
    """
    held = Document.objects.filter(subject__identifier=subject)
    ids = set(held.values_list("pk", flat=True))
    found = sorted(_found(ids), key=lambda look: (look.seq, look.document))
    record_event(
        Tag.LOOKS_ASKED,
        actor=asker.actor,
        subject="looks",
        detail=asker.detail() | {"documents": sorted(ids), "looks": len(found)},
    )
    return found


def _found(ids: Collection[str]) -> Iterator[LookFound]:
    subjects = [f"document:{id_}" for id_ in ids]
    events = AuditEvent.objects.filter(subject__in=subjects, tag__in=[tag.value for tag in LOOKS])
    for event in events.iterator():
        yield _look(event, event.subject.removeprefix("document:"))
    mentions = AuditMention.objects.filter(document__in=ids).select_related("event")
    for mention in mentions.iterator():
        yield _look(mention.event, mention.document)


def _look(event: AuditEvent, document: str) -> LookFound:
    detail = event.detail
    return LookFound(
        seq=event.seq,
        at=dt.datetime.fromisoformat(event.at),
        who=event.actor,
        tag=event.tag,
        what=str(detail.get("what", "")),
        purpose=str(detail.get("purpose", "")),
        dossier=str(detail.get("dossier", "")),
        address=str(detail.get("address", "")),
        document=document,
    )
