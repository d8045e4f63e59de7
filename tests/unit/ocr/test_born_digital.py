"""A PDF's own text is taken where it reads as Vietnamese and is painted, and only there."""

import io
import re
import unicodedata
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from imaging import Pixels, open_source
from imaging.types import Box
from ocr import CleanPage, Line, TextSource, Word, read_text_layer
from ocr._vietnamese import is_syllable
from ocr.born_digital import _covered_blanks, is_believable
from ocr.pictures import regions_of_pictures
from specimens import make_paper, write_digital_pdf, write_scan_pdf
from specimens.draw import render

PROSE = (
    "Căn cứ Luật Tổ chức chính quyền địa phương; theo đề nghị của Trưởng phòng Tư pháp, "
    "Ủy ban nhân dân xã quyết định cấp bản sao trích lục cho ông Nguyễn Văn Quý."
)


class _Reader:
    """Stands for an engine: finds the same words at the same shares of every page."""

    def __init__(self, words: str, confidence: float) -> None:
        self.name = "stand-in"
        self._words, self._confidence = words.split(), confidence

    def read(self, page: CleanPage) -> tuple[Line, ...]:
        height, width = page.grey.shape
        step = width // (2 * len(self._words))
        words = tuple(
            Word(text, Box(step * (2 * at), height // 3, step * (2 * at + 1), height // 2), sure)
            for at, (text, sure) in enumerate((word, self._confidence) for word in self._words)
        )
        return (Line(words, Box(0, height // 3, width, height // 2)),)


def _with_picture(digital: Path, path: Path, picture: Pixels) -> Box:
    """The page with a picture in its free lower part; where it stands, in pixels at 300 dpi."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG")
    with pikepdf.open(digital) as document:
        stream = pikepdf.Stream(document, b"")
        stream.write(buffer.getvalue(), filter=pikepdf.Name.DCTDecode)
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Height, stream.Width = picture.shape[:2]
        stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        page = document.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Im7=stream)
        page.contents_add(document.make_stream(b"q 132 0 0 132 60 18 cm /Im7 Do Q"))
        height = float(page.mediabox[3])
        document.save(path)
    per_point = 300 / 72
    x0, y0 = int(60 * per_point), int((height - 150) * per_point)
    return Box(x0 - 2, y0 - 2, x0 + 552, y0 + 552)


@pytest.fixture(scope="module")
def digital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A born-digital decision."""
    path = tmp_path_factory.mktemp("digital") / "quyet-dinh.pdf"
    write_digital_pdf(path, make_paper("VB02", seed=3).pages, title="Quyết định")
    return path


def test_the_words_of_a_born_digital_page_lie_on_its_ink(digital: Path):
    text = read_text_layer(digital, 1)
    assert text is not None
    assert text.source is TextSource.BORN_DIGITAL
    with open_source(digital) as source:
        page = source.page(1)
    assert (text.width, text.height, text.dpi) == (page.width, page.height, page.dpi)
    dark = page.pixels.min(axis=2) < 128
    for line in text.lines:
        for word in line.words:
            x0, y0, x1, y1 = word.box
            assert dark[y0:y1, x0:x1].any(), word.text
            assert word.confidence == 1.0


def test_every_printed_word_is_there_once(digital: Path):
    paper = make_paper("VB02", seed=3)
    text = read_text_layer(digital, 1)
    assert text is not None
    assert sorted(text.text.split()) == sorted(paper.page_text(0).split())


def test_the_header_is_read_column_by_column(digital: Path):
    text = read_text_layer(digital, 1)
    assert text is not None
    lines = text.text.splitlines()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in lines
    assert re.fullmatch(r"Số: \S+", next(line for line in lines if line.startswith("Số:")))


def test_a_turned_page_keeps_words_on_ink(digital: Path, tmp_path: Path):
    path = tmp_path / "xoay.pdf"
    with pikepdf.open(digital) as document:
        document.pages[0].Rotate = 90
        document.save(path)
    text = read_text_layer(path, 1)
    with open_source(path) as source:
        page = source.page(1)
    assert text is not None
    assert (text.width, text.height) == (page.width, page.height)
    dark = page.pixels.min(axis=2) < 128
    boxes = [word.box for line in text.lines for word in line.words]
    assert all(dark[y0:y1, x0:x1].any() for x0, y0, x1, y1 in boxes)


def test_an_invisible_layer_over_a_scan_is_not_trusted(digital: Path, tmp_path: Path):
    """It is somebody else's OCR, however Vietnamese it looks."""
    path = tmp_path / "quet.pdf"
    scan = tmp_path / "anh.pdf"
    write_scan_pdf(scan, [render(make_paper("VB02", seed=3).pages[0], 100)], dpi=100)
    with pikepdf.open(digital) as document, pikepdf.open(scan) as pictures:
        page = document.pages[0]
        content = b"".join(
            entry.read_bytes()
            for entry in (
                page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
            )
        )
        page.Contents = document.make_stream(content.replace(b"BT", b"BT 3 Tr"))
        page.add_underlay(pictures.pages[0])
        document.save(path)
    with open_source(path) as source:
        assert not source.sheet(1).shows_text
    assert read_text_layer(path, 1) is None


def test_a_scan_without_text_and_a_picture_have_none(tmp_path: Path):
    scan = tmp_path / "quet.pdf"
    write_scan_pdf(scan, [np.full((400, 300, 3), 255, np.uint8)], dpi=100)
    assert read_text_layer(scan, 1) is None


def test_right_text_is_believed():
    assert is_believable(PROSE)
    assert is_believable(PROSE.upper())
    assert is_believable("Bảng giá: 1.250.000 đồng; 36.000 đồng; mã số H47.01-2211; 15/7/2025")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 34 56",
        "UY BAN NHAN DAN TINH QUANG NGAI CONG HOA XA HOI CHU NGHIA VIET NAM Doc lap Tu do",
        "Can cfr Luat To chfrc chinh quyin dia phuang; thco de nghi cua Trircmg phong Tu phap",
        "The quick brown fox jumps over the lazy dog and runs away from the village",
        # VNI: vowels followed by stand-in letters
        "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM Ñoäc laäp - Töï do - Haïnh phuùc",
        # TCVN3: Latin-1 signs in the place of marked letters
        "Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp Tù do H¹nh phóc quyÕt ®Þnh cña Uû ban",
        "(cid:45)(cid:12)(cid:88) " * 20 + "quyết định",
        "\ue000\ue001\ue002 quyết định \ue003\ue004",
        "CÃ´ng vÄƒn sá»‘ 12 cá»§a á»¦y ban nhÃ¢n dÃ¢n xÃ£ vá» viá»‡c cáº¥p giáº¥y",
    ],
    ids=[
        "empty",
        "numbers",
        "no marks",
        "English OCR",
        "English",
        "VNI",
        "TCVN3",
        "cid",
        "private",
        "mojibake",
    ],
)
def test_wrong_text_is_not(text: str):
    assert not is_believable(text)


def test_mirrored_letters_are_not_believed():
    """A shifted character map keeps marks but makes no syllables."""
    letters = sorted(set(PROSE.lower()) - set(" ,.;"))
    shifted = PROSE.lower().translate(
        str.maketrans(dict(zip(letters, letters[5:] + letters[:5], strict=True)))
    )
    assert not is_believable(shifted)


@pytest.mark.parametrize("word", ["nghiêng", "Quảng", "giữa", "khuỷu", "ươm", "Đắc", "y", "thuở"])
def test_syllables(word: str):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Street", "phx", "zzz", "ngngo", "aeb"])
def test_no_syllables(word: str):
    assert not is_syllable(word)


def test_a_broken_pdf_that_pdfium_still_shows_has_no_layer(
    digital: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The picture is read instead: a parser's fault must not stop the page."""
    import pdfplumber

    def broken(*_arguments: object, **_options: object) -> object:
        raise TypeError("'NoneType' object is not subscriptable")

    monkeypatch.setattr(pdfplumber, "open", broken)
    assert read_text_layer(digital, 1) is None


def test_a_number_written_into_an_annotation_is_read(digital: Path, tmp_path: Path):
    """The registry's software lays number and day over the blanks of the text."""
    path = tmp_path / "so.pdf"
    with pikepdf.open(digital) as document:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        look = document.make_stream(b"BT /F1 12 Tf 0 3 Td (542) Tj ET")
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = pikepdf.Array([0, 0, 40, 16])
        look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        stamp = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            F=4,
            Rect=pikepdf.Array([20, 400, 60, 416]),
            AP=pikepdf.Dictionary(N=look),
        )
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(stamp)])
        document.save(path)
    text = read_text_layer(path, 1)
    assert text is not None
    (word,) = (word for line in text.lines for word in line.words if word.text == "542")
    with open_source(path) as source:
        dark = source.page(1).pixels.min(axis=2) < 128
    x0, y0, x1, y1 = word.box
    assert dark[y0:y1, x0:x1].any()


def test_blanks_under_a_number_do_not_cut_it():
    letters = [
        {"text": text, "x0": x0, "x1": x0 + 6.0, "top": 10.0, "bottom": 22.0}
        for text, x0 in (("S", 0.0), (" ", 7.0), ("5", 20.0), ("4", 26.0), (" ", 22.0), (" ", 40.0))
    ]
    assert _covered_blanks(letters) == {id(letters[4])}


def _set_in(
    path: Path, font: str, lines: list[bytes], *, names: dict[int, str] | None = None
) -> Path:
    """A PDF whose simple font of that name, not embedded, shows these codes line by line.

    `names` says what each code means; combining marks have no breadth.
    """
    widths = [500] * 224
    for code, letter in (names or {}).items():
        if unicodedata.combining(letter):
            widths[code - 32] = 0
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        entry = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.TrueType,
            BaseFont=pikepdf.Name("/" + font),
            FontDescriptor=pikepdf.Dictionary(
                Type=pikepdf.Name.FontDescriptor,
                FontName=pikepdf.Name("/" + font),
                Flags=32,
                FontBBox=pikepdf.Array([0, -200, 1000, 900]),
                Ascent=800,
                Descent=-200,
                ItalicAngle=0,
                CapHeight=700,
                StemV=80,
            ),
            Encoding=pikepdf.Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=255,
            Widths=pikepdf.Array(widths),
        )
        if names:
            rows = " ".join(f"<{code:02X}> <{ord(name):04X}>" for code, name in names.items())
            cmap = _CMAP % (len(names), rows)
            entry.ToUnicode = document.make_stream(cmap.encode())
        sheet = document.pages[0]
        sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=entry))
        body = b"".join(
            b"BT /F1 12 Tf 60 %d Td <%s> Tj ET " % (760 - 24 * row, line.hex().encode())
            for row, line in enumerate(lines)
        )
        sheet.Contents = document.make_stream(body)
        document.save(path)
    return path


