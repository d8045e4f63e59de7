"""One paper's whole way through a browser: link, upload, reading, check, archive, search, mark."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from specimens import make_paper, render, write_scan_pdf
from tests.homes import environment_of
from tests.patience import until

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REFUSED = "status of 422"
"""The console notes the answer to a wrong day, which the test asks for."""
PATIENCE_MS = 120_000
"""For what waits on OCR; a quiet machine needs a tenth of it."""
DPI = 170


@dataclass(frozen=True, slots=True)
class Site:
    """A running product."""

    url: str
    environment: dict[str, str]

    def ticket(self) -> str:
        """Return a fresh sign-in link, as the person at the machine gets it."""
        done = subprocess.run(
            [sys.executable, "-m", "config.ticket"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`tangthu up` on a data folder and a port of its own, ended with the module."""
    port, home = _free_port(), tmp_path_factory.mktemp("home")
    environment = environment_of(home, TANGTHU_PORT=str(port), TANGTHU_WORKERS="1")
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with (home.parent / "up.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config", "up"],
            env=environment,
            stderr=log,
            stdout=log,
            start_new_session=True,
        )
    try:
        _await(f"http://127.0.0.1:{port}/dang-nhap/", process)
        yield Site(f"http://127.0.0.1:{port}", environment)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own loopback
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


@pytest.fixture
def browser_page() -> Iterator[Page]:
    """A page of Debian's chromium; what the console complains about fails the test."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(ARGUMENTS), chromium_sandbox=False
        )
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        yield page
        browser.close()
        assert [said for said in complaints if REFUSED not in said] == []


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """One decision as a scanner's PDF, and its truth."""
    made = make_paper("VB02", seed=41)
    path = tmp_path_factory.mktemp("paper") / "quyet-dinh.pdf"
    write_scan_pdf(path, [render(page, dpi=DPI) for page in made.pages], dpi=DPI)
    return path, dict(made.fields)


def test_paper_goes_from_the_scanner_to_the_answer(
    site: Site, browser_page: Page, paper: tuple[Path, dict[str, Any]]
) -> None:
    """Sign in, upload, read, select, correct, confirm, archived, found without tone marks."""
    page, (path, truth) = browser_page, paper
    _sign_in(page, site)
    document = _upload(page, site, path)
    _select_words(page)
    _correct_and_confirm(page)
    expect(page.locator("#state")).to_contain_text("đã lưu kho", timeout=PATIENCE_MS)
    expect(page.locator(".signatures")).to_contain_text("Hợp lệ")
    expect(page.locator(".note.due")).to_contain_text("THỬ NGHIỆM")
    with page.expect_download() as downloading:
        page.click("text=Tải PDF đã ký")
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF")
    _find(page, site, document, truth["abstract"])


def _sign_in(page: Page, site: Site) -> None:
    link = site.ticket()
    page.goto(link)
    page.goto(link)  # looking at it does not use it up
    page.click("text=Vào làm việc")
    expect(page.locator("h1")).to_have_text("Việc đang chờ")


