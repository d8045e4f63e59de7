"""What each field is called on a screen."""

LABELS = {
    "number": "Số, ký hiệu",
    "notation": "Ký hiệu",
    "issued_on": "Ngày ban hành",
    "issuer": "Cơ quan ban hành",
    "abstract": "Trích yếu",
    "signer_name": "Người ký",
    "signer_title": "Chức vụ người ký",
    "recipients": "Nơi nhận",
    "secrecy": "Độ mật",
    "urgency": "Độ khẩn",
    "has_seal": "Có dấu",
    "has_signature": "Có chữ ký tay",
    "subject_id": "Số định danh chủ thể",
    "subject_name": "Tên chủ thể",
    "expires_on": "Có giá trị đến",
}


def label_of(name: str) -> str:
    """Return the Vietnamese label of a field; one without a label is shown by its name."""
    return LABELS.get(name, name)
