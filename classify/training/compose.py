"""First pages in text space: a kind's wording set on a page, then spoilt as a reader would."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from classify.training.noise import dirt, spoil
from classify.training.slots import BODIES, PLACES, PROVINCES, filled, person
from classify.training.wordings import Shape, Wording
from classify.types import PageView
from imaging.types import Box
from ocr.types import Line, PageText, TextSource, Word

_WIDTH, _HEIGHT = 1654, 2339
"""Pixels of an A4 page at 200 dpi."""
_LINE = 78
"""Letters of a line of text."""
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_OFFICES = (
    "CHỦ TỊCH", "GIÁM ĐỐC", "KT. CHỦ TỊCH", "TRƯỞNG PHÒNG", "CHÁNH VĂN PHÒNG", "CHI CỤC TRƯỞNG",
)  # fmt: skip
_GROUNDS = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    "Căn cứ Nghị định số {d}/2025/NĐ-CP ngày {date} của Chính phủ;",
    "Căn cứ Thông tư số {d}/2023/TT-BTC ngày {date} của Bộ trưởng Bộ Tài chính;",
    "Căn cứ Quyết định số {d}/QĐ-UBND ngày {date} của Ủy ban nhân dân tỉnh {province};",
    "Xét đề nghị của Trưởng phòng {body} tại Tờ trình số {d}/TTr-KT ngày {date};",
)


@dataclass
class Sheet:
    """A page being set: lines of words at places."""

    rng: random.Random
    noise: float
    width: int = _WIDTH
    height: int = _HEIGHT
    y: float = 0.05
    lines: list[Line] = field(default_factory=list)

    def put(self, text: str, x: float, *, size: float = 0.0125, centred: bool = True) -> None:
        """Set one printed line at the present height; `x` is its middle, or its left edge."""
        words = text.split()
        if not words:
            return
        tall = size * self.height
        letter = tall * (0.62 if text.isupper() else 0.46)
        length = sum(len(word) for word in words) * letter + (len(words) - 1) * 0.32 * tall
        left = x * self.width - (length / 2 if centred else 0)
        top = int(self.y * self.height + self.rng.gauss(0, 1))
        made = []
        for word in words:
            right = left + len(word) * letter
            made.append(Word(word, Box(int(left), top, int(right), int(top + tall)), 0.95))
            left = right + 0.32 * tall
        spoilt = spoil(made, self.noise, self.rng)
        if spoilt:
            box = Box(spoilt[0].box.x0, top, spoilt[-1].box.x1, int(top + tall))
            self.lines.append(Line(tuple(spoilt), box))

    def row(self, text: str, x: float, *, size: float = 0.0125, centred: bool = True) -> None:
        """Set one line and go to the next."""
        self.put(text, x, size=size, centred=centred)
        self.y += 1.55 * size

    def block(self, text: str, *, left: float = 0.14, size: float = 0.0118) -> None:
        """Set a text over as many lines as it takes; "|" parts the cells of a table's row."""
        if "|" in text:
            cells = text.split("|")
            for index, cell in enumerate(cells):
                self.put(cell, 0.1 + 0.82 * (index + 0.5) / len(cells), size=size * 0.9)
            self.y += 2 * size
            return
        line = ""
        for word in text.split():
            if len(line) + len(word) > _LINE:
                self.row(line, left, size=size, centred=False)
                line = ""
            line = f"{line} {word}".strip()
        self.row(line, left, size=size, centred=False)


def compose(
    wording: Wording, rng: random.Random, *, noise: float = 0.0, prose: Sequence[str] = ()
) -> PageView:
    """One first page of a kind. `noise` is the share of letters that are misread (0 to 0.15).

    `prose` are lines of real texts, set into the body of office papers and of acts.
    """
    sheet = Sheet(rng, noise)
    shape = rng.choice(wording.shapes)
    _SETTERS[shape](sheet, wording, prose)
    return _finished(sheet)


def _finished(sheet: Sheet) -> PageView:
    rng = sheet.rng
    if rng.random() < 0.12:
        _incoming_stamp(sheet)
    if rng.random() < 0.3 * min(1.0, 8 * sheet.noise):
        for _ in range(rng.randint(1, 6)):
            sheet.y = rng.uniform(0.01, 0.95)
            sheet.put(dirt(rng), rng.uniform(0.05, 0.95))
    lines = tuple(line for line in sheet.lines if line.box.y1 < sheet.height)
    source = TextSource.OCR if lines else TextSource.NONE
    text = PageText(sheet.width, sheet.height, 200, 0, 0.0, lines, source)
    return PageView(1, text)


