"""What can go wrong with a file before it is a page image: codes, categories, sentences."""

from enum import StrEnum


class Category(StrEnum):
    """Who can mend a fault."""

    BAD_INPUT = "bad_input"
    """The file or the question is wrong; the person who gave it can mend it."""
    ENVIRONMENT = "environment"
    """The machine lacks something; whoever runs it can mend it."""
    RETRY = "retry"
    """It may pass if tried again later."""
    BUG = "bug"
    """It is ours."""


class CodedError(Exception):
    """The base of every error a person may see: a stable code and what to do next.

    The class attributes are the contract; `detail` is for the log only and is never shown.
    """

    code = "internal"
    category = Category.BUG
    message = "Có lỗi trong phần mềm. Hãy báo cho người quản trị, kèm mã lỗi này."

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or type(self).message
        self.detail = detail
        super().__init__(f"{self.code}: {detail or self.message}")


class ImagingError(CodedError):
    """The base of this package's errors."""


class NotADocumentError(ImagingError):
    """The content is of no page format that we know."""

    code = "not_a_document"
    category = Category.BAD_INPUT
    message = (
        "Tệp này không phải là giấy tờ quét hay PDF nên không đọc được. "
        "Hãy kiểm tra lại tệp và nộp bản PDF, TIFF, JPEG hoặc PNG."
    )


class EmptyFileError(ImagingError):
    """The file holds no bytes."""

    code = "empty_file"
    category = Category.BAD_INPUT
    message = "Tệp rỗng, không có nội dung. Hãy quét hoặc chép lại tệp rồi nộp lại."


class CorruptFileError(ImagingError):
    """The format is known but the content breaks off or makes no sense."""

    code = "corrupt_file"
    category = Category.BAD_INPUT
    message = "Tệp bị hỏng hoặc bị cắt ngang nên không mở được. Hãy quét hoặc chép lại tệp."


class EncryptedFileError(ImagingError):
    """The file asks for a password."""

    code = "encrypted_file"
    category = Category.BAD_INPUT
    message = "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi nộp lại."


class TooManyPagesError(ImagingError):
    """More pages than `limits.MAX_PAGES`."""

    code = "too_many_pages"
    category = Category.BAD_INPUT
    message = "Tệp có quá 2.000 trang. Hãy tách thành nhiều tệp nhỏ hơn rồi nộp lại."


class TooLargeError(ImagingError):
    """More bytes than `limits.MAX_FILE_BYTES`."""

    code = "too_large"
    category = Category.BAD_INPUT
    message = "Tệp lớn quá 2 GB. Hãy tách thành nhiều tệp nhỏ hơn rồi nộp lại."


class TooManyPixelsError(ImagingError):
    """A picture larger than `limits.MAX_PAGE_PIXELS`, known from its header."""

    code = "too_many_pixels"
    category = Category.BAD_INPUT
    message = "Ảnh của trang quá lớn. Hãy quét lại ở độ phân giải 300 dpi rồi nộp lại."


class ZipBombError(ImagingError):
    """Compressed content that would expand beyond all measure."""

    code = "zip_bomb"
    category = Category.BAD_INPUT
    message = (
        "Tệp chứa dữ liệu nén bất thường, khi mở sẽ phình ra quá lớn nên đã bị chặn. "
        "Hãy quét lại giấy tờ và nộp bản quét."
    )


class UnreadableFileError(ImagingError):
    """The operating system would not give the bytes."""

    code = "unreadable_file"
    category = Category.BAD_INPUT
    message = (
        "Không đọc được tệp (không có quyền đọc hoặc thiết bị lưu trữ có lỗi). "
        "Hãy kiểm tra quyền truy cập rồi nộp lại."
    )


class UnsupportedFormatError(ImagingError):
    """A known format that holds no page images: DOCX, ZIP, HTML ..."""

    code = "unsupported_format"
    category = Category.BAD_INPUT
    message = "Chưa nhận loại tệp này. Hãy in ra PDF rồi nộp lại."


class ProgramMissingError(ImagingError):
    """An external program is not installed."""

    code = "program_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu một chương trình cần thiết. "
        "Hãy báo cho người quản trị chạy lệnh `tangthu doctor` để biết cách cài."
    )


class ProgramFailedError(ImagingError):
    """An external program ended with an error."""

    code = "program_failed"
    category = Category.RETRY
    message = (
        "Một chương trình xử lý bị lỗi giữa chừng. "
        "Hãy thử lại; nếu vẫn lỗi, hãy báo cho người quản trị."
    )


class ProgramTimeoutError(ImagingError):
    """An external program did not end in time and was stopped."""

    code = "program_timeout"
    category = Category.RETRY
    message = (
        "Một chương trình xử lý chạy quá lâu nên đã bị dừng. "
        "Hãy thử lại; nếu vẫn lỗi, hãy báo cho người quản trị."
    )
