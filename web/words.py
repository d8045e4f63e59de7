"""Codes as a person reads them: states, events, verdicts."""

from archive.models import Document
from archive.states import BatchState, DocumentStatus, ReceiptState, Role
from archive.tags import Tag
from proof.holders import Holder
from proof.signatures import Reason, Verdict
from proof.trust import TrustStore

BATCH: dict[str, str] = {
    BatchState.RECEIVING: "đang nhận tệp",
    BatchState.PROCESSING: "đang xử lý",
    BatchState.FINISHED: "máy đã xong",
}
RECEIPT: dict[str, str] = {
    ReceiptState.RECEIVED: "đang xử lý",
    ReceiptState.DUPLICATE: "trùng",
    ReceiptState.DONE: "đã đọc xong",
    ReceiptState.STOPPED: "không nhận được",
    ReceiptState.HELD: "tạm giữ",
    ReceiptState.DESTROYED: "đã hủy",
    ReceiptState.HANDED_BACK: "đã trả lại",
}
STATUS: dict[str, str] = {
    DocumentStatus.PROCESSING: "đang đọc",
    DocumentStatus.WAITING: "chờ kiểm tra",
    DocumentStatus.ARCHIVED: "đã lưu kho",
    DocumentStatus.REFUSED: "bị từ chối",
}
WAITS_FOR_SIGNATURE = "chờ ký số"
TONE: dict[str, str] = {
    DocumentStatus.WAITING: "due",
    DocumentStatus.ARCHIVED: "good",
    DocumentStatus.REFUSED: "bad",
    ReceiptState.DONE: "good",
    ReceiptState.DUPLICATE: "calm",
    ReceiptState.STOPPED: "bad",
    ReceiptState.HELD: "due",
    BatchState.FINISHED: "good",
    Verdict.VALID: "good",
    Verdict.INVALID: "bad",
    Verdict.UNDETERMINED: "due",
}
"""How a state is coloured; what is not named is neutral."""
ROLE: dict[str, str] = {
    Role.OPERATOR: "Nhân viên quét",
    Role.CHECKER: "Người kiểm tra",
    Role.SIGNER: "Người ký số",
    Role.CLERK: "Chuyên viên tra cứu",
    Role.ARCHIVIST: "Văn thư, lưu trữ",
    Role.SUPERVISOR: "Lãnh đạo",
    Role.ADMIN: "Quản trị",
}
"""Roles that a person may have."""
SCOPE = {
    "reuse": "Hỏi giấy tờ dùng lại được",
    "document": "Xem thông tin một giấy tờ",
    "file": "Lấy tệp đã ký",
    "identity": "Cả giấy tờ tùy thân",
}
"""What an API key may ask; the names are the API's."""

