"""`tangthu resume`: go on with records that came from an older dump."""

from config.cli import Answer, Arguments
from config.start import local_account, start


def run(arguments: Arguments) -> Answer:
    """Write down which lines of the trail were lost, and which files have to be scanned again."""
    options = start(is_current=False)
    from archive.services.restoring import note_restored
    from config.strongroom import build_archive

    done = note_restored(
        build_archive(options),
        local_account(options),
        reason=arguments.reason,
        is_work_lost=arguments.work_lost,
    )
    told = (
        f"Đã ghi: nhật ký mất các dòng số {done.first} đến {done.last}. Giấy tờ lưu trong "
        "thời gian ấy còn trong kho; tangthu verify --all gọi chúng là blob_extra. "
    )
    told += (
        f"{done.files} tệp đang làm dở phải quét lại, trang của lô ghi rõ tệp nào."
        if arguments.work_lost
        else "Việc đang làm dở được làm tiếp."
    )
    return Answer({"lost": [done.first, done.last], "scan_again": done.files}, told)
