"""A page by its parts: tables cell by cell, the body, what it missed; all in reading order."""

from ocr.engine import Recogniser, Segmentation
from ocr.layout import in_reading_order
from ocr.missed import with_missed_lines
from ocr.roles import with_roles
from ocr.tables import by_table, find_tables, ribbon_of, without_cells
from ocr.types import CleanPage, Line


class PageReader:
    """Reads pages with one recogniser. See `Engine`."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self.name = recogniser.name
        self.how = recogniser.how

    def read(self, page: CleanPage) -> tuple[Line, ...]:
        """See `Engine.read`."""
        tables = find_tables(page.grey)
        ribbon = ribbon_of(page.grey, tables)
        body = without_cells(page.grey, tables) if ribbon is not None else page.grey
        width = page.grey.shape[1]
        lines = self.recogniser.lines(body, dpi=page.dpi, segmentation=Segmentation.PAGE)
        lines = with_missed_lines(body, lines, dpi=page.dpi, recogniser=self.recogniser)
        cells: list[list[Line]] = []
        if ribbon is not None:
            found = self.recogniser.lines(
                ribbon.grey, dpi=page.dpi, segmentation=Segmentation.BLOCK
            )
            cells = by_table(ribbon.on_page(found), tables)
        ordered = in_reading_order(lines, width=width, tables=cells)
        return with_roles(ordered, width=width, height=page.grey.shape[0], seals=page.seals)
