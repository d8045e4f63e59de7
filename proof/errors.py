"""What can go wrong while checking proofs: codes, categories, sentences.

The same shape as `imaging.errors.CodedError`, kept apart so that the offline verifier needs
nothing but this package.
"""

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


class ProofError(Exception):
    """The base of this package's errors: a stable code and what to do next.

    `detail` is for the log only and is never shown.
    """

    code = "internal"
    category = Category.BUG
    message = "Có lỗi trong phần mềm. Hãy báo cho người quản trị, kèm mã lỗi này."

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or type(self).message
        self.detail = detail
        super().__init__(f"{self.code}: {detail or self.message}")


class NotCanonicalError(ProofError):
    """A value has no canonical form (a float, a date, a key that is no text, half a surrogate)."""

    code = "not_canonical"
    category = Category.BUG


class BadAnchorError(ProofError):
    """The bytes of an anchor are not an anchor."""

    code = "bad_anchor"
    category = Category.BAD_INPUT
    message = "Tệp mốc nhật ký không đọc được. Hãy lấy lại tệp này từ bản sao lưu."


class NotAFolderError(ProofError):
    """What was given is not a folder exported by this software, or its manifest is unreadable."""

    code = "not_an_archive_folder"
    category = Category.BAD_INPUT
    message = (
        "Thư mục này không phải là kho hồ sơ đã xuất (thiếu hoặc hỏng manifest.json). "
        "Hãy chọn đúng thư mục, hoặc lấy lại từ bản sao lưu."
    )


class FolderExistsError(ProofError):
    """The target of an export is there already."""

    code = "target_exists"
    category = Category.BAD_INPUT
    message = "Thư mục đích đã có. Hãy chọn tên khác hoặc xoá thư mục cũ."


class FolderUnwritableError(ProofError):
    """The export cannot be written: a full disk, no right, a stick pulled out."""

    code = "target_unwritable"
    category = Category.ENVIRONMENT
    message = (
        "Không ghi được thư mục xuất. Hãy kiểm tra dung lượng và quyền ghi ổ đĩa rồi xuất lại."
    )


class SourceMismatchError(ProofError):
    """A file handed over for export does not have the hash that its record names."""

    code = "blob_damaged"
    category = Category.ENVIRONMENT
    message = (
        "Một tệp trong kho không còn đúng như lúc niêm phong, nên không xuất. "
        "Hãy chạy lệnh verify và khôi phục tệp này từ bản sao lưu."
    )


class UntrustedRootError(ProofError):
    """A certificate given as a trust root cannot be read."""

    code = "bad_certificate"
    category = Category.BAD_INPUT
    message = "Tệp chứng thư gốc không đọc được. Hãy đưa tệp PEM đúng định dạng."
