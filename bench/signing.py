"""How long two signatures take at each PAdES level, and what they add, against services here.

    python -m bench.signing [--count N]

Certificate authority, OCSP, CRL and RFC 3161 services run in a process of their own on loopback
(Certomancer, RSA 2048); the papers are drawn, one page at 200 dpi. Prints a Markdown table.
"""

import argparse
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.pdfa import PdfPage, build_pdfa
from archive.signing import Pkcs12Key, sign_agency, sign_digitiser
from archive.signing.incoming import examine
from archive.signing.levels import Level, Profile, complete, make_ready, renew
from archive.signing.revocation import RevocationSource
from archive.signing.timestamping import HttpTimestampService
from archive.textlayer import TextPage
from proof.trust import Trust
from proof.verdicts import Verdict
from specimens import make_paper, render, write_scan_pdf

DPI = 200
COUNT = 20


def serve() -> None:
    """Run the services until standard input ends; tell where they are."""
    from tests.pki import run_pki

    with run_pki() as pki:
        told = {
            "tsa": pki.tsa_url,
            "root": pki.pem("root").decode(),
            "digitiser": str(pki.pkcs12("digitiser")),
            "agency": str(pki.pkcs12("agency")),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


def paper(folder: Path) -> bytes:
    """One page as the archive keeps it."""
    drawn = render(make_paper("VB07", seed=7).pages[0], DPI)
    source = folder / "scan.pdf"
    write_scan_pdf(source, [drawn], dpi=DPI)
    height, width = drawn.shape[:2]
    pages = [PdfPage(1, TextPage(width, height, 0, ()))]
    now = datetime.now(UTC).replace(microsecond=0)
    return build_pdfa(source, "application/pdf", pages, title="Giấy thử", created=now)


def timed(work: Callable[[], Any], spent: list[tuple[float, float]]) -> Any:
    """Do it; note the wall clock and this process's processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    made = work()
    spent.append((time.perf_counter() - wall, time.process_time() - processor))
    return made


def signed(pdf: bytes, keys: tuple[Pkcs12Key, Pkcs12Key], profile: Profile) -> bytes:
    """Both signatures as the stage makes them."""
    make_ready(profile, keys)
    at = datetime.now(UTC).replace(microsecond=0)
    stamper = profile.timestamper()
    once = sign_digitiser(pdf, keys[0], name="Nguyễn Văn Thử", at=at, timestamper=stamper)
    agency = "Ủy ban nhân dân xã Thử Nghiệm"
    twice = sign_agency(once, keys[1], agency=agency, copy_form="SAO Y", at=at, timestamper=stamper)
    return complete(twice, profile)


def row(name: str, spent: list[tuple[float, float]], added: int) -> str:
    """One line of the table."""
    walls = sorted(wall for wall, _ in spent)
    processor = statistics.median(one for _, one in spent)
    median = statistics.median(walls)
    return (
        f"| {name} | {median:.2f} ({walls[-1]:.2f}) | {processor:.2f} | {1 / median:.1f} "
        f"| {added / 1024:.0f} |"
    )


def measure(told: dict[str, str], pdf: bytes, count: int) -> list[str]:
    """The lines of the table."""
    trust = Trust(official=(told["root"].encode(),))
    keys = Pkcs12Key(Path(told["digitiser"])), Pkcs12Key(Path(told["agency"]))
    lines = []
    for level in Level:
        service = HttpTimestampService(told["tsa"], lambda: trust.roots)
        profile = Profile(level, service, RevocationSource(), lambda: trust.roots)
        made = signed(pdf, keys, profile)  # warm: imports, fonts, evidence of the batch
        signing: list[tuple[float, float]] = []
        checking: list[tuple[float, float]] = []
        for _ in range(count):
            made = timed(lambda profile=profile: signed(pdf, keys, profile), signing)
            found = timed(lambda made=made: examine(made, trust, at=datetime.now(UTC)), checking)
            assert not [one for one in found.signatures if one.verdict is Verdict.INVALID]
        lines.append(row(f"{level}, two signatures", signing, len(made) - len(pdf)))
        lines.append(row(f"{level}, check of both", checking, 0))
    renewing: list[tuple[float, float]] = []
    again = made
    for _ in range(count):
        again = timed(lambda: renew(made, profile), renewing)
    lines.append(row("renewal", renewing, len(again) - len(made)))
    return lines


def main() -> None:
    """Measure, or serve for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return
    logging.disable(logging.CRITICAL)  # the validator tells of each doubt with a trace
    command = [sys.executable, "-m", "bench.signing", "--serve"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as services,
    ):
        assert services.stdout is not None
        told = json.loads(services.stdout.readline())
        pdf = paper(Path(folder))
        lines = measure(told, pdf, arguments.count)
        services.communicate()
    print(f"{arguments.count} papers of one page, {len(pdf) / 1024:.0f} KiB\n")
    print("| | s, median (worst) | processor s | a second | adds KiB |\n|---|---|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
