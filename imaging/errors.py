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
