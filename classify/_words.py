"""Word lists of the state's usage: bodies, offices, family names, titles, labels."""

BODY_PHRASES = (
    "Quốc hội", "Chính phủ", "Thủ tướng Chính phủ", "Chủ tịch nước", "Văn phòng Chính phủ",
    "Ủy ban Thường vụ Quốc hội", "Hội đồng nhân dân", "Ủy ban nhân dân", "Ủy ban",
    "Tòa án nhân dân", "Tòa án nhân dân tối cao", "Viện kiểm sát nhân dân",
    "Viện kiểm sát nhân dân tối cao", "Kiểm toán nhà nước", "Hội đồng Thẩm phán",
    "Mặt trận Tổ quốc Việt Nam", "Ủy ban Mặt trận Tổ quốc Việt Nam", "Liên đoàn Lao động",
    "Tổng Liên đoàn Lao động Việt Nam", "Hội Nông dân", "Hội Liên hiệp Phụ nữ",
    "Hội Cựu chiến binh", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Đảng ủy", "Tỉnh ủy", "Thành ủy",
    "Huyện ủy", "Ban Chấp hành Trung ương", "Công an", "Bộ Công an", "Bộ Quốc phòng",
    "Bộ Ngoại giao", "Bộ Tư pháp", "Bộ Tài chính", "Bộ Công Thương", "Bộ Nội vụ", "Bộ Y tế",
    "Bộ Xây dựng", "Bộ Giao thông vận tải", "Bộ Khoa học và Công nghệ", "Bộ Giáo dục và Đào tạo",
    "Bộ Kế hoạch và Đầu tư", "Bộ Nông nghiệp và Môi trường",
    "Bộ Nông nghiệp và Phát triển nông thôn", "Bộ Tài nguyên và Môi trường",
    "Bộ Thông tin và Truyền thông", "Bộ Văn hóa, Thể thao và Du lịch",
    "Bộ Lao động - Thương binh và Xã hội", "Bộ Dân tộc và Tôn giáo", "Ngân hàng Nhà nước Việt Nam",
    "Ngân hàng Nhà nước", "Thanh tra Chính phủ", "Bảo hiểm xã hội Việt Nam", "Bảo hiểm xã hội",
    "Sở Tài chính", "Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "Sở Xây dựng", "Sở Công Thương",
    "Sở Ngoại vụ", "Sở Du lịch", "Sở Giao thông vận tải", "Sở Khoa học và Công nghệ",
    "Sở Giáo dục và Đào tạo", "Sở Kế hoạch và Đầu tư", "Sở Nông nghiệp và Môi trường",
    "Sở Nông nghiệp và Phát triển nông thôn", "Sở Tài nguyên và Môi trường",
    "Sở Thông tin và Truyền thông", "Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa và Thể thao",
    "Sở Lao động - Thương binh và Xã hội", "Sở Quy hoạch - Kiến trúc", "Sở Dân tộc và Tôn giáo",
    "Ban Dân tộc", "Ban Chỉ đạo", "Ban Quản lý", "Ban Tổ chức", "Ban Quản lý Khu kinh tế",
    "Ban Quản lý các khu công nghiệp", "Thanh tra tỉnh", "Chi cục Thuế", "Chi cục Thuế khu vực",
    "Cục Thuế", "Tổng cục Thuế", "Thuế tỉnh", "Thuế cơ sở", "Cục Thống kê", "Cục Hải quan",
    "Kho bạc Nhà nước", "Cục Cảnh sát", "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
    "Chi cục Kiểm lâm", "Chi cục An toàn vệ sinh thực phẩm", "Cục Thi hành án dân sự",
    "Phòng Tư pháp", "Phòng Kinh tế", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Nội vụ",
    "Phòng Văn hóa - Xã hội", "Phòng Tài chính - Kế hoạch", "Phòng Giáo dục và Đào tạo",
    "Phòng Tài nguyên và Môi trường", "Phòng Đăng ký kinh doanh", "Phòng Quản lý đô thị",
    "Phòng Y tế", "Phòng Lao động - Thương binh và Xã hội", "Văn phòng Đăng ký đất đai",
    "Chi nhánh Văn phòng Đăng ký đất đai", "Văn phòng", "Trung tâm Phục vụ hành chính công",
    "Trung tâm", "Trường Đại học", "Đại học Quốc gia", "Trường Tiểu học", "Trường Trung học cơ sở",
    "Trường Trung học phổ thông", "Trường Mầm non", "Bệnh viện Đa khoa", "Bệnh viện",
    "Trạm Y tế", "Trung tâm Y tế",
    "Trường Đại học Sư phạm", "Trường Đại học Bách khoa", "Đại học Bách khoa", "Trường Cao đẳng",
    "Trường Chính trị", "Ban Chỉ huy Quân sự", "Bộ Chỉ huy Quân sự", "Bộ Chỉ huy Bộ đội Biên phòng",
    "Ban Chỉ huy Phòng thủ dân sự", "Ban Chỉ huy Phòng chống thiên tai và Tìm kiếm cứu nạn",
    "Liên hiệp các Hội Khoa học và Kỹ thuật", "Liên minh Hợp tác xã", "Đoàn đại biểu Quốc hội",
    "Đài Phát thanh và Truyền hình", "Đài Phát thanh - Truyền hình", "Sở Nông nghiệp và PTNT",
    "Quỹ Đầu tư phát triển", "Trung tâm Phát triển quỹ đất", "Trung tâm Kiểm soát bệnh tật",
    "Trung tâm Dịch vụ nông nghiệp", "Ban Tiếp công dân", "Ban Nội chính", "Ban Tuyên giáo",
    "Ban Dân vận", "Ban Tuyên giáo và Dân vận", "Ban Nội chính", "Ban Văn hóa - Xã hội",
    "Ủy ban Kiểm tra", "Chi cục Chăn nuôi và Thú y", "Chi cục Thủy lợi",
    "Chi cục Thống kê", "Đội Quản lý thị trường", "Cục Quản lý thị trường", "Chi cục Thủy sản",
    "Chi cục Quản lý thị trường", "Chi cục Quản lý đất đai", "Chi cục Bảo vệ môi trường",
    "Chi cục Trồng trọt và Bảo vệ thực vật", "Chi cục Tiêu chuẩn Đo lường Chất lượng",
    "Chi cục Dân số", "Chi cục Phát triển nông thôn", "Hạt Kiểm lâm", "Cục Hàng không Việt Nam",
    "Cục Đường bộ Việt Nam", "Cục Đăng kiểm Việt Nam", "Tổng cục Hải quan", "Chi cục Hải quan",
    "Chi cục Hải quan khu vực", "Cục Quản lý Dược", "Cục Quản lý xuất nhập cảnh",
    "Cục Cảnh sát giao thông", "Cục Lãnh sự", "Phòng Quản lý xuất nhập cảnh", "Thanh tra Bộ",
    "Ngân hàng Chính sách xã hội", "Ngân hàng Phát triển Việt Nam", "Tập đoàn Điện lực Việt Nam",
    "Công ty Điện lực", "Phòng Văn hóa và Thông tin", "Phòng Kinh tế và Hạ tầng", "Phòng Dân tộc",
    "Phòng Nông nghiệp và Phát triển nông thôn", "Phòng Nông nghiệp và Môi trường",
    "Trung tâm Hành chính công", "Hội Chữ thập đỏ", "Hội Người cao tuổi", "Hội Luật gia",
    "Đoàn Luật sư", "Hội Khuyến học", "Phòng Công chứng", "Quân khu", "Bộ Tổng Tham mưu",
    "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân", "Ban Cơ yếu Chính phủ",
    "Cục Văn thư và Lưu trữ nhà nước", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên",
    "Công đoàn Viên chức", "Trung tâm Văn hóa - Thể thao", "Trung tâm Dịch vụ việc làm",
    "Cục Thi hành án dân sự", "Chi cục Thi hành án dân sự", "Thi hành án dân sự", "Ban Bí thư",
    "Bộ Chính trị", "Ban Chấp hành Đảng bộ", "Ban Pháp chế", "Ban Kinh tế - Ngân sách",
    "Công ty Cổ phần", "Công ty TNHH", "Hội đồng", "Hội đồng xét", "Giáo dục và Đào tạo",
    "Lao động", "Cảnh sát", "Kinh tế", "Hồ Chí Minh", "Việt Nam", "Nhà nước", "Bộ luật",
    "Hiến pháp", "Đảng",
)  # fmt: skip
"""Names of bodies in ordinary case; the longest that fits wins."""

