"""A real SoftHSM with a configuration of its own, and keys issued for tests."""

import datetime as dt
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PIN = "482915"
WRONG_PIN = "000000"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def soft_hsm_module() -> Path | None:
    """The driver, where SoftHSM is installed."""
    return next((Path(one) for one in MODULES if Path(one).is_file()), None)


@dataclass(frozen=True, slots=True)
class Issued:
    """A key with its certificate and its issuer's."""

    key: PrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def issuer_der(self) -> bytes:
        """The issuer's."""
        return self.issuer.public_bytes(serialization.Encoding.DER)

    def p12(self, passphrase: str | None = None) -> bytes:
        """The key in a PKCS#12 file."""
        lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            lock = serialization.BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(
            b"khoa", self.key, self.certificate, [self.issuer], lock
        )


class Issuer:
    """An authority that lives as long as a test run."""

    def __init__(self, name: str = "CA kiểm thử") -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._name = _name(name)
        self.certificate = self._sign(self._name, self._key.public_key(), is_authority=True)

    def issue(
        self, common_name: str, kind: str = "rsa", *, days: tuple[int, int] = (0, 30)
    ) -> Issued:
        """A key with a certificate to sign documents with, good between two days from now."""
        key: PrivateKey
        if kind == "ec":
            key = ec.generate_private_key(ec.SECP256R1())
        else:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = _name(common_name)
        certificate = self._sign(name, key.public_key(), is_authority=False, days=days)
        return Issued(key, certificate, self.certificate)

    def _sign(
        self,
        name: x509.Name,
        public: Any,
        *,
        is_authority: bool,
        days: tuple[int, int] = (-30, 30),
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        usage = x509.KeyUsage(
            digital_signature=not is_authority,
            content_commitment=not is_authority,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=is_authority,
            crl_sign=is_authority,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0], hours=-1))
            .not_valid_after(now + dt.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        return builder.sign(self._key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


class SoftHsm:
    """Tokens in a folder; the driver finds them by SOFTHSM2_CONF when it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.module = soft_hsm_module()
        self.config = folder / "softhsm2.conf"
        (folder / "tokens").mkdir(parents=True)
        self.config.write_text(
            f"directories.tokendir = {folder / 'tokens'}\n"
            "objectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(self.config)

    def make_token(self, label: str) -> None:
        """A new token with PIN."""
        pins = ("--pin", PIN, "--so-pin", "12345678")
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, *pins],
            check=True,
            capture_output=True,
            env=os.environ | {"SOFTHSM2_CONF": str(self.config)},
        )

    def put(self, token: str, label: str, issued: Issued, *, key_id: str) -> None:
        """Bring a key with its certificates onto a token, as an office's tool would."""
        draft = self.folder / "draft"
        draft.mkdir(exist_ok=True)
        private = issued.key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        for name, data, kind, shown, number in (
            ("key", private, "privkey", label, key_id),
            ("cert", issued.der, "cert", label, key_id),
            ("issuer", issued.issuer_der, "cert", "ca", "ff"),
        ):
            if name == "issuer" and self._has_issuer(token):
                continue
            (draft / name).write_bytes(data)
            self._tool(token, "--write-object", str(draft / name), "--type", kind)(shown, number)

    def _has_issuer(self, token: str) -> bool:
        done = self._run(token, "--list-objects", "--type", "cert")
        return re.search(r"label:\s+ca\s", done.stdout) is not None

    def _tool(self, token: str, *words: str) -> Any:
        def run(label: str, number: str) -> None:
            self._run(token, *words, "--label", label, "--id", number).check_returncode()

        return run

    def _run(self, token: str, *words: str) -> subprocess.CompletedProcess[str]:
        where = ("--module", str(self.module), "--token-label", token)
        return subprocess.run(
            ["pkcs11-tool", *where, "--login", "--pin", PIN, *words],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"SOFTHSM2_CONF": str(self.config)},
        )

    def pull_out(self) -> None:
        """Take every token away."""
        (self.folder / "tokens").rename(self.folder / "away")
        (self.folder / "tokens").mkdir()

    def put_back(self) -> None:
        """Bring them back."""
        (self.folder / "tokens").rmdir()
        (self.folder / "away").rename(self.folder / "tokens")
