"""What can go wrong with the records."""

from imaging.errors import Category, CodedError


class ArchiveError(CodedError):
    """The base of this package's errors."""


class LeaseLostError(ArchiveError):
    """A run was finished by somebody who no longer holds it; nothing was written."""

    code = "lease_lost"
    category = Category.RETRY
    message = "Việc này đã được máy khác làm. Không cần làm gì thêm."


class NotFoundError(ArchiveError):
    """A record that was asked for does not exist, or may not be seen."""

    code = "not_found"
    category = Category.BAD_INPUT
    message = "Không tìm thấy. Hãy kiểm tra lại mã rồi thử lại."


class NotAllowedError(ArchiveError):
    """The account lacks the right."""

    code = "not_allowed"
    category = Category.BAD_INPUT
    message = (
        "Tài khoản này không có quyền làm việc đó. Hãy nhờ người có quyền hoặc người quản trị."
    )


class WrongStateError(ArchiveError):
    """The record is not in a state in which this may be done."""

    code = "wrong_state"
    category = Category.BAD_INPUT
    message = "Giấy tờ không còn ở bước này. Hãy tải lại trang để xem trạng thái mới."


class FieldsMissingError(ArchiveError):
    """A document cannot be confirmed: fields that its kind requires have no value."""

    code = "fields_missing"
    category = Category.BAD_INPUT
    message = "Còn trường bắt buộc chưa có giá trị. Hãy điền đủ rồi xác nhận lại."
