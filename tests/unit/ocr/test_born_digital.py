"""A PDF's own text is taken where it reads as Vietnamese and is painted, and only there."""

import re
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from imaging import open_source
from ocr import TextSource, read_text_layer
from ocr._vietnamese import is_syllable
from ocr.born_digital import _covered_blanks, is_believable
from specimens import make_paper, write_digital_pdf, write_scan_pdf
from specimens.draw import render

PROSE = (
    "Căn cứ Luật Tổ chức chính quyền địa phương; theo đề nghị của Trưởng phòng Tư pháp, "
    "Ủy ban nhân dân xã quyết định cấp bản sao trích lục cho ông Nguyễn Văn Quý."
)


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