ACRONYMS = (
    "ATTP", "ATVSTP", "BHXH", "BHYT", "CDNN", "CNCH", "CNTT", "CP", "GDĐT", "HTX", "HĐND", "II",
    "III", "IV", "IX", "KCN", "KKT", "MTTQ", "MTTQVN", "MTV", "PCCC", "QCVN", "QLTT", "TAND",
    "TCVN", "THCS", "THPT", "TNHH", "TP", "TT", "TTHC", "TTĐT", "UBMTTQ", "UBND", "VI", "VII",
    "VIII", "VKSND", "VP", "XI", "XII", "XIII", "XIV", "XV", "XVI", "ĐBQH", "ĐHQGHN",
)  # fmt: skip
"""Abbreviations that stay in capitals."""

SMALL_WORDS = (
    "cho", "các", "của", "do", "là", "những", "theo", "thuộc", "trong", "trên", "tại", "từ", "và",
    "về", "với", "đến", "để", "ở",
)  # fmt: skip
"""Words that never take a capital inside a name."""

SURNAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Đoàn", "Trịnh", "Mai", "Trương", "Lâm", "Cao", "Lương",
    "Hà", "Tạ", "Tô", "Châu", "Chu", "La", "Thái", "Quách", "Vương", "Kiều", "Tống", "Triệu",
    "Mạc", "Lưu", "Đào", "Phùng", "Tăng", "Hứa", "Giang", "Từ", "Diệp", "Văn", "Bạch", "Nghiêm",
    "Khúc", "Thạch", "Kim", "Sơn", "Danh", "Lại", "Phí", "Ninh", "Viên", "Đàm", "Thân", "Ông",
    "Quan", "Lục", "Âu", "Nông", "Vi", "Ma", "Lò", "Hoa", "Bế", "Sùng", "Giàng", "Vàng", "Thào",
    "Cà", "Quàng", "Điêu", "Y", "H'", "Siu", "Rơ", "Ksor", "Trà", "Tôn", "Doãn", "Thiều", "Bồ",
    "Tòng", "Hầu", "Cù", "Cung", "Đồng", "Hạ", "Khổng", "Mẫn", "Nhữ", "Ong", "Phó", "Tưởng", "Ung",
    "Đường", "Đổng", "Lường", "Hùng",
)  # fmt: skip
"""Family names in use; the first word of a signer's name is one of them."""

