"""What can go wrong with a question or with the index: codes, categories, sentences."""

from imaging.errors import Category, CodedError


class SearchError(CodedError):
    """The base of this package's errors."""


class QueryError(SearchError):
    """A question that cannot be read; its subclasses say why."""

    code = "query_invalid"
    category = Category.BAD_INPUT
    message = "Câu tìm chưa hiểu được. Hãy gõ lại vài từ trong văn bản hoặc số, ký hiệu của nó."


class QueryTooLongError(QueryError):
    """More than `MAX_QUERY_CHARS` characters or `MAX_QUERY_WORDS` words."""

    code = "query_too_long"
    message = "Câu tìm quá dài. Hãy giữ lại vài từ tiêu biểu hoặc số, ký hiệu của văn bản."


class QueryQuoteError(QueryError):
    """A quotation mark is opened and not closed."""

    code = "query_quote_open"
    message = 'Thiếu một dấu ngoặc kép. Hãy đặt cả cụm từ giữa hai dấu, ví dụ "cấp phép xây dựng".'


class QueryDateError(QueryError):
    """A date that is none, or a period that ends before it begins."""

    code = "query_date"
    message = (
        "Ngày chưa đúng. Hãy gõ như tu:01/01/2024 den:31/12/2024, ngày bắt đầu trước ngày kết thúc."
    )


class QueryFieldError(QueryError):
    """A field name with nothing after it."""

    code = "query_field_empty"
    message = "Sau dấu hai chấm chưa có gì để tìm. Hãy gõ liền nhau, ví dụ so:15/QĐ-UBND."


class QueryEmptyError(QueryError):
    """Signs only: no letter, no digit."""

    code = "query_no_words"
    message = (
        "Câu tìm chưa có chữ hay số nào. Hãy gõ vài từ, hoặc để trống để xem văn bản mới nhất."
    )


class IndexUnavailableError(SearchError):
    """The backend cannot be reached, or others kept it busy for too long."""

    code = "index_unavailable"
    category = Category.RETRY
    message = (
        "Chưa tìm kiếm được lúc này; việc nhận, đọc và lưu giấy tờ vẫn chạy. "
        "Hãy thử lại sau ít phút; nếu vẫn vậy, người quản trị hãy chạy: tangthu doctor"
    )


class IndexDamagedError(SearchError):
    """The index is damaged, or too old to be read; the archive can rebuild it."""

    code = "index_damaged"
    category = Category.ENVIRONMENT
    message = (
        "Chỉ mục tìm kiếm bị hỏng hoặc thuộc phiên bản khác. Văn bản vẫn còn nguyên trong kho; "
        "người quản trị hãy dựng lại chỉ mục từ kho bằng lệnh: tangthu reindex"
    )


class IndexNewerError(SearchError):
    """A newer version of this software wrote the index; this node may neither read nor write it."""

    code = "index_newer"
    category = Category.ENVIRONMENT
    message = (
        "Chỉ mục tìm kiếm do phiên bản mới hơn của phần mềm ghi. "
        "Người quản trị hãy nâng cấp phần mềm trên máy này rồi chạy lại."
    )


class IndexRefusedError(SearchError):
    """The server refuses this very document, whenever it is given."""

    code = "index_refused"
    category = Category.BUG
    message = (
        "Máy chủ tìm kiếm không nhận nội dung của giấy tờ này; giấy tờ vẫn được lưu nhưng chưa tìm "
        "được. Hãy báo cho người quản trị, kèm mã lỗi này."
    )
