"""Templates of administrative papers by NĐ 30/2020: decisions, letters, reports and the like."""

from specimens._desk import Desk
from specimens.blocks import title
from specimens.fonts import Face
from specimens.page import LEFT
from specimens.paper import Paper
from specimens.people import (
    Body,
    Sex,
    commune_committee,
    department,
    invent_name,
    province_committee,
)

_LAWS = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    (
        "Căn cứ Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ "
        "về thực hiện thủ "
        "tục hành chính theo cơ chế một cửa, một cửa liên thông;"
    ),
)
_TOPICS = (
    "nâng cấp đường liên thôn",
    "sửa chữa trường mầm non",
    "phòng, chống cháy rừng mùa khô",
    "chuyển đổi số trong giải quyết thủ tục hành chính",
    "chăm sóc người cao tuổi trên địa bàn",
    "cấp nước sạch nông thôn",
    "thu gom rác thải sinh hoạt tại nguồn",
)


def _authority(desk: Desk, body: Body) -> str:
    """Who decides: the committee, or its head alone."""
    name = body.printed.replace("\n", " ")
    return f"{body.head} {name}" if desk.rng.random() < 0.6 else name


def _grounds(desk: Desk, *extra: str) -> None:
    for text in (*_LAWS, *extra):
        desk.flow.paragraph(text, face=Face.ITALIC)


def _decision(
    desk: Desk, body: Body, abstract: str, grounds: tuple[str, ...], articles: tuple[str, ...]
) -> None:
    title(desk.flow, "QUYẾT ĐỊNH", abstract)
    desk.know(abstract=abstract)
    desk.flow.centred(_authority(desk, body), size=13.6, gap=8)
    _grounds(desk, *grounds)
    desk.flow.centred("QUYẾT ĐỊNH:", size=13.6, gap=6)
    for index, text in enumerate(articles, 1):
        desk.flow.paragraph(f"**Điều {index}.** {text}")


def decision(desk: Desk) -> Paper:
    """VB02: a decision on one matter."""
    body = desk.rng.choice((commune_committee, province_committee))(desk.place)
    what = desk.pick("phê duyệt Kế hoạch", "thành lập Tổ công tác", "kiện toàn Ban Chỉ đạo")
    matter = f"{what} {desk.pick(*_TOPICS)}"
    desk.head(body, "QĐ-UBND", town=desk.province_town)
    asked = desk.pick("Trưởng phòng Kinh tế", "Chánh Văn phòng")
    year = desk.issued_on.year
    _decision(
        desk,
        body,
        f"Về việc {matter}",
        (f"Theo đề nghị của {asked} tại Tờ trình số {desk.rng.randint(10, 300)}/TTr-KT.",),
        (
            (
                f"{matter[0].upper()}{matter[1:]} năm {year} trên địa bàn "
                f"{desk.place.full} với các "
                "nội dung kèm theo Quyết định này."
            ),
            (
                f"Kinh phí thực hiện là {desk.rng.randint(120, 980)}.000.000 đồng, bố "
                f"trí từ nguồn ngân "
                f"sách địa phương năm {year} và các nguồn huy động hợp pháp khác."
            ),
            (
                "Thủ trưởng các cơ quan, đơn vị có liên quan chịu trách nhiệm thi "
                "hành Quyết định này "
                "kể từ ngày ký./."
            ),
        ),
    )
    desk.sign(body, ("Như Điều 3", "Thường trực HĐND", "Lưu: VT, KT"))
    return desk.finish("VB02", "quyết định")


