"""Templates of what agencies hand out: civil status papers, permits, registrations, receipts."""

from dataclasses import replace
from datetime import date, timedelta

from specimens._desk import Desk
from specimens.blocks import MOTTO, NumberStyle, heading, state_heading, title, vietnamese_date
from specimens.codes import code128
from specimens.flow import Align, set_line, tokens
from specimens.fonts import Face
from specimens.page import LEFT, RIGHT, Point, Rule, Stamp, StampKind, Tint
from specimens.paper import Paper
from specimens.people import Sex, commune_committee, department, invent_person

_RENEWALS = (14, 25, 40, 60, 99)
"""Ages at which a card runs out (Luật Căn cước 26/2023/QH15 Điều 21); the last stands for never."""
_CITIZEN = (("Dân tộc", "Kinh"), ("Quốc tịch", "Việt Nam"))


def day_month_year(day: date) -> str:
    """31/12/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _civil_head(desk: Desk, name: str, *, note: str = "") -> None:
    """Set the head of a civil status paper: state in the middle, name large, number beneath."""
    flow = desk.flow
    state_heading(flow, left=LEFT, right=RIGHT)
    flow.skip(26)
    flow.centred(name, size=21)
    if note:
        flow.centred(note, size=13.5)
    number = f"{desk.digits}/{desk.issued_on.year}"
    empty = desk.ask.number_style is NumberStyle.EMPTY
    shown = "Số: ........./......" if empty else f"Số: {number}"
    flow.centred(shown, face=Face.REGULAR, size=13, gap=14)
    desk.know(
        number=None if empty else number,
        issued_on=desk.issued_on.isoformat(),
    )


def _civil_foot(desk: Desk) -> None:
    body = commune_committee(desk.place)
    desk.flow.skip(6)
    desk.flow.field("Nơi đăng ký", f"{body.name}, {desk.place.province}")
    desk.flow.field("Ngày, tháng, năm đăng ký", day_month_year(desk.issued_on))
    desk.know(issuer=body.name)
    desk.owner()
    desk.sign(body, deputy=False)


def birth_certificate(desk: Desk) -> Paper:
    """KQ-KS: a birth certificate specimen."""
    rng, flow = desk.rng, desk.flow
    child = desk.subject
    mother = invent_person(rng, desk.place, sex=Sex.FEMALE)
    father = invent_person(rng, desk.place, sex=Sex.MALE)
    father = replace(father, name=" ".join((child.name.split()[0], *father.name.split()[1:])))
    _civil_head(desk, "GIẤY KHAI SINH")
    flow.field("Họ, chữ đệm, tên", child.name.upper())
    flow.field("Ngày, tháng, năm sinh", day_month_year(child.born_on))
    flow.field_row(("Giới tính", child.sex.value), *_CITIZEN)
    flow.field("Nơi sinh", f"Trạm Y tế {desk.place.full}")
    flow.field("Quê quán", desk.place.full)
    flow.field("Số định danh cá nhân", child.id)
    for who, parent in (("người mẹ", mother), ("người cha", father)):
        flow.skip(5)
        flow.field(f"Họ, chữ đệm, tên {who}", parent.name.upper())
        flow.field_row(("Năm sinh", str(parent.born_on.year)), *_CITIZEN)
        flow.field("Nơi cư trú", parent.address)
    flow.skip(5)
    flow.field("Họ, chữ đệm, tên người đi khai sinh", father.name)
    flow.field("Giấy tờ tùy thân", f"Căn cước số {father.id}")
    _civil_foot(desk)
    desk.know(
        date_of_birth=child.born_on.isoformat(),
        sex=child.sex.value,
        place_of_birth=f"Trạm Y tế {desk.place.full}",
        ethnicity="Kinh",
        nationality="Việt Nam",
        mother_name=mother.name,
        father_name=father.name,
    )
    return desk.finish("KQ-KS", "giấy khai sinh")


def marital_status(desk: Desk) -> Paper:
    """KQ-HN: a confirmation of marital status, valid for six months."""
    flow, who = desk.flow, desk.subject
    body = commune_committee(desk.place)
    desk.head(body, "UBND-XNTTHN")
    title(flow, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", "", size=16)
    flow.centred(body.printed.replace("\n", " "), gap=8)
    flow.paragraph(
        f"Xét đề nghị của ông/bà {who.name}, về việc cấp Giấy xác nhận tình trạng hôn nhân,"
    )
    flow.centred("XÁC NHẬN:", gap=6)
    flow.field("Họ, chữ đệm, tên", who.name.upper())
    flow.field("Ngày, tháng, năm sinh", day_month_year(who.born_on))
    flow.field_row(("Giới tính", who.sex.value), *_CITIZEN)
    flow.field("Số định danh cá nhân", who.id)
    flow.field("Nơi cư trú", who.address)
    status = desk.pick("Chưa đăng ký kết hôn với ai", "Hiện tại chưa có vợ hoặc chồng")
    flow.field("Tình trạng hôn nhân", status)
    use = desk.pick("để đăng ký kết hôn", "để làm thủ tục mua bán nhà đất", "để vay vốn ngân hàng")
    flow.paragraph(f"Giấy này được cấp {use}.")
    until = desk.issued_on + timedelta(days=181)
    flow.paragraph(f"Giấy này có giá trị đến hết ngày {day_month_year(until)}.", face=Face.ITALIC)
    desk.owner()
    desk.know(
        expires_on=until.isoformat(),
        marital_status=status,
        purpose=use,
        date_of_birth=who.born_on.isoformat(),
    )
    desk.sign(body, deputy=False)
    return desk.finish("KQ-HN", "giấy xác nhận tình trạng hôn nhân")


def building_permit(desk: Desk) -> Paper:
    """KQ-GPXD: a permit to build a private house."""
    flow, rng, who = desk.flow, desk.rng, desk.subject
    body = commune_committee(desk.place)
    desk.head(body, "GPXD")
    title(flow, "GIẤY PHÉP XÂY DỰNG", "", size=16)
    flow.centred("(Sử dụng cho nhà ở riêng lẻ)", face=Face.ITALIC, gap=8)
    until = desk.issued_on + timedelta(days=365)
    for text in (
        f"**1.** Cấp cho: {'Bà' if who.sex is Sex.FEMALE else 'Ông'} **{who.name}**",
        f"Số định danh cá nhân: {who.id}",
        f"Địa chỉ: {who.address}",
        "**2.** Được phép xây dựng công trình: Nhà ở riêng lẻ",
        (
            f"- Thửa đất số: {rng.randint(10, 480)}, tờ bản đồ số: {rng.randint(2, 60)}; "
            f"diện tích: {rng.randint(80, 400)} m²"
        ),
        (
            f"- Số tầng: {rng.randint(1, 4):02d}; chiều cao công trình: "
            f"{rng.randint(4, 14)},{rng.randint(0, 9)} m; mật độ xây dựng: {rng.randint(40, 80)}%"
        ),
        (
            f"- Diện tích xây dựng tầng một: {rng.randint(60, 180)} m²; tổng diện tích sàn: "
            f"{rng.randint(180, 420)} m²"
        ),
        "- Cốt nền xây dựng: +0,45 m so với mặt đường hiện trạng",
        (
            f"**3.** Giấy tờ về quyền sử dụng đất: Quyết định giao đất số "
            f"{rng.randint(10, 900)}/QĐ-UBND"
        ),
        (
            f"**4.** Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng "
            f"kể từ ngày cấp, "
            f"đến ngày {day_month_year(until)}; quá thời hạn trên thì phải đề nghị gia hạn "
            f"giấy phép./."
        ),
    ):
        flow.block(text, align=Align.JUSTIFY, gap=4)
    desk.owner()
    desk.know(expires_on=until.isoformat())
    desk.sign(body, ("Như trên", "Lưu: VT, KT"))
    return desk.finish("KQ-GPXD", "giấy phép xây dựng")


def household_business(desk: Desk) -> Paper:
    """KQ-HKD: a household business registration."""
    flow, rng, who = desk.flow, desk.rng, desk.subject
    body = commune_committee(desk.place)
    heading(flow, body)
    flow.skip(10)
    flow.centred("GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH", size=16)
    number = f"{desk.place.code}8{rng.randint(0, 9999999):07d}"
    flow.centred(f"Số: {number}", face=Face.REGULAR)
    flow.centred(f"Đăng ký lần đầu, {vietnamese_date(desk.issued_on)}", face=Face.ITALIC, gap=10)
    trade = desk.pick("Tạp hóa", "Quán cơm", "Sửa xe", "May đo", "Vật tư nông nghiệp")
    flow.field(
        "1. Tên hộ kinh doanh", f"HỘ KINH DOANH {trade.upper()} {who.name.split()[-1].upper()} PHÁT"
    )
    flow.field("2. Địa điểm kinh doanh", who.address)
    flow.field("3. Ngành, nghề kinh doanh", f"{trade} (bán lẻ, phục vụ tại chỗ)")
    flow.field("4. Vốn kinh doanh", f"{rng.randint(3, 40)}0.000.000 đồng")
    flow.field("5. Chủ hộ kinh doanh", who.name.upper())
    flow.field_row(
        ("Ngày, tháng, năm sinh", day_month_year(who.born_on)), ("Giới tính", who.sex.value)
    )
    flow.field("Số định danh cá nhân", who.id)
    flow.field("Địa chỉ thường trú", who.address)
    desk.know(
        number=number,
        issuer=body.name,
        issued_on=desk.issued_on.isoformat(),
    )
    desk.owner()
    desk.sign(body, deputy=False)
    return desk.finish("KQ-HKD", "giấy chứng nhận đăng ký hộ kinh doanh")


def tax_number(stem: str) -> str:
    """Complete nine digits to a business number: weights 31, 29, 23 ... and 10 - (sum mod 11)."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = 10 - sum(int(d) * w for d, w in zip(stem, weights, strict=True)) % 11
    return f"{stem}{check % 10}"


