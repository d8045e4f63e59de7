"""Accounts and machines, for administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from archive.models import Account, ApiClient
from archive.services import people
from imaging.errors import CodedError
from web.access import account_of, needs
from web.forms import ChangeAccountForm, ClientForm, NewAccountForm
from web.words import ROLE


@needs("manage_accounts")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """List accounts and API clients."""
    return _overview(request)


def _overview(request: HttpRequest, *, status: int = 200, **forms: object) -> HttpResponse:
    context = {
        "accounts": Account.objects.prefetch_related("groups").order_by("username"),
        "clients": ApiClient.objects.order_by("revoked_at", "name"),
        "new_account": NewAccountForm(),
        "new_client": ClientForm(),
    }
    return render(request, "web/people.html", context | forms, status=status)


@needs("manage_accounts")
@require_POST
def add_account(request: HttpRequest) -> HttpResponse:
    """Make an account and show its one-time link."""
    form = NewAccountForm(request.POST)
    if not form.is_valid():
        return _overview(request, status=422, new_account=form)
    said, actor = form.cleaned_data, account_of(request).username
    try:
        account = people.add_account(
            said["username"],
            full_name=said["full_name"],
            unit=said["unit"],
            roles=form.chosen_roles(),
            actor=actor,
        )
    except CodedError as error:
        form.add_error("username", error.message)
        return _overview(request, status=422, new_account=form)
    return _show_link(request, account)


@needs("manage_accounts")
@require_http_methods(["GET", "POST"])
def change_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Change who an account is for, its roles, and whether it may come in."""
    account = get_object_or_404(Account, pk=account_id)
    form = ChangeAccountForm(request.POST if request.method == "POST" else _answers(account))
    if request.method == "GET" or not form.is_valid():
        return _account_page(request, account, form)
    said = form.cleaned_data
    try:
        people.change_account(
            account,
            full_name=said["full_name"],
            unit=said["unit"],
            is_active=said["is_active"],
            roles=form.chosen_roles(),
            by=account_of(request),
        )
    except CodedError as error:
        form.add_error(None, error.message)
        return _account_page(request, account, form)
    messages.success(request, f"Đã lưu tài khoản {account.username}.")
    return redirect("/quan-tri/")


def _account_page(request: HttpRequest, account: Account, form: ChangeAccountForm) -> HttpResponse:
    is_refused = request.method == "POST"
    context = {"form": form, "changed": account}
    return render(request, "web/account.html", context, status=422 if is_refused else 200)


def _answers(account: Account) -> dict[str, object]:
    names = account.groups.values_list("name", flat=True)
    return {
        "full_name": account.full_name or account.username,
        "unit": account.unit,
        "roles": [name for name in names if name in ROLE],
        "is_active": account.is_active,
    }


@needs("manage_accounts")
@require_POST
def issue_link(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give a one-time sign-in link."""
    return _show_link(request, get_object_or_404(Account, pk=account_id, is_active=True))


def _show_link(request: HttpRequest, account: Account) -> HttpResponse:
    token = people.issue_ticket(account, actor=account_of(request).username)
    context = {
        "title": f"Liên kết đăng nhập của {account}",
        "secret": request.build_absolute_uri(f"/vao/{token}/"),
        "hint": "Dùng được một lần, trong 24 giờ. Hãy chép và gửi riêng cho đúng người này.",
    }
    return render(request, "web/shown_once.html", context)


@needs("manage_accounts")
@require_POST
def add_client(request: HttpRequest) -> HttpResponse:
    """Make an API key and show it once."""
    form = ClientForm(request.POST)
    if not form.is_valid():
        return _overview(request, status=422, new_client=form)
    said, actor = form.cleaned_data, account_of(request).username
    try:
        client, key = people.add_client(said["name"], said["scopes"], actor=actor)
    except CodedError as error:
        form.add_error("name", error.message)
        return _overview(request, status=422, new_client=form)
    context = {
        "title": f"Khóa API của {client.name}",
        "secret": key,
        "hint": "Khóa chỉ hiện một lần này. Hãy chép vào hệ thống kia ngay bây giờ.",
    }
    return render(request, "web/shown_once.html", context)


@needs("manage_accounts")
@require_POST
def revoke_client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Withdraw an API key."""
    client = get_object_or_404(ApiClient, pk=client_id, revoked_at=None)
    people.revoke_client(client, actor=account_of(request).username)
    messages.success(request, f"Đã thu hồi khóa của {client.name}.")
    return redirect("/quan-tri/")