def land_decision(desk: Desk) -> Paper:
    """KQ-QDGD: a decision that allots land or changes its use for one household."""
    body = commune_committee(desk.place)
    who, rng = desk.subject, desk.rng
    change = rng.random() < 0.5
    doing = "cho phép chuyển mục đích sử dụng đất" if change else "giao đất ở"
    address = "bà" if who.sex is Sex.FEMALE else "ông"
    desk.head(body, "QĐ-UBND")
    _decision(
        desk,
        body,
        f"Về việc {doing} đối với hộ {address} {who.name}",
        (
            "Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;",
            f"Xét đơn của {who.name} và đề nghị của Trưởng phòng Kinh tế {desk.place.commune}.",
        ),
        (
            (
                f"{doing[0].upper()}{doing[1:]} {rng.randint(80, 400)} m² thuộc thửa đất số "
                f"{rng.randint(10, 480)}, tờ bản đồ số {rng.randint(2, 60)}, tại "
                f"{who.address} đối với "
                f"{address} {who.name}, số định danh cá nhân: {who.id}."
            ),
            (
                "Người sử dụng đất có trách nhiệm thực hiện nghĩa vụ tài chính theo "
                "thông báo của cơ "
                "quan thuế và sử dụng đất đúng mục đích, đúng ranh giới được giao."
            ),
            (
                f"Phòng Kinh tế, Văn phòng đăng ký đất đai và {address} {who.name} "
                f"chịu trách nhiệm "
                "thi hành Quyết định này./."
            ),
        ),
    )
    desk.owner()
    desk.sign(body, ("Như Điều 3", "Chi nhánh VPĐKĐĐ", "Lưu: VT"))
    return desk.finish("KQ-QDGD", "quyết định")


def _letter_abstract(desk: Desk, abstract: str) -> None:
    """Set box 5b: the abstract of a letter, beneath its number."""
    flow = desk.flow
    desk.flow.y = desk.stamp_top - 4
    flow.centred(abstract, face=Face.REGULAR, size=12, left=LEFT - 20, right=LEFT + 175)
    desk.leave_room_for_stamps()
    flow.skip(12)
    desk.know(abstract=abstract)


def _letter(desk: Desk, abstract: str, to: tuple[str, ...], paragraphs: tuple[str, ...]) -> Paper:
    sectors = (("Sở Xây dựng", "SXD"), ("Sở Tài chính", "STC"), ("Sở Nội vụ", "SNV"))
    body = department(desk.place, *desk.rng.choice(sectors))
    unit = desk.pick("VP", "KT", "QLHT", "TTr")
    desk.head(body, f"{body.short}-{unit}", town=desk.province_town)
    _letter_abstract(desk, abstract)
    desk.flow.block("Kính gửi:", left=LEFT + 90, size=13.6)
    for index, name in enumerate(to):
        end = "." if index == len(to) - 1 else ";"
        desk.flow.block(f"- {name}{end}", left=LEFT + 140, size=13.6)
    desk.flow.skip(10)
    for text in paragraphs:
        desk.flow.paragraph(text)
    desk.sign(body, ("Như trên", f"UBND {desk.place.province} (báo cáo)", f"Lưu: VT, {unit}"))
    return desk.finish("VB28", "công văn")


def letter(desk: Desk) -> Paper:
    """VB28: a letter between agencies; its abstract stands under its number."""
    topic = desk.pick(*_TOPICS)
    year = desk.issued_on.year
    doing = desk.pick("phối hợp", "đôn đốc", "báo cáo")
    day = f"ngày {desk.rng.randint(10, 28)} tháng {desk.rng.randint(10, 12)} năm {year}"
    return _letter(
        desk,
        f"V/v {doing} thực hiện {topic}",
        (f"Ủy ban nhân dân {desk.place.commune}", "Trung tâm Phục vụ hành chính công"),
        (
            (
                f"Thực hiện Kế hoạch công tác năm {year}, "
                f"{desk.pick('qua theo dõi', 'qua rà soát')}, "
                f"việc {topic} tại một số địa phương còn chậm so với tiến độ đã đề ra."
            ),
            (
                "Để bảo đảm tiến độ, đề nghị các cơ quan, đơn vị khẩn trương rà "
                "soát khối lượng công "
                "việc còn lại, xác định rõ nguyên nhân và trách nhiệm của từng bộ phận."
            ),
            (
                f"Kết quả gửi về trước {day} để tổng hợp, báo cáo Ủy ban nhân dân "
                f"{desk.place.province}."
            ),
            "Rất mong nhận được sự quan tâm, phối hợp của quý cơ quan./.",
        ),
    )


