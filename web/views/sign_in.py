"""Coming in and going out."""

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from archive.models import Account
from archive.services.people import note_sign_in, redeem_ticket, set_password
from web.access import account_of, signed_in
from web.throttle import TooManyTriesError, check_tries, forget_failures, note_failure

BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy gõ lại, hoặc xin người quản trị một liên kết."


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a name and a password."""
    if request.method == "GET":
        return _form(request)
    username = request.POST.get("username", "").strip()
    try:
        check_tries(request, username)
    except TooManyTriesError as error:
        return _form(request, message=error.message, status=429)
    account = authenticate(request, username=username, password=request.POST.get("password", ""))
    if not isinstance(account, Account):
        note_failure(request, username)
        return _form(request, message=WRONG, status=401)
    forget_failures(request, username)
    login(request, account)
    note_sign_in(account)
    return redirect(_next(request))


def _form(request: HttpRequest, *, message: str = "", status: int = 200) -> HttpResponse:
    context = {
        "message": message,
        "username": request.POST.get("username", ""),
        "next": _next(request),
    }
    return render(request, "web/sign_in.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """Return where the person wanted to go, on this site only."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    allowed = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else "/"


@require_http_methods(["GET", "POST"])
def ticket(request: HttpRequest, untrusted_token: str) -> HttpResponse:
    """Show a button first: a link preview or a scanner of mail must not use the link up."""
    if request.method == "GET":
        return render(request, "web/ticket.html")
    login(request, redeem_ticket(untrusted_token), backend=BACKEND)
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("/dang-nhap/")


@signed_in
@require_http_methods(["GET", "POST"])
def own_account(request: HttpRequest) -> HttpResponse:
    """Show what one's own account may do, and set its password."""
    account = account_of(request)
    form = SetPasswordForm(account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        set_password(account, form.cleaned_data["new_password1"], actor=account.username)
        update_session_auth_hash(request, account)
        return redirect("/tai-khoan/?da-doi=1")
    roles = [group.name for group in account.groups.order_by("name")]
    context = {"form": form, "roles": roles, "changed": "da-doi" in request.GET}
    return render(request, "web/own_account.html", context, status=422 if form.errors else 200)
