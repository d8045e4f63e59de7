"""A number rewritten by pen, checked by keyboard alone: its place large, its evidence, one key."""

import re
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from specimens import make_paper, render, write_scan_pdf
from specimens.blocks import NumberStyle
from specimens.page import Ink
from specimens.page import Page as PaperPage
from specimens.paper import PaperOptions
from tests.e2e.test_browser import PATIENCE_MS, Site, _sign_in, browser_page, site

__all__ = ["browser_page", "site"]
DPI = 130
DAY = date(2025, 7, 17)


def _paper(digits: str, *, by_hand: bool) -> PaperPage:
    style = NumberStyle.HAND if by_hand else NumberStyle.PRINTED
    options = PaperOptions(digits=digits, issued_on=DAY, number_style=style)
    [page] = make_paper("VB02", seed=3, options=options).pages
    return page


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decisions in the order of their numbers; of the third the pen wrote 90, then 96 over it."""
    first, then = _paper("90", by_hand=True), _paper("96", by_hand=True)
    over = next(item for item in then.items if isinstance(item, Ink))
    rewritten = PaperPage((*first.items, over))
    printed = [_paper(digits, by_hand=False) for digits in ("85", "88", "94", "99")]
    pages = [*printed[:2], rewritten, *printed[2:]]
    path = tmp_path_factory.mktemp("pile") / "quyet-dinh.pdf"
    write_scan_pdf(path, [render(page, dpi=DPI) for page in pages], dpi=DPI)
    return path


def test_a_rewritten_number_by_keyboard_alone(
    site: Site,
    browser_page: Page,
    pile: Path,
    tmp_path: Path,
) -> None:
    """The order of the pile is told, a key takes the other reading, and what was said is kept."""
    page = browser_page
    _sign_in(page, site)
    page.goto(f"{site.url}/lo/moi/")
    page.set_input_files("#files", pile)
    page.click("#send")
    page.wait_for_url(re.compile(r"/lo/\d+/$"))
    expect(page.locator("#batch-state")).to_have_text("máy đã xong", timeout=PATIENCE_MS)
    page.click("#batch table a >> nth=2")
    page.wait_for_url(re.compile(r"/giay-to/D"))
    field = page.locator(".field[data-field=number]")
    expect(field.locator("canvas.crop")).to_be_visible()
    expect(field.locator(".evidence")).to_contain_text("số này nằm giữa 88 và 94")
    assert _inked(page), "the crop shows the pen"
    page.screenshot(path=str(tmp_path / "hand.png"))
    others = field.locator(".alternatives button").all_inner_texts()
    assert {field.locator("input").input_value(), *others} & {"90/QĐ-UBND", "96/QĐ-UBND"}
    assert others, "of a rewritten digit another reading is offered"
    _to(page, "f-number")
    page.keyboard.press("Alt+1")
    expect(field.locator("input")).to_have_value(others[0])
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note.good")).to_have_text("Đã xác nhận.")
    expect(page.locator("h1 .number")).to_have_text(others[0])
    _kept(page, site)


def _inked(page: Page) -> bool:
    """Whether the large crop holds blue ink."""
    found: bool = page.evaluate(
        """() => {
          const canvas = document.querySelector('canvas[data-crop=number]');
          const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let blue = 0;
          for (let at = 0; at < data.length; at += 4) blue += data[at + 2] - data[at] > 60;
          return blue > 100;
        }"""
    )
    return found


def _to(page: Page, id_: str) -> None:
    """Come to a field by keys alone: Enter passes from one doubtful field to the next."""
    for _ in range(12):
        if page.evaluate("() => document.activeElement.id") == id_:
            return
        page.keyboard.press("Enter")
    raise AssertionError(f"{id_} is not reached by Enter")


def _kept(page: Page, site: Site) -> None:
    """The page of quality counts the place that was cut out with what the person took."""
    for _ in range(60):
        page.goto(f"{site.url}/chat-luong/")
        if page.get_by_text("Đang giữ").count():
            break
        page.wait_for_timeout(1_000)
    expect(page.locator("main")).to_contain_text("Đang giữ 1 chỗ viết tay")
