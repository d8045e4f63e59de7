"""`tangthu read`: stateless; no data folder, no records."""

import os

from catalogue.reference import load_reference
from config.cli import Answer, Arguments
from config.progress import Progress
from ocr import TesseractEngine
from workers.reading import Reading, document_json, page_json, read_file
from workers.reference import reference_of


def run(arguments: Arguments) -> Answer:
    """Read a file and say what is in it."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    arguments.json = arguments.json or arguments.format == "json"
    with Progress("Đọc", unit="trang") as progress:
        reading = read_file(
            arguments.file,
            reference=reference_of(load_reference()),
            engine=TesseractEngine(),
            threads=os.cpu_count() or 1,
            tick=lambda _: progress.step(),
        )
    data = {
        "file": str(arguments.file),
        "sha256": reading.sha256,
        "pages": [page_json(page) for page in reading.pages],
        "documents": [document_json(document) for document in reading.documents],
    }
    return Answer(data, _text(reading))


def _text(reading: Reading) -> str:
    return "\f".join(page.text.text for page in reading.pages)
