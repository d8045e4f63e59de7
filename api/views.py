"""The portal's endpoints, version 1."""

import datetime as dt
from typing import Any

from django.core import signing
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, ValidationError

from api.auth import BearerKey, Scope, may_see, require_scope
from api.errors import ApiError, KeyRefusedError, LinkExpiredError, ScopeMissingError
from api.schemas import (
    Code,
    DocumentOut,
    LinkIn,
    LinkOut,
    Problem,
    Purpose,
    Reusable,
)
from archive.errors import NotAllowedError, NotFoundError, RecordsAwayError
from archive.models import ApiClient, Document, ReuseRecord
from archive.sealed import read_version
from archive.services.looking import Reader, note_look
from archive.services.reuse import grant_reuse, note_fetch
from archive.states import DocumentStatus, FileRole
from archive.writing import is_passing
from imaging.errors import Category, CodedError
from workers.house import current
from workers.reuse import Question, ask_reuse, verdict_json

LINK_LIFE = dt.timedelta(minutes=5)
LINK_SALT = "api.file"
METADATA = "thông tin giấy tờ (API)"

api = NinjaAPI(
    title="Tàng Thư",
    version="1",
    description="Tái sử dụng giấy tờ: một chủ thể đã có giấy tờ nào cho một thủ tục chưa?",
    auth=BearerKey(),
    urls_namespace="api-1",
    docs_url=None,  # its page would load scripts from elsewhere; openapi.json is all a client needs
)
ERRORS = dict.fromkeys((400, 401, 403, 404, 422, 503), Problem)

STATUS_OF: tuple[tuple[type[CodedError], int], ...] = (
    (KeyRefusedError, 401),
    (ScopeMissingError, 403),
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (LinkExpiredError, 404),
    (ApiError, 400),
)


@api.exception_handler(CodedError)
def refuse(request: HttpRequest, error: CodedError) -> HttpResponse:
    """Answer an error by its code and sentence."""
    default = 400 if error.category == Category.BAD_INPUT else 503
    status = next((code for kind, code in STATUS_OF if isinstance(error, kind)), default)
    body = {"error": {"code": error.code, "message": error.message}}
    return api.create_response(request, body, status=status)


@api.exception_handler(DatabaseError)
@api.exception_handler(InterfaceError)
def refuse_for_now(request: HttpRequest, error: DatabaseError | InterfaceError) -> HttpResponse:
    """Say that the records are away; anything else about them is a fault of ours."""
    if not is_passing(error):
        raise error
    return refuse(request, RecordsAwayError())


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer a request without a key like one with a wrong key."""
    return refuse(request, KeyRefusedError())


@api.exception_handler(ValidationError)
def refuse_question(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the parameters that cannot be read; never what was in them."""
    names = sorted({str(one["loc"][-1]) for one in error.errors})
    message = f"Thiếu hoặc sai: {', '.join(names)}. Hãy xem mô tả API rồi gửi lại."
    body = {"error": {"code": "bad_request", "message": message}}
    return api.create_response(request, body, status=422)


@api.get("/reusable", response={200: Reusable, **ERRORS}, summary="Giấy tờ dùng lại được")
def reusable(
    request: HttpRequest,
    subject: Query[Code],
    procedure: Query[Code],
    dossier: Query[Code],
    purpose: Query[Purpose],
    on: dt.date | None = None,
) -> dict[str, Any]:
    """Say what a subject holds of what a procedure asks for, with verdicts and reasons, no file."""
    client = _client(request, Scope.REUSE)
    question = Question(
        subject=subject,
        procedure=procedure,
        on=on or timezone.localdate(),
        actor=f"client:{client.pk}",
        purpose=purpose,
        dossier=dossier,
        address=address_of(request),
    )
    found, verdicts = ask_reuse(question, current())
    return {
        "procedure": found.code,
        "on": question.on,
        "catalogue": current().catalogue().version,
        "components": [verdict_json(verdict) for verdict in verdicts],
    }


