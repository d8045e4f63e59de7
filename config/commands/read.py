"""`tangthu read`: keeps nothing, needs no records; uses the kinds that the data folder learnt."""

from catalogue.reference import load_reference
from classify.policy import Promise
from classify.shelf import FieldShelf, HandShelf, ModelShelf
from config.cli import Answer, Arguments
from config.options import read_options
from config.progress import Progress
from config.reading import build_engine, build_review, give_back_pages, mode_of, one_thread_each
from ocr import Mode
from workers.hand_reader import reader_of
from workers.reading import Reading, document_json, empty_document_json, page_json, read_file
from workers.reference import reference_of, with_learnt


def run(arguments: Arguments) -> Answer:
    """Read a file and say what is in it."""
    one_thread_each()
    give_back_pages()
    options = read_options()
    arguments.json = arguments.json or arguments.format == "json"
    mode = Mode.FAST if arguments.fast else mode_of(options)
    # Where this data folder has learnt, what it learnt counts here too; nothing is written.
    model = ModelShelf(options.home / "models").current()
    with Progress("Đọc", unit="trang") as progress:
        reading = read_file(
            arguments.file,
            reference=with_learnt(reference_of(load_reference()), model),
            model=model,
            learnt=FieldShelf(options.home / "models" / "fields").current(),
            engine=build_engine(options),
            threads=options.workers,
            review=build_review(mode, options.tessdata),
            mode=mode,
            promise=Promise(options.promise),
            hand=reader_of(HandShelf(options.home / "models" / "hands")),
            tick=lambda _: progress.step(),
        )
    data = {
        "file": str(arguments.file),
        "sha256": reading.sha256,
        "pages": [page_json(page) for page in reading.pages],
        "documents": [document_json(document) for document in reading.documents]
        or [empty_document_json(len(reading.pages))],
    }
    return Answer(data, _text(reading))


def _text(reading: Reading) -> str:
    return "\f".join(page.text.text for page in reading.pages)
