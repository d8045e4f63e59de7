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
    "address": "Địa chỉ",
    "date_of_birth": "Ngày sinh",
    "place_of_birth": "Nơi sinh",
    "sex": "Giới tính",
    "nationality": "Quốc tịch",
    "ethnicity": "Dân tộc",
    "home_town": "Quê quán",
    "father_name": "Họ tên cha",
    "mother_name": "Họ tên mẹ",
    "husband_name": "Họ tên chồng",
    "wife_name": "Họ tên vợ",
    "marital_status": "Tình trạng hôn nhân",
    "purpose": "Mục đích sử dụng",
    "parcel": "Thửa đất số",
    "map_sheet": "Tờ bản đồ số",
    "area": "Diện tích",
    "serial": "Số phát hành",
    "register_number": "Số vào sổ",
    "capital": "Vốn",
    "business_line": "Ngành, nghề kinh doanh",
    "dossier_code": "Mã hồ sơ",
    "procedure_name": "Tên thủ tục",
    "amount": "Số tiền",
    "appointment_on": "Ngày hẹn",
    "date_of_death": "Ngày chết",
    "owner_name": "Tên chủ sở hữu",
    "personal_id": "Số định danh cá nhân",
    "plate": "Biển số",
    "registered_on": "Ngày đăng ký",
    "registrar": "Nơi đăng ký",
    "due_on": "Ngày hẹn trả kết quả",
}


LOOSE_DAYS = ("date_of_birth", "date_of_death")
"""Days of which older papers often print the year alone."""


def is_day(name: str) -> bool:
    """Whether a field holds a day, ISO in the records."""
    return name.endswith("_on") or name in LOOSE_DAYS


def label_of(name: str) -> str:
    """Return the Vietnamese label of a field; one without a label is shown by its name."""
    return LABELS.get(name, name)
