"""Verbs of accounts: roles, the machine's local account, one-time links, API keys."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from archive.errors import AccountTakenError, NotFoundError, OwnAccountError
from archive.models import Account, ApiClient, SignInTicket
from archive.permissions import require
from archive.services.audit import record_event
from archive.states import Role
from archive.tags import Tag
from archive.writing import writing

TICKET_LIFE = dt.timedelta(hours=24)
KEY_PREFIX = "tt_"

RIGHTS: dict[Role, tuple[str, ...]] = {
    Role.OPERATOR: ("feed_batch", "search_documents"),
    Role.CHECKER: ("confirm_document", "search_documents", "see_identity"),
    Role.SIGNER: ("sign_document", "search_documents", "see_identity"),
    Role.CLERK: ("search_documents",),
    Role.ARCHIVIST: (
        "search_documents",
        "see_identity",
        "decide_held",
        "see_looks",
        "hold_document",
        "protect_document",
        "shred_document",
        "see_quality",
        "see_health",
    ),
    Role.SUPERVISOR: ("search_documents", "see_quality", "see_health"),
    Role.ADMIN: ("manage_accounts", "manage_keys", "see_health"),
    Role.CLIENT: (),
}
LOCAL_ROLES = (Role.OPERATOR, Role.CHECKER, Role.SIGNER, Role.ARCHIVIST, Role.ADMIN)


def prepare_accounts(local_account: str) -> None:
    """Make the roles and the account of the person at the machine, where they are missing."""
    with writing():
        for role, rights in RIGHTS.items():
            group, _made = Group.objects.get_or_create(name=role.value)
            group.permissions.set(
                Permission.objects.filter(content_type__app_label="archive", codename__in=rights)
            )
        account, made = Account.objects.get_or_create(
            username=local_account, defaults={"full_name": "Người trực máy này"}
        )
        if made:
            account.set_unusable_password()
            account.save()
            set_roles(account, LOCAL_ROLES, actor="machine")


def set_roles(account: Account, roles: Iterable[Role], *, actor: str) -> None:
    """Give an account exactly these roles."""
    names = sorted(role.value for role in roles)
    with writing():
        account.groups.set(Group.objects.filter(name__in=names))
        record_event(
            Tag.ACCOUNT_CHANGED,
            actor=actor,
            subject=f"account:{account.username}",
            detail={"roles": names},
        )


def add_account(
    username: str, *, full_name: str, unit: str, roles: Iterable[Role], actor: str
) -> Account:
    """Make an account without a password: its person comes in by a one-time link.

    Raises AccountTakenError.
    """
    with writing():
        if Account.objects.filter(username__iexact=username).exists():
            raise AccountTakenError(detail=username)
        account = Account(username=username, full_name=full_name, unit=unit)
        account.set_unusable_password()
        account.save()
        set_roles(account, roles, actor=actor)
    return account


def change_account(
    account: Account,
    *,
    full_name: str,
    unit: str,
    is_active: bool,
    roles: Iterable[Role],
    by: Account,
) -> None:
    """Change who an account is for and what it may do.

    Raises NotAllowedError, OwnAccountError where an administrator would lock themselves out.
    """
    require(by, "manage_accounts")
    wanted = set(roles)
    if account.pk == by.pk and not (is_active and Role.ADMIN in wanted):
        raise OwnAccountError
    with writing():
        account.full_name, account.unit, account.is_active = full_name, unit, is_active
        account.save(update_fields=["full_name", "unit", "is_active"])
        if not is_active:
            SignInTicket.objects.filter(account=account, used_at=None).delete()
        set_roles(account, wanted, actor=by.username)


def set_password(account: Account, password: str, *, actor: str) -> None:
    """Take a new password, already validated."""
    with writing():
        account.set_password(password)
        account.save(update_fields=["password"])
        record_event(
            Tag.ACCOUNT_CHANGED,
            actor=actor,
            subject=f"account:{account.username}",
            detail={"password": True},
        )


def note_sign_in(account: Account) -> None:
    """Write down that a person signed in with a password."""
    record_event(
        Tag.ACCOUNT_SIGNED_IN,
        actor=account.username,
        subject=f"account:{account.username}",
        detail={"by": "password"},
    )


def issue_ticket(account: Account, *, actor: str = "machine") -> str:
    """Return the token of a new one-time sign-in link; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    with writing():
        SignInTicket.objects.create(
            account=account, token_hash=_hash(token), expires_at=timezone.now() + TICKET_LIFE
        )
        record_event(Tag.TICKET_ISSUED, actor=actor, subject=f"account:{account.username}")
    return token


def redeem_ticket(untrusted_token: str) -> Account:
    """Return the account of a fresh ticket and use it up; raises NotFoundError otherwise."""
    with writing():
        now = timezone.now()
        ticket = (
            SignInTicket.objects.select_for_update()
            .filter(token_hash=_hash(untrusted_token), used_at=None, expires_at__gt=now)
            .select_related("account")
            .first()
        )
        if ticket is None or not ticket.account.is_active:
            raise NotFoundError("Liên kết đăng nhập đã dùng hoặc hết hạn. Hãy xin liên kết mới.")
        ticket.used_at = now
        ticket.save(update_fields=["used_at"])
        record_event(
            Tag.ACCOUNT_SIGNED_IN,
            actor=ticket.account.username,
            subject=f"account:{ticket.account.username}",
            detail={"by": "ticket"},
        )
        return ticket.account


def add_client(name: str, scopes: Iterable[str], *, actor: str) -> tuple[ApiClient, str]:
    """Make an API key; return its row and the key, which is shown once and kept hashed.

    Raises AccountTakenError.
    """
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    with writing():
        if ApiClient.objects.filter(name=name).exists():
            raise AccountTakenError(detail=name)
        client = ApiClient.objects.create(
            name=name, key_prefix=key[:12], key_hash=_hash(key), scopes=sorted(scopes)
        )
        record_event(
            Tag.CLIENT_ADDED,
            actor=actor,
            subject=f"client:{client.pk}",
            detail={"scopes": client.scopes},
        )
    return client, key


def revoke_client(client: ApiClient, *, actor: str) -> None:
    """Withdraw an API key."""
    with writing():
        client.revoked_at = timezone.now()
        client.save(update_fields=["revoked_at"])
        record_event(Tag.CLIENT_REVOKED, actor=actor, subject=f"client:{client.pk}")


def client_of(untrusted_key: str) -> ApiClient | None:
    """Return the client whose key this is, or None; the compare takes equal time."""
    client = ApiClient.objects.filter(key_prefix=untrusted_key[:12], revoked_at=None).first()
    if client is None or not secrets.compare_digest(client.key_hash, _hash(untrusted_key)):
        return None
    return client


def _hash(token: str) -> str:
    """Hash a token of 24 or more random bytes; no salt is needed for what cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
