"""Signs a born-digital PDF as an issuing agency does, with an invented certificate."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from specimens._keys import Identity, invent_identity


def sign_pdf(path: Path, *, signer: str, signed_at: datetime, seed: int) -> Identity:
    """Sign a PDF in place by an incremental update; the same arguments give the same bytes.

    `signer` is the body's name in the certificate. The chain ends in an invented authority whose
    certificate is returned: a verifier finds the signature whole and its signer unknown.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.metadata.model import DocumentMetadata
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    identity = invent_identity(signer, seed=seed)
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(_certificate(identity.issuer))

    class SteadySigner(signers.SimpleSigner):
        """Signs without chance (RFC 6979)."""

        async def async_sign_raw(
            self,
            data: bytes,
            digest_algorithm: str,  # noqa: ARG002  the library's signature
            dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002  the library's signature
        ) -> bytes:
            return identity.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    class FixedTimeSigner(signers.PdfSigner):
        """Signs at a given time: the library asks the clock."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = signed_at.astimezone(UTC)
            return session

    class FixedTimeMetadata(DocumentMetadata):
        """Dates the change by the signature: the library asks the clock again."""

        def __setattr__(self, name: str, value: Any) -> None:
            pinned = signed_at.astimezone(UTC) if name == "last_modified" else value
            super().__setattr__(name, pinned)

    plain = path.read_bytes()
    writer = IncrementalPdfFileWriter(io.BytesIO(plain))
    # The second half of a file's id is drawn by chance; here it comes from the content.
    second = hashlib.sha256(plain + str(seed).encode()).digest()[:16]
    writer._document_id[1] = generic.ByteStringObject(second)  # noqa: SLF001  no public setter
    writer._meta = FixedTimeMetadata()  # noqa: SLF001  no public setter
    meta = signers.PdfSignatureMetadata(
        field_name="ChuKyCoQuan",
        name=signer,
        reason="Ban hành văn bản điện tử (thử nghiệm)",
        md_algorithm="sha256",
    )
    hand = SteadySigner(
        signing_cert=_certificate(identity.certificate), signing_key=None, cert_registry=store
    )
    out = FixedTimeSigner(meta, signer=hand).sign_pdf(writer)
    path.write_bytes(out.getvalue())
    return identity


def _certificate(certificate: x509.Certificate) -> Any:
    from asn1crypto import x509 as asn1_x509

    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
