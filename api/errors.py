"""What the API answers when it does not answer the question."""

from imaging.errors import Category, CodedError


class ApiError(CodedError):
    """The base of this package's errors."""


class KeyRefusedError(ApiError):
    """No key, or one that is not known or was withdrawn."""

    code = "key_refused"
    category = Category.BAD_INPUT
    message = "Khóa API không đúng hoặc đã bị thu hồi. Hãy xin khóa mới ở người quản trị."


class ScopeMissingError(ApiError):
    """The key is known but was not given this right."""

    code = "scope_missing"
    category = Category.BAD_INPUT
    message = "Khóa API không có quyền này. Hãy xin người quản trị cấp thêm quyền."


class LinkExpiredError(ApiError):
    """A link to a file is too old, or was altered."""

    code = "link_expired"
    category = Category.BAD_INPUT
    message = "Liên kết đã hết hạn. Hãy xin liên kết mới."
