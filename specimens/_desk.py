"""What every template needs at hand: the dice, the people, the paper under composition."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from specimens.blocks import (
    SPLIT,
    NumberStyle,
    Signing,
    heading,
    number_line,
    place_and_date,
    signature_block,
)
from specimens.flow import Flow
from specimens.page import LEFT, Page, Point, Stamp, StampKind
from specimens.paper import FieldTruth, Paper, PaperOptions, StampRequest
from specimens.people import (
    Body,
    Person,
    Place,
    invent_name,
    invent_person,
    invent_place,
    newly_born,
)

_FIRST_DAY = date(2025, 7, 14)
_DAYS = 420
_ARRIVED_AT = Point(LEFT + 30.0, 34.0)
"""Registries stamp incoming papers in the free corner above the issuer."""
_SECRET = {StampKind.SECRET, StampKind.TOP_SECRET, StampKind.UTTER_SECRET}
_URGENT = {StampKind.FLASH, StampKind.VERY_URGENT, StampKind.URGENT}


@dataclass(slots=True)
class Desk:
    """One paper under composition."""

    rng: random.Random
    ask: PaperOptions
    place: Place
    subject: Person
    issued_on: date
    digits: str
    flow: Flow = field(default_factory=Flow)
    fields: dict[str, FieldTruth] = field(default_factory=dict)
    handwritten: list[str] = field(default_factory=list)
    stamp_top: float = 150.0
    """Where the first secrecy or urgency stamp's upper edge goes."""

    @property
    def province_town(self) -> str:
        """The province without its level, as place lines print it."""
        return self.place.province.removeprefix("tỉnh ").removeprefix("thành phố ")

    def pick(self, *choices: str) -> str:
        """Choose one wording."""
        return self.rng.choice(choices)

    def head(self, body: Body, notation: str, *, town: str = "", digits: str | None = None) -> None:
        """Set issuer, state, number, place and date; keep their truth.

        `notation` is what follows the slash ("QĐ-UBND"); the cursor ends beneath the row.
        """
        heading(self.flow, body)
        style = self.ask.number_style
        number = digits or self.digits
        number_line(self.flow, self.rng, number, f"/{notation}", style)
        place_and_date(
            self.flow, self.rng, town or self.place.name, self.issued_on, hand_day=self.ask.hand_day
        )
        self.flow.skip(20)
        self.leave_room_for_stamps()
        self.know(
            number=None if style is NumberStyle.EMPTY else f"{number}/{notation}",
            notation=notation,
            issuer=body.name,
            issued_on=self.issued_on.isoformat(),
        )
        if style is NumberStyle.HAND:
            self.handwritten.append("number")
        if self.ask.hand_day:
            self.handwritten.append("issued_on")

    def leave_room_for_stamps(self) -> None:
        """Keep the place under the number free for the secrecy and urgency marks (boxes 10)."""
        self.stamp_top = self.flow.y + 4
        marks = [ask for ask in self.ask.stamps if ask.kind in _SECRET | _URGENT]
        self.flow.skip(sum(ask.size * 2.4 for ask in marks if ask.centre is None))

    def know(self, **truth: FieldTruth) -> None:
        """Write down the truth of what has been set."""
        self.fields.update(truth)

    def owner(self) -> None:
        """The paper names its subject."""
        self.know(subject_id=self.subject.id, subject_name=self.subject.name)

    def sign(
        self, body: Body, recipients: tuple[str, ...] = (), *, deputy: bool | None = None
    ) -> None:
        """Set the foot of an official paper and keep its truth."""
        by_deputy = self.rng.random() < 0.5 if deputy is None else deputy
        capacity = [body.collective] if body.collective else []
        capacity += [f"KT. {body.head}", f"PHÓ {body.head}"] if by_deputy else [body.head]
        self.foot(tuple(capacity), invent_name(self.rng), body, recipients)

    def foot(
        self, capacity: tuple[str, ...], name: str, body: Body, recipients: tuple[str, ...] = ()
    ) -> None:
        """Set capacity, pen, seal, name and recipients."""
        signing = Signing(
            capacity=capacity,
            name=name,
            recipients=recipients,
            sealed=self.ask.sealed,
            signed=self.ask.signed,
            seal_strength=self.ask.seal_strength,
            seal_upper=body.printed.replace("\n", " "),
            seal_lower=self.place.province.upper(),
        )
        signature_block(self.flow, self.rng, signing)
        if recipients:
            self.know(recipients="; ".join(recipients))
        self.know(
            signer_name=name,
            signer_title=" ".join(capacity),
            has_seal=self.ask.sealed,
            has_signature=self.ask.signed,
        )

    def finish(self, kind: str, form: str) -> Paper:
        """Put the stamps on and hand the paper out."""
        pages = list(self.flow.pages())
        stamps = tuple(self._stamp(ask) for ask in self.ask.stamps)
        pages[0] = Page(pages[0].items + stamps)
        for stamp in stamps:
            if stamp.kind in _SECRET:
                self.know(secrecy=stamp.kind.value)
            elif stamp.kind in _URGENT:
                self.know(urgency=stamp.kind.value)
        return Paper(kind, form, dict(self.fields), tuple(pages), tuple(self.handwritten))

    def _stamp(self, ask: StampRequest) -> Stamp:
        if ask.kind is StampKind.ARRIVED:
            return Stamp(ask.kind, ask.centre or _ARRIVED_AT, 10.0, ask.angle, ask.strength)
        if ask.centre is not None:
            return Stamp(ask.kind, ask.centre, ask.size, ask.angle, ask.strength)
        centre = Point((LEFT - 22 + SPLIT - 6) / 2, self.stamp_top + ask.size * 1.1)
        self.stamp_top += ask.size * 2.4
        return Stamp(ask.kind, centre, ask.size, ask.angle, ask.strength)


def open_desk(
    seed: str, ask: PaperOptions, *, numbered: bool = True, newborn: bool = False
) -> Desk:
    """Lay out what a template needs; the same seed and options give the same paper.

    `newborn` invents a subject born some days before the paper's date.
    """
    rng = random.Random(seed)  # noqa: S311  wording and people, no secrets
    place = ask.place or invent_place(rng)
    subject = ask.subject or invent_person(rng, place)
    issued_on = ask.issued_on or _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    if newborn and ask.subject is None:
        subject = newly_born(rng, place, issued_on - timedelta(days=rng.randint(5, 55)))
    digits = ask.digits or f"{rng.randint(1, 2400):02d}"
    return Desk(rng, ask, place, subject, issued_on, digits, Flow(numbered=numbered))
