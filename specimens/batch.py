"""The demonstration's batch: dossiers fed through a tired scanner, all people invented."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from specimens._vector import write_digital_pdf
from specimens.blocks import NumberStyle
from specimens.degrade import Faults, Light, Pixels, degrade
from specimens.draw import render
from specimens.files import write_jpeg, write_png, write_scan_pdf, write_tiff
from specimens.manifest import (
    ExpectedDocument,
    ExpectedFile,
    Manifest,
    Outcome,
    ReuseQuestion,
    SearchQuestion,
    Status,
)
from specimens.page import BLANK, Page, StampKind
from specimens.paper import Paper, PaperOptions, StampRequest
from specimens.papers import make_paper
from specimens.people import PLACES, Person, Sex
from specimens.sheets import separator_sheet
from specimens.signed import sign_pdf

DPI = 200
"""TT 05/2025/TT-BNV Điều 8: documents are scanned at 200 dpi."""

_TIDY = Faults(skew=0.3, noise=3.0)
_ASKEW = Faults(skew=-1.8, noise=6.0, light=Light(0.08), specks=8)
_GRAINY = Faults(skew=0.9, noise=9.0, blur=0.6, bleed=0.06)
_UPSIDE_DOWN = replace(_TIDY, quarter_turns=2)

CHILD = Person(
    "Lê Minh Khánh", Sex.MALE, date(2016, 5, 20), "051216000105", f"thôn Đông, {PLACES[0].full}"
)
OWNER = Person(
    "Trần Thị Ngọc Hoa",
    Sex.FEMALE,
    date(1984, 9, 12),
    "051184000217",
    f"thôn Bàu, {PLACES[0].full}",
)
TRADER = Person(
    "Phạm Đức Long", Sex.MALE, date(1979, 3, 8), "048079000330", f"tổ dân phố 7, {PLACES[1].full}"
)
BRIDE = Person(
    "Vũ Thu Trang", Sex.FEMALE, date(1998, 11, 2), "092198000448", f"tổ dân phố 3, {PLACES[4].full}"
)
_HOUSE = "000.21.05.H48-260302-0007"
_BIRTH = "000.21.05.H48-160602-0003"
_SHOP = "000.33.02.H17-260415-0012"
_WEDDING = "000.14.01.H13-260511-0021"


@dataclass(slots=True)
class _Feed:
    """One file under composition: pages through the scanner, documents written down."""

    seed: int
    sheet: dict[str, str] = field(default_factory=dict)
    images: list[Pixels] = field(default_factory=list)
    documents: list[ExpectedDocument] = field(default_factory=list)
    sheets: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    turned: dict[int, int] = field(default_factory=dict)

    def scan(self, page: Page, faults: Faults) -> int:
        """Feed one page; return its number in the file."""
        number = len(self.images) + 1
        self.images.append(degrade(render(page, DPI), faults, seed=self.seed + number))
        if faults.quarter_turns:
            self.turned[number] = faults.quarter_turns
        return number

    def separator(self, *, dossier: str, procedure: str, subject: str) -> None:
        """Feed a separator sheet; it speaks for what follows in the file."""
        self.sheet = {"dossier": dossier, "procedure": procedure, "subject": subject}
        page = separator_sheet(dossier=dossier, procedure=procedure, subject=subject)
        self.sheets.append(self.scan(page, _TIDY))

    def blank(self) -> None:
        """Feed an empty back side."""
        self.blanks.append(self.scan(BLANK, Faults(skew=0.2, noise=3.0, specks=8)))

    def paper(
        self, paper: Paper, faults: Faults = _TIDY, status: Status = Status.EITHER, why: str = ""
    ) -> None:
        """Feed a document."""
        numbers = [self.scan(page, faults) for page in paper.pages]
        self.documents.append(_expected(paper, numbers[0], numbers[-1], status, why, self.sheet))

    def filed(self, path: Path, note: str) -> ExpectedFile:
        """Say what the written file holds."""
        return ExpectedFile(
            name=path.name,
            sha256=_sha256(path),
            pages=len(self.images),
            note=note,
            outcome=Outcome.FILED,
            documents=tuple(self.documents),
            sheets=tuple(self.sheets),
            blanks=tuple(self.blanks),
            turned=dict(self.turned),
        )


def _expected(
    paper: Paper, first: int, last: int, status: Status, why: str, sheet: dict[str, str]
) -> ExpectedDocument:
    return ExpectedDocument(
        kind=paper.kind,
        form=paper.form,
        first_page=first,
        last_page=last,
        fields=paper.fields,
        handwritten=paper.handwritten,
        status=status,
        why=why,
        dossier=sheet.get("dossier"),
        procedure=sheet.get("procedure"),
        subject=sheet.get("subject"),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _birth_dossier(path: Path, seed: int) -> ExpectedFile:
    """A child's papers: the birth certificate is clean, the card's term cannot be read."""
    feed = _Feed(seed)
    feed.separator(dossier=_BIRTH, procedure="1.001193", subject=CHILD.id)
    ask = PaperOptions(subject=CHILD, place=PLACES[0], issued_on=date(2016, 6, 2), digits="61")
    feed.paper(make_paper("KQ-KS", seed=seed, options=ask), Faults(noise=2.0), Status.ARCHIVED)
    feed.blank()
    card = replace(ask, issued_on=date(2025, 8, 4), number_style=NumberStyle.EMPTY)
    feed.paper(
        make_paper("KQ-CC", seed=seed, options=card),
        Faults(noise=2.0),
        Status.WAITING,
        "Ngày hết hạn trên thẻ bị mờ, không đọc được.",
    )
    write_scan_pdf(path, feed.images, dpi=DPI)
    return feed.filed(
        path, "Hồ sơ khai sinh: tờ phân cách có mã QR, giấy khai sinh, mặt sau trắng, thẻ căn cước"
    )


def _house_dossier(path: Path, seed: int) -> ExpectedFile:
    """A house owner's papers: skewed, one upside down, one number left open."""
    feed = _Feed(seed)
    feed.separator(dossier=_HOUSE, procedure="1.013225", subject=OWNER.id)
    ask = PaperOptions(subject=OWNER, place=PLACES[0], issued_on=date(2026, 3, 2))
    land = replace(ask, issued_on=date(2025, 9, 16), digits="148")
    feed.paper(make_paper("KQ-QDGD", seed=seed, options=land), _ASKEW)
    feed.paper(make_paper("TP-DON-XD", seed=seed, options=ask), _UPSIDE_DOWN)
    permit = replace(ask, issued_on=date(2026, 3, 18), digits="27", number_style=NumberStyle.EMPTY)
    feed.paper(
        make_paper("KQ-GPXD", seed=seed, options=permit),
        _TIDY,
        Status.WAITING,
        "Số của giấy phép còn để trống.",
    )
    write_scan_pdf(path, feed.images, dpi=DPI)
    return feed.filed(
        path,
        "Hồ sơ xây dựng: quyết định giao đất quét lệch, đơn quét ngược, giấy phép chưa ghi số",
    )


