"""Text of TCVN3 and VNI fonts becomes Unicode, and right text is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.legacy import (
    Encoding,
    as_shown,
    decode,
    decoded_letters,
    encoding_of,
    encoding_of_font,
)

RIGHT = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc. Căn cứ Luật Đất đai; "
    "Ủy ban nhân dân huyện quyết định cấp giấy chứng nhận quyền sử dụng đất."
)
TCVN3 = (
    "Céng hßa x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc. C¨n cø LuËt §Êt ®ai; "
    "ñy ban nh©n d©n huyÖn quyÕt ®Þnh cÊp giÊy chøng nhËn quyÒn sö dông ®Êt."
)
VNI = (
    "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam. Ñoäc laäp - Töï do - Haïnh phuùc. Caên cöù Luaät "
    "Ñaát ñai; Uûy ban nhaân daân huyeän quyeát ñònh caáp giaáy chöùng nhaän quyeàn söû duïng ñaát."
)
ORDER = "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ"
OF_TCVN3 = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ®"
OF_VNI = (
    "aù aø aû aõ aï aê aé aè aú aü aë aâ aá aà aå aã aä eù eø eû eõ eï eâ eá eà eå eã eä í ì æ ó ò "
    "où oø oû oõ oï oâ oá oà oå oã oä ô ôù ôø ôû ôõ ôï uù uø uû uõ uï ö öù öø öû öõ öï yù yø yû yõ "
    "î ñ"
)


def test_every_letter_of_tcvn3():
    assert decode(OF_TCVN3, Encoding.TCVN3) == ORDER
    assert decode("¡¢£¤¥¦§", Encoding.TCVN3) == "ĂÂÊÔƠƯĐ"


def test_every_letter_of_vni():
    assert decode(OF_VNI, Encoding.VNI).split() == list(ORDER)
    assert decode(OF_VNI.upper(), Encoding.VNI).split() == list(ORDER.upper())


def test_sentences_are_decoded():
    assert decode(TCVN3, Encoding.TCVN3) == RIGHT.replace("Ủy", "ủy")
    assert decode(VNI, Encoding.VNI) == RIGHT


def test_the_system_is_seen_by_what_reads_as_vietnamese():
    assert encoding_of(RIGHT) is Encoding.UNICODE
    assert encoding_of(TCVN3) is Encoding.TCVN3
    assert encoding_of(VNI) is Encoding.VNI
    assert encoding_of(VNI.upper()) is Encoding.VNI


def test_right_letters_in_a_legacy_font_are_left_alone():
    """Newer software writes right character maps for old fonts."""
    assert encoding_of(RIGHT, "ABCDEF+.VnTime") is Encoding.UNICODE
    assert encoding_of(RIGHT, "VNI-Times") is Encoding.UNICODE


def test_a_short_text_is_what_its_font_says():
    assert encoding_of("Sè:", ".VnTime") is Encoding.TCVN3
    assert encoding_of("Ñieàu 1", "VNI-Times") is Encoding.VNI


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog",
        "Résumé naïve, façade, São Paulo, Zürich, Malmö; crème brûlée à la carte",
        "CÃ´ng vÄƒn sá»‘ 12 cá»§a á»¦y ban nhÃ¢n dÃ¢n xÃ£",
        "",
        "12/2024",
    ],
    ids=["English", "Western", "UTF-8 read as Latin-1", "empty", "figures"],
)
def test_other_text_is_not_decoded(text: str):
    assert encoding_of(text) is Encoding.UNICODE


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        (".VnTime", Encoding.TCVN3),
        ("ABCDEF+.VnTimeH,Bold", Encoding.TCVN3),
        ("VNI-Times", Encoding.VNI),
        ("ABCDEF+VNI-Helve-Condense", Encoding.VNI),
        ("TimesNewRomanPSMT", None),
        ("SVNLFN+Arial", None),
    ],
)
def test_fonts_tell_by_name(name: str, encoding: Encoding | None):
    assert encoding_of_font(name) is encoding


@pytest.mark.parametrize("name", [".VnTimeH", "ABCDEF+.VnArialH,Bold", ".VnTimeH-Bold"])
def test_capital_fonts_show_capitals(name: str):
    assert as_shown("quyết định", name, Encoding.TCVN3) == "QUYẾT ĐỊNH"
    assert as_shown("Quyết", ".VnTime", Encoding.TCVN3) == "Quyết"
    assert as_shown("quyết", "VNI-TimesH", Encoding.VNI) == "quyết"


def test_symbol_codes_are_the_same_letters():
    """Fonts marked as symbols give U+F0B8 for B8."""
    shifted = "".join(chr(0xF000 + ord(letter)) for letter in OF_TCVN3)
    assert decode(shifted, Encoding.TCVN3) == ORDER


@given(st.text(alphabet=ORDER + ORDER.upper() + "abc xyz .,"))
def test_decomposed_text_is_composed_letter_by_letter(text: str):
    """NFD is composed at the letter's own place; marks leave their places empty."""
    apart = unicodedata.normalize("NFD", text)
    letters = decoded_letters(apart, Encoding.UNICODE)
    assert len(letters) == len(apart)
    assert "".join(letters) == text
