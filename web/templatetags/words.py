"""Filters that put codes into words and numbers into Vietnamese form."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from archive.models import Document, Signature
from web import words

register = template.Library()

OPEN, CLOSE = "\x02", "\x03"
KILOBYTE = 1024


@register.filter
def status_word(document: Document) -> str:
    """Where a document stands."""
    return words.status_word(document)


@register.filter
def receipt_word(state: str) -> str:
    """Where a file stands."""
    return words.RECEIPT[state]


@register.filter
def batch_word(state: str) -> str:
    """Where a batch stands."""
    return words.BATCH[state]


@register.filter
def verdict_word(verdict: str) -> str:
    """What a signature is worth."""
    return words.VERDICT.get(verdict, words.VERDICT["undetermined"])


@register.filter
def reason_word(reason: str) -> str:
    """Why a signature is worth that."""
    return words.REASON.get(reason, reason)


@register.filter
def signature_role(role: str) -> str:
    """In which role somebody signed."""
    return words.SIGNATURE_ROLE.get(role, role)


@register.filter
def regime_words(signature: Signature) -> str:
    """Who holds the certificate and under which regime, where that is known."""
    holder = words.HOLDER.get(signature.holder, "")
    store = words.TRUST_STORE.get(signature.trust_store, "")
    return ", ".join(part for part in (holder, store) if part)


@register.filter
def role_word(role: str) -> str:
    """The name of a group of accounts."""
    return words.ROLE.get(role, role)


@register.filter
def scope_word(scope: str) -> str:
    """What a key may ask."""
    return words.SCOPE.get(scope, scope)


@register.filter
def tone(state: str) -> str:
    """How a state is coloured."""
    return words.TONE.get(state, "calm")


@register.filter
def size_word(size: int) -> str:
    """Bytes in whole KB, or MB with one decimal and a comma."""
    if size < KILOBYTE * KILOBYTE:
        return f"{max(1, round(size / KILOBYTE))} KB" if size else "0 KB"
    return f"{size / KILOBYTE / KILOBYTE:.1f} MB".replace(".", ",")


@register.filter
def marked(snippet: str) -> SafeString:
    """Mark the found words of a snippet; everything in it is escaped first."""
    text = conditional_escape(snippet)
    return mark_safe(text.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S308  escaped above
