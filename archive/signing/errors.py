"""What can go wrong when a document is signed: codes, categories, sentences."""

from imaging.errors import Category, CodedError


class SigningError(CodedError):
    """The base of this package's errors."""


class FontMissingError(SigningError):
    """The font of the visible marks is not installed."""

    code = "font_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chưa có phông chữ tiếng Việt để ghi dấu ký số."
        " Hãy chạy: sudo apt-get install fonts-liberation2"
    )


class KeyUnreadableError(SigningError):
    """The key file is missing, broken, or the passphrase does not open it."""

    code = "key_unreadable"
    category = Category.ENVIRONMENT
    message = (
        "Không mở được tệp chứng thư số. Hãy kiểm tra đường dẫn, quyền đọc và mật khẩu của tệp."
    )


class PdfUnsignableError(SigningError):
    """The file cannot take a signature: broken, encrypted, or it forbids changes."""

    code = "pdf_unsignable"
    category = Category.BAD_INPUT
    message = "Không ký được tệp PDF này. Hãy kiểm tra tệp hoặc lập lại bản PDF lưu trữ rồi ký lại."


class AlreadySignedError(SigningError):
    """The field of this signature is already filled."""

    code = "already_signed"
    category = Category.BAD_INPUT
    message = "Văn bản đã có chữ ký này rồi, không cần ký lại."
