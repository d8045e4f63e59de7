"""What can go wrong with stored bytes: codes, categories, sentences."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from imaging.errors import Category, CodedError


class StoreError(CodedError):
    """The base of the stores' errors."""


class BlobMissingError(StoreError):
    """No bytes under this name."""

    code = "blob_missing"
    category = Category.ENVIRONMENT
    message = "Không thấy tệp trong kho. Hãy báo người quản trị khôi phục từ bản sao lưu."


class BlobDamagedError(StoreError):
    """The bytes are not those that the name promises, or do not authenticate under the key."""

    code = "blob_damaged"
    category = Category.ENVIRONMENT
    message = (
        "Tệp trong kho đã bị hỏng hoặc bị sửa. Không dùng tệp này; "
        "hãy báo người quản trị khôi phục từ bản sao lưu."
    )


class BlobMismatchError(StoreError):
    """What was handed over does not have the hash it was announced with."""

    code = "blob_mismatch"
    category = Category.BUG
    message = "Nội dung tệp thay đổi trong khi lưu. Hãy thử lại; nếu còn lỗi, báo người quản trị."


class BlobConflictError(StoreError):
    """Another content already lies under a write-once name."""

    code = "blob_conflict"
    category = Category.BUG
    message = (
        "Kho lưu trữ đã có nội dung khác dưới tên này nên không ghi đè. Hãy báo người quản trị."
    )


class KeyMismatchError(StoreError):
    """The bytes are encrypted under another key than the one given."""

    code = "key_mismatch"
    category = Category.ENVIRONMENT
    message = (
        "Khóa giải mã không đúng với tệp này. Hãy kiểm tra thư mục keys hoặc bản sao lưu khóa."
    )


class KeyMissingError(StoreError):
    """A key that is needed is not there."""

    code = "key_missing"
    category = Category.ENVIRONMENT
    message = "Thiếu khóa giải mã. Hãy khôi phục thư mục keys từ bản sao lưu rồi thử lại."


class KeyDamagedError(StoreError):
    """A key file or wrapped key cannot be read."""

    code = "key_damaged"
    category = Category.ENVIRONMENT
    message = "Tệp khóa bị hỏng hoặc bị sửa. Hãy khôi phục thư mục keys từ bản sao lưu."


class KeyFixedError(StoreError):
    """A key is kept outside this software: a new version is made there."""

    code = "key_fixed"
    category = Category.ENVIRONMENT
    message = (
        "Khóa này do đơn vị giữ ở nơi khác. Hãy thêm phiên bản mới vào nơi đó, "
        "rồi chạy: tangthu keys rotate"
    )


class KeyTokenError(StoreError):
    """The token that wraps the class keys does not answer, or lacks its key."""

    code = "key_token"
    category = Category.ENVIRONMENT
    message = (
        "Không dùng được thiết bị giữ khóa. Hãy kiểm tra thiết bị, mã PIN "
        "và các biến TANGTHU_CLASS_KEYS_..., rồi thử lại."
    )


class ShreddedError(StoreError):
    """The data key of these bytes was destroyed by decision."""

    code = "blob_shredded"
    category = Category.BAD_INPUT
    message = "Tài liệu đã được hủy theo quyết định sau thời hạn bảo quản nên không mở được nữa."


class RetentionNotOverError(StoreError):
    """The blob may not be deleted yet."""

    code = "retention_not_over"
    category = Category.BAD_INPUT
    message = "Tài liệu còn trong thời hạn bảo quản nên chưa được hủy. Hãy chờ đến hết thời hạn."


class LegalHoldError(StoreError):
    """A legal hold lies on the blob: it may not be deleted, whatever its retention."""

    code = "legal_hold"
    category = Category.BAD_INPUT
    message = (
        "Tài liệu đang được giữ lại theo yêu cầu pháp lý nên chưa được hủy. "
        "Hãy chờ người có thẩm quyền cho thôi giữ."
    )


class DiskFullError(StoreError):
    """No room for the bytes."""

    code = "disk_full"
    category = Category.ENVIRONMENT
    message = (
        "Ổ đĩa đã đầy nên chưa lưu được tệp; tệp gốc vẫn còn nguyên. "
        "Hãy giải phóng ổ đĩa rồi chạy lại."
    )


class SourceUnreadableError(StoreError):
    """The file that was to be stored cannot be read to its end."""

    code = "source_unreadable"
    category = Category.BAD_INPUT
    message = "Không đọc được hết tệp nguồn. Hãy kiểm tra USB hoặc ổ đĩa chứa tệp rồi gửi lại."


class TooLargeError(StoreError):
    """More bytes than one blob may have."""

    code = "blob_too_large"
    category = Category.BAD_INPUT
    message = "Tệp lớn quá mức cho phép. Hãy tách tệp thành nhiều tệp nhỏ hơn rồi gửi lại."


class StoreUnavailableError(StoreError):
    """The folder or the server cannot be used now: no fault of the work, which waits for it."""

    code = "store_unavailable"
    category = Category.ENVIRONMENT
    message = "Kho lưu trữ chưa truy cập được. Hãy kiểm tra ổ đĩa hoặc máy chủ lưu trữ rồi thử lại."


class BucketUnfitError(StoreUnavailableError):
    """A bucket is not set up as its store needs it; nothing was written."""

    code = "bucket_unfit"
    category = Category.ENVIRONMENT
    message = (
        "Bucket trên máy chủ S3 chưa đúng nên chưa ghi gì vào đó. "
        "Hãy xem phần S3 trong docs/settings.md, sửa bucket rồi chạy lại."
    )


class BadNameError(StoreError):
    """A name that no store gives out."""

    code = "bad_blob_name"
    category = Category.BUG


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def coded() -> Iterator[None]:
    """Turn what the file system says into coded errors."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(detail=str(error)) from error
        raise StoreUnavailableError(detail=str(error)) from error
