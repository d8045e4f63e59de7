"""`tangthu looks`: who read the papers of a subject."""

from config.cli import Answer, Arguments
from config.commands.reading import reader_of
from config.start import start


def run(arguments: Arguments) -> Answer:
    """List every read, oldest first; the asking is recorded too."""
    options = start()
    from archive.services.looking import Purpose, looks_at

    asker = reader_of(arguments, options, Purpose.ANSWER)
    found = [look.as_json() for look in looks_at(arguments.subject, asker)]
    lines = [f"{len(found)} lần xem giấy tờ của chủ thể này."]
    lines += [
        f"  {look['at'][:19]}  {look['who']}  {look['document']}  {look['what'] or look['tag']}"
        f"  {look['purpose']}  {look['dossier']}  {look['from']}"
        for look in found
    ]
    return Answer({"looks": found}, "\n".join(lines))
