"""OCSP and CRLs for pyHanko's validator, by our own bounded requests.

Imported where they are used: the validator is heavy.
"""

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

from asn1crypto import crl, ocsp, pem
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError
from pyhanko_certvalidator.fetchers.api import (
    CertificateFetcher,
    CRLFetcher,
    Fetchers,
    OCSPFetcher,
)
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
)
from pyhanko_certvalidator.util import get_ocsp_urls, get_relevant_crl_dps

from archive.signing.errors import ServiceUnavailableError, SigningError
from archive.signing.limits import MAX_CRL_BYTES, MAX_OCSP_BYTES
from archive.signing.revocation import Inquiry

_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What asn1crypto raises on bytes that are not what they should be."""
_OCSP = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


def fetchers_of(inquiry: Inquiry) -> Fetchers:
    """What pyHanko asks through, for one file."""
    return Fetchers(
        ocsp_fetcher=_Ocsp(inquiry), crl_fetcher=_Lists(inquiry), cert_fetcher=_Nothing()
    )


class _Ocsp(OCSPFetcher):
    """OCSP answers by certificate."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._found: dict[bytes, Any] = {}

    async def fetch(self, cert: Any, authority: Any) -> Any:
        """The answer of the first responder that gives one."""
        name = cert.dump()
        if name not in self._found:
            # no nonce: it would forbid the answers that responders prepare, and ours that are kept
            request = format_ocsp_request(
                cert, authority, certid_hash_algo="sha1", request_nonces=False
            ).dump()
            self._found[name] = await _first(
                get_ocsp_urls(cert), lambda url: self._ask(url, request), OCSPFetchError
            )
        return self._found[name]

    async def _ask(self, url: str, request: bytes) -> Any:
        answer = ocsp.OCSPResponse.load(
            await self._inquiry.ask(url, request, _OCSP, MAX_OCSP_BYTES), strict=True
        )
        status = answer["response_status"].native
        if status != "successful":
            raise ServiceUnavailableError(detail=f"OCSP {status}")
        answer.response_data.native  # noqa: B018  parses now, so that junk is told here
        return answer

    def fetched_responses(self) -> Iterable[Any]:
        """All answers."""
        return self._found.values()

    def fetched_responses_for_cert(self, cert: Any) -> Iterable[Any]:
        """The answer on one certificate."""
        return [self._found[cert.dump()]] if cert.dump() in self._found else []


class _Lists(CRLFetcher):
    """Revocation lists by certificate."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._found: dict[bytes, list[Any]] = {}

    async def fetch(self, cert: Any, *, use_deltas: Any = None) -> Iterable[Any]:
        """The list of the first address that gives one; no deltas."""
        del use_deltas
        name = cert.dump()
        if name not in self._found:
            points = get_relevant_crl_dps(cert, use_deltas=False)
            urls = [url for point in points for url in enumerate_delivery_point_urls(point)]
            self._found[name] = [await _first(urls, self._ask, CRLFetchError)]
        return self._found[name]

    async def _ask(self, url: str) -> Any:
        headers = {"Accept": "application/pkix-crl"}
        data = await self._inquiry.ask(url, None, headers, MAX_CRL_BYTES)
        if pem.detect(data):
            _name, _headers, data = pem.unarmor(data)
        found = crl.CertificateList.load(data, strict=True)
        found["tbs_cert_list"]["this_update"].native  # noqa: B018  parses now
        return found

    def fetched_crls(self) -> Iterable[Any]:
        """All lists, each once."""
        return {one.dump(): one for each in self._found.values() for one in each}.values()

    def fetched_crls_for_cert(self, cert: Any) -> Iterable[Any]:
        """The lists for one certificate."""
        return self._found[cert.dump()]


class _Nothing(CertificateFetcher):
    """No issuer's certificate is fetched."""

    async def fetch_cert_issuers(self, cert: Any) -> AsyncGenerator[Any, None]:
        """None."""
        del cert
        for one in list[Any]():
            yield one

    async def fetch_crl_issuers(self, certificate_list: Any) -> AsyncGenerator[Any, None]:
        """None."""
        del certificate_list
        for one in list[Any]():
            yield one

    def fetched_certs(self) -> Iterable[Any]:
        """None."""
        return ()


async def _first(urls: Iterable[str], ask: Callable[[str], Any], failure: type[Exception]) -> Any:
    """The first answer that can be had; `failure` where there is none."""
    last: Exception | None = None
    for url in urls:
        try:
            return await ask(url)
        except (SigningError, *_MALFORMED) as error:
            last = error
    raise failure("no answer") from last
