"""HEIC, what telephones take pictures in; read where the optional `pi-heif` is installed.

(`pillow-heif` would bring a GPL encoder along; `pi-heif` is the same without it.)
"""

from functools import lru_cache
from importlib import import_module
from typing import Final

HEIC: Final = "image/heic"
BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
"""Of the `ftyp` box (ISO 23008-12); mif1 says only that it is a still picture."""


@lru_cache(maxsize=1)
def know_heif() -> bool:
    """Teach Pillow to open HEIC; False where `pi-heif` is missing."""
    try:
        import_module("pi_heif").register_heif_opener()
    except ImportError:
        return False
    return True