def _shop_dossier(path: Path, seed: int) -> ExpectedFile:
    """A trader's papers behind the counter's receipt, whose bar code names the dossier."""
    feed = _Feed(seed)
    ask = PaperOptions(
        subject=TRADER,
        place=PLACES[1],
        issued_on=date(2026, 4, 15),
        dossier=_SHOP,
        procedure="1.001612",
        procedure_name="Đăng ký thành lập hộ kinh doanh",
    )
    feed.sheet = {"dossier": _SHOP}
    feed.paper(make_paper("MC01", seed=seed, options=ask))
    feed.paper(
        make_paper("KQ-HKD", seed=seed, options=replace(ask, issued_on=date(2026, 4, 20))), _GRAINY
    )
    write_tiff(path, feed.images, dpi=DPI)
    return feed.filed(
        path, "Hồ sơ hộ kinh doanh (TIFF): giấy tiếp nhận có mã vạch, giấy chứng nhận"
    )


def _wedding_dossier(path: Path, seed: int) -> ExpectedFile:
    """A bride's papers."""
    feed = _Feed(seed)
    feed.separator(dossier=_WEDDING, procedure="1.000894", subject=BRIDE.id)
    ask = PaperOptions(subject=BRIDE, place=PLACES[4], issued_on=date(2026, 5, 11))
    form = replace(ask, procedure_name="Đăng ký kết hôn")
    feed.paper(make_paper("TP-TK", seed=seed, options=form), _GRAINY)
    status = replace(ask, issued_on=date(2026, 5, 6), digits="102")
    feed.paper(make_paper("KQ-HN", seed=seed, options=status), _TIDY)
    write_scan_pdf(path, feed.images, dpi=DPI)
    return feed.filed(path, "Hồ sơ kết hôn: tờ khai, giấy xác nhận tình trạng hôn nhân")


def _office_bundle(path: Path, seed: int) -> ExpectedFile:
    """An office's papers in one scan, told apart by their first pages alone."""
    feed = _Feed(seed)
    ask = PaperOptions(place=PLACES[3], issued_on=date(2026, 6, 30))
    feed.paper(make_paper("VB14", seed=seed, options=ask), _ASKEW)
    hand = replace(ask, number_style=NumberStyle.HAND, digits="45")
    feed.paper(
        make_paper("VB16", seed=seed, options=hand), _TIDY, Status.EITHER, "Số ghi bằng tay."
    )
    feed.paper(make_paper("VB07", seed=seed, options=ask), _GRAINY)
    feed.paper(make_paper("KHAC", seed=seed, options=ask), _TIDY)
    write_scan_pdf(path, feed.images, dpi=DPI)
    return feed.filed(path, "Báo cáo hai trang, tờ trình ghi số bằng tay, thông báo, thơ mời")


