"""What `tangthu doctor` says of proof: whom we believe, the timestamp service, what weakens."""

import datetime as dt
import hashlib
from collections.abc import Callable

from config.commands.doctor import Check

MEND = "tangthu renew"
MEND_OF_TRAIL = 'tangthu resume --reason "..."'


def _trail() -> Check:
    """Whether the records know all that the archive's anchors know."""
    from archive.services.anchoring import anchored_beyond
    from archive.services.audit import last_event
    from workers.house import current

    beyond, last = anchored_beyond(current().archive), last_event()
    if beyond:
        detail = f"sổ cũ hơn kho: nhật ký đến dòng {last}, mốc trong kho ghi đến {beyond}"
        return Check("trail", ok=False, detail=detail, mend=MEND_OF_TRAIL)
    return Check("trail", ok=True, detail=f"nhật ký đến dòng {last}, kho không ghi xa hơn")


def _trust() -> Check:
    """How many roots stand in each store."""
    from workers.house import current

    trust = current().signers().trust
    detail = (
        f"công vụ {len(trust.official)}, công cộng {len(trust.public)}, khác {len(trust.other)}"
    )
    return Check("trust", ok=True, detail=f"chứng thư gốc: {detail}")


def _timestamps() -> Check:
    """Whether the service answers with a time that can be used, and no proof has lapsed."""
    from archive.models import Document
    from workers.house import current

    signers = current().signers()
    profile = signers.profile
    lapsed = Document.objects.filter(proven_until__lt=dt.datetime.now(dt.UTC)).count()
    if profile.timestamps is None:
        detail = f"mức {profile.level}; chưa đặt dịch vụ dấu thời gian"
        mend = "env | grep TANGTHU_TSA_URL" if lapsed else ""
        return Check("timestamps", ok=not lapsed, detail=_told(detail, lapsed), mend=mend)
    profile.timestamps.token(hashlib.sha256(b"tangthu doctor").digest())
    detail = _told(f"mức {profile.level}; dịch vụ trả lời đúng", lapsed)
    return Check("timestamps", ok=not lapsed, detail=detail, mend=MEND if lapsed else "")


def _told(detail: str, lapsed: int) -> str:
    return f"{detail}; {lapsed} giấy tờ đã quá hạn gia hạn bằng chứng" if lapsed else detail


LOOKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("trail", _trail),
    ("trust", _trust),
    ("timestamps", _timestamps),
)
