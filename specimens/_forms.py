"""Templates of what people hand in: requests and declarations, signed without a seal."""

from specimens._desk import Desk
from specimens._grants import day_month_year
from specimens.blocks import Signing, place_and_date, signature_block, state_heading
from specimens.flow import Align
from specimens.fonts import Face
from specimens.page import LEFT, RIGHT
from specimens.paper import Paper
from specimens.people import Sex, invent_person


def _form_head(desk: Desk, name: str, abstract: str, to: str, *, form_mark: str = "") -> None:
    flow = desk.flow
    if form_mark:
        flow.block(form_mark, face=Face.ITALIC, size=11, align=Align.RIGHT)
    state_heading(flow, left=LEFT, right=RIGHT)
    flow.skip(18)
    flow.centred(name, size=15)
    if abstract:
        flow.centred(abstract, face=Face.BOLD, size=13)
        desk.know(abstract=abstract)
    flow.skip(6)
    flow.centred(f"Kính gửi: {to}", face=Face.REGULAR, gap=10)


def _form_foot(desk: Desk, capacity: str) -> None:
    """Set place, date and the applicant's name: signed by hand, never sealed."""
    flow = desk.flow
    flow.need(170)
    flow.skip(4)
    place_and_date(flow, desk.rng, desk.place.name, desk.issued_on, hand_day=desk.ask.hand_day)
    flow.skip(14)
    note = "(Ký, ghi rõ họ tên)"
    signing = Signing(
        (capacity,), desk.subject.name, sealed=False, signed=desk.ask.signed, note=note
    )
    signature_block(flow, desk.rng, signing)
    desk.owner()
    desk.know(
        issued_on=desk.issued_on.isoformat(),
        signer_name=desk.subject.name,
        signer_title=capacity,
        has_seal=False,
        has_signature=desk.ask.signed,
    )


def _person(desk: Desk) -> None:
    flow, who = desk.flow, desk.subject
    flow.field("Họ và tên", who.name)
    flow.field_row(
        ("Ngày, tháng, năm sinh", day_month_year(who.born_on)), ("Giới tính", who.sex.value)
    )
    flow.field("Số định danh cá nhân", who.id)
    flow.field("Nơi cư trú", who.address)
    flow.field("Số điện thoại", f"0900 000 {desk.rng.randint(100, 999)}")


def building_request(desk: Desk) -> Paper:
    """TP-DON: a request for a permit to build a private house."""
    rng = desk.rng
    _form_head(
        desk,
        "ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG",
        "(Sử dụng cho công trình: Nhà ở riêng lẻ)",
        f"Ủy ban nhân dân {desk.place.commune}",
        form_mark="Mẫu số 01",
    )
    desk.flow.heading("1. Thông tin về chủ đầu tư")
    _person(desk)
    desk.flow.heading("2. Thông tin công trình")
    for text in (
        (
            f"Địa điểm xây dựng: thửa đất số {rng.randint(10, 480)}, tờ bản đồ số "
            f"{rng.randint(2, 60)}, {desk.subject.address}."
        ),
        (
            f"Diện tích xây dựng tầng một: {rng.randint(60, 180)} m²; tổng diện tích sàn: "
            f"{rng.randint(180, 420)} m²; số tầng: {rng.randint(1, 4):02d}."
        ),
        (
            f"Dự kiến thời gian hoàn thành công trình: {rng.randint(4, 12)} tháng kể từ "
            f"ngày khởi công."
        ),
        (
            "**3. Cam kết:** Tôi xin cam đoan làm theo đúng giấy phép được cấp, nếu sai tôi "
            "xin hoàn toàn "
            "chịu trách nhiệm và bị xử lý theo quy định của pháp luật."
        ),
    ):
        desk.flow.paragraph(text)
    _form_foot(desk, "NGƯỜI LÀM ĐƠN")
    return desk.finish("TP-DON", "đơn")


def request(desk: Desk) -> Paper:
    """TP-DON: a request on some matter."""
    matter = desk.pick(
        "hỗ trợ chi phí sửa chữa nhà ở", "xác nhận nguồn gốc sử dụng đất", "trợ giúp xã hội"
    )
    _form_head(desk, "ĐƠN ĐỀ NGHỊ", f"Về việc {matter}", f"Ủy ban nhân dân {desk.place.commune}")
    _person(desk)
    for text in (
        (
            f"Tôi viết đơn này đề nghị Ủy ban nhân dân {desk.place.commune} xem xét, giải "
            f"quyết việc {matter} "
            "cho gia đình tôi theo quy định hiện hành."
        ),
        (
            "Tôi cam đoan những lời khai trên là đúng sự thật và chịu trách nhiệm "
            "trước pháp luật về "
            "những nội dung đã khai. Kính mong quý cơ quan quan tâm giải quyết."
        ),
    ):
        desk.flow.paragraph(text)
    _form_foot(desk, "NGƯỜI LÀM ĐƠN")
    return desk.finish("TP-DON", "đơn")


def declaration(desk: Desk) -> Paper:
    """TP-TK: a declaration for civil status."""
    matter = desk.ask.procedure_name or desk.pick(
        "Đăng ký khai sinh", "Cấp giấy xác nhận tình trạng hôn nhân", "Đăng ký kết hôn"
    )
    _form_head(desk, f"TỜ KHAI {matter.upper()}", "", f"Ủy ban nhân dân {desk.place.commune}")
    _person(desk)
    born = (2024, 2025) if "khai sinh" in matter.lower() else (1994, 1995)
    concerned = invent_person(desk.rng, desk.place, born=born)
    desk.flow.paragraph(
        f"Đề nghị cơ quan giải quyết việc {matter.lower()} cho người có tên dưới đây:"
    )
    desk.flow.field("Họ, chữ đệm, tên", concerned.name.upper())
    desk.flow.field("Ngày, tháng, năm sinh", day_month_year(concerned.born_on))
    desk.flow.field("Nơi sinh", f"Trạm Y tế {desk.place.full}")
    desk.flow.paragraph(
        "Tôi cam đoan nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước "
        "pháp luật về cam đoan của mình."
    )
    _form_foot(desk, "NGƯỜI YÊU CẦU")
    return desk.finish("TP-TK", "tờ khai")


def residence_change(desk: Desk) -> Paper:
    """TP-CT01: the declaration for a change of residence, with its table of persons."""
    who = desk.subject
    _form_head(
        desk,
        "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ",
        "",
        f"Công an {desk.place.commune}",
        form_mark="Mẫu CT01 ban hành theo Thông tư số 53/2025/TT-BCA",
    )
    _person(desk)
    owner = invent_person(desk.rng, desk.place, sex=Sex.MALE)
    desk.flow.field("Họ, chữ đệm và tên chủ hộ", owner.name)
    desk.flow.field("Số định danh cá nhân của chủ hộ", owner.id)
    desk.flow.paragraph(
        f"Nội dung đề nghị: "
        f"{desk.pick('đăng ký thường trú', 'đăng ký tạm trú', 'tách hộ')} tại {who.address}."
    )
    rows = [("TT", "Họ, chữ đệm và tên", "Ngày sinh", "Số định danh", "Quan hệ")]
    for index in range(1, 4):
        member = invent_person(desk.rng, desk.place)
        rows.append(
            (
                str(index),
                member.name,
                day_month_year(member.born_on),
                member.id,
                desk.pick("Vợ", "Con", "Em"),
            )
        )
    desk.flow.table(rows, (8, 36, 20, 26, 14))
    _form_foot(desk, "NGƯỜI KÊ KHAI")
    return desk.finish("TP-CT01", "tờ khai thay đổi thông tin cư trú")
