"""Which keys every node must hold, and how often somebody failed to sign in, in the records."""

import datetime as dt

import pytest
from django.utils import timezone

from archive.errors import NodeKeysDifferError, NotAllowedError
from archive.models import Account, AuditEvent, HouseKey, TryCount
from archive.services import nodes, tries
from archive.stores import DataKey
from archive.stores.cipher import OneKey
from archive.tags import Tag

pytestmark = pytest.mark.django_db
FIRST = {"node": ["n1"], "cookie": ["c1"], "class:identity": ["i1"]}


def test_the_first_node_says_which_keys_the_house_has() -> None:
    """Its newest; what another holds beside is no matter."""
    assert not nodes.are_keys_known(FIRST)
    nodes.admit_keys(FIRST)
    assert nodes.are_keys_known(FIRST)
    assert nodes.are_keys_known(FIRST | {"node": ["n0", "n1"]})


@pytest.mark.parametrize(
    "held", [FIRST | {"node": ["n2"]}, FIRST | {"cookie": ["c2"]}, {"node": ["n1"]}]
)
def test_a_node_that_lacks_one_is_refused(held: dict[str, list[str]]) -> None:
    """Nothing is written."""
    nodes.admit_keys(FIRST)
    before = set(HouseKey.objects.values_list("name", "key_id"))
    with pytest.raises(NodeKeysDifferError):
        nodes.admit_keys(held)
    assert set(HouseKey.objects.values_list("name", "key_id")) == before


def test_a_rotation_asks_for_both_until_the_old_one_is_forgotten() -> None:
    """A node without the new one could not read what is written from now on."""
    nodes.admit_keys(FIRST)
    rotated = FIRST | {"node": ["n1", "n2"]}
    nodes.admit_keys(rotated)
    for held in (FIRST, FIRST | {"node": ["n2"]}):
        with pytest.raises(NodeKeysDifferError):
            nodes.are_keys_known(held)
    assert nodes.forget_key("node", "n1")
    assert not nodes.forget_key("node", "n1")
    assert nodes.are_keys_known(FIRST | {"node": ["n2"]})


def test_keys_are_adopted_by_whoever_may(account: Account) -> None:
    """The way out where old keys are gone for good; it leaves an event."""
    nodes.admit_keys(FIRST)
    other = {"node": ["n9"], "cookie": ["c9"]}
    with pytest.raises(NotAllowedError):
        nodes.adopt_keys(other, Account.objects.create(username="nobody"))
    nodes.adopt_keys(other, account)
    assert nodes.are_keys_known(other)
    event = AuditEvent.objects.get(tag=Tag.KEYS_ADOPTED)
    assert event.detail == {"node": "n9", "cookie": "c9"}


def test_shared_files_follow_a_new_key() -> None:
    """Enciphered anew, the same inside."""
    old, new = OneKey(DataKey.make()), DataKey.make()

    class Ring:
        current = new

        def find(self, key_id: bytes) -> DataKey | None:
            """The one or the other."""
            return old.find(key_id) or OneKey(new).find(key_id)

    nodes.share_files("models", {"current.json": b"{}"}, old)
    hashes = nodes.shared_hashes("models")
    nodes.rekey_shared(Ring())
    assert nodes.shared_hashes("models") == hashes
    assert nodes.shared_content("models", "current.json", OneKey(new)) == b"{}"


def test_failures_count_from_the_first_and_are_swept() -> None:
    """A later one does not lengthen the wait; what is over leaves no row."""
    for _ in range(3):
        tries.note_failures(["a", "b"], seconds=60)
    assert tries.failures_of(["a", "b", "c"]) == [3, 3, 0]
    ends = set(TryCount.objects.values_list("ends_at", flat=True))
    tries.note_failures(["a"], seconds=60)
    assert set(TryCount.objects.values_list("ends_at", flat=True)) == ends
    tries.forget_failures_of("a")
    assert tries.failures_of(["a", "b"]) == [0, 3]
    TryCount.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert tries.failures_of(["b"]) == [0]
    tries.note_failures(["c"], seconds=60)
    assert TryCount.objects.count() == 1


def test_no_address_stands_in_the_records() -> None:
    tries.note_failures(["sign-in:10.0.0.7:lan"], seconds=60)
    assert not TryCount.objects.filter(name__contains="10.0.0.7").exists()
