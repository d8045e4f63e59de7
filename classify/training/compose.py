"""First pages in text space: a kind's wording set on a page, then spoilt as a reader would."""

import random
from collections.abc import Callable, Sequence

from classify.training.loose import FOREIGN_LINES
from classify.training.noise import dirt
from classify.training.sheet import HEIGHT, WIDTH, Sheet, finished
from classify.training.slots import BODIES, PLACES, PROVINCES, filled, person
from classify.training.wordings import Shape, Wording
from classify.types import PageView

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


def compose(
    wording: Wording, rng: random.Random, *, noise: float = 0.0, prose: Sequence[str] = ()
) -> tuple[PageView, ...]:
    """One paper of a kind, mostly its first page alone.

    `noise` is the share of letters that are misread (0 to 0.15); `prose` are lines of real texts,
    set into the body of office papers and of acts.
    """
    sheet = Sheet(rng, noise)
    shape = rng.choice(wording.shapes)
    _SETTERS[shape](sheet, wording, prose)
    return (*sheet.done, finished(sheet))


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


def _next_page(sheet: Sheet, prose: Sequence[str]) -> None:
    """The paper's last page: its number, some text, the signature."""
    rng = sheet.rng
    sheet.turn()
    sheet.row("2", 0.5)
    texts = rng.sample(prose, min(4, len(prose))) if prose else _ANY_OFFICE.body
    for text in texts:
        sheet.block(filled(text, rng) if "{" in text else text)
    _sign(sheet)


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
    if sheet.rng.random() < 0.2:
        _next_page(sheet, prose)
    else:
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
    sheet.width, sheet.height = HEIGHT, WIDTH
    if sheet.rng.random() < 0.6:
        _head(sheet, None)
    _title(sheet, wording)
    _abstract(sheet, wording)
    _body(sheet, wording)


def _drawing(sheet: Sheet, wording: Wording, prose: Sequence[str]) -> None:
    del prose
    rng = sheet.rng
    if rng.random() < 0.6:
        sheet.width, sheet.height = HEIGHT, WIDTH
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
    if rng.random() < 0.5:
        _next_page(sheet, prose)
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
    if rng.random() < 0.4:
        _next_page(sheet, prose)
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
