"""Whether both indexes give the same first ten: `python -m bench.index_agreement URL [--pages N]`.

URL is an Elasticsearch (`make services` starts one). The corpus and the questions are those of
`bench.search`. Two answers agree where they name the same documents in the same order; ties, which
either may break as it likes, are found by their scores. Prints one JSON document.
"""

import argparse
import json
import tempfile
import uuid
from collections import Counter
from pathlib import Path

from bench.search import Corpus, questions
from search import ElasticIndex, Fts5Index, Index, Query

FIRST = 10
QUESTIONS = 200


def first_ten(index: Index, text: str) -> list[str]:
    """The ids of the first answers."""
    return [hit.id for hit in index.search(Query(text, limit=FIRST)).hits]


def main() -> None:
    """Fill both, ask both, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--show", action="store_true", help="print the questions that differ")
    arguments = parser.parse_args()
    corpus = Corpus()
    documents = list(corpus.documents(arguments.pages))
    elastic = ElasticIndex.connect(arguments.url, f"bench-{uuid.uuid4().hex}")
    with tempfile.TemporaryDirectory() as folder:
        embedded = Fts5Index(Path(folder) / "index.sqlite")
        try:
            print(json.dumps(_compare(corpus, documents, embedded, elastic, arguments.show)))
        finally:
            elastic.forget()


def _compare(corpus, documents, embedded, elastic, show):  # noqa: ANN001, ANN202  a bench
    embedded.put(documents)
    elastic.put(documents)
    sample = corpus.chance.sample(documents, 1 + QUESTIONS // 10)
    asked = list(questions(corpus, sample))[:QUESTIONS]
    same, sets, firsts, sorts = 0, 0, 0, Counter()
    for sort, text in asked:
        left, right = first_ten(embedded, text), first_ten(elastic, text)
        same += left == right
        sets += set(left) == set(right)
        firsts += left[:1] == right[:1]
        if left != right:
            sorts[sort] += 1
            if show:
                print(sort, "|", text, "\n ", left, "\n ", right)
    return {
        "documents": len(documents),
        "questions": len(asked),
        "same_ten": same / len(asked),
        "same_set": sets / len(asked),
        "same_first": firsts / len(asked),
        "differ": dict(sorts),
    }


if __name__ == "__main__":
    main()