@api.get("/documents/{document_id}", response={200: DocumentOut, **ERRORS}, summary="Một giấy tờ")
def document(
    request: HttpRequest, document_id: str, dossier: Query[Code], purpose: Query[Purpose]
) -> dict[str, Any]:
    """Give one document's metadata; the look is recorded with its purpose."""
    client = _client(request, Scope.DOCUMENT)
    found = _document(client, document_id)
    reader = Reader(f"client:{client.pk}", purpose, dossier, address_of(request))
    note_look(found, reader, what=METADATA)
    return _metadata(found)


@api.post("/documents/{document_id}/link", response={200: LinkOut, **ERRORS}, summary="Lấy tệp")
def link(request: HttpRequest, document_id: str, body: LinkIn) -> dict[str, Any]:
    """Give a link to the signed file, good for five minutes, and the receipt of the reuse."""
    client = _client(request, Scope.FILE)
    record = grant_reuse(
        _document(client, document_id),
        client,
        dossier=body.dossier,
        procedure=body.procedure,
        purpose=body.purpose,
        address=address_of(request),
    )
    token = signing.dumps(record.pk, salt=LINK_SALT)
    return {
        "url": request.build_absolute_uri(f"/api/v1/files/{token}"),
        "expires_at": timezone.now() + LINK_LIFE,
        "sha256": record.sha256,
        "receipt": record.pk,
    }


@api.get("/files/{untrusted_token}", auth=None, summary="Tệp theo liên kết ngắn hạn")
def file(request: HttpRequest, untrusted_token: str) -> HttpResponse:
    """Give the file behind a link; the fetch is recorded."""
    try:
        receipt = signing.loads(untrusted_token, salt=LINK_SALT, max_age=LINK_LIFE)
    except signing.BadSignature as error:
        raise LinkExpiredError from error
    record = ReuseRecord.objects.select_related("document", "client").get(pk=receipt)
    if record.client is None or record.client.revoked_at:
        raise LinkExpiredError(detail="the key was withdrawn")
    house = current()
    # The file that the receipt names: its proof may have been renewed since the link was given.
    data = read_version(record.document, record.sha256, archive=house.archive, vault=house.vault)
    note_fetch(record, address=address_of(request))
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{record.document_id}.pdf"',
            "Cache-Control": "no-store",
            "X-Content-SHA256": record.sha256,
        },
    )


def address_of(request: HttpRequest) -> str:
    """Return the network address that asks; behind a proxy, the proxy's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _client(request: HttpRequest, scope: Scope) -> ApiClient:
    client: ApiClient = request.auth  # type: ignore[attr-defined]  # set by ninja's BearerKey
    require_scope(client, scope)
    return client


def _document(client: ApiClient, untrusted_id: str) -> Document:
    """Return the document where the key may see it; else it is as if it were not there."""
    found = (
        Document.objects.filter(pk=untrusted_id)
        .exclude(status=DocumentStatus.REFUSED)
        .select_related("subject")
        .first()
    )
    if found is None or not may_see(client, found):
        raise NotFoundError(detail=untrusted_id)
    return found


def _metadata(found: Document) -> dict[str, Any]:
    sealed = found.files.filter(role=FileRole.DOCUMENT).first()
    return {
        "id": found.pk,
        "status": found.status,
        "kind": {"code": found.kind_code, "name": found.kind_name, "form": found.form},
        "number": found.number or None,
        "issued_on": found.issued_on,
        "issuer": found.issuer or None,
        "abstract": found.abstract or None,
        "expires_on": found.expires_on,
        "revoked_on": found.revoked_on,
        "pages": found.last_page - found.first_page + 1,
        "dossiers": sorted(found.dossiers.values_list("code", flat=True)),
        "fields": {field.name: field.value for field in found.fields.all()},
        "signatures": [
            {"role": row.role, "signer": row.signer, "verdict": row.verdict, "at": row.claimed_at}
            for row in found.signatures.all()
        ],
        "sha256": sealed.blob_id if sealed else None,
        "sealed_at": found.sealed_at,
    }
