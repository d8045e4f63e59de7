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


class SigningRestsError(SigningError):
    """Signing cannot go on now, though nothing is wrong with the paper: it rests and is tried
    again, and all other work goes on.
    """


class KeyUnavailableError(SigningRestsError):
    """The base of what keeps a key from signing now: papers wait for it, and lose nothing."""

    code = "signing_key_unavailable"
    message = "Khóa ký số chưa dùng được. Hãy chạy: tangthu doctor"
    category = Category.ENVIRONMENT
    needs_person = False
    """Whether it is of no use to try again before a person has done something."""


class KeyUnreadableError(KeyUnavailableError):
    """The key file is missing, broken, or the passphrase does not open it."""

    code = "key_unreadable"
    category = Category.ENVIRONMENT
    message = (
        "Không mở được tệp chứng thư số. Hãy kiểm tra đường dẫn, quyền đọc và mật khẩu của tệp."
    )


class KeyNotFoundError(KeyUnavailableError):
    """The token or the remote service has no such key, or more than one that fits."""

    code = "signing_key_not_found"
    category = Category.ENVIRONMENT
    message = (
        "Không tìm thấy đúng một khóa ký như đã cấu hình."
        " Hãy kiểm tra tên khóa trong biến môi trường TANGTHU_DIGITISER_KEY, TANGTHU_AGENCY_KEY."
    )


class KeyRefusedError(KeyUnavailableError):
    """The token or the remote service would not sign."""

    code = "signing_refused"
    category = Category.ENVIRONMENT
    message = "Thiết bị hoặc dịch vụ ký số từ chối ký. Hãy báo người quản trị xem nhật ký máy."


class PinNeededError(KeyUnavailableError):
    """Only a person can open this key."""

    code = "pin_needed"
    category = Category.ENVIRONMENT
    needs_person = True
    message = "Khóa ký cần mã PIN của người ký. Hãy mở trang Chờ ký và nhập mã PIN."


class PinWrongError(KeyUnavailableError):
    """The PIN was refused; it is never tried again by itself."""

    code = "pin_wrong"
    category = Category.ENVIRONMENT
    needs_person = True
    message = (
        "Mã PIN không đúng, máy không tự thử lại. Nhập sai vài lần thiết bị sẽ khóa:"
        " hãy kiểm tra kỹ mã PIN rồi nhập lại."
    )


class PinLockedError(KeyUnavailableError):
    """The token takes no PIN any more."""

    code = "pin_locked"
    category = Category.ENVIRONMENT
    needs_person = True
    message = "Thiết bị ký số đã bị khóa vì sai mã PIN. Hãy liên hệ nơi cấp chứng thư để mở khóa."


class TokenMissingError(KeyUnavailableError):
    """The token is not plugged in, or its driver is not there."""

    code = "token_missing"
    category = Category.ENVIRONMENT
    message = "Chưa thấy thiết bị ký số. Hãy cắm thiết bị (token) vào máy rồi ký lại."


class RemoteUnreachableError(KeyUnavailableError):
    """The remote signing service does not answer."""

    code = "remote_signer_unreachable"
    category = Category.RETRY
    message = "Dịch vụ ký số từ xa không trả lời. Hãy kiểm tra đường truyền rồi ký lại."


class RemoteAnswerError(KeyUnavailableError):
    """The remote signing service answered what cannot be used."""

    code = "remote_signer_answer"
    category = Category.RETRY
    message = "Dịch vụ ký số từ xa trả lời sai. Hãy ký lại; nếu vẫn vậy, hãy báo nơi cung cấp."


class AccessRefusedError(KeyUnavailableError):
    """The remote signing service does not let this machine in."""

    code = "remote_signer_access"
    category = Category.ENVIRONMENT
    message = (
        "Dịch vụ ký số từ xa không cho máy này truy cập."
        " Hãy kiểm tra tệp mã truy cập của dịch vụ rồi ký lại."
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


class ServiceUnavailableError(SigningRestsError):
    """A timestamp or revocation service was not reached, broke off, or is too busy.

    What waits for it rests and is tried again; nothing is lost and nothing is signed twice.
    """

    code = "signing_service_unavailable"
    category = Category.RETRY
    message = (
        "Chưa liên lạc được dịch vụ dấu thời gian hoặc dịch vụ chứng thư."
        " Máy sẽ tự thử lại; nếu kéo dài, hãy báo người quản trị kiểm tra đường mạng."
    )


class ServiceRefusedError(SigningRestsError):
    """A timestamp or revocation service answered, but not with what was asked."""

    code = "signing_service_refused"
    category = Category.ENVIRONMENT
    message = (
        "Dịch vụ dấu thời gian hoặc dịch vụ chứng thư từ chối yêu cầu."
        " Người quản trị hãy kiểm tra địa chỉ dịch vụ và quyền sử dụng (TANGTHU_TSA_URL)."
    )


class TimestampBadError(SigningRestsError):
    """What a timestamp service answered proves nothing: other bytes, wrong time, no trust."""

    code = "timestamp_bad"
    category = Category.ENVIRONMENT
    message = (
        "Dấu thời gian nhận được không dùng được nên chưa ký. Người quản trị hãy kiểm tra đồng hồ"
        " máy này, địa chỉ dịch vụ (TANGTHU_TSA_URL) và chứng thư gốc của dịch vụ trong thư mục"
        " trust."
    )


class CertificateUnusableError(SigningRestsError):
    """A signer's certificate was withdrawn, has ended, or no root named here vouches for it."""

    code = "signing_certificate_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Chứng thư số dùng để ký đã bị thu hồi, hết hạn hoặc chưa được tin cậy nên chưa ký."
        " Người quản trị hãy thay chứng thư, hoặc đặt chứng thư gốc vào thư mục trust."
    )


class SignedFileUnreadableError(SigningError):
    """Of a file that came signed nothing can be said: no PDF that can be read, or over a limit."""

    code = "signed_file_unreadable"
    category = Category.BAD_INPUT
    message = (
        "Không đọc được chữ ký số trong tệp nhận nên chưa lưu kho; tệp vẫn được giữ nguyên."
        " Hãy xin lại tệp gốc từ cơ quan đã ký."
    )
