"""Whether this node belongs to its house: the same keys, the same work bucket, records of today."""

import hashlib
import logging
from typing import TYPE_CHECKING

from archive.stores.errors import BucketUnfitError, StoreUnavailableError
from archive.vault import NODE, Vault
from config.home import secret_key
from config.options import Options

if TYPE_CHECKING:
    from archive.keyfiles import KeyVersion
    from archive.services.nodes import Held
    from archive.stores.s3_work import S3WorkStore

log = logging.getLogger(__name__)

MARK = "house"
COOKIE = "cookie"
OTHER_HOUSE = (
    "Bucket {} thuộc một hệ thống Tàng Thư khác nên chưa ghi gì vào đó. "
    "Hãy đặt TANGTHU_WORK_S3_BUCKET đúng với các máy khác."
)
LOST_MARK = (
    "Bucket {} không phải bucket mà hệ thống đang dùng nên chưa ghi gì vào đó. "
    "Hãy đặt TANGTHU_WORK_S3_BUCKET đúng với các máy khác."
)


def check_keys(options: Options, vault: Vault) -> None:
    """Let this node in. Raises `node_keys_differ`, nothing written."""
    from archive.services.nodes import admit_keys, are_keys_known
    from config.start import alone_among_nodes

    held = held_keys(options, vault)
    if not are_keys_known(held):
        with alone_among_nodes():
            admit_keys(held)


def check_records(options: Options) -> None:
    """See that the records are no older than the archive. Raises `records_behind`.

    An archive that is away is looked at again before the next anchor is written.
    """
    from archive.services.restoring import check_not_behind
    from config.strongroom import build_archive

    try:
        check_not_behind(build_archive(options))
    except StoreUnavailableError as error:
        log.warning("archive_not_looked_at", extra={"code": error.code, "detail": error.detail})


def held_keys(options: Options, vault: Vault) -> "Held":
    """The ids of what all nodes must hold; a class key of this folder is nobody else's."""
    from archive.services.nodes import house_name

    is_given = bool(options.store.class_keys_file or options.store.class_keys)
    held = {
        house_name(name): [version.key.key_id.hex() for version in _with_retired_first(vault, name)]
        for name in vault.names()
        if name == NODE or is_given
    }
    cookie = options.work.cookie_key or secret_key(options.home)
    held[COOKIE] = [hashlib.sha256(b"tangthu cookie key\0" + cookie.encode()).hexdigest()]
    return held


def _with_retired_first(vault: Vault, name: str) -> "list[KeyVersion]":
    newest = vault.current(name)
    older = [one for one in vault.versions(name, retired=True) if one.key != newest.key]
    return [*older, newest]


def admit_bucket(store: "S3WorkStore", bucket: str) -> None:
    """See that a work bucket is this house's, and mark one that is new.

    A house that has marked its bucket does not take another, empty one for it: its work would be
    in two places. Raises `bucket_unfit`, `key_mismatch`, nothing written.
    """
    from archive.services.nodes import has_marked_bucket, house_id, note_marked_bucket

    mark, house = store.marked(MARK), house_id().encode()
    if mark == house:
        return
    if mark is not None:
        raise BucketUnfitError(OTHER_HOUSE.format(bucket), detail=bucket)
    if has_marked_bucket():
        raise BucketUnfitError(LOST_MARK.format(bucket), detail=bucket)
    store.mark(MARK, house)
    note_marked_bucket()
