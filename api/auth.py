"""Who asks: API keys in the Authorization header, kept hashed, scoped."""

from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from api.errors import KeyRefusedError, ScopeMissingError
from archive.models import ApiClient, Document
from archive.services.people import client_of
from archive.states import Protection
from workers.bound import bind


class Scope(StrEnum):
    """What a key may ask."""

    REUSE = "reuse"
    """Which papers a subject holds for a procedure."""
    DOCUMENT = "document"
    """One document's metadata."""
    FILE = "file"
    """A short-lived link to its file."""
    IDENTITY = "identity"
    """The same of identity papers too."""


class BearerKey(HttpBearer):
    """Authorization: Bearer tt_..."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient:  # noqa: ARG002  the base class says so
        """Return the client; raises KeyRefusedError."""
        client = client_of(token)
        if client is None:
            raise KeyRefusedError
        bind(client=client.pk)
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=timezone.now())
        return client


def require_scope(client: ApiClient, scope: Scope) -> None:
    """Raise ScopeMissingError where the key was not given the scope."""
    if scope.value not in client.scopes:
        raise ScopeMissingError(detail=f"client {client.pk} lacks {scope}")


def may_see(client: ApiClient, document: Document) -> bool:
    """Whether the key may see a document of this protection class at all."""
    return document.protection == Protection.ORDINARY or Scope.IDENTITY.value in client.scopes