def company(desk: Desk) -> Paper:
    """KQ-DKDN: a company registration."""
    flow, rng, who = desk.flow, desk.rng, desk.subject
    body = department(desk.place, "Sở Tài chính", "STC")
    heading(flow, body)
    flow.skip(8)
    flow.centred(
        "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP\nCÔNG TY TRÁCH NHIỆM HỮU HẠN MỘT THÀNH VIÊN", size=14
    )
    number = tax_number(f"0{rng.randint(10000000, 99999999)}")
    flow.centred(f"Mã số doanh nghiệp: {number}", size=13.5)
    flow.centred(f"Đăng ký lần đầu: {vietnamese_date(desk.issued_on)}", face=Face.ITALIC, gap=10)
    trade = desk.pick("THƯƠNG MẠI", "XÂY DỰNG", "NÔNG SẢN")
    name = f"CÔNG TY TNHH MTV {trade} {who.name.split()[-1].upper()} MẪU"
    flow.field("1. Tên công ty", name)
    flow.field("2. Địa chỉ trụ sở chính", who.address)
    flow.field("3. Vốn điều lệ", f"{rng.randint(1, 9)}.{rng.randint(1, 9)}00.000.000 đồng")
    flow.field("4. Thông tin về chủ sở hữu", who.name.upper())
    flow.field("Số định danh cá nhân", who.id)
    flow.field("5. Người đại diện theo pháp luật", who.name.upper())
    flow.field("Chức danh", "Giám đốc")
    desk.know(
        number=number,
        issuer=body.name,
        issued_on=desk.issued_on.isoformat(),
        subject_id=number,
        subject_name=name,
    )
    desk.foot(
        ("TRƯỞNG PHÒNG",),
        desk.rng.choice(("Lê Thị Thu Hạnh", "Phạm Đức Long", "Ngô Minh Sơn")),
        body,
    )
    return desk.finish("KQ-DKDN", "giấy chứng nhận đăng ký doanh nghiệp")


