"""What can go wrong when an archival PDF is made: codes, categories, sentences."""

from imaging.errors import Category, CodedError


class PdfArchiveError(CodedError):
    """The base of the errors of making and comparing archival PDFs."""


class SourceUnreadableError(PdfArchiveError):
    """The source cannot be opened, or a page asked for is not in it."""

    code = "pdf_source_unreadable"
    category = Category.BAD_INPUT
    message = (
        "Không mở được tệp nguồn để lập bản PDF lưu trữ. Hãy kiểm tra tệp, quét hoặc tải lên lại."
    )


class SourceTooLargeError(PdfArchiveError):
    """The source is over a limit of `archive.pdf_limits`."""

    code = "source_too_large"
    category = Category.BAD_INPUT
    message = "Tệp nguồn vượt giới hạn cho phép. Hãy tách tệp thành các phần nhỏ hơn rồi nộp lại."


class PdfaInvalidError(PdfArchiveError):
    """The file made is not PDF/A-2b; `detail` lists what the check found."""

    code = "pdfa_invalid"
    category = Category.BUG
    message = (
        "Bản PDF lưu trữ chưa đạt chuẩn PDF/A. Tệp gốc vẫn còn nguyên; hãy báo cho người quản trị,"
        " kèm mã lỗi này."
    )


class OutputDiffersError(PdfArchiveError):
    """The file made does not show what the source shows."""

    code = "output_differs"
    category = Category.BUG
    message = (
        "Bản PDF lưu trữ khác với bản quét gốc nên không được dùng. Tệp gốc vẫn còn nguyên;"
        " hãy báo cho người quản trị, kèm mã lỗi này."
    )
