"""What can go wrong while a page is read."""

from imaging.errors import Category, CodedError


class OcrError(CodedError):
    """The base of this package's errors."""


class OcrTimeoutError(OcrError):
    """The engine did not end in time and was stopped."""

    code = "ocr_timeout"
    category = Category.RETRY
    message = (
        "Đọc chữ của trang này mất quá nhiều thời gian nên đã dừng. "
        "Hãy thử lại; nếu vẫn lỗi, hãy quét lại trang."
    )


class OcrFailedError(OcrError):
    """The engine crashed or refused the page."""

    code = "ocr_failed"
    category = Category.RETRY
    message = "Không đọc được chữ của trang này. Hãy thử lại; nếu vẫn lỗi, hãy quét lại trang."


class OcrLanguageMissingError(OcrError):
    """The engine lacks the trained data of the language."""

    code = "ocr_language_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu dữ liệu đọc chữ tiếng Việt. "
        "Hãy báo cho người quản trị chạy lệnh: sudo apt-get install tesseract-ocr-vie"
    )


class OcrProgramMissingError(OcrError):
    """The engine is not installed."""

    code = "ocr_program_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu chương trình đọc chữ Tesseract. "
        "Hãy báo cho người quản trị chạy lệnh: "
        "sudo apt-get install tesseract-ocr tesseract-ocr-vie"
    )


class OcrEngineMissingError(OcrError):
    """The library that calls the engine in process is not installed, or does not load here."""

    code = "ocr_engine_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu thư viện tesserocr đã chọn để đọc chữ. "
        "Hãy báo cho người quản trị đặt TANGTHU_ENGINE=auto hoặc cài thư viện này."
    )


class SecondReaderMissingError(OcrError):
    """A second reader is not installed; pages are read without it."""

    code = "ocr_second_reader_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu bộ đọc thứ hai nên chữ mờ được đọc kém chính xác hơn. "
        "Hãy báo cho người quản trị cài hai gói trueocr và onnxruntime."
    )


class ScriptReaderMissingError(OcrError):
    """Tesseract's model for the Vietnamese script, or tesserocr, is not installed."""

    code = "ocr_script_reader_missing"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ thiếu bộ dữ liệu đọc chữ Việt mở rộng nên chữ mờ được đọc kém chính xác hơn. "
        "Hãy báo cho người quản trị chạy lệnh: sudo apt-get install tesseract-ocr-script-viet"
    )
