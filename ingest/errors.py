"""What can go wrong when files are given."""

from imaging.errors import Category, CodedError


class IngestError(CodedError):
    """The base of this package's errors."""


class NothingToIngestError(IngestError):
    """No file was found under the paths given."""

    code = "nothing_to_ingest"
    category = Category.BAD_INPUT
    message = "Không tìm thấy tệp nào để nạp. Hãy kiểm tra lại đường dẫn."


class PathMissingError(IngestError):
    """A path that was given does not exist."""

    code = "path_missing"
    category = Category.BAD_INPUT
    message = "Không có tệp hoặc thư mục này. Hãy kiểm tra lại đường dẫn."


class TooManyFilesError(IngestError):
    """More files than one batch may hold."""

    code = "too_many_files"
    category = Category.BAD_INPUT
    message = "Lô có quá nhiều tệp. Hãy chia thành nhiều lô nhỏ hơn."