OFFICES = (
    "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "TỔNG GIÁM ĐỐC", "CHÁNH VĂN PHÒNG",
    "PHÓ CHÁNH VĂN PHÒNG", "BỘ TRƯỞNG", "THỨ TRƯỞNG", "THỦ TƯỚNG", "PHÓ THỦ TƯỚNG", "CỤC TRƯỞNG",
    "PHÓ CỤC TRƯỞNG", "CHI CỤC TRƯỞNG", "PHÓ CHI CỤC TRƯỞNG", "TỔNG CỤC TRƯỞNG", "VỤ TRƯỞNG",
    "PHÓ VỤ TRƯỞNG", "TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "TRƯỞNG BAN", "PHÓ TRƯỞNG BAN",
    "HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG", "CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA", "THỦ TRƯỞNG",
    "VIỆN TRƯỞNG", "CHÁNH ÁN", "PHÓ CHÁNH ÁN", "THẨM PHÁN", "TRƯỞNG CÔNG AN", "PHÓ TRƯỞNG CÔNG AN",
    "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH", "LÃNH ĐẠO ĐƠN VỊ", "ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN",
    "CHÍNH PHỦ", "QUỐC HỘI", "CHỦ TỊCH QUỐC HỘI", "TỔNG THANH TRA", "ĐẠI DIỆN BÊN A",
    "ĐẠI DIỆN BÊN B", "KẾ TOÁN TRƯỞNG", "CHỦ TỊCH HỘI ĐỒNG", "HẠT TRƯỞNG", "TỔNG BIÊN TẬP",
    "BÍ THƯ", "PHÓ BÍ THƯ", "NGƯỜI TIẾP NHẬN HỒ SƠ", "NGƯỜI LÀM ĐƠN", "NGƯỜI YÊU CẦU",
    "NGƯỜI KÊ KHAI", "NGƯỜI ĐỀ NGHỊ", "NGƯỜI KHAI", "NGƯỜI ỦY QUYỀN", "NGƯỜI CAM KẾT",
    "NGƯỜI VIẾT ĐƠN", "ĐẠI DIỆN HỘ KINH DOANH", "NGƯỜI NỘP HỒ SƠ", "CÔNG CHỨNG VIÊN", "CHỦ TỌA",
    "THƯ KÝ", "NGƯỜI GHI BIÊN BẢN", "NGƯỜI LẬP BIÊN BẢN", "CÁN BỘ TIẾP NHẬN", "TRƯỞNG BỘ PHẬN",
    "CHỈ HUY TRƯỞNG", "CHÍNH TRỊ VIÊN", "CHẤP HÀNH VIÊN", "TRƯỞNG THUẾ", "PHÓ TRƯỞNG THUẾ",
    "CHỦ NHIỆM", "PHÓ CHỦ NHIỆM", "BỘ TRƯỞNG, CHỦ NHIỆM", "TRƯỞNG ĐOÀN", "PHÓ TRƯỞNG ĐOÀN",
    "PHÓ TỔNG GIÁM ĐỐC", "CHỦ TỊCH CÔNG TY", "CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ", "ĐỘI TRƯỞNG",
    "PHÓ ĐỘI TRƯỞNG", "TRẠM TRƯỞNG", "TỔ TRƯỞNG", "TRƯỞNG KHOA", "TRƯỞNG TRẠM", "PHÓ HẠT TRƯỞNG",
    "PHÓ VIỆN TRƯỞNG", "KIỂM SÁT VIÊN", "THẨM TRA VIÊN", "TRƯỞNG THÔN", "TỔNG BÍ THƯ",
    "CHỦ TỊCH NƯỚC", "PHÓ CHỦ TỊCH QUỐC HỘI", "PHÓ TỔNG CỤC TRƯỞNG", "TỔNG CỤC PHÓ",
    "TRƯỞNG CÔNG AN XÃ", "PHÓ TRƯỞNG CÔNG AN XÃ", "TRƯỞNG CÔNG AN PHƯỜNG",
    "PHÓ TRƯỞNG CÔNG AN PHƯỜNG", "TRƯỞNG CÔNG AN HUYỆN", "PHÓ TRƯỞNG CÔNG AN HUYỆN",
    "PHÓ CHỦ TỊCH THƯỜNG TRỰC", "CHỦ TỊCH UBND TỈNH", "CHỦ TỊCH UBND XÃ", "CHỦ TỊCH UBND HUYỆN",
    "PHÓ TỔNG THANH TRA", "TỔNG KIỂM TOÁN NHÀ NƯỚC", "THỐNG ĐỐC", "PHÓ THỐNG ĐỐC", "THỦ QUỸ",
    "NGƯỜI LẬP BIỂU", "NGƯỜI LẬP", "NGƯỜI BÁO CÁO", "ĐẠI DIỆN", "CÔNG CHỨNG VIÊN",
)  # fmt: skip
"""Titles as signature blocks print them."""

