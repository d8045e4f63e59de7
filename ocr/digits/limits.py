"""What the reader of digits by hand takes, and how it looks at it."""

ROWS = 40
"""Rows of what the network sees."""
MAX_COLUMNS = 192
"""Columns of what the network sees at most; wider places are read as no digits at all."""
MIN_COLUMNS = 16
ABOVE, BELOW, BESIDE = 0.75, 0.55, 0.8
"""Room around a place in heights of its print: pens write higher, lower and wider than print."""
MIN_PRINT = 5
"""Pixels: lower print cannot be read at all."""
MAX_PRINT = 400
"""Pixels: higher boxes are no line of print."""
MAX_DIGITS = 6
"""Of one string; the largest numbers of one year's papers have five."""
DIGITS, LETTERS = "0123456789", "abcdđABCD"
"""What is written by hand: digits, and the letters that follow a number ("12a")."""
BEGIN, ENDS = "<", "/tn"
"""Print beside a place that the network knows, so that it is not read as a digit: the end of
"Số:", "ngày" or "tháng" before it; the slash, "tháng" or "năm" behind it."""
SYMBOLS = DIGITS + LETTERS + BEGIN + ENDS
"""The network's classes from 1 on; class 0 is nothing."""
BEAM = 20
"""Strings kept while the columns are gone through."""
READINGS = 32
"""Strings given, best first."""
FEW_DARK = 40
"""Grey values between ink and paper under which a place holds nothing."""
