"""What `tangthu doctor` says of the nodes: the work store that they share, and their clocks."""

import datetime as dt
import json
import os
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from config.commands.doctor import Check
from config.options import read_options

if TYPE_CHECKING:
    from archive.stores.s3_work import S3WorkStore

PROBE = "probe"
MOST_SKEW_SECONDS = 30
MEND_OF_WORK = "env | grep TANGTHU_WORK_S3_BUCKET"
MEND_OF_CLOCK = "sudo timedatectl set-ntp true"


def _work() -> Check:
    """Whether what is under way can be written, read back and erased; on S3 by every node."""
    from archive.stores import LocalWorkStore
    from workers.house import current

    work = current().work
    if isinstance(work, LocalWorkStore):
        with work.writing():
            stored = work.put(secrets.token_bytes(16))
            work.read(stored.sha256)
            work.delete(stored.sha256)
        return Check("work", ok=True, detail="thư mục của máy này, ghi và đọc lại được")
    from archive.stores.s3_work import S3WorkStore

    assert isinstance(work, S3WorkStore)
    faults = work.faults()
    if faults:
        return Check("work", ok=False, detail=" ".join(faults), mend=MEND_OF_WORK)
    return Check("work", ok=True, detail=_probe(work))


def _probe(work: "S3WorkStore") -> str:
    """Read what the last node laid down, then lay down ours. Raises `key_mismatch`."""
    found = work.marked(PROBE)
    ours = {"node": os.uname().nodename, "at": dt.datetime.now(dt.UTC).isoformat()}
    work.mark(PROBE, json.dumps(ours).encode())
    if json.loads(work.marked(PROBE) or b"{}") != ours:
        return "mẫu thử vừa ghi đã được máy khác ghi lại: các máy đều ghi được"
    if found is None:
        return "đã ghi mẫu thử đầu tiên và đọc lại được"
    last = json.loads(found)
    at = dt.datetime.fromisoformat(last["at"])
    return f"giải mã được mẫu thử của máy {last['node']} ghi lúc {at:%H:%M:%S %d/%m/%Y} (UTC)"


def _nodes() -> Check:
    """What the house's nodes share, and how far this one's clock is from the records'."""
    options = read_options()
    if not options.postgres:
        return Check("nodes", ok=True, detail="một máy, dữ liệu trong thư mục của máy")
    skew = _skew_seconds()
    if abs(skew) > MOST_SKEW_SECONDS:
        detail = f"đồng hồ máy này lệch {skew:.0f} giây so với máy chủ cơ sở dữ liệu"
        return Check("nodes", ok=False, detail=detail, mend=MEND_OF_CLOCK)
    if options.work.bucket is None:
        detail = "một máy làm việc (khu xử lý nằm trong thư mục của máy này)"
        return Check("nodes", ok=True, detail=detail)
    detail = "nhiều máy dùng chung, khóa giống nhau"
    if options.elastic is None:
        detail += "; chỉ mục tìm kiếm còn nằm riêng trên máy này (TANGTHU_ELASTIC_URL)"
    return Check("nodes", ok=True, detail=detail)


def _skew_seconds() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: dt.datetime = cursor.fetchone()[0]
    return (dt.datetime.now(dt.UTC) - at).total_seconds()


LOOKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("work", _work),
    ("nodes", _nodes),
)