OFFICE_WORDS = (
    " chu tich ", " giam doc ", " truong ", " ubnd ", " phong ", " ban ", " uy vien ",
    " van phong ", " noi nhan ", " bi thu ", " tinh ", " huyen ", " ky ten ", " ho ten ",
    " ho va ten ",
)  # fmt: skip
"""Folded words of offices and hints, which no person's name holds in this order."""

FIRST_PAGE_TITLES = (
    "giay khai sinh", "giay chung tu", "trich luc", "giay chung nhan", "giay xac nhan",
    "giay phep", "giay tiep nhan", "giay uy quyen", "giay de nghi", "giay moi", "to khai",
    "don de nghi", "don xin", "don dang ky", "quyet dinh", "thong bao", "bao cao", "to trinh",
    "chi thi", "nghi quyet", "ke hoach", "bien ban", "hop dong", "phieu", "so yeu ly lich",
    "ban cam ket", "giay gioi thieu", "chung chi", "bang tot nghiep", "van ban", "thong tu",
    "nghi dinh", "luat", "huong dan", "cong dien", "giay", "don", "so ho khau", "can cuoc",
    "can cuoc cong dan", "ho chieu", "hoa don", "bien lai", "giay nop tien", "the can cuoc",
    "chuong trinh", "du an", "de an", "phuong an",
)  # fmt: skip
"""Folded beginnings of the names that documents print on their first page."""

