"""A person at the screen, as the web pages know one: cookies, forms, files."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from tests.containers.engine import ContainerTestError

SECONDS = 120
TRIES = 10
Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    url: str
    text: str


@dataclass(slots=True)
class Person:
    """One session, whichever of the web containers it comes to."""

    doors: list[str]
    """Addresses of web containers; each request takes the next."""
    jar: CookieJar = field(default_factory=CookieJar)
    knocks: int = 0

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(path, None, {})

    def post(self, path: str, form: Mapping[str, str], *, json: bool = False) -> Answer:
        """Send a form."""
        headers = {"Accept": "application/json"} if json else {}
        return self._ask(path, urlencode(self._signed(form)).encode(), headers)

    def send(self, path: str, file: Path) -> Answer:
        """Send one file, as the page of a batch does."""
        fields = {**self._signed({}), "file": (file.name, file.read_bytes())}
        body, kind = encode_multipart_formdata(fields)
        return self._ask(path, body, {"Content-Type": kind, "Accept": "application/json"})

    def sign_in(self, ticket: str, password: str) -> None:
        """Come in by the one-time link, choose a password, go, and come in again by it."""
        self.get(ticket)
        self.post(ticket, {})
        self.post("/tai-khoan/", {"new_password1": password, "new_password2": password})
        self.post("/dang-xuat/", {})
        self.get("/dang-nhap/")
        came = self.post("/dang-nhap/", {"username": "tai-may", "password": password})
        if came.url.endswith("/dang-nhap/"):
            raise ContainerTestError(f"signing in by password failed: {came.text[:2000]}")

    def feed(self, name: str, files: list[Path]) -> str:
        """Open a batch, send its files one after the other, close it; return its page."""
        self.get("/lo/moi/")
        opened = self.post("/lo/moi/", {"name": name}, json=True)
        url: str = json.loads(opened.text)["url"]
        for file in files:
            self.send(f"{url}tep/", file)
        self.post(f"{url}dong/", {})
        return url

    def confirm(self, document: str) -> Answer:
        """Stand for a document: what the machine read, and something where it read nothing."""
        path = f"/giay-to/{document}/"
        form = _CheckForm.read(self.get(path).text)
        if not form:
            raise ContainerTestError(f"{document} cannot be confirmed")
        filled = {name: value or _made_up(name) for name, value in form.items()}
        return self.post(f"{path}kiem-tra/", {**filled, "do": "confirm"})

    def _signed(self, form: Mapping[str, str]) -> Form:
        token = next((one.value for one in self.jar if one.name == "csrftoken"), None)
        return {**form, "csrfmiddlewaretoken": token or ""}

    def _ask(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        for left in reversed(range(TRIES)):
            self.knocks += 1
            door = self.doors[self.knocks % len(self.doors)]
            request = urllib.request.Request(door + path, data=body, headers=dict(headers))  # noqa: S310  our own door
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
            try:
                with opener.open(request, timeout=SECONDS) as answer:
                    return Answer(answer.status, answer.url, answer.read().decode())
            except urllib.error.HTTPError as error:
                told = error.read().decode(errors="replace")[-1500:]
                if error.code != 503 or not left:
                    raise ContainerTestError(f"{path}: {error.code}\n{told}") from error
            time.sleep(1)
        raise AssertionError


class _CheckForm(HTMLParser):
    """The fields of the check form as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form = {}
        self._is_inside = False
        self._long = ""
        self._choice = ""

    @classmethod
    def read(cls, page: str) -> Form:
        """Empty where the page has none."""
        parser = cls()
        parser.feed(page)
        return {name: value for name, value in parser.form.items() if name != "do"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = about.get("id") == "check"
        if not self._is_inside:
            return
        name = about.get("name", "")
        if tag in ("input", "select", "textarea") and name:
            self.form[name] = about.get("value", "")
        if tag == "textarea":
            self._long = name
        if tag == "select":
            self._choice = name
        if tag == "option" and "selected" in about:
            self.form[self._choice] = about.get("value", "")
            self._long = self._choice

    def handle_data(self, data: str) -> None:
        if self._long:
            self.form[self._long] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "option", "select"):
            self._long = ""
        if tag == "form":
            self._is_inside = False


def _made_up(name: str) -> str:
    """What a person would copy from the paper, were it one."""
    if name == "kind":
        return "Công văn (VB28)"
    if name.endswith(("_on", "_date")):
        return "05/03/2026"
    if name.startswith(("f-has_", "f-is_")):
        return "có"
    return "Chép tay" if name.startswith("f-") else ""
