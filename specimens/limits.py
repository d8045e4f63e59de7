"""The limits of the sample generator, checked before the work."""

MIN_DPI = 50
MAX_DPI = 600
MAX_CLEAN_PAGES = 2_000
"""As many pages as the product takes in one file."""
MAX_PAGES_A_PAPER = 40
"""A template that runs on past this is a fault of the template."""