ID_LABELS = (
    "Số định danh cá nhân", "Số định danh cá nhân/CMND", "Mã số doanh nghiệp", "Số CCCD",
    "Số căn cước công dân", "Số căn cước", "Căn cước công dân số", "Căn cước số", "CCCD số",
    "CMND/CCCD số", "Số CMND/CCCD", "CMND số", "Số CMND", "Số CMND/Hộ chiếu",
    "Chứng minh nhân dân số", "Giấy chứng minh nhân dân số", "Số định danh", "CCCD/CMND", "CCCD",
    "Số giấy tờ pháp lý của cá nhân", "Số / No.",
    "Số giấy chứng thực cá nhân", "Số giấy tờ tùy thân",
    "CMND", "Mã số thuế",
)  # fmt: skip
"""Labels beside a person's or a company's number."""

WEAK_ID_LABELS = (
    "Mã số hộ kinh doanh", "Mã số đăng ký hộ kinh doanh", "Giấy tờ tùy thân", "Giấy tờ pháp lý",
    "MST", "Số hộ chiếu",
)  # fmt: skip
"""Labels that give a number only where none of the others is there."""

NAME_LABELS = (
    "Họ, chữ đệm, tên", "Họ, chữ đệm và tên", "Họ, chữ đệm và tên khai sinh",
    "Họ và tên khai sinh", "Tên doanh nghiệp viết bằng tiếng Việt",
    "Tên công ty viết bằng tiếng Việt", "Tên công ty", "Họ và tên đại diện hộ kinh doanh",
    "Đại diện hộ kinh doanh", "Tên hợp tác xã viết bằng tiếng Việt",
    "Tên hợp tác xã", "Tên doanh nghiệp", "Tên cơ sở", "Tên tổ chức", "Họ và tên / Full name",
    "Họ và tên", "Họ tên", "Họ, tên", "Tôi tên là", "Tên tôi là", "Chủ đầu tư", "Cấp cho",
    "Tiếp nhận hồ sơ của", "Chủ hộ kinh doanh", "Họ và tên chủ hộ kinh doanh", "Người sử dụng đất",
    "Người nộp thuế", "Người nộp tiền",
)  # fmt: skip
"""Labels beside the holder's name; the topmost counts."""

WEAK_NAME_LABELS = (
    "Tên hộ kinh doanh", "Ông/bà", "Ông (bà)", "Người đề nghị", "Người yêu cầu",
)  # fmt: skip
"""Labels that give a holder only where none of the others is there."""

EXPIRY_LABELS = (
    "Có giá trị đến ngày", "Có giá trị đến", "Giá trị đến ngày", "Có giá trị đến hết ngày",
    "Ngày hết hạn", "Ngày, tháng, năm hết hạn", "Date of expiry", "Thời hạn đến ngày",
    "Hết hạn ngày", "Hiệu lực đến ngày", "Có hiệu lực đến ngày", "Có hiệu lực đến hết ngày",
    "Thời hạn sử dụng đến", "Thời hạn ủy quyền đến ngày", "Có giá trị từ ngày cấp đến hết ngày",
    "Có thời hạn đến ngày", "Giá trị sử dụng đến",
)  # fmt: skip
"""Labels beside the last day of validity."""

STOP_LABELS = (
    "gioi tinh", "dan toc", "quoc tich", "ngay, thang", "ngay thang", "sinh ngay", "nam sinh:",
    "noi sinh", "que quan", "so dinh danh", "so cccd", "so cmnd", "cccd", "cmnd", "noi cu tru",
    "noi thuong tru", "dia chi", "dien thoai", "email", "ghi bang chu", "cap ngay", "ngay cap",
    "noi cap", "chuc vu", "chuc danh", "giay to tuy", "so giay", "ma so thue", "fax", "website",
    "sinh nam", "ho khau", "thuong tru:", "tam tru:", "so dien thoai", "ho, chu dem", "ngay sinh",
    "(ghi", "nghe nghiep", "to ban do", "dien tich", "ngay het han", "co gia tri",
)  # fmt: skip
"""Folded labels that may follow on the same printed line and end the value before them."""
