"""What a person reads of a signature's verdict."""

from proof.signatures import Reason

SENTENCES = {
    Reason.SOUND: "chữ ký tốt",
    Reason.DOCUMENT_ALTERED: "nội dung đã bị đổi sau khi ký",
    Reason.SIGNATURE_BROKEN: "chữ ký không khớp với chứng thư của người ký",
    Reason.ALTERED_AFTER: "sau khi ký có người sửa nội dung trang",
    Reason.CHANGED_AFTER: "sau khi ký tệp còn được cập nhật; cần người xem lại",
    Reason.CERTIFICATION_VIOLATED: "người ký đã khoá tệp, sau đó tệp vẫn bị sửa",
    Reason.COVERAGE_UNCLEAR: "chữ ký không bao trùm hết nội dung",
    Reason.REVOKED: "chứng thư của người ký đã bị thu hồi",
    Reason.UNKNOWN_ISSUER: "chưa có chứng thư gốc tin cậy của nơi cấp",
    Reason.REVOCATION_UNKNOWN: "thiếu bằng chứng chứng thư chưa bị thu hồi",
    Reason.NOT_VALID_THEN: "lúc ký chứng thư chưa có hoặc đã hết hiệu lực",
    Reason.TIME_UNPROVEN: "chứng thư đã hết hạn và không có dấu thời gian chứng minh lúc ký",
    Reason.TIMESTAMP_WRONG: "dấu thời gian kèm chữ ký không đúng",
    Reason.TIMESTAMP_TOO_OLD: "dấu thời gian cuối đã hết hạn mà chưa được gia hạn",
    Reason.UNFIT: "chứng thư không dùng để ký văn bản",
    Reason.WEAK_ALGORITHM: "thuật toán ký không còn an toàn",
    Reason.UNREADABLE: "không đọc được chữ ký",
    Reason.UNKNOWN_FORMAT: "kiểu chữ ký mà phần mềm chưa biết",
}
"""Each reason as the end of a sentence, in plain Vietnamese."""
