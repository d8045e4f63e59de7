"""What nodes share through the records: what was learnt, and the test authority."""

from archive.signing import open_test_ca
from archive.signing.testca import TestCa
from archive.vault import NodeKeys, Vault
from config.options import Options
from workers.mirror import Mirror

LEARNT = (
    "current.json",
    "kinds-*.npz",
    "fields/current.json",
    "fields/fields-*.json",
    "hands/current.json",
    "hands/hands-*.npz",
    "examples.json",
)
AUTHORITY = ("*.pem", "*.p12")


def build_mirror(options: Options, vault: Vault) -> Mirror | None:
    """What was learnt, on every node; None where the house has one."""
    if options.work.bucket is None:
        return None
    return Mirror(options.home / "models", "models", NodeKeys(vault), patterns=LEARNT)


def open_authority(options: Options, vault: Vault) -> TestCa:
    """The test authority of this house: the first node to need one makes it, all have that one."""
    folder = options.home / "keys" / "test-ca"
    if options.work.bucket is None:
        return open_test_ca(folder)
    mirror = Mirror(folder, "test-ca", NodeKeys(vault), patterns=AUTHORITY)
    if not mirror.is_shared:
        with mirror.changing():
            if not mirror.is_shared:
                open_test_ca(folder)
    mirror.pull()
    return open_test_ca(folder)
