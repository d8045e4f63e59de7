"""How the whole works, gathered for people: what is well, what is not, what to do next."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from archive.lanes import Lane
from archive.models import Document, WorkerSeen
from archive.services import seeing
from archive.services.indexing import open_pass
from archive.services.rolling import troubles
from archive.states import PassKind
from workers.custody import room_of, worries
from workers.health import LEAST_FREE_BYTES, LOOKOUT, SLOW, Component, free_bytes
from workers.house import House
from workers.presence import LATELY, version_here

GOOD, DUE, BAD = "good", "due", "bad"
DAY = dt.timedelta(days=1)
SLOW_SECONDS = {Lane.COUNTER: 300.0, Lane.BATCH: 6 * 3600.0}
"""How old the oldest run of a lane may grow before somebody should look."""
COMPONENTS = {
    "records": "Cơ sở dữ liệu",
    "work": "Kho giấy tờ đang xử lý",
    "archive": "Kho lưu trữ",
    "index": "Chỉ mục tìm kiếm",
    "broker": "Máy chủ hàng đợi",
}
WELL = {
    "records": "Trả lời bình thường.",
    "work": "Đọc, ghi được.",
    "archive": "Đọc được.",
    "index": "Tìm kiếm được.",
    "broker": "Trả lời bình thường.",
}
ADVICE = {
    "records": "Không dùng được. Hãy kiểm tra máy chủ cơ sở dữ liệu, rồi chạy: tangthu doctor",
    "work": "Không dùng được, máy tạm dừng đọc. Hãy kiểm tra ổ đĩa hoặc máy chủ lưu trữ.",
    "archive": "Không dùng được, máy tạm dừng lưu kho. Hãy kiểm tra ổ đĩa hoặc máy chủ lưu trữ.",
    "index": (
        "Chưa tìm kiếm được; việc nhận, đọc và lưu vẫn chạy, máy tự ghi bù sau. "
        "Hãy kiểm tra máy chủ tìm kiếm, rồi chạy: tangthu doctor"
    ),
    "broker": "Không trả lời; việc vẫn nằm trong sổ, không mất. Hãy kiểm tra máy chủ hàng đợi.",
}
LANES = {
    Lane.COUNTER: ("Tại quầy", "có người đang chờ"),
    Lane.BATCH: ("Theo lô", "nạp bằng lệnh hoặc thư mục"),
    Lane.MAINTENANCE: ("Giữ gìn", "gia hạn bằng chứng, việc định kỳ"),
    Lane.BACKFILE: ("Hồ sơ cũ", "nhường mọi việc khác"),
}
STAGES = {
    "open": "mở tệp",
    "gate": "xem chất lượng và dấu mật",
    "clean": "làm sạch trang",
    "recognise": "đọc chữ",
    "separate": "chia giấy tờ",
    "classify": "nhận loại",
    "extract": "đọc các trường",
    "compare": "so với mục lục",
    "index": "ghi chỉ mục",
    "render": "lập PDF/A",
    "check": "chuyển người kiểm tra",
    "sign": "ký số",
    "seal": "lưu kho",
    "keep": "giữ tệp gốc",
    "renew": "gia hạn bằng chứng",
    "reseal": "lưu bằng chứng mới",
}


@dataclass(frozen=True, slots=True)
class State:
    """One line: a thing, how it is, what to do next."""

    name: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class LaneState:
    """What is due in one lane."""

    name: str
    about: str
    runs: int
    oldest: str
    tone: str


@dataclass(frozen=True, slots=True)
class FailureState:
    """Why runs were given up."""

    code: str
    message: str
    stages: str
    runs: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class CopyState:
    """One copy of the archive."""

    place: str
    lag: str
    planned: int
    faulty: int
    overdue: int


@dataclass(frozen=True, slots=True)
class NodeState:
    """The workers of one machine."""

    name: str
    workers: int
    lanes: str
    version: str
    is_other_version: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Health:
    """All of it."""

    at: dt.datetime
    version: str
    states: tuple[State, ...]
    lanes: tuple[LaneState, ...]
    waiting: seeing.Waiting
    failures: tuple[FailureState, ...]
    copies: tuple[CopyState, ...]
    nodes: tuple[NodeState, ...]

    @property
    def troubled(self) -> int:
        """How many things somebody should look at."""
        return sum(one.tone != GOOD for one in self.states)

    @property
    def tone(self) -> str:
        """The worst of all."""
        tones = {one.tone for one in self.states}
        return BAD if BAD in tones else DUE if DUE in tones else GOOD


def health_of(house: House) -> Health:
    """Look at everything; each figure by an index, and the components no longer than seconds."""
    now = timezone.now()
    seen = seeing.seen_since(now - DAY)
    lanes = tuple(map(_lane, seeing.queues(now)))
    waiting = seeing.waiting(now)
    return Health(
        at=now,
        version=version_here(),
        states=(
            *map(_component, LOOKOUT.look(house).components),
            *_rebuild(),
            _disk(),
            _workers(seen, lanes, now),
            *_lines(lanes, waiting),
            *(State("Bản sao kho", BAD, "cần xem", text) for text in worries(house)),
        ),
        lanes=lanes,
        waiting=waiting,
        failures=tuple(map(_failure, seeing.failures_since(now - DAY))),
        copies=tuple(_copies(house, now)),
        nodes=tuple(_nodes(seen, now)),
    )


def _component(found: Component) -> State:
    name = COMPONENTS[found.name]
    if not found.code:
        return State(name, GOOD, "tốt", f"{WELL[found.name]} ({found.milliseconds} ms)")
    word = "trả lời chậm" if found.code == SLOW else "không dùng được"
    tone = BAD if found.is_needed else DUE
    return State(name, tone, word, f"{ADVICE[found.name]} (mã {found.code})")


def _rebuild() -> Iterator[State]:
    walk = open_pass(PassKind.REBUILD)
    if walk:
        share = 100 * walk.seen // max(1, Document.objects.count())
        text = f"Đã được {min(share, 100)} %. Trong lúc này vẫn tìm được như thường."
        yield State("Dựng lại chỉ mục", GOOD, "đang làm", text)


def _disk() -> State:
    free = free_bytes()
    text = f"Còn trống {free / 1024**3:.1f} GB.".replace(".", ",", 1)
    if free > LEAST_FREE_BYTES:
        return State("Ổ đĩa", GOOD, "tốt", text)
    return State("Ổ đĩa", BAD, "sắp đầy", f"{text} Hãy dọn ổ đĩa hoặc thêm chỗ trước khi nạp tiếp.")


def _workers(seen: list[WorkerSeen], lanes: tuple[LaneState, ...], now: dt.datetime) -> State:
    name, alive = "Tiến trình xử lý", sum(one.seen_at > now - LATELY for one in seen)
    if alive:
        return State(name, GOOD, "đang chạy", f"{alive} tiến trình báo còn chạy trong 3 phút qua.")
    tone = BAD if any(lane.runs for lane in lanes) else DUE
    text = "Không thấy tiến trình nào. Hãy chạy: tangthu up (hoặc tangthu work) trên máy xử lý."
    return State(name, tone, "không chạy", text)


def _lines(lanes: tuple[LaneState, ...], waiting: seeing.Waiting) -> Iterator[State]:
    for lane in lanes:
        if lane.tone != GOOD:
            text = f"Việc cũ nhất đã chờ {lane.oldest}. Hãy xem các tiến trình xử lý bên dưới."
            yield State(f"Hàng “{lane.name}”", lane.tone, "chậm", text)
    if waiting.resting:
        text = (
            f"{waiting.resting} việc đang nghỉ vì một dịch vụ ngoài (ký số, thời gian, tìm kiếm, "
            "kho) không trả lời; máy tự thử lại mỗi phút."
        )
        yield State("Dịch vụ ngoài", DUE, "đang vắng", text)
    if waiting.held_overdue:
        text = (
            f"{waiting.held_overdue} tệp quá hạn quyết định. Văn thư, lưu trữ hãy mở Việc đang chờ."
        )
        yield State("Tệp có dấu mật", BAD, "quá hạn", text)


def _lane(queue: seeing.Queue) -> LaneState:
    name, about = LANES[queue.lane]
    limit = SLOW_SECONDS.get(queue.lane)
    tone = DUE if limit is not None and queue.oldest_seconds > limit else GOOD
    oldest = span(queue.oldest_seconds) if queue.runs else "—"
    return LaneState(name, about, queue.runs, oldest, tone)


def _failure(found: seeing.Failure) -> FailureState:
    stages = ", ".join(STAGES.get(stage, stage) for stage in found.stages)
    return FailureState(found.code, found.message, stages, found.runs, found.last_at)


def _copies(house: House, now: dt.datetime) -> Iterator[CopyState]:
    room = room_of(house)
    lags = seeing.fixity_lag_seconds(room.places, now)
    for found in troubles(room, house.fixity, now):
        lag = span(lags[found.place]) if lags[found.place] else "chưa có gì"
        yield CopyState(found.place, lag, found.planned, found.faulty, found.overdue)


def _nodes(seen: list[WorkerSeen], now: dt.datetime) -> Iterator[NodeState]:
    """Machines that were seen within a day; the workers counted are those seen lately."""
    for name, workers in groupby(seen, key=lambda one: one.node):
        found = list(workers)
        newest = max(found, key=lambda one: one.seen_at)
        lanes = {lane for one in found for lane in one.lanes.split(",") if lane}
        yield NodeState(
            name=name,
            workers=sum(one.seen_at > now - LATELY for one in found),
            lanes=", ".join(LANES[lane][0].lower() for lane in Lane if lane in lanes),
            version=newest.version,
            is_other_version=newest.version != version_here(),
            seen=span((now - newest.seen_at).total_seconds()),
        )


def span(seconds: float) -> str:
    """A length of time as one says it: the largest unit that it fills."""
    for unit, length in (("ngày", 86_400), ("giờ", 3_600), ("phút", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} giây"
