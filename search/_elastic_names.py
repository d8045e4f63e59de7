"""The indexes on the server: which one is in use, of which version, and the one beside it.

Three aliases name them, and every write and question goes by an alias, so that one change of
aliases moves all nodes at once. Two of the aliases bear the version: a node of another version
does not find them, and so can never write in the wrong shape.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from search._elastic_schema import MAPPING

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_DIGITS = 20


class Names(NamedTuple):
    """The aliases of an index for one version of the software."""

    any: str
    """The index in use, whatever wrote it."""
    version: int

    @property
    def mine(self) -> str:
        """The index in use, where this version wrote it."""
        return f"{self.any}-v{self.version}"

    @property
    def beside(self) -> str:
        """The index that this version is filling."""
        return f"{self.mine}-next"


def behind(client: "Elasticsearch", alias: str) -> tuple[str, ...]:
    """The indexes that an alias names; none where there is no such alias."""
    if not client.indices.exists_alias(name=alias):
        return ()
    return tuple(client.indices.get_alias(name=alias))


def versions(client: "Elasticsearch", alias: str) -> dict[str, int]:
    """The indexes behind an alias, each with the version that wrote it."""
    found = client.indices.get_mapping(index=alias).items()
    return {
        name: int(about["mappings"].get("_meta", {}).get("version") or 0) for name, about in found
    }


def create(
    client: "Elasticsearch", names: Names, aliases: Iterable[str], *, in_use: Iterable[str]
) -> bool:
    """Make an empty index under aliases, the next after the one in use; False where it is there.

    Its name follows from what the caller saw in use when it chose to make one: of two nodes that
    begin at once, one makes it.
    """
    from elasticsearch import BadRequestError

    numbers = [int(name[-_DIGITS:]) for name in in_use]
    name = f"{names.mine}-{max(numbers, default=-1) + 1:0{_DIGITS}}"
    try:
        client.indices.create(
            index=name,
            mappings={**MAPPING, "_meta": {"version": names.version}},
            settings={"number_of_shards": 1},
            aliases={alias: {} for alias in aliases},
        )
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
        return False
    return True


def exchange(client: "Elasticsearch", names: Names) -> None:
    """Let the index beside be the one in use, in one step."""
    gone: list[Mapping[str, Any]] = [
        {"remove": {"index": name, "alias": alias}}
        for name, about in _ours(client, names).items()
        for alias in about
        if alias in (names.beside, names.any)
        or re.fullmatch(rf"{re.escape(names.any)}-v\d+", alias)
    ]
    new = [
        {"add": {"index": name, "alias": alias}}
        for name in behind(client, names.beside)
        for alias in (names.any, names.mine)
    ]
    if new:
        client.indices.update_aliases(actions=[*gone, *new])


def leftovers(client: "Elasticsearch", names: Names) -> list[str]:
    """Indexes of ours that are not in use: without a name, or begun by an older version."""
    older = {Names(names.any, version).beside for version in range(names.version)}
    return [name for name, about in _ours(client, names).items() if set(about) <= older]


def every(client: "Elasticsearch", names: Names) -> list[str]:
    """All indexes of ours."""
    return list(_ours(client, names))


def _ours(client: "Elasticsearch", names: Names) -> dict[str, Mapping[str, Any]]:
    """Every index that was made under this name, with its aliases."""
    found = client.indices.get_alias(index=f"{names.any}-*", expand_wildcards="all")
    ours = re.compile(rf"{re.escape(names.any)}-(v\d+-)?\d{{{_DIGITS}}}")
    return {name: about["aliases"] for name, about in found.items() if ours.fullmatch(str(name))}
