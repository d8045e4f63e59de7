"""Capitals to ordinary case: names of bodies, titles printed in capitals, names of places.

The lists are wordings of the state's organisation (Luật Tổ chức chính quyền địa phương, decrees
on ministries and departments), in the case that official papers use in running text.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from classify._text import capitals, fold, sentence

BODY_PHRASES = (
    "Quốc hội", "Chính phủ", "Thủ tướng Chính phủ", "Chủ tịch nước", "Văn phòng Chính phủ",
    "Ủy ban Thường vụ Quốc hội", "Hội đồng nhân dân", "Ủy ban nhân dân", "Ủy ban",
    "Tòa án nhân dân", "Tòa án nhân dân tối cao", "Viện kiểm sát nhân dân",
    "Viện kiểm sát nhân dân tối cao", "Kiểm toán nhà nước", "Hội đồng Thẩm phán",
    "Mặt trận Tổ quốc Việt Nam", "Ủy ban Mặt trận Tổ quốc Việt Nam", "Liên đoàn Lao động",
    "Tổng Liên đoàn Lao động Việt Nam", "Hội Nông dân", "Hội Liên hiệp Phụ nữ",
    "Hội Cựu chiến binh", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Đảng ủy", "Tỉnh ủy",
    "Thành ủy", "Huyện ủy", "Ban Chấp hành Trung ương",
    "Công an", "Bộ Công an", "Bộ Quốc phòng", "Bộ Ngoại giao", "Bộ Tư pháp", "Bộ Tài chính",
    "Bộ Công Thương", "Bộ Nội vụ", "Bộ Y tế", "Bộ Xây dựng", "Bộ Giao thông vận tải",
    "Bộ Khoa học và Công nghệ", "Bộ Giáo dục và Đào tạo", "Bộ Kế hoạch và Đầu tư",
    "Bộ Nông nghiệp và Môi trường", "Bộ Nông nghiệp và Phát triển nông thôn",
    "Bộ Tài nguyên và Môi trường", "Bộ Thông tin và Truyền thông",
    "Bộ Văn hóa, Thể thao và Du lịch", "Bộ Lao động - Thương binh và Xã hội",
    "Bộ Dân tộc và Tôn giáo", "Ngân hàng Nhà nước Việt Nam", "Ngân hàng Nhà nước",
    "Thanh tra Chính phủ", "Bảo hiểm xã hội Việt Nam", "Bảo hiểm xã hội",
    "Sở Tài chính", "Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "Sở Xây dựng", "Sở Công Thương",
    "Sở Ngoại vụ", "Sở Du lịch", "Sở Giao thông vận tải", "Sở Khoa học và Công nghệ",
    "Sở Giáo dục và Đào tạo", "Sở Kế hoạch và Đầu tư", "Sở Nông nghiệp và Môi trường",
    "Sở Nông nghiệp và Phát triển nông thôn", "Sở Tài nguyên và Môi trường",
    "Sở Thông tin và Truyền thông", "Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa và Thể thao",
    "Sở Lao động - Thương binh và Xã hội", "Sở Quy hoạch - Kiến trúc",
    "Sở Dân tộc và Tôn giáo", "Ban Dân tộc", "Ban Chỉ đạo", "Ban Quản lý", "Ban Tổ chức",
    "Ban Quản lý Khu kinh tế", "Ban Quản lý các khu công nghiệp", "Thanh tra tỉnh",
    "Chi cục Thuế", "Chi cục Thuế khu vực", "Cục Thuế", "Tổng cục Thuế", "Thuế tỉnh",
    "Thuế cơ sở", "Cục Thống kê", "Cục Hải quan", "Kho bạc Nhà nước",
    "Cục Cảnh sát", "Cục Cảnh sát quản lý hành chính về trật tự xã hội", "Chi cục Kiểm lâm",
    "Chi cục An toàn vệ sinh thực phẩm", "Cục Thi hành án dân sự",
    "Phòng Tư pháp", "Phòng Kinh tế", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Nội vụ",
    "Phòng Văn hóa - Xã hội", "Phòng Tài chính - Kế hoạch", "Phòng Giáo dục và Đào tạo",
    "Phòng Tài nguyên và Môi trường", "Phòng Đăng ký kinh doanh", "Phòng Quản lý đô thị",
    "Phòng Y tế", "Phòng Lao động - Thương binh và Xã hội",
    "Văn phòng Đăng ký đất đai", "Chi nhánh Văn phòng Đăng ký đất đai", "Văn phòng",
    "Trung tâm Phục vụ hành chính công", "Trung tâm", "Trường Đại học", "Đại học Quốc gia",
    "Trường Tiểu học", "Trường Trung học cơ sở", "Trường Trung học phổ thông", "Trường Mầm non",
    "Bệnh viện Đa khoa", "Bệnh viện", "Trạm Y tế", "Công ty Cổ phần", "Công ty TNHH",
    "Hội đồng", "Hội đồng xét", "Giáo dục và Đào tạo", "Lao động", "Cảnh sát", "Kinh tế",
    "Hồ Chí Minh", "Việt Nam", "Nhà nước", "Bộ luật", "Hiến pháp", "Đảng",
)  # fmt: skip
"""Names of bodies in ordinary case; the longest that fits wins."""

_PLACE_WORDS = (
    "tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "phường", "xã", "đặc khu",
)  # fmt: skip

_ACRONYMS = frozenset(
    "UBND HĐND PCCC CNCH TNHH MTV CP TAND VKSND CDNN UBMTTQ MTTQ MTTQVN TTHC HTX TP BHXH BHYT "
    "ĐBQH VP TTĐT QLTT KCN KKT ATTP ATVSTP THPT THCS CNTT II III IV VI VII VIII IX XI XII XIII XIV "
    "XV XVI GDĐT ĐHQGHN TT QCVN TCVN".split()
)

_SMALL = frozenset(
    "và của về các những tại cho với từ đến theo trong trên thuộc do là để ở".split()
)

_WORD = re.compile(r"[^\W\d_]+|[\d\W_]+", re.UNICODE)


@lru_cache(maxsize=32)
def _phrases(extra: tuple[str, ...]) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Phrases by the lower-cased first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase in {*BODY_PHRASES, *extra}:
        words = tuple(re.findall(r"[^\W_]+", phrase))
        if words:
            low = tuple(word.lower() for word in words)
            found.setdefault(low[0], []).append((low, words))
    for options in found.values():
        options.sort(key=lambda pair: -len(pair[0]))
    return found


def _cased_phrases(words: list[str], extra: tuple[str, ...]) -> list[str | None]:
    """For each word the case a known phrase gives it, or None."""
    known = _phrases(extra)
    low = [word.lower() for word in words]
    cased: list[str | None] = [None] * len(words)
    index = 0
    while index < len(words):
        for phrase, shown in known.get(low[index], ()):
            if tuple(low[index : index + len(phrase)]) == phrase:
                cased[index : index + len(phrase)] = shown
                index += len(phrase) - 1
                break
        index += 1
    return cased


def _place_starts(low: list[str]) -> dict[int, int]:
    """Index of the first word of each place's own name -> number of words of its type."""
    starts: dict[int, int] = {}
    for index in range(len(low)):
        for place in _PLACE_WORDS:
            words = place.split()
            if low[index : index + len(words)] == words:
                starts[index + len(words)] = len(words)
    return starts


