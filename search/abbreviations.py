"""Abbreviations that offices write for fixed expressions, read both ways.

From the abbreviations of Nghị định 30/2020/NĐ-CP, annex III, and from common office practice;
only those that stand for one expression in nearly every paper.
"""

from search.analysis import Token, tokens

_TABLE = {
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "MTTQ": "Mặt trận Tổ quốc",
    "QĐ": "Quyết định",
    "NĐ": "Nghị định",
    "NQ": "Nghị quyết",
    "TTr": "Tờ trình",
    "CV": "Công văn",
    "GUQ": "Giấy ủy quyền",
    "GCN": "Giấy chứng nhận",
    "GPXD": "Giấy phép xây dựng",
    "GPLX": "Giấy phép lái xe",
    "GPKD": "Giấy phép kinh doanh",
    "GKS": "Giấy khai sinh",
    "ĐKKD": "Đăng ký kinh doanh",
    "ĐKKH": "Đăng ký kết hôn",
    "QSDĐ": "Quyền sử dụng đất",
    "CCCD": "Căn cước công dân",
    "CMND": "Chứng minh nhân dân",
    "HKTT": "Hộ khẩu thường trú",
    "BHXH": "Bảo hiểm xã hội",
    "BHYT": "Bảo hiểm y tế",
    "TTHC": "Thủ tục hành chính",
    "TNMT": "Tài nguyên và Môi trường",
    "TNHH": "Trách nhiệm hữu hạn",
    "DNTN": "Doanh nghiệp tư nhân",
    "TP": "Thành phố",
}

Phrase = tuple[Token, ...]

_PAIRS = tuple((tokens(short)[0], tokens(full)) for short, full in _TABLE.items())
_FULL = {short.folded: full for short, full in _PAIRS}
_SHORT = {tuple(word.folded for word in full): short for short, full in _PAIRS}
_LENGTHS = sorted({len(full) for full in _SHORT}, reverse=True)


def expression_length(words: Phrase) -> int:
    """How many of the first `words` are an expression that has an abbreviation; 0 when none."""
    return next((n for n in _LENGTHS if _folded(words[:n]) in _SHORT), 0)


def expanded(words: Phrase) -> Phrase:
    """`words` with every abbreviation written out."""
    return tuple(word for short in words for word in _FULL.get(short.folded, (short,)))


def contracted(words: Phrase) -> Phrase:
    """`words` with every expression abbreviated."""
    shortened: list[Token] = []
    while words:
        length = expression_length(words)
        shortened.append(_SHORT[_folded(words[:length])] if length else words[0])
        words = words[length or 1 :]
    return tuple(shortened)


def _folded(words: Phrase) -> tuple[str, ...]:
    return tuple(word.folded for word in words)