def receipt(desk: Desk) -> Paper:
    """MC01: the counter's receipt with the dossier code as a Code 128 bar code."""
    flow, rng, who = desk.flow, desk.rng, desk.subject
    body = commune_committee(desk.place)
    dossier = (
        desk.ask.dossier
        or f"H48.{rng.randint(10, 99)}-{desk.issued_on:%y%m%d}-{rng.randrange(10000):04d}"
    )
    heading(flow, body)
    flow.put(code128(dossier, Point(LEFT - 8, flow.y + 6), width=170, height=30))
    flow.skip(44)
    flow.block(f"Số: {desk.digits}/TNHS", size=12)
    flow.centred("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", size=14.5)
    flow.centred(f"Mã hồ sơ: {dossier}", face=Face.REGULAR, gap=8)
    due = desk.issued_on + timedelta(days=rng.randint(5, 20))
    name = desk.ask.procedure_name or "Cấp giấy phép xây dựng nhà ở riêng lẻ"
    code = desk.ask.procedure or "1.009994"
    for label, value in (
        ("Trung tâm Phục vụ hành chính công", desk.place.full),
        ("Tiếp nhận hồ sơ của", who.name),
        ("Số định danh cá nhân", who.id),
        ("Địa chỉ", who.address),
        ("Nội dung yêu cầu giải quyết", f"{name} ({code})"),
        (
            "Thời gian nhận hồ sơ",
            f"09 giờ {rng.randint(10, 55)} phút, {vietnamese_date(desk.issued_on)}",
        ),
        ("Thời gian trả kết quả", f"16 giờ 30 phút, {vietnamese_date(due)}"),
    ):
        flow.field(label, value)
    flow.table(
        (
            ("STT", "Thành phần hồ sơ nộp", "Số bản"),
            ("1", "Đơn đề nghị", "01"),
            ("2", "Giấy tờ kèm theo", "02"),
        ),
        (10, 70, 20),
    )
    desk.know(
        number=f"{desk.digits}/TNHS",
        issuer=body.name,
        issued_on=desk.issued_on.isoformat(),
        dossier_code=dossier,
        appointment_on=due.isoformat(),
    )
    desk.owner()
    desk.foot(("NGƯỜI TIẾP NHẬN HỒ SƠ",), rng.choice(("Bùi Thị Mỹ Hoa", "Vũ Quốc Vinh")), body)
    return desk.finish("MC01", "giấy tiếp nhận hồ sơ và hẹn trả kết quả")