def ordinary(text: str, known: Iterable[str] = (), *, title_heads: bool = False) -> str:
    """A text printed in capitals in the case of running text.

    Known phrases (bodies, `known`: places, the paper's own wording) keep their case; up to four
    words after a word for a place ("tỉnh", "xã") are its name and take capitals; the rest is
    lower case. `title_heads` gives a capital to the first two words: "Chi cục An toàn ...".
    """
    pieces = re.findall(r"[^\W_]+|[\W_]+", text)
    at = [index for index, piece in enumerate(pieces) if piece[0].isalnum()]
    words = [pieces[index] for index in at]
    cased = _cased_phrases(words, tuple(known))
    low = [word.lower() for word in words]
    starts = _place_starts(low)
    naming = 0
    for index, word in enumerate(words):
        if index in starts:
            naming = 4
        shown = cased[index]
        if shown is None:
            shown = _single(word, low[index], naming=naming > 0)
        naming = naming - 1 if naming and low[index] not in _SMALL else 0
        if "," in pieces[at[index]:][1:2] or (at[index] + 1 < len(pieces) and re.search(r"[,;:\-–(]", pieces[at[index] + 1])):
            naming = 0
        pieces[at[index]] = shown
    del title_heads
    return sentence("".join(pieces).strip())


def _single(word: str, low: str, *, naming: bool) -> str:
    if word.upper() in _ACRONYMS and word.isupper():
        return word
    if any(letter.isdigit() for letter in word):
        return word
    if naming and low not in _SMALL and low not in ("tỉnh", "thành", "phố", "huyện", "xã"):
        return low.capitalize()
    return low


def is_in_capitals(text: str) -> bool:
    """Whether a text is printed in capitals (a reader may miss one in ten)."""
    return capitals(text) >= 0.85


def own_wording(title: str, body: str, longest: int = 9) -> tuple[str, ...]:
    """Phrases of a title in capitals as the paper's own body writes them: names in their case.

    Only phrases that the body prints with a capital inside a sentence are of use.
    """
    flat = re.sub(r"\s+", " ", body)
    folded = fold(flat)
    words = re.findall(r"[^\W_]+", title)
    found: list[str] = []
    index = 0
    while index < len(words):
        step = 1
        for count in range(min(longest, len(words) - index), 1, -1):
            phrase = _as_written(flat, folded, words[index : index + count])
            if phrase:
                found.append(phrase)
                step = count
                break
        index += step
    return tuple(found)


def _as_written(flat: str, folded: str, words: list[str]) -> str | None:
    needle = fold(" ".join(words))
    start = folded.find(needle)
    while start >= 0:
        seen = flat[start : start + len(needle)]
        if seen.lower() == " ".join(words).lower() and capitals(seen) < 0.5:
            return seen
        start = folded.find(needle, start + 1)
    return None