def _letter(path: Path, seed: int) -> ExpectedFile:
    """A letter as one picture."""
    feed = _Feed(seed)
    stamps = (StampRequest(StampKind.FLASH, angle=-3),)
    feed.paper(make_paper("VB28", seed=seed, options=PaperOptions(stamps=stamps)), _ASKEW)
    write_jpeg(path, feed.images[0], dpi=DPI)
    return feed.filed(path, "Công văn hỏa tốc (JPEG)")


def _secrecy_letter(path: Path, seed: int) -> ExpectedFile:
    """A letter that merely speaks of state secrets."""
    feed = _Feed(seed)
    feed.paper(make_paper("VB28-BMNN", seed=seed))
    write_png(path, feed.images[0], dpi=DPI)
    return feed.filed(path, "Công văn nói về bảo vệ bí mật nhà nước, không phải văn bản mật")


def _signed_decision(path: Path, seed: int) -> ExpectedFile:
    """A decision born digital, signed by its issuer."""
    ask = PaperOptions(place=PLACES[2], issued_on=date(2026, 7, 9), digits="812")
    paper = make_paper("VB02", seed=seed, options=ask)
    write_digital_pdf(path, paper.pages, title=str(paper.fields["abstract"]))
    sign_pdf(
        path,
        signer=str(paper.fields["issuer"]),
        signed_at=datetime(2026, 7, 9, 8, 30, tzinfo=UTC),
        seed=seed,
    )
    document = _expected(paper, 1, len(paper.pages), Status.EITHER, "", {})
    return ExpectedFile(
        name=path.name,
        sha256=_sha256(path),
        pages=len(paper.pages),
        note="Quyết định điện tử đã ký số (chứng thư thử nghiệm)",
        outcome=Outcome.FILED,
        documents=(document,),
    )


def _secret(path: Path, seed: int) -> ExpectedFile:
    """A paper marked MẬT: it may not enter."""
    feed = _Feed(seed)
    stamps = (StampRequest(StampKind.SECRET, angle=4),)
    feed.paper(make_paper("VB02", seed=seed + 1, options=PaperOptions(stamps=stamps)), _TIDY)
    write_scan_pdf(path, feed.images, dpi=DPI)
    return replace(
        feed.filed(path, "Văn bản đóng dấu MẬT"),
        outcome=Outcome.STOPPED,
        code="secret_mark",
        documents=(),
    )


def _not_a_document(path: Path, seed: int) -> ExpectedFile:
    """A song with a paper's name."""
    noise = hashlib.shake_256(str(seed).encode()).digest(40_000)
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x21TIT2" + noise)
    return ExpectedFile(
        name=path.name,
        sha256=_sha256(path),
        pages=0,
        note="Tệp nhạc mang tên .pdf, không phải giấy tờ",
        outcome=Outcome.STOPPED,
        code="not_a_document",
    )


_PARTS: tuple[tuple[str, Callable[[Path, int], ExpectedFile]], ...] = (
    ("scan_0001.pdf", _birth_dossier),
    ("scan_0002.pdf", _house_dossier),
    ("scan_0003.tif", _shop_dossier),
    ("scan_0004.pdf", _wedding_dossier),
    ("scan_0005.pdf", _office_bundle),
    ("scan_0006.jpg", _letter),
    ("scan_0008.png", _secrecy_letter),
    ("scan_0009.pdf", _signed_decision),
    ("scan_0010.pdf", _secret),
    ("scan_0011.pdf", _not_a_document),
)


def write_demo_batch(folder: Path, *, seed: int = 2026) -> Manifest:
    """Write the sample batch into `folder` (made where missing) and say what it holds.

    Eleven files, as a scanner names them; the same seed writes the same bytes. Files of the same
    names are written over, others left alone. Raises FontMissingError and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [part(folder / name, seed + 100 * i) for i, (name, part) in enumerate(_PARTS)]
    files.append(_duplicate(folder / "scan_0007.jpg", folder / "scan_0006.jpg"))
    files.sort(key=lambda file: file.name)
    land = next(d for file in files for d in file.documents if d.kind == "KQ-QDGD")
    return Manifest(
        seed=seed,
        files=tuple(files),
        dossiers=(_BIRTH, _HOUSE, _SHOP, _WEDDING),
        reuse=ReuseQuestion(
            subject=CHILD.id,
            subject_name=CHILD.name,
            procedure="1.001776",
            verdicts={"KS": "reusable", "TT": "needs_check", "TK": "missing"},
        ),
        search=SearchQuestion("dat ho ba tran thi ngoc hoa", "KQ-QDGD", str(land.fields["number"])),
    )


def _duplicate(path: Path, original: Path) -> ExpectedFile:
    """The same bytes under another name."""
    path.write_bytes(original.read_bytes())
    return ExpectedFile(
        name=path.name,
        sha256=_sha256(path),
        pages=1,
        note=f"Trùng với {original.name}",
        outcome=Outcome.DUPLICATE,
        duplicate_of=original.name,
    )
