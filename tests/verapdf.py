"""veraPDF, the judge of PDF/A that is not ours: a jar that `script/setup all` fetches."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
SECONDS = 300


def verapdf_jar() -> Path:
    """The jar; skips the test where it or Java is missing."""
    found = sorted((ROOT / ".venv" / "share").glob("verapdf-*.jar"))
    if not found:
        pytest.skip("veraPDF is not here: run script/setup all")
    if shutil.which("java") is None:
        pytest.skip("no Java here: run script/setup all")
    return found[-1]


def not_pdfa(paths: list[Path], *, flavour: str = "2b") -> dict[str, str]:
    """What veraPDF says of each file that is not PDF/A of the flavour; empty: all are."""
    jar = verapdf_jar()
    done = subprocess.run(
        ["java", "-Xmx512m", "-cp", jar, MAIN, "--format", "text", "--flavour", flavour, "-v",
         *paths],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    said = {str(path): "nothing" for path in paths}
    for line in done.stdout.splitlines():
        verdict, _, rest = line.partition(" ")
        for path in said:
            if verdict in ("PASS", "FAIL") and rest.startswith(path):
                said[path] = verdict
    return {
        path: f"{verdict}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        for path, verdict in said.items()
        if verdict != "PASS"
    }
