"""One entry of the PIN signs many; killed anywhere, what is signed is signed, and none twice."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.csc_server import CLIENT_ID, CLIENT_SECRET, CscServer, Held
from tests.hsm import PIN, WRONG_PIN, Issuer, SoftHsm, soft_hsm_module

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "faults" / "signing.py"


class Office:
    """A data folder whose two keys lie on a token that asks for its PIN."""

    def __init__(self, folder: Path) -> None:
        issuer = Issuer()
        self.home = folder / "home"
        self.hsm = SoftHsm(folder / "hsm")
        self.hsm.make_token("kho")
        for label, number in (("nguoi", "01"), ("co-quan", "02")):
            self.hsm.put("kho", label, issuer.issue(f"Người {label}", "ec"), key_id=number)
        self.trust(issuer)
        key = f"pkcs11:module-path={self.hsm.module};token=kho;object="
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TANGTHU_")}
        self.environment = kept | {
            "TANGTHU_HOME": str(self.home),
            "TANGTHU_DIGITISER_KEY": f"{key}nguoi",
            "TANGTHU_AGENCY_KEY": f"{key}co-quan",
            "SOFTHSM2_CONF": str(self.hsm.config),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def trust(self, issuer: Issuer) -> None:
        """Believe an authority."""
        folder = self.home / "trust"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{len(list(folder.iterdir()))}.pem"
        (folder / name).write_bytes(issuer.certificate.public_bytes(Encoding.PEM))

    def run(self, *words: str, crash_at: str = "", secret: str = PIN) -> int:
        """Run one step; return its exit status."""
        scope = f"pkcs11:{self.hsm.module}:kho:"
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *words],
            env=self.environment | {"CRASH_AT": crash_at},
            input=json.dumps({scope: secret}).encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, -9), done.stderr.decode()[-3000:]
        self.told = done.stdout
        return done.returncode

    def look(self) -> dict[str, object]:
        """What is there now."""
        assert self.run("look") == 0
        found: dict[str, object] = json.loads(self.told)
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """One office."""
    if soft_hsm_module() is None:
        pytest.skip("SoftHSM is missing: script/setup test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        yield Office(tmp_path)


def all_signed_once(found: dict[str, object], count: int) -> None:
    """Every paper has its own signed file and one event with the person's name."""
    assert found == {
        "papers": count,
        "signed": count,
        "files": count,
        "events": count,
        "papers_in_events": count,
        "actors": ["tai-may"],
        "fields": ["NguoiSoHoa CoQuan"],
        "seals_due": count,
        "damaged": 0,
        "held": 0,
    }


def test_killed_before_and_after_a_commit(office: Office) -> None:
    """Two kills over four papers; what was committed is not signed again."""
    assert office.run("prepare", "4") == 0
    for crash in ("kept 2", "committed 1"):
        assert office.run("sign", crash_at=crash) == -9
    assert office.run("sign") == 0
    all_signed_once(office.look(), 4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_five_hundred_by_one_entry_killed_in_the_middle(office: Office) -> None:
    """Killed at every moment of a run, each time by one more entry resumed."""
    assert office.run("prepare", "500") == 0
    assert office.run("sign", crash_at="kept 120") == -9
    assert office.look()["signed"] == 119
    assert office.run("sign", crash_at="claimed 50") == -9
    assert office.run("sign", crash_at="computed 51") == -9
    assert office.run("sign", crash_at="committed 100") == -9
    assert office.look()["signed"] == 119 + 49 + 50 + 100
    assert office.run("sign") == 0
    all_signed_once(office.look(), 500)


def test_a_remote_service_authorises_many_papers_together(office: Office, tmp_path: Path) -> None:
    """Digests tied to the authorisation (SCAL 2): not one for each signature."""
    issuer = Issuer("CA từ xa")
    office.trust(issuer)
    names = {"nguoi": "DIGITISER", "co-quan": "AGENCY"}
    held = {
        name: Held(issuer.issue(f"Người {name}", "ec"), scal="2", multisign=8) for name in names
    }
    access = tmp_path / "access"
    access.write_text(json.dumps({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}))
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    with CscServer(**held) as service:
        for name, variable in names.items():
            office.environment |= {
                f"TANGTHU_{variable}_KEY": f"csc:{service.base}#{name}",
                f"TANGTHU_{variable}_ACCESS_FILE": str(access),
                f"TANGTHU_{variable}_PIN_FILE": str(pin),
            }
        assert office.run("prepare", "16") == 0
        assert office.run("sign") == 0
        all_signed_once(office.look(), 16)
        assert 4 <= service.times("credentials/authorize") <= 12
        assert service.times("signatures/signHash") <= 12


def typed(office: Office, pin: str, *words: str) -> tuple[int, str]:
    """Run `tangthu sign` on a terminal and type the PIN when it is asked for."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(office.home)
        os.execve(  # noqa: S606  our own command
            sys.executable, [sys.executable, "-m", "config", "sign", *words], office.environment
        )
    seen = b""
    typed_already = False
    try:
        while chunk := os.read(terminal, 4096):
            seen += chunk
            if not typed_already and "Mã PIN".encode() in seen:
                time.sleep(0.3)  # the terminal's echo goes off after the question
                assert pin.encode() not in Path(f"/proc/{child}/cmdline").read_bytes()
                assert pin.encode() not in Path(f"/proc/{child}/environ").read_bytes()
                os.write(terminal, pin.encode() + b"\n")
                typed_already = True
    except OSError:
        pass  # the child closed its side
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode()


def test_the_command_asks_once_at_the_terminal(office: Office) -> None:
    """The PIN is shown nowhere; a wrong one signs nothing and is not asked for again."""
    assert office.run("prepare", "3") == 0
    status, seen = typed(office, WRONG_PIN, "--all")
    assert (status, seen.count("Mã PIN của")) == (1, 1)
    assert "pin_wrong" in seen
    status, seen = typed(office, PIN, "--all")
    assert status == 0, seen
    assert seen.count("Mã PIN của") == 1
    assert "Đã ký 3 trên 3 giấy tờ." in seen
    assert PIN not in seen
    all_signed_once(office.look(), 3)
    everything = b"".join(one.read_bytes() for one in office.home.rglob("*") if one.is_file())
    assert PIN.encode() not in everything


def test_without_a_terminal_it_says_what_to_do(office: Office) -> None:
    """One JSON document, exit 1; nothing is asked of a pipe."""
    assert office.run("prepare", "1") == 0
    done = subprocess.run(
        [sys.executable, "-m", "config", "sign", "--all", "--json"],
        env=office.environment,
        input=PIN.encode(),
        capture_output=True,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "pin_needed"
    assert office.look()["signed"] == 0