def _incoming_stamp(sheet: Sheet) -> None:
    """The stamp of an incoming paper, in the left of the head or beside the title."""
    sheet.y = sheet.rng.choice((0.012, 0.16, 0.2))
    for text in ("ĐẾN", f"Số: {sheet.rng.randint(10, 900)}", "Ngày: ......", "Chuyển:"):
        sheet.row(text, 0.16, size=0.009)


def _issuer(sheet: Sheet) -> list[str]:
    rng = sheet.rng
    place, province = rng.choice(PLACES).upper(), rng.choice(PROVINCES).upper()
    body = rng.choice(BODIES).upper()
    return rng.choice(
        (
            ["ỦY BAN NHÂN DÂN", f"XÃ {place}"],
            ["ỦY BAN NHÂN DÂN", f"TỈNH {province}"],
            [f"UBND TỈNH {province}", f"SỞ {body}"],
            [f"SỞ {body} {province}", "CHI CỤC AN TOÀN VỆ SINH"],
            [f"BỘ {body}"],
            ["HỘI ĐỒNG NHÂN DÂN", f"TỈNH {province}"],
            [f"UBND XÃ {place}", f"PHÒNG {body}"],
            [f"CÔNG TY CỔ PHẦN {place}"],
        )
    )


def _head(sheet: Sheet, number: str | None, issuer: Sequence[str] = ()) -> None:
    """Boxes 1 to 4; parts are lost now and then, as under stamps."""
    rng = sheet.rng
    issuer = issuer or _issuer(sheet)
    left, right = rng.uniform(0.25, 0.31), rng.uniform(0.66, 0.7)
    sheet.y = rng.uniform(0.03, 0.08)
    top = sheet.y
    for line in issuer:
        sheet.row(line, left)
    below, sheet.y = sheet.y, top
    if rng.random() > 0.06:
        sheet.row(_NATION, right, size=0.0115)
    if rng.random() > 0.06:
        sheet.row(_MOTTO, right)
    sheet.y = max(sheet.y, below) + 0.005
    if number and rng.random() > 0.05:
        sheet.put(number, left)
    if rng.random() > 0.06:
        sheet.put(_date_line(rng), right)
    sheet.y += 0.03


def _date_line(rng: random.Random) -> str:
    place = rng.choice((*PLACES, *PROVINCES))
    if rng.random() < 0.3:
        return f"{place}, ngày tháng năm {rng.randint(2009, 2026)}"
    return f"{place}, ngày {filled('{date}', rng)}"


def _number(wording: Wording, rng: random.Random, joint: str = "/") -> str | None:
    """The number line; by hand the digits are blank or garbage."""
    if not wording.notations:
        return f"Số: {rng.randint(1, 900)}" if rng.random() < 0.5 else None
    digits = rng.choice((str(rng.randint(1, 2500)), "", "", dirt(rng), "b4"))
    return f"Số: {digits}{joint}{rng.choice(wording.notations)}"


def _title(sheet: Sheet, wording: Wording, *, lost: float = 0.03) -> None:
    rng = sheet.rng
    title = filled(rng.choice(wording.titles), rng)
    if rng.random() < lost:
        return
    middle = rng.uniform(0.49, 0.53)
    for row in title.split(" / "):
        sheet.row(row, middle, size=rng.uniform(0.0125, 0.017))


def _abstract(sheet: Sheet, wording: Wording) -> None:
    abstracts = [text for text in wording.abstracts if text]
    if not abstracts:
        return
    text = filled(sheet.rng.choice(abstracts), sheet.rng)
    if sheet.rng.random() < 0.12:
        text = text.upper()
    words, line = text.split(), ""
    for word in words:
        if len(line) + len(word) > 52:
            sheet.row(line, 0.51)
            line = ""
        line = f"{line} {word}".strip()
    sheet.row(line, 0.51)
    sheet.y += 0.012


