"""What `tangthu doctor` looks at in the archive: its copies, its keys, how far it was read."""

import os
from collections.abc import Callable

from config.commands.doctor import Check
from config.options import read_options

READ_NOW = "tangthu fixity"


def _copies() -> Check:
    """Whether every place is fit, and the second one on another disk."""
    from workers.custody import room_of
    from workers.house import current

    copies = room_of(current()).copies
    faults = [fault for copy in copies for fault in copy.faults()] + _same_disk()
    if faults:
        return Check("copies", ok=False, detail=" ".join(faults), mend=_mend_of_copies())
    detail = "; ".join(copy.place for copy in copies)
    if len(copies) == 1:
        detail += "; chưa đặt bản sao thứ hai (TANGTHU_COPY_FOLDER hoặc TANGTHU_COPY_S3_ENDPOINT)"
    return Check("copies", ok=True, detail=detail)


def _mend_of_copies() -> str:
    """The one thing that a command mends: a folder that the operator has not marked."""
    from archive.stores.local_archive import HERE

    folder = read_options().store.copy_folder
    if folder is not None and folder.is_dir() and not (folder / HERE).is_file():
        return f"touch {folder / HERE}"
    return "df -h"


def _same_disk() -> list[str]:
    options = read_options()
    folder = options.store.copy_folder
    if folder is None or options.store.s3 is not None or not folder.is_dir():
        return []
    if os.stat(folder).st_dev != os.stat(options.home).st_dev:  # noqa: PTH116  one number is all
        return []
    return ["Bản sao thứ hai nằm cùng ổ đĩa với bản thứ nhất: hỏng ổ đĩa là mất cả hai."]


def _fixity() -> Check:
    """What copies still miss, what is damaged, what was not read in time."""
    from django.utils import timezone

    from archive.services.rolling import custody_state, is_too_slow
    from workers.custody import room_of, worries
    from workers.house import current

    house = current()
    found = list(worries(house))
    states = custody_state(room_of(house), house.fixity, timezone.now())
    if is_too_slow(states, house.fixity):
        found.append(
            f"Đọc {house.fixity.megabytes_per_second:g} MB/giây không kịp đọc hết kho trong "
            f"{house.fixity.days} ngày. Hãy tăng TANGTHU_FIXITY_MB_S."
        )
    if found:
        return Check("fixity", ok=False, detail=" ".join(found), mend=READ_NOW)
    told = "; ".join(
        f"{state.place}: {state.forms} tệp"
        + (f", lâu nhất đọc lần cuối {state.oldest:%d/%m/%Y}" if state.oldest else "")
        for state in states
    )
    return Check("fixity", ok=True, detail=told)


def _keys() -> Check:
    """Whether every key that some blob lies under is there."""
    from archive.services.rotation import lost_keys
    from workers.custody import room_of
    from workers.house import current

    house = current()
    lost = lost_keys(room_of(house))
    if lost:
        detail = f"thiếu khóa {', '.join(lost)}. Hãy khôi phục thư mục keys từ bản sao lưu."
        return Check("keys", ok=False, detail=detail, mend="tangthu keys list")
    return Check("keys", ok=True, detail=", ".join(house.vault.names()))


LOOKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("copies", _copies),
    ("fixity", _fixity),
    ("keys", _keys),
)
