"""The reader of digits as this office taught it. No records, no Django."""

from functools import lru_cache

from classify.shelf import HandShelf
from ocr.digits import DigitReader, HandDigits, digit_reader
from ocr.digits.tune import network_id


def reader_of(shelf: HandShelf) -> DigitReader | None:
    """The reader in use; None where onnxruntime is not installed.

    What was learnt over another network than the shipped one is left aside.
    """
    model = shelf.current()
    if model.head is None or model.network != network_id():
        return digit_reader()
    return _tuned(model.version, shelf)


@lru_cache(maxsize=2)
def _tuned(version: str, shelf: HandShelf) -> DigitReader | None:  # noqa: ARG001  part of the key
    return HandDigits(head=shelf.current().head) if digit_reader() else None
