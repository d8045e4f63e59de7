"""Digits written by hand into printed lines: a place on a page in, strings with chances out."""

from ocr.digits.reader import HandDigits, digit_reader
from ocr.digits.types import DigitReader, DigitReading, Head, Seen

__all__ = ["DigitReader", "DigitReading", "HandDigits", "Head", "Seen", "digit_reader"]