def secrecy_letter(desk: Desk) -> Paper:
    """VB28 that merely discusses state secrets: it bears no mark and is no secret."""
    return _letter(
        desk,
        "V/v chấn chỉnh công tác bảo vệ bí mật nhà nước",
        (f"Ủy ban nhân dân {desk.place.commune}", "Các phòng, đơn vị trực thuộc"),
        (
            (
                "Thời gian qua, một số đơn vị chưa đóng dấu chỉ các mức độ mật theo "
                "đúng quy định. Tài "
                "liệu thuộc độ mật, tối mật hay tuyệt mật phải được xác định ngay "
                "từ khâu soạn thảo."
            ),
            (
                "Các đơn vị không soạn thảo tài liệu có nội dung bí mật nhà nước "
                "trên máy tính kết nối "
                "Internet; không chụp, quét văn bản đóng dấu MẬT, TỐI MẬT, TUYỆT "
                "MẬT để gửi qua mạng "
                "xã hội."
            ),
            (
                "Người đứng đầu đơn vị chịu trách nhiệm kiểm tra việc quản lý con "
                "dấu MẬT và sổ đăng "
                "ký văn bản mật đi, báo cáo kết quả trong quý IV./."
            ),
        ),
    )


def proposal(desk: Desk) -> Paper:
    """VB16: a submission to a higher body."""
    body = commune_committee(desk.place)
    abstract = f"Về việc đề nghị phê duyệt kinh phí {desk.pick(*_TOPICS)}"
    money = f"{desk.rng.randint(2, 9)}.{desk.rng.randint(100, 999)}.000.000 đồng"
    desk.head(body, "TTr-UBND")
    title(desk.flow, "TỜ TRÌNH", abstract)
    desk.know(abstract=abstract)
    desk.flow.centred(f"Kính gửi: Ủy ban nhân dân {desk.place.province}", face=Face.REGULAR, gap=8)
    for text in (
        (
            "Thực hiện Nghị quyết của Hội đồng nhân dân về nhiệm vụ phát triển kinh "
            "tế - xã hội, Ủy "
            f"ban nhân dân {desk.place.commune} đã khảo sát hiện trạng và lập dự toán chi tiết."
        ),
        (
            f"Tổng kinh phí dự kiến: {money}, trong đó đề nghị ngân sách cấp trên "
            f"hỗ trợ 70%, phần còn "
            "lại do địa phương và nhân dân đóng góp."
        ),
        f"Ủy ban nhân dân {desk.place.commune} kính trình xem xét, quyết định./.",
    ):
        desk.flow.paragraph(text)
    desk.sign(body, ("Như trên", "Đảng ủy, HĐND (báo cáo)", "Lưu: VT"))
    return desk.finish("VB16", "tờ trình")


def notice(desk: Desk) -> Paper:
    """VB07: a notice."""
    body = commune_committee(desk.place)
    what = desk.pick("lịch tiếp công dân", "niêm yết danh sách", "lấy ý kiến nhân dân")
    abstract = f"Về việc {what} {desk.pick('quý IV', 'định kỳ')} năm {desk.issued_on.year}"
    desk.head(body, "TB-UBND")
    title(desk.flow, "THÔNG BÁO", abstract)
    desk.know(abstract=abstract)
    for text in (
        (
            f"Ủy ban nhân dân {desk.place.commune} thông báo đến các cơ quan, tổ chức và "
            f"nhân dân trên địa "
            f"bàn nội dung {abstract.removeprefix('Về việc ')} như sau:"
        ),
        (
            f"**1. Thời gian:** từ 07 giờ 30 phút đến 16 giờ 30 phút, thứ "
            f"{desk.pick('Ba', 'Tư', 'Năm')} hằng tuần."
        ),
        f"**2. Địa điểm:** Trụ sở Ủy ban nhân dân {desk.place.commune}, {desk.place.province}.",
        (
            "**3. Liên hệ:** Bộ phận Tiếp nhận và Trả kết quả. Đề nghị các thôn, tổ dân phố "
            "thông báo rộng "
            "rãi để nhân dân biết, thực hiện./."
        ),
    ):
        desk.flow.paragraph(text)
    desk.sign(body, ("Các thôn, tổ dân phố", "Đài truyền thanh", "Lưu: VT"))
    return desk.finish("VB07", "thông báo")