def _upload(page: Page, site: Site, path: Path) -> str:
    """Feed the file, wait for the machine, open the document; return its id."""
    page.goto(f"{site.url}/lo/moi/")
    page.set_input_files("#files", path)
    expect(page.locator("#uploads li")).to_contain_text(path.name)
    page.click("#send")
    page.wait_for_url(re.compile(r"/lo/\d+/$"))
    expect(page.locator("#batch-state")).to_have_text("máy đã xong", timeout=PATIENCE_MS)
    expect(page.locator("#batch")).to_contain_text(path.name)
    page.click("#batch table a >> nth=0")
    page.wait_for_url(re.compile(r"/giay-to/D"))
    picture = page.locator(".sheet img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 500
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _select_words(page: Page) -> None:
    """The words lie over their print, and a selection of a line copies as Vietnamese."""
    place = page.evaluate(
        """() => {
          const spans = [...document.querySelectorAll('.words.placed span')];
          const first = spans.findIndex((span) => span.textContent.trim() === 'QUYẾT');
          const range = document.createRange();
          range.setStart(spans[first].firstChild, 0);
          const last = spans[first + 1].firstChild;
          range.setEnd(last, last.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          const box = (one) => { const at = one.getBoundingClientRect();
            return [at.left, at.top, at.right, at.bottom].map(Math.round); };
          const sheet = document.querySelector('.sheet');
          const [x0, y0, x1, y1] = spans[first].dataset.at.split(' ').map(Number);
          const scale = sheet.clientWidth / Number(sheet.dataset.width);
          const at = sheet.getBoundingClientRect();
          return {text: getSelection().toString(), got: box(spans[first]),
            want: [at.left + 1 + x0 * scale, at.top + 1 + y0 * scale,
                   at.left + 1 + x1 * scale, at.top + 1 + y1 * scale]};
        }"""
    )
    assert place["text"].strip() == "QUYẾT ĐỊNH"
    left, top, right, bottom = (
        abs(a - b) for a, b in zip(place["got"], place["want"], strict=True)
    )
    assert max(left, top, bottom) <= 3
    assert right <= 8  # the span ends in a space


def _correct_and_confirm(page: Page) -> None:
    """A field lights its place on the page; a wrong day is told; Ctrl+Enter confirms."""
    page.focus("#f-issued_on")
    expect(page.locator("rect.at[data-field=issued_on]")).to_have_class("at lit")
    page.fill("#f-issued_on", "31/02/2026")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[role=alert]")).to_contain_text("Ngày chưa đúng")
    page.fill("#f-issued_on", "05/09/2026")
    page.fill("#f-signer_name", "Đỗ Thị Sửa")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note.good")).to_have_text("Đã xác nhận.")
    expect(page.locator(".field[data-field=issued_on] dd")).to_contain_text("05/09/2026")


def _find(page: Page, site: Site, document: str, abstract: str) -> None:
    """Search without tone marks; the hit opens on the page with the words marked in place."""
    page.goto(f"{site.url}/tim/")
    page.fill("input[name=q]", "cham soc nguoi cao tuoi")
    page.keyboard.press("Enter")
    hit = page.locator(".hits li", has_text=abstract).filter(has_text="đã lưu kho")
    page.wait_for_url(re.compile(r"/tim/\?"))
    until(lambda: hit.count() > 0 or not page.reload())  # others find it within a second
    expect(hit.locator(".snippet mark").first).to_have_text("chăm")
    hit.locator("a").click()
    page.wait_for_url(re.compile(f"/giay-to/{document}/"))
    marked = page.locator("rect.found")
    assert marked.count() >= 5
    words = page.evaluate(
        """() => [...document.querySelectorAll('rect.found')].map((mark) => {
          const at = ['x', 'y'].map((name) => mark.getAttribute(name)).join(' ');
          const word = [...document.querySelectorAll('.words span')]
            .find((span) => span.dataset.at.startsWith(`${at} `));
          return word && word.textContent.trim(); })"""
    )
    assert [word.lower() for word in words[:5]] == ["chăm", "sóc", "người", "cao", "tuổi"], (
        json.dumps(words, ensure_ascii=False)
    )


@pytest.fixture(scope="module")
def two_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two papers of a page each in one scan."""
    path = tmp_path_factory.mktemp("two") / "hai-giay-to.pdf"
    pages = [page for kind in ("VB16", "VB07") for page in make_paper(kind, seed=8).pages]
    write_scan_pdf(path, [render(page, dpi=DPI) for page in pages], dpi=DPI)
    return path


def test_a_person_joins_and_parts_papers(site: Site, browser_page: Page, two_papers: Path) -> None:
    """By keyboard with script, by ticks without: joined, read anew as one, parted again."""
    page = browser_page
    _sign_in(page, site)
    page.goto(f"{site.url}/lo/moi/")
    page.set_input_files("#files", two_papers)
    page.click("#send")
    page.wait_for_url(re.compile(r"/lo/\d+/$"))
    expect(page.locator("#batch-state")).to_have_text("máy đã xong", timeout=PATIENCE_MS)
    page.click("text=Xem cách chia")
    page.wait_for_url(re.compile(r"/tep/\d+/chia/$"))
    expect(page.locator(".holder .name strong")).to_have_text(["Tờ trình", "Thông báo"])
    picture = page.locator("#trang-2 img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    page.focus("#cat-2")
    page.keyboard.press("Space")
    expect(page.locator("#outcome")).to_have_text("1 giấy tờ: lập lại 1, giữ nguyên 0.")
    page.click("#save")
    expect(page.locator(".note.good")).to_contain_text("lập lại 1 giấy tờ")
    expect(page.locator("#strip-state")).to_contain_text("đã đọc xong", timeout=PATIENCE_MS)
    page.click("text=Tải lại trang")
    expect(page.locator(".holder .pages-now")).to_have_text(["trang 1–2"])
    expect(page.locator(".holder .name strong")).to_have_text(["Tờ trình"])
    _part_without_script(page)


def _part_without_script(page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    bare = plain.new_page()
    bare.goto(page.url)
    bare.check("#cat-2", force=True)
    bare.click("#save")
    expect(bare.locator(".note.good")).to_contain_text("lập lại 2 giấy tờ")
    expect(bare.locator(".holder .pages-now")).to_have_text(["trang 1", "trang 2"])
    plain.close()
