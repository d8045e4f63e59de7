# ruff: noqa: SIM905  word lists read better as text
"""How fast the embedded index answers: `python -m bench.search [--pages N] [--home DIR]`.

The corpus is invented and always the same: documents of 1 to 12 pages (4 on average, 300 words a
page) in the wording of administrative papers over syllables with a Zipf distribution, one word
in forty misread as a recogniser does. Prints one JSON document.
"""

import argparse
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from search import Fts5Index, IndexDocument, Query, fold

ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
RHYMES = (
    "a an ang anh ao ai am ay ăn ăng âm ân âu e em en eo ê ên ênh i iên iêm iêt in inh iu o oa oan "
    "oi on ong ô ôi ôn ông ơ ơi ơn u ua uân uc ui un ung ư ưa ươi ương ươn ưng y yên"
).split()
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLES = "Văn Thị Hữu Đức Minh Ngọc Thanh Quang Xuân Thu Hải Kim".split()
NAMES = (
    "An Bình Cường Dũng Giang Hà Hiếu Hoa Hùng Lan Linh Long Mai Nam Nga Phúc Sơn Tâm Yến".split()
)
KINDS = (
    ("Quyết định", "QĐ", "Về việc cho phép chuyển mục đích sử dụng đất"),
    ("Giấy phép xây dựng", "GPXD", "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ"),
    ("Thông báo", "TB", "Về việc thu hồi đất để thực hiện dự án"),
    ("Giấy khai sinh", "GKS", "Đăng ký khai sinh"),
    ("Công văn", "UBND", "V/v trả lời đơn kiến nghị của công dân"),
    ("Tờ trình", "TTr", "Về việc phê duyệt kế hoạch sử dụng đất hằng năm"),
)
HEADING = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc "
    "Căn cứ Luật Tổ chức chính quyền địa phương; Xét đề nghị của Trưởng phòng Tài nguyên và "
    "Môi trường; Điều 1. Điều 2. Chánh Văn phòng Ủy ban nhân dân chịu trách nhiệm thi hành"
).split()
WORDS_PER_PAGE = 300
MISREAD_EVERY = 40
QUERIES_PER_SORT = 60


class Corpus:
    """Invented documents, the same for the same seed."""

    def __init__(self, seed: int = 20) -> None:
        self.chance = random.Random(seed)  # noqa: S311  a benchmark, no secret
        self.syllables = self._syllables()
        weights = (1 / (rank + 2.7) for rank in range(len(self.syllables)))
        self.weights = list(accumulate(weights))
        places = self.chance.choices(self.syllables, k=400)
        self.places = [f"{a} {b}".title() for a, b in zip(places[::2], places[1::2], strict=True)]

    def _syllables(self) -> list[str]:
        every = [
            onset + rhyme[0] + tone + rhyme[1:]
            for onset in ONSETS
            for rhyme in RHYMES
            for tone in TONES
        ]
        self.chance.shuffle(every)
        return every

    def person(self) -> str:
        """A full name."""
        return " ".join(self.chance.choice(part) for part in (SURNAMES, MIDDLES, NAMES))

    def page(self, opening: str) -> str:
        """One page of text as a recogniser gives it."""
        chance = self.chance
        words = chance.choices(self.syllables, cum_weights=self.weights, k=WORDS_PER_PAGE - 60)
        for place in range(0, len(words), MISREAD_EVERY):
            words[place] = self.misread(words[place])
        return f"{' '.join(HEADING)}\n{opening}\n{' '.join(words)}"

    def misread(self, word: str) -> str:
        """One letter read as another."""
        place = self.chance.randrange(len(word))
        return word[:place] + self.chance.choice("lcoeinr") + word[place + 1 :]

    def documents(self, pages: int) -> Iterator[IndexDocument]:
        """Documents until `pages` pages are made."""
        made = 0
        while made < pages:
            count = min(self.chance.choice((1, 1, 2, 2, 3, 4, 5, 6, 12)), pages - made)
            yield self.document(made, count)
            made += count

    def document(self, serial: int, count: int) -> IndexDocument:
        """One document of `count` pages."""
        chance = self.chance
        name, sign, about = chance.choice(KINDS)
        place, person = chance.choice(self.places), self.person()
        issued = date(2015, 1, 1) + timedelta(days=chance.randrange(3600))
        number = f"{chance.randrange(1, 4000)}/{sign}-UBND"
        abstract = f"{about} của {person} tại {place}"
        opening = f"Số: {number} ngày {issued:%d/%m/%Y}\n{name}\n{abstract}"
        return IndexDocument(
            id=f"D{serial:09}",
            status="archived",
            access=chance.choice(("ordinary", "ordinary", "ordinary", "identity")),
            unit="",
            kind=sign,
            kind_name=name,
            number=number,
            abstract=abstract,
            issuer=f"Ủy ban nhân dân huyện {place}",
            signer=self.person(),
            subject=f"{chance.randrange(10**11, 10**12)} {person}",
            issued_on=issued,
            pages=tuple(self.page(opening if n == 0 else person) for n in range(count)),
        )


