"""Who reads at the command line: this machine's account, for the purpose that it says."""

from typing import TYPE_CHECKING

from config.cli import Arguments
from config.options import Options

if TYPE_CHECKING:
    from archive.services.looking import Purpose, Reader


def reader_of(arguments: Arguments, options: Options, default: "Purpose") -> "Reader":
    """Return the reader; `default` is the purpose where none was given."""
    from archive.services.looking import COMMAND_LINE, Reader

    return Reader(
        options.confirm_account,
        purpose=arguments.purpose or default.value,
        dossier=arguments.for_dossier,
        address=COMMAND_LINE,
    )