def report(desk: Desk) -> Paper:
    """VB14: a report of two pages or more, with a ruled table."""
    body = commune_committee(desk.place)
    when = f"tháng {desk.issued_on.month:02d} năm {desk.issued_on.year}"
    abstract = f"Kết quả tiếp nhận, giải quyết thủ tục hành chính {when}"
    desk.head(body, "BC-UBND")
    title(desk.flow, "BÁO CÁO", abstract)
    desk.know(abstract=abstract)
    _report_body(desk)
    desk.sign(body, (f"UBND {desk.place.province}", "TT. Đảng ủy, TT. HĐND", "Lưu: VT, HCC"))
    return desk.finish("VB14", "báo cáo")


def _report_body(desk: Desk) -> None:
    rng, flow = desk.rng, desk.flow
    flow.heading("I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH")
    for text in (
        (
            f"Ủy ban nhân dân {desk.place.commune} đã ban hành {rng.randint(3, 19)} văn bản "
            f"chỉ đạo về cải "
            "cách thủ tục hành chính; công khai đầy đủ danh mục thủ tục tại Bộ phận Một cửa."
        ),
        (
            f"Tổ chức {rng.randint(2, 8)} buổi tuyên truyền tại các thôn với hơn "
            f"{rng.randint(100, 900)} lượt người dự, "
            "hướng dẫn người dân nộp hồ sơ trực tuyến và thanh toán phí, lệ phí "
            "không dùng tiền mặt."
        ),
    ):
        flow.paragraph(text)
    flow.heading("II. KẾT QUẢ GIẢI QUYẾT HỒ SƠ")
    flow.paragraph("Số liệu theo từng lĩnh vực trong tháng như sau:")
    rows = [("STT", "Lĩnh vực", "Tiếp nhận", "Đúng hạn", "Quá hạn")]
    for index, name in enumerate(
        ("Hộ tịch", "Chứng thực", "Đất đai", "Xây dựng", "Bảo trợ xã hội", "Kinh doanh"), 1
    ):
        late = rng.randint(0, 4)
        total = rng.randint(20, 480)
        rows.append((str(index), name, str(total), str(total - late), str(late)))
    flow.table(rows, (8, 38, 18, 18, 18))
    for text in (
        (
            "Hồ sơ quá hạn chủ yếu do chờ kết quả xác minh thực địa và phối hợp giữa các cơ "
            "quan; Ủy ban "
            "nhân dân đã có văn bản xin lỗi và hẹn lại ngày trả kết quả với từng trường hợp."
        ),
        (
            f"Tỷ lệ số hóa thành phần hồ sơ đạt {rng.randint(82, 99)},{rng.randint(0, 9)}%; "
            f"tỷ lệ tái sử dụng dữ "
            f"liệu đã số hóa đạt {rng.randint(15, 60)},{rng.randint(0, 9)}%, tăng "
            f"so với tháng trước."
        ),
    ):
        flow.paragraph(text)
    flow.heading("III. NHIỆM VỤ TRỌNG TÂM THÁNG SAU")
    for index, text in enumerate(
        (
            (
                "Tiếp tục số hóa kết quả giải quyết còn hiệu lực của các năm trước, ưu tiên "
                "lĩnh vực hộ tịch "
                "và đất đai; gắn số hóa với làm sạch dữ liệu dân cư."
            ),
            "Bố trí máy quét và nhân sự tại Bộ phận Một cửa để số hóa ngay khi tiếp nhận hồ sơ.",
            (
                "Kiểm tra đột xuất việc tiếp nhận hồ sơ tại các điểm tiếp nhận, chấn chỉnh "
                "việc yêu cầu "
                "người dân nộp lại giấy tờ đã có trong kho dữ liệu."
            ),
            (
                "Đề xuất cấp trên sớm hoàn thiện kết nối giữa kho dữ liệu điện tử và phần "
                "mềm chuyên ngành."
            ),
        ),
        1,
    ):
        flow.paragraph(f"**{index}.** {text}")
    flow.heading("IV. KIẾN NGHỊ, ĐỀ XUẤT")
    flow.paragraph(
        "Đề nghị Ủy ban nhân dân cấp trên bố trí kinh phí thay thế các máy quét đã sử dụng quá năm "
        f"năm; hiện địa phương có {rng.randint(2, 5)} máy, trong đó 01 máy thường xuyên hỏng, làm "
        "chậm việc số hóa vào giờ cao điểm."
    )
    flow.paragraph(
        "Đề nghị các sở, ngành thống nhất danh mục giấy tờ được tái sử dụng đối với từng thủ tục "
        "hành chính để cán bộ một cửa yên tâm không yêu cầu người dân nộp lại."
    )
    flow.paragraph(
        f"Trên đây là báo cáo của Ủy ban nhân dân {desk.place.commune}, kính gửi cấp "
        f"trên tổng hợp./."
    )