def questions(corpus: Corpus, sample: list[IndexDocument]) -> Iterator[tuple[str, str]]:
    """(sort, text) of what clerks ask, about documents that are there."""
    for document in sample:
        person = str(document.subject).split(" ", 1)[1]
        words = document.pages[-1].split()[-12:]
        yield "number", str(document.number)
        yield "identifier", str(document.subject).split(" ", 1)[0]
        yield "person, no tones", fold(person)
        yield "person and kind", f"{person} {document.kind_name}"
        yield "place and title, no tones", fold(f"{document.abstract} {str(document.issuer)[-12:]}")
        yield "phrase", f'"{" ".join(words[2:5])}"'
        yield "two words of the body", f"{words[0]} {words[6]}"
        yield (
            "frequent words",
            corpus.chance.choice(
                ("uy ban nhan dan", "quyết định", "giay phep", "tài nguyên và môi trường")
            ),
        )
        yield "misread word", corpus.misread(fold(person.split()[0])) + f" {words[4]}"
        yield "field and period", f"loai:{document.kind} nguyen tu:2020 den:2022"
        yield "newest", ""


def spread(seconds: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(seconds)
    return {
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[int(len(ordered) * 0.95)], 1),
        "max_ms": round(1000 * ordered[-1], 1),
    }


def measure(index: Fts5Index, asked: Iterator[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Every question once, by sort, and all together."""
    times: dict[str, list[tuple[float, float]]] = {}
    for sort, text in asked:
        start, busy = time.perf_counter(), time.process_time()
        index.search(Query(text, access=frozenset({"ordinary", "identity"})))
        spent = time.perf_counter() - start, time.process_time() - busy
        times.setdefault(sort, []).append(spent)
        times.setdefault("all", []).append(spent)
    return {
        sort: spread([wall for wall, _ in pairs])
        | {f"cpu_{name}": value for name, value in spread([cpu for _, cpu in pairs]).items()}
        for sort, pairs in times.items()
    }


def first_three(index: Fts5Index, sample: list[IndexDocument]) -> dict[str, float]:
    """How often the document asked for is among the first three."""
    asks = {
        "whole number and person": [f"{d.number} {fold(str(d.subject)[13:])}" for d in sample],
        "identifier": [str(d.subject)[:12] for d in sample],
        "seven body words, no tones": [fold(" ".join(d.pages[-1].split()[-9:-2])) for d in sample],
    }
    return {
        sort: sum(
            document.id in [hit.id for hit in index.search(Query(text, limit=3)).hits]
            for document, text in zip(sample, texts, strict=True)
        )
        / len(sample)
        for sort, texts in asks.items()
    }


def main() -> None:
    """Make the corpus, fill the index, ask."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=100_000)
    options.add_argument("--home", type=Path, help="keep the index here and use it again")
    given = options.parse_args()
    corpus = Corpus()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.home or Path(folder)) / f"bench-{given.pages}.sqlite3"
        index, known = Fts5Index(path), path.exists()
        documents = list(corpus.documents(given.pages))
        start = time.perf_counter()
        if not known:
            index.put(documents)
        filled = time.perf_counter() - start
        held = set(index.ids())
        documents = [document for document in documents if document.id in held]
        sample = corpus.chance.sample(documents, QUERIES_PER_SORT)
        report = {
            "pages": sum(len(document.pages) for document in documents),
            "documents": len(documents),
            "put_pages_per_second": None if known else round(given.pages / filled),
            "file_mb": round(path.stat().st_size / 1e6),
            "answers": measure(index, questions(corpus, sample)),
            "first_three": first_three(index, sample),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        }
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
