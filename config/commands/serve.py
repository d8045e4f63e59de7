"""`tangthu serve`, `tangthu work`, `tangthu up`: the long-running ones."""

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.broker import need_broker
from config.cli import Answer, Arguments, refusal
from config.errors import PortUnusableError
from config.options import Options
from config.pools import BusyError, serve_here
from config.scaled import lanes_of, work_here
from config.seeing import serve_figures
from config.start import start

WEB_THREADS = 8
POLL_SECONDS = 0.5


def run(arguments: Arguments) -> Answer:
    """Run until told to stop."""
    lanes = getattr(arguments, "lanes", None)
    options = start()
    if lanes is not None:
        need_broker(options.broker)
    if arguments.name == "work":
        serve_figures(options)
    if options.broker and arguments.name == "work":
        work_here(options, lanes_of(lanes))
        return Answer({"stopped": "work"}, "Đã dừng.")
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: over.set())
    if arguments.name in ("serve", "up"):
        _start_web(options, over)
    if options.broker and arguments.name == "up":
        _beside(over)
    elif arguments.name in ("work", "up"):
        try:
            serve_here(size=options.workers, is_over=over.is_set)
        except BusyError as error:
            return refusal(error)
    else:
        over.wait()
    return Answer({"stopped": arguments.name}, "Đã dừng.")


def _beside(over: threading.Event) -> None:
    """Let a worker and the beat run beside this process; when one of the three ends, all do."""
    command = [sys.executable, "-m", "config"]
    beside = [subprocess.Popen([*command, name]) for name in ("work", "beat")]  # noqa: S603  our own
    try:
        while not over.wait(POLL_SECONDS) and all(child.poll() is None for child in beside):
            pass
    finally:
        for child in beside:
            child.terminate()
        for child in beside:
            child.wait()


def _keep_uploads_in(folder: Path) -> None:
    """Buffer what is being uploaded in the data folder, private; what a crash left there goes.

    Before it is received a paper is plain bytes, which must not lie about in the system's /tmp.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.iterdir():
        if left.is_file():
            left.unlink(missing_ok=True)
    tempfile.tempdir = str(folder)


def _start_web(options: Options, over: threading.Event) -> None:
    from waitress import create_server

    from config.wsgi import application

    try:
        server = create_server(
            application,
            host=options.host,
            port=options.port,
            threads=WEB_THREADS,
            ident=None,
            max_request_body_size=2 * 1024**3,
            **door_of(options),
        )
    except OSError as error:
        raise PortUnusableError(detail=str(error)) from error
    # After the port is ours: another server on this folder may have uploads under way.
    _keep_uploads_in(options.home / "uploads")
    threading.Thread(target=_guarded(server.run, over), daemon=True).start()
    sys.stderr.write(f"Trang web: http://{options.host}:{options.port}/\n")


def door_of(options: Options) -> dict[str, Any]:
    """What the web server takes for the scheme and the address of whoever asks.

    Behind a TLS proxy a form's origin is https: a page that took itself for http would refuse
    every form. The proxy's word for it, and for the address that failures to sign in are counted
    by, is believed from the address that is set, and from no other.
    """
    door: dict[str, Any] = {"url_scheme": "https" if options.secure_cookies else "http"}
    if options.trusted_proxy:
        door |= {
            "trusted_proxy": options.trusted_proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }
    return door


def _guarded(serve: Callable[[], None], over: threading.Event) -> Callable[[], None]:
    def run_until_over() -> None:
        try:
            serve()
        finally:
            over.set()

    return run_until_over