_CMAP = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def\n"
    "1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar %s endbfchar\n"
    "endcmap CMapName currentdict /CMap defineresource pop end end"
)
TCVN3_LINES = [
    "Céng hßa x· héi chñ nghÜa ViÖt Nam",
    "§éc lËp - Tù do - H¹nh phóc",
    "nh\xad sau: ®\xadîc ng\xadêi d©n n\xadíc ta",
]
RIGHT_LINES = [
    "Cộng hòa xã hội chủ nghĩa Việt Nam",
    "Độc lập - Tự do - Hạnh phúc",
    "như sau: được người dân nước ta",
]


@pytest.mark.parametrize("font", [".VnTime", "ABCDEF+.VnArial", "Khong-Ten"])
def test_tcvn3_is_decoded(font: str, tmp_path: Path):
    """By what it reads as, whatever the font is called; code 173 is ư where the font is known."""
    lines = TCVN3_LINES if "Vn" in font else TCVN3_LINES[:2]
    path = _set_in(tmp_path / "abc.pdf", font, [line.encode("latin-1") for line in lines])
    text = read_text_layer(path, 1)
    assert text is not None
    assert text.text.splitlines() == RIGHT_LINES[: len(lines)]


def test_capitals_of_tcvn3_are_capitals(tmp_path: Path):
    codes = ["Céng hßa x· héi chñ nghÜa ViÖt Nam".encode("latin-1")]
    text = read_text_layer(_set_in(tmp_path / "hoa.pdf", ".VnTimeH", codes), 1)
    assert text is not None
    assert text.text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def test_vni_is_decoded(tmp_path: Path):
    lines = ["COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "Ñoäc laäp - Töï do - Haïnh phuùc"]
    path = _set_in(tmp_path / "vni.pdf", "VNI-Times", [line.encode("latin-1") for line in lines])
    text = read_text_layer(path, 1)
    assert text is not None
    assert text.text.splitlines() == [RIGHT_LINES[0].upper(), RIGHT_LINES[1]]


def test_a_picture_of_print_beside_text_is_read(digital: Path, tmp_path: Path):
    """A scanned paper set into a typed page is read; the typed words stay as they are."""
    path = tmp_path / "ghep.pdf"
    place = _with_picture(digital, path, np.full((500, 500, 3), 230, np.uint8))
    alone = read_text_layer(path, 1)
    both = read_text_layer(path, 1, engine=_Reader("bản sao trích lục khai sinh", 0.93))
    assert alone is not None
    assert both is not None
    assert both.source is TextSource.BORN_DIGITAL
    typed = [word for line in alone.lines for word in line.words]
    words = [word for line in both.lines for word in line.words]
    assert {word for word in words if word.confidence == 1.0} == set(typed)
    found = [word for word in words if word.confidence == 0.93]
    assert " ".join(word.text for word in found) == "bản sao trích lục khai sinh"
    for word in found:
        assert place.x0 <= word.box.x0 < word.box.x1 <= place.x1
        assert place.y0 <= word.box.y0 < word.box.y1 <= place.y1


def test_a_logo_beside_text_gives_nothing(digital: Path, tmp_path: Path):
    """Scraps read in a drawing are not text."""
    path = tmp_path / "logo.pdf"
    _with_picture(digital, path, np.full((300, 300, 3), 90, np.uint8))
    read = read_text_layer(path, 1, engine=_Reader("| Ì / ƒ ~ nÀa .. IWOU vv ^", 0.4))
    assert read == read_text_layer(path, 1)


def test_a_picture_under_the_text_is_a_ground(digital: Path, tmp_path: Path):
    """A watermark or letterhead behind the words is not read again."""
    box = Box(0, 0, 1000, 1000)
    words = [Box(100, 100 * row, 200, 100 * row + 40) for row in range(1, 6)]
    assert regions_of_pictures([box], width=2000, height=3000, words=words) == []
    assert regions_of_pictures([box], width=2000, height=3000, words=words[:2]) == [box]


def test_strips_of_a_picture_are_one():
    """Some software cuts a picture into bands."""
    bands = [Box(100, 200 + 50 * row, 900, 250 + 50 * row) for row in range(8)]
    whole = [Box(100, 200, 900, 600)]
    assert regions_of_pictures(bands, width=2000, height=3000, words=[]) == whole


def test_a_decomposed_page_is_read_composed(tmp_path: Path):
    """A combining mark drawn as a letter of its own is joined to its vowel."""
    plain = "Cộng hòa xã hội chủ nghĩa Việt Nam"
    letters = sorted(set(unicodedata.normalize("NFD", plain)))
    codes = {letter: 33 + index for index, letter in enumerate(letters)}
    codes[" "] = 32
    path = _set_in(
        tmp_path / "nfd.pdf",
        "Decomposed",
        [bytes(codes[letter] for letter in unicodedata.normalize("NFD", plain))],
        names={code: letter for letter, code in codes.items()},
    )
    text = read_text_layer(path, 1)
    assert text is not None
    assert text.text == plain
