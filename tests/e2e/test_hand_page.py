"""A number rewritten by pen, checked by keyboard alone: its place large, its evidence, one key."""

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.e2e.test_browser import PATIENCE_MS, Site, _sign_in, browser_page, site
from tests.piles import write_pile

__all__ = ["browser_page", "site"]


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decisions in the order of their numbers; the third rewritten by pen."""
    path = tmp_path_factory.mktemp("pile") / "quyet-dinh.pdf"
    write_pile(path, dpi=130)
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