def _body(sheet: Sheet, wording: Wording, prose: Sequence[str] = (), *, few: bool = False) -> None:
    """Most of the kind's sentences in their order, some prose between."""
    rng = sheet.rng
    kept = [text for text in wording.body if rng.random() < (0.6 if few else 0.75)]
    if rng.random() < 0.3:
        rng.shuffle(kept)
    if prose and rng.random() < 0.5:
        start = rng.randrange(max(1, len(prose) - 12))
        kept += list(prose[start : start + rng.randint(3, 12)])
    for text in kept:
        if sheet.y > 0.93:
            return
        for row in filled(text, rng).split(" / "):
            sheet.block(row, left=rng.choice((0.12, 0.14, 0.18)))


def _sign(sheet: Sheet) -> None:
    rng = sheet.rng
    if sheet.y > 0.85 or rng.random() < 0.35:
        return
    sheet.y += 0.02
    sheet.put("Nơi nhận:", 0.14, centred=False)
    sheet.row(rng.choice(_OFFICES), 0.7)
    sheet.row("- Lưu: VT.", 0.14, size=0.01, centred=False)
    sheet.y += 0.06
    sheet.row(person(rng), 0.7)


def _office(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    _head(sheet, _number(wording, sheet.rng))
    _title(sheet, wording)
    _abstract(sheet, wording)
    _grounds(sheet)
    _body(sheet, wording, prose)
    _sign(sheet)


def _grounds(sheet: Sheet) -> None:
    for text in _GROUNDS:
        if sheet.rng.random() < 0.45:
            sheet.block(filled(text, sheet.rng))


def _attached(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    _head(sheet, None)
    _title(sheet, wording)
    _abstract(sheet, wording)
    _body(sheet, wording, prose)


def _letter(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    rng = sheet.rng
    number = _number(wording, rng)
    _head(sheet, number)
    sheet.y -= 0.008
    text, line = filled(rng.choice(wording.abstracts), rng), ""
    for word in text.split():
        if len(line) + len(word) > 34:
            sheet.row(line, 0.28, size=0.0112)
            line = ""
        line = f"{line} {word}".strip()
    sheet.row(line, 0.28, size=0.0112)
    sheet.y += 0.02
    if rng.random() < 0.9:
        sheet.row(
            f"Kính gửi: {rng.choice(('Sở', 'Phòng', 'Cục', 'Ban'))} {rng.choice(BODIES)}", 0.5
        )
    _body(sheet, wording, prose)
    _sign(sheet)


def _norm(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    rng = sheet.rng
    _head(sheet, _number(wording, rng, f"/{rng.randint(2009, 2026)}/"))
    _title(sheet, wording)
    _abstract(sheet, wording)
    _grounds(sheet)
    _body(sheet, wording, prose)


def _law(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    rng = sheet.rng
    lead = "Pháp lệnh số" if wording.code == "QP02" else "Luật số"
    number = (
        f"{lead}: {rng.randint(1, 90)}/{rng.randint(2009, 2026)}/{rng.choice(wording.notations)}"
    )
    body = "ỦY BAN THƯỜNG VỤ QUỐC HỘI" if wording.code == "QP02" else "QUỐC HỘI"
    _head(sheet, number, (body,))
    _title(sheet, wording)
    _body(sheet, wording, prose)


def _receipt(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    rng = sheet.rng
    _head(sheet, _number(wording, rng), rng.choice(((), ("TRUNG TÂM PHỤC VỤ", "HÀNH CHÍNH CÔNG"))))
    _title(sheet, wording)
    _body(sheet, wording)
    _sign(sheet)


def _certificate(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    rng = sheet.rng
    if rng.random() < 0.5:
        _head(sheet, _number(wording, rng))
        _title(sheet, wording)
    else:
        _nation(sheet)
        _title(sheet, wording)
        number = _number(wording, rng)
        if number:
            sheet.row(number, 0.5)
    _abstract(sheet, wording)
    _body(sheet, wording)
    _sign(sheet)


def _nation(sheet: Sheet) -> None:
    sheet.y = sheet.rng.uniform(0.03, 0.08)
    if sheet.rng.random() > 0.06:
        sheet.row(_NATION, 0.5)
        sheet.row(_MOTTO, 0.5)
    sheet.y += 0.03


def _card(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    """A card copied onto a page, anywhere on it; small print."""
    del prose
    rng = sheet.rng
    sheet.y = rng.uniform(0.05, 0.4)
    middle = rng.uniform(0.35, 0.6)
    if rng.random() < 0.7:
        sheet.row(_NATION, middle, size=0.008)
        sheet.row(_MOTTO, middle, size=0.008)
    for row in filled(rng.choice(wording.titles), rng).split(" / "):
        sheet.row(row, middle, size=0.011)
    for text in wording.body:
        if rng.random() < 0.7:
            sheet.row(filled(text, rng), middle - 0.15, size=0.008, centred=False)


def _form(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    rng = sheet.rng
    if rng.random() < 0.25:
        sheet.y = 0.02
        sheet.row(f"Mẫu số {rng.randint(1, 30):02}", 0.85, size=0.01)
    _nation(sheet)
    if rng.random() < 0.3:
        sheet.row(_date_line(rng), 0.68)
    _title(sheet, wording)
    _abstract(sheet, wording)
    _body(sheet, wording)
    if rng.random() < 0.5:
        sheet.row(person(rng), 0.7)


def _contract(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    _nation(sheet)
    _title(sheet, wording)
    number = _number(wording, sheet.rng)
    if number and sheet.rng.random() < 0.7:
        sheet.row(number, 0.5)
    _abstract(sheet, wording)
    _grounds(sheet)
    _body(sheet, wording)


def _book(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    sheet.width, sheet.height = _HEIGHT, _WIDTH
    if sheet.rng.random() < 0.6:
        _head(sheet, None)
    _title(sheet, wording)
    _abstract(sheet, wording)
    _body(sheet, wording)


def _drawing(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    rng = sheet.rng
    if rng.random() < 0.6:
        sheet.width, sheet.height = _HEIGHT, _WIDTH
    sheet.y = rng.choice((0.05, 0.08, rng.uniform(0.6, 0.85)))
    for row in filled(rng.choice(wording.titles), rng).split(" / "):
        sheet.row(row, rng.choice((0.5, 0.5, 0.8)), size=0.015)
    for text in wording.body:
        if rng.random() < 0.6:
            sheet.y = rng.uniform(0.1, 0.9)
            sheet.put(filled(text, rng), rng.uniform(0.2, 0.8))


def _plain(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    sheet.y = sheet.rng.uniform(0.04, 0.15)
    _title(sheet, wording, lost=0.0)
    _abstract(sheet, wording)
    _body(sheet, wording)


def _copy(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    """An office paper with the block of a copy (NĐ 30/2020 Phụ lục I, II) at its foot or alone."""
    rng = sheet.rng
    _head(sheet, _number(_ANY_OFFICE, rng))
    _title(sheet, _ANY_OFFICE)
    _abstract(sheet, _ANY_OFFICE)
    _body(sheet, _ANY_OFFICE, prose, few=True)
    sheet.y = max(sheet.y + 0.03, rng.uniform(0.55, 0.7))
    top = sheet.y
    for line in _issuer(sheet):
        sheet.row(line, 0.28)
    sheet.put(_number(wording, rng) or "", 0.28)
    sheet.y = top
    sheet.row(rng.choice(wording.titles), 0.68)
    sheet.row(_date_line(rng), 0.68)


def _stamped(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    rng = sheet.rng
    if rng.random() < 0.5:
        _office(sheet, _ANY_OFFICE, prose)
    else:
        _certificate(sheet, _ANY_CERTIFICATE, ())
    sheet.y = rng.choice((0.01, 0.72, 0.8))
    for text in (rng.choice(wording.titles), *wording.body):
        if text == wording.titles[0] or rng.random() < 0.8:
            sheet.row(filled(text, rng), 0.5, size=0.01)


def _foreign(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    if sheet.rng.random() < 0.5:
        _nation(sheet)
    _title(sheet, wording, lost=0.0)
    _body(sheet, wording)
    for _ in range(sheet.rng.randint(0, 12)):
        sheet.block(sheet.rng.choice(FOREIGN_LINES))


_ANY_OFFICE = Wording(
    "", (Shape.OFFICE,), ("QUYẾT ĐỊNH", "THÔNG BÁO", "KẾ HOẠCH", "BÁO CÁO", "NGHỊ QUYẾT"),
    ("QĐ-UBND", "TB-UBND", "KH-UBND"), ("Về việc {topic}", "Thực hiện {topic}"),
    ("Điều 1. {topic}", "Điều 2. Giao Sở {body} thực hiện", "Điều 3. Thi hành"),
)  # fmt: skip
_ANY_CERTIFICATE = Wording(
    "", (Shape.CERTIFICATE,), ("GIẤY KHAI SINH", "BẰNG TỐT NGHIỆP", "CĂN CƯỚC CÔNG DÂN"),
    (), (), ("Họ và tên: {name}", "Ngày sinh: {date}", "Nơi sinh: {place}", "Số: {id}"),
)  # fmt: skip

Setter = Callable[[Sheet, Wording, Sequence[str]], None]
_SETTERS: dict[Shape, Setter] = {
    Shape.OFFICE: _office, Shape.ATTACHED: _attached, Shape.LETTER: _letter, Shape.NORM: _norm,
    Shape.LAW: _law, Shape.RECEIPT: _receipt, Shape.CERTIFICATE: _certificate, Shape.CARD: _card,
    Shape.FORM: _form, Shape.CONTRACT: _contract, Shape.BOOK: _book, Shape.DRAWING: _drawing,
    Shape.PLAIN: _plain, Shape.COPY: _copy, Shape.STAMPED: _stamped, Shape.FOREIGN: _foreign,
}  # fmt: skip

FOREIGN_LINES = (
    "This agreement is made between the parties on the date written below and shall be governed",
    "by the laws of the country in which the goods are delivered to the buyer",
    "The undersigned hereby certifies that the above information is true and correct",
    "Please find attached the invoice for the services rendered during the last quarter",
    "Certificate of Birth registered in the district of Middlesex in the County of London",
    "Le présent contrat est conclu entre les parties soussignées à la date indiquée ci-dessous",
    "Nous avons l'honneur de vous informer que votre demande a été transmise au service compétent",
    "République Française, extrait de l'acte de naissance délivré par la mairie",
    "Der Vertrag tritt mit dem Tag der Unterzeichnung durch beide Parteien in Kraft",
    "UNIVERSITY OF SOUTHERN TECHNOLOGY BACHELOR OF SCIENCE with honours",
    "El presente documento certifica que el titular ha cumplido los requisitos",
    "Chapter one It was a bright cold day in April and the clocks were striking",
)


def compose_unknown(rng: random.Random, wordings: Sequence[Wording]) -> PageView:
    """A page that no kind can be given: noise, a foreign text, a loose page of some paper."""
    sheet = Sheet(rng, rng.choice((0.0, 0.03, 0.1)))
    sheet.y = rng.uniform(0.04, 0.2)
    kind = rng.random()
    if kind < 0.25:
        for _ in range(rng.randint(1, 60)):
            sheet.y = rng.uniform(0.02, 0.95)
            sheet.put(" ".join(dirt(rng) for _ in range(rng.randint(1, 5))), rng.random())
    elif kind < 0.5:
        for _ in range(rng.randint(3, 40)):
            line = rng.choice(FOREIGN_LINES)
            sheet.block(line.upper() if rng.random() < 0.1 else line)
    elif kind < 0.65:
        _glyphs(sheet)
    else:
        _loose(sheet, wordings)
    return _finished(sheet)


def _glyphs(sheet: Sheet) -> None:
    """Chinese, a photograph or a map, as a reader of Vietnamese gives them."""
    letters = "BEFHIKLMNOSTXYZaeiknorstuyàáâăéèêíôơưđ#%&*+<>[]{}|/\\0123456789"
    for _ in range(sheet.rng.randint(4, 40)):
        words = (
            "".join(sheet.rng.choice(letters) for _ in range(sheet.rng.randint(1, 5)))
            for _ in range(sheet.rng.randint(1, 12))
        )
        sheet.block(" ".join(words), left=sheet.rng.uniform(0.05, 0.6))


def _loose(sheet: Sheet, wordings: Sequence[Wording]) -> None:
    """A page from the middle of a paper: sentences of several kinds, a page number, no name."""
    rng = sheet.rng
    if rng.random() < 0.5:
        sheet.row(str(rng.randint(2, 30)), 0.5)
    texts = [
        text
        for wording in rng.sample(wordings, 3)
        for text in wording.body
        if not text.isupper() and "|" not in text
    ]
    for text in rng.sample(texts, min(len(texts), rng.randint(2, 9))):
        low = filled(text, rng)
        sheet.block(low[:1].lower() + low[1:] + rng.choice((";", ".", ",")))
