"""What can go wrong while a sample is drawn: codes, categories, sentences."""

from enum import StrEnum


class Category(StrEnum):
    """Who can mend a fault."""

    BAD_INPUT = "bad_input"
    """The caller asked for what cannot be drawn."""
    ENVIRONMENT = "environment"
    """The machine lacks something; whoever runs it can mend it."""
    BUG = "bug"
    """It is ours."""


class SpecimenError(Exception):
    """The base of this package's errors: a stable code and what to do next.

    It has the shape of the other packages' errors and no import of theirs: this package stands
    alone. `detail` is for the log only.
    """

    code = "internal"
    category = Category.BUG
    message = "Có lỗi trong phần mềm. Hãy báo cho người quản trị, kèm mã lỗi này."

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or type(self).message
        self.detail = detail
        super().__init__(f"{self.code}: {detail or self.message}")


class FontMissingError(SpecimenError):
    """The fonts that papers are set in are not on this machine."""

    code = "font_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chưa có phông chữ tiếng Việt để vẽ giấy tờ mẫu. Hãy cài gói "
        "fonts-liberation2 (Debian) "
        "hoặc fonts-liberation (Ubuntu), ví dụ: sudo apt-get install fonts-liberation2, "
        "rồi chạy lại."
    )


class UnknownKindError(SpecimenError):
    """No template draws a paper of this kind."""

    code = "unknown_kind"
    category = Category.BAD_INPUT
    message = "Không có mẫu cho loại giấy tờ này. Hãy chọn một mã trong danh sách các mẫu có sẵn."


class BadRequestError(SpecimenError):
    """The asked size, count or angle is outside the limits."""

    code = "out_of_limits"
    category = Category.BAD_INPUT
    message = "Yêu cầu vượt giới hạn của bộ tạo giấy tờ mẫu. Hãy giảm số trang hoặc độ phân giải."