def identity_card(desk: Desk) -> Paper:
    """KQ-CC: a page with a card drawn on it. Invented throughout and marked MẪU; no real design."""
    flow, who = desk.flow, desk.subject
    top = flow.y + 30
    left, right = LEFT + 30, RIGHT - 30
    flow.put(Tint(Point(left, top), Point(right, top + 250), (226, 240, 232)))
    _frame(desk, left, top, right, top + 250)
    flow.y = top + 12
    flow.centred(
        f"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n{MOTTO}",
        face=Face.SANS_BOLD,
        size=10,
        left=left,
        right=right,
    )
    flow.skip(6)
    flow.centred("CĂN CƯỚC", face=Face.SANS_BOLD, size=17, left=left, right=right, gap=8)
    flow.put(Tint(Point(left + 14, top + 86), Point(left + 92, top + 190), (196, 206, 214)))
    flow.put(
        set_line(tokens("(ảnh)", Face.SANS), left + 14, left + 92, top + 142, 10, Align.CENTRE)
    )
    age = desk.issued_on.year - who.born_on.year
    renewal = next(years for years in _RENEWALS if years > age)
    until = who.born_on.replace(year=who.born_on.year + renewal)
    worn = desk.ask.number_style is NumberStyle.EMPTY
    for label, value in (
        ("Số định danh cá nhân", who.id),
        ("Họ, chữ đệm và tên khai sinh", who.name.upper()),
        ("Ngày, tháng, năm sinh", day_month_year(who.born_on)),
        ("Giới tính", f"{who.sex.value}     Quốc tịch: Việt Nam"),
        ("Nơi cư trú", who.address),
        ("Ngày, tháng, năm hết hạn", "" if worn else day_month_year(until)),
    ):
        flow.block(
            f"{label}: **{value}**",
            face=Face.SANS,
            size=10,
            left=left + 104,
            right=right - 8,
            gap=3,
        )
    flow.put(Stamp(StampKind.SPECIMEN, Point((left + right) / 2, top + 228), 22, -6, 0.8))
    flow.y = top + 270
    flow.block(
        "Bản chụp dùng để minh họa; người và số trên thẻ không có thật.",
        face=Face.ITALIC,
        size=11,
        left=left,
    )
    desk.owner()
    desk.know(
        number=who.id,
        expires_on=None if worn else until.isoformat(),
        date_of_birth=who.born_on.isoformat(),
        sex=who.sex.value,
        address=who.address,
    )
    return desk.finish("KQ-CC", "thẻ căn cước")


def _frame(desk: Desk, left: float, top: float, right: float, bottom: float) -> None:
    corners = (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
    for index, corner in enumerate(corners):
        desk.flow.put(Rule(corner, corners[(index + 1) % 4], 1.2))