def minutes(desk: Desk) -> Paper:
    """VB15: minutes, with no addressee and two signatures in words."""
    body = commune_committee(desk.place)
    what = desk.pick("kiểm tra hiện trạng thửa đất", "làm việc với hộ gia đình", "bàn giao hồ sơ")
    abstract = f"Về việc {what}"
    desk.head(body, "BB-UBND")
    title(desk.flow, "BIÊN BẢN", abstract)
    desk.know(abstract=abstract)
    chair, clerk = invent_name(desk.rng), invent_name(desk.rng)
    for text in (
        (
            f"Hôm nay, vào lúc {desk.rng.randint(8, 10)} giờ 00 phút, tại trụ sở Ủy ban nhân dân "
            f"{desk.place.commune}, chúng tôi gồm có:"
        ),
        f"**1. Chủ trì:** {chair}, công chức địa chính - xây dựng.",
        f"**2. Thư ký:** {clerk}, công chức văn phòng.",
        f"**3. Người tham gia:** {desk.subject.name}, cư trú tại {desk.subject.address}.",
        (
            "Các bên cùng xem xét hồ sơ, đối chiếu với bản đồ địa chính và thống nhất: hiện "
            "trạng sử dụng "
            "ổn định, không có tranh chấp, ranh giới với các hộ liền kề rõ ràng."
        ),
        (
            f"Biên bản kết thúc vào {desk.rng.randint(11, 16)} giờ 30 phút cùng ngày, được "
            f"đọc lại cho mọi "
            "người cùng nghe, nhất trí và ký tên./."
        ),
    ):
        desk.flow.paragraph(text)
    desk.sign(body, ("Như thành phần", "Lưu: VT"))
    return desk.finish("VB15", "biên bản")


def other(desk: Desk) -> Paper:
    """KHAC: a paper that the catalogue does not know, with its printed name."""
    body = commune_committee(desk.place)
    joint = desk.rng.random() < 0.5
    form = "chương trình phối hợp" if joint else "thơ mời"
    doing = (
        "thống nhất với Mặt trận Tổ quốc nội dung phối hợp"
        if joint
        else "kính mời quý vị đến dự buổi lễ"
    )
    desk.head(body, "CTPH-UBND" if joint else "ThM-UBND")
    abstract = (
        f"Xây dựng khu dân cư an toàn giai đoạn {desk.issued_on.year} - {desk.issued_on.year + 5}"
        if joint
        else f"Dự lễ tổng kết phong trào thi đua năm {desk.issued_on.year}"
    )
    title(desk.flow, form.upper(), abstract)
    desk.know(abstract=abstract)
    for text in (
        (
            f"Ủy ban nhân dân {desk.place.commune} trân trọng {doing} "
            f"tại hội trường {desk.place.commune}, {desk.place.province}."
        ),
        (
            f"Thời gian: 08 giờ 00 phút, ngày {desk.rng.randint(10, 28)} tháng 12 năm "
            f"{desk.issued_on.year}."
        ),
        "Sự hiện diện của quý vị góp phần vào thành công chung của địa phương./.",
    ):
        desk.flow.paragraph(text)
    desk.sign(body, ("Như trên", "Lưu: VT"))
    return desk.finish("KHAC", form)
