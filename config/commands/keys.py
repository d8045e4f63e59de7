"""`tangthu keys list`, `tangthu keys rotate`, `tangthu keys adopt`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archive.keyfiles import Origin
from config.cli import Answer, Arguments
from config.progress import Progress
from config.start import local_account, start

if TYPE_CHECKING:
    from archive.models import Account
    from archive.services.rotation import KeyRow
    from workers.house import House


def run(arguments: Arguments) -> Answer:
    """Show the keys, give them new versions, or make this node's those of the house."""
    if arguments.action == "adopt":
        return _adopt()
    options = start()
    from workers.house import current

    if arguments.action == "list":
        return _list(current())
    return _rotate(current(), arguments.key, local_account(options))


def _adopt() -> Answer:
    """For a house whose old keys are gone for good: what lay under them is lost."""
    options = start(is_checked=False)
    from archive.services.nodes import adopt_keys
    from config.nodes import held_keys
    from config.strongroom import build_vault

    held = held_keys(options, build_vault(options))
    adopt_keys(held, local_account(options))
    names = ", ".join(sorted(held))
    told = f"Hệ thống từ nay dùng các khóa của máy này: {names}. Hãy chép chúng sang mọi máy khác."
    return Answer({"keys": sorted(held)}, told)


def _list(house: "House") -> Answer:
    from archive.services.rotation import list_keys
    from workers.custody import room_of

    rows = [_row(row) for row in list_keys(room_of(house))]
    lines = [
        f"{row['name']} {row['version']} ({row['id']}): {row['origin']}"
        f"{', đang dùng' if row['current'] else ''}, {row['used']} tệp"
        for row in rows
    ]
    return Answer({"keys": rows}, "\n".join(lines))


def _row(row: "KeyRow") -> Mapping[str, Any]:
    """Ids name keys without giving them away."""
    return {
        "name": row.version.name,
        "version": row.version.version,
        "id": row.version.key.key_id.hex(),
        "origin": row.version.origin.value,
        "current": row.is_current,
        "used": row.used,
    }


def _rotate(house: "House", name: str | None, account: "Account") -> Answer:
    from archive.vault import NODE

    names = [name] if name else house.vault.names()
    told = [
        _rotate_node(house, account) if each == NODE else _rotate_class(house, each, account)
        for each in names
    ]
    lines = [
        f"{one['name']}: phiên bản {one['version']}, đã bọc lại {one['rewrapped']} khóa, "
        + (
            f"{one['retired']} khóa cũ không còn dùng, có thể bỏ khỏi tệp khóa trên mọi máy."
            if one["given"]
            else f"cất {one['retired']} khóa cũ."
        )
        for one in told
    ]
    return Answer({"keys": told}, "\n".join(lines))


def _rotate_class(house: "House", name: str, account: "Account") -> Mapping[str, Any]:
    """Where the operator keeps the keys, the newest of them is the new version."""
    from archive.services import rotation
    from archive.stores.errors import KeyFixedError
    from workers.custody import room_of

    room = room_of(house)
    try:
        version = rotation.new_version(room, name, account)
    except KeyFixedError:
        version = house.vault.current(name)
    with Progress(f"Bọc lại khóa {name}", unit="tệp") as progress:
        done = rotation.rewrap_class(room, name, tick=progress.step)
    rotation.record_rewrap(name, done, actor=account.username)
    retired = rotation.retire_keys(room, actor=account.username)
    return {
        "name": name,
        "version": version.version,
        "rewrapped": done,
        "retired": sum(one.name == name for one in retired),
        "given": version.origin is Origin.GIVEN,
    }


def _rotate_node(house: "House", account: "Account") -> Mapping[str, Any]:
    from archive.services import rotation
    from archive.services.nodes import rekey_shared
    from archive.stores.errors import KeyFixedError
    from archive.vault import NODE, NodeKeys
    from workers.custody import room_of

    room = room_of(house)
    try:
        version = rotation.new_version(room, NODE, account)
    except KeyFixedError:
        version = house.vault.current(NODE)
    done = rotation.rekey_work(house.work, house.examples.store)
    rekey_shared(NodeKeys(house.vault))
    retired = rotation.retire_node_keys(room, actor=account.username)
    return {
        "name": NODE,
        "version": version.version,
        "rewrapped": done,
        "retired": len(retired),
        "given": version.origin is Origin.GIVEN,
    }