VERDICT: dict[str, str] = {
    Verdict.VALID: "Hợp lệ",
    Verdict.INVALID: "Không hợp lệ",
    Verdict.UNDETERMINED: "Chưa xác định được",
}
REASON: dict[str, str] = {
    Reason.SOUND: "Nội dung nguyên vẹn, chứng thư đáng tin.",
    Reason.DOCUMENT_ALTERED: "Nội dung đã bị thay đổi so với lúc ký.",
    Reason.SIGNATURE_BROKEN: "Chữ ký không khớp với chứng thư.",
    Reason.ALTERED_AFTER: "Trang giấy đã bị sửa sau khi ký.",
    Reason.CHANGED_AFTER: "Tệp có thay đổi sau khi ký nhưng trang giấy vẫn nguyên. Hãy xem kỹ.",
    Reason.CERTIFICATION_VIOLATED: "Người ký đã khoá tệp nhưng sau đó tệp bị sửa. Hãy xem kỹ.",
    Reason.COVERAGE_UNCLEAR: "Chữ ký không bao trọn tệp lúc ký.",
    Reason.REVOKED: "Chứng thư đã bị thu hồi.",
    Reason.UNKNOWN_ISSUER: "Nội dung nguyên vẹn, nhưng máy này chưa biết nơi cấp chứng thư.",
    Reason.REVOCATION_UNKNOWN: "Nội dung nguyên vẹn, chưa biết chứng thư có bị thu hồi không.",
    Reason.NOT_VALID_THEN: "Nội dung nguyên vẹn, nhưng chứng thư không có hiệu lực vào lúc ký.",
    Reason.TIME_UNPROVEN: "Chứng thư đã hết hạn và không có dấu thời gian chứng minh lúc ký.",
    Reason.UNFIT: "Chứng thư không dành cho việc ký văn bản.",
    Reason.WEAK_ALGORITHM: "Thuật toán ký đã yếu, không còn được tin.",
    Reason.TIMESTAMP_WRONG: "Dấu thời gian kèm chữ ký không đúng.",
    Reason.TIMESTAMP_TOO_OLD: "Dấu thời gian cuối đã hết hạn mà chưa được gia hạn.",
    Reason.UNKNOWN_FORMAT: "Kiểu chữ ký này phần mềm chưa biết nên chưa kiểm được.",
    Reason.UNREADABLE: "Không đọc được chữ ký này.",
}
TRUST_STORE: dict[str, str] = {
    TrustStore.OFFICIAL: "chữ ký chuyên dùng công vụ",
    TrustStore.PUBLIC: "chữ ký số công cộng",
    TrustStore.OTHER: "",
}
"""Under which regime a signature was made."""
HOLDER: dict[str, str] = {
    Holder.CITIZEN: "cá nhân",
    Holder.OFFICER: "cán bộ, công chức",
    Holder.AGENCY: "cơ quan",
    Holder.ORGANISATION: "tổ chức",
}
"""Who holds a certificate."""
SIGNATURE_ROLE = {
    "digitiser": "Người số hóa",
    "agency": "Cơ quan",
    "received": "Có sẵn trên tệp nhận",
}

EVENT: dict[str, str] = {
    Tag.DOCUMENT_CUT: "Lập lại khi chia tệp",
    Tag.DOCUMENT_UNDONE: "Chia lại tệp, trang chuyển sang giấy tờ khác",
    Tag.DOCUMENT_CLASSIFIED: "Đoán loại giấy tờ",
    Tag.DOCUMENT_EXTRACTED: "Đọc các trường thông tin",
    Tag.DOCUMENT_WEIGHED: "cân nhắc lại chỗ viết tay theo giấy tờ khác",
    Tag.DOCUMENT_RENDERED: "Lập bản PDF/A và so với bản quét",
    Tag.DOCUMENT_WAITING: "Chuyển cho người kiểm tra",
    Tag.DOCUMENT_CORRECTED: "Sửa thông tin",
    Tag.DOCUMENT_CONFIRMED: "Xác nhận thông tin",
    Tag.DOCUMENT_REFUSED: "Từ chối",
    Tag.DOCUMENT_SIGNED: "Ký số",
    Tag.DOCUMENT_SEALED: "Lưu kho",
    Tag.DOCUMENT_RENEWED: "Gia hạn bằng chứng ký số",
    Tag.DOCUMENT_PROTECTED: "Đổi mức bảo vệ sau khi lưu kho",
    Tag.DOCUMENT_SHREDDED: "Hủy khóa theo quyết định, không đọc được nữa",
    Tag.DOCUMENT_READ: "Xem giấy tờ",
    Tag.DOCUMENT_REVEALED: "Xem số định danh đầy đủ",
    Tag.DOCUMENT_EXPORTED: "Xuất ra gói",
    Tag.DOCUMENT_REVOKED: "Ghi nhận bị thu hồi hoặc thay thế",
    Tag.REUSE_ASKED: "Hỏi để dùng lại",
    Tag.REUSE_LINKED: "Cấp liên kết dùng lại",
    Tag.REUSE_FETCHED: "Lấy tệp để dùng lại",
    Tag.SEARCH_MADE: "Thấy trong kết quả tra cứu",
    Tag.STAGE_FAILED: "Một bước xử lý không thành",
}


def status_word(document: Document) -> str:
    """Where a document stands; a checked one waits for its signature."""
    if document.status == DocumentStatus.WAITING and document.confirmed_at:
        return WAITS_FOR_SIGNATURE
    return STATUS[document.status]
