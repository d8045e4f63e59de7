"""What can go wrong with the records."""

from imaging.errors import Category, CodedError


class ArchiveError(CodedError):
    """The base of this package's errors."""


class LeaseLostError(ArchiveError):
    """A run was finished by somebody who no longer holds it; nothing was written."""

    code = "lease_lost"
    category = Category.RETRY
    message = "Việc này đã được máy khác làm. Không cần làm gì thêm."


class RecordsAwayError(ArchiveError):
    """The records do not answer just now: their server restarts, is full or busy."""

    code = "records_away"
    category = Category.RETRY
    message = (
        "Cơ sở dữ liệu đang tạm dừng hoặc bận. Chưa có gì được ghi. "
        "Hãy chờ một lát rồi làm lại; nếu còn báo, hãy gọi người quản trị."
    )


class NotFoundError(ArchiveError):
    """A record that was asked for does not exist, or may not be seen."""

    code = "not_found"
    category = Category.BAD_INPUT
    message = "Không tìm thấy. Hãy kiểm tra lại mã rồi thử lại."


class NotAllowedError(ArchiveError):
    """The account lacks the right."""

    code = "not_allowed"
    category = Category.BAD_INPUT
    message = (
        "Tài khoản này không có quyền làm việc đó. Hãy nhờ người có quyền hoặc người quản trị."
    )


class WrongStateError(ArchiveError):
    """The record is not in a state in which this may be done."""

    code = "wrong_state"
    category = Category.BAD_INPUT
    message = "Giấy tờ không còn ở bước này. Hãy tải lại trang để xem trạng thái mới."


class CutsInvalidError(ArchiveError):
    """The cuts asked for name pages twice, backwards, beyond the file, or leave no document."""

    code = "cuts_invalid"
    category = Category.BAD_INPUT
    message = (
        "Cách chia chưa hợp lệ: mỗi trang thuộc nhiều nhất một giấy tờ và phải còn ít nhất "
        "một giấy tờ. Hãy xem lại rồi lưu."
    )


class CutsFixedError(WrongStateError):
    """The cuts asked for would change a document that was confirmed, signed, sealed or refused."""

    code = "cuts_fixed"
    message = (
        "Giấy tờ đã xác nhận, đã ký, đã lưu kho hoặc đã từ chối thì giữ nguyên trang. "
        "Hãy chỉ chia lại các trang khác."
    )


class CutsChangedError(WrongStateError):
    """Somebody else, or the machine, changed the file's documents after the person looked."""

    code = "cuts_changed"
    message = (
        "Cách chia hoặc giấy tờ của tệp này vừa được thay đổi sau khi bạn mở trang, nên chưa lưu. "
        "Hãy xem cách chia hiện tại rồi sửa lại."
    )


class CutsBusyError(WrongStateError):
    """The file is being sealed this very moment."""

    code = "cuts_busy"
    message = "Máy đang lưu kho tệp này nên chưa chia lại được. Hãy chờ ít phút rồi lưu lại."


class CutsWholeError(WrongStateError):
    """The file cannot be cut: born digital and kept as it came, or sealed already."""

    code = "cuts_whole"
    message = (
        "Tệp điện tử, tệp có chữ ký số hoặc tệp đã lưu kho trọn vẹn được giữ nguyên, "
        "không chia lại. Nếu cần, hãy quét lại giấy tờ thành tệp mới."
    )


class HoldOpenError(ArchiveError):
    """A legal hold already lies on the document."""

    code = "hold_open"
    category = Category.BAD_INPUT
    message = "Giấy tờ này đã được giữ theo yêu cầu pháp lý. Không cần làm gì thêm."


class FieldsMissingError(ArchiveError):
    """A document cannot be confirmed: fields that its kind requires have no value."""

    code = "fields_missing"
    category = Category.BAD_INPUT
    message = "Còn trường bắt buộc chưa có giá trị. Hãy điền đủ rồi xác nhận lại."


class FieldDateError(ArchiveError):
    """A value given for a date is none."""

    code = "field_date"
    category = Category.BAD_INPUT
    message = "Ngày chưa đúng. Hãy gõ như 05/09/2026 (ngày/tháng/năm)."


class FieldTooLongError(ArchiveError):
    """A value given for a field is longer than its column."""

    code = "field_too_long"
    category = Category.BAD_INPUT
    message = "Giá trị quá dài. Hãy rút gọn rồi lưu lại."


class KindUnknownError(ArchiveError):
    """The catalogue has no kind of this code or name."""

    code = "kind_unknown"
    category = Category.BAD_INPUT
    message = "Danh mục không có loại giấy tờ này. Hãy chọn một loại trong danh sách gợi ý."


class AccountTakenError(ArchiveError):
    """Another account, or another API client, has this name."""

    code = "name_taken"
    category = Category.BAD_INPUT
    message = "Tên này đã có. Hãy chọn tên khác."


class OwnAccountError(ArchiveError):
    """An administrator would lock themselves out."""

    code = "own_account"
    category = Category.BAD_INPUT
    message = (
        "Không tự bỏ quyền quản trị hay khóa tài khoản của chính mình được. "
        "Hãy nhờ một người quản trị khác."
    )


class NodeKeysDifferError(ArchiveError):
    """This node lacks a key that the house's other nodes hold: it could not read their work."""

    code = "node_keys_differ"
    category = Category.ENVIRONMENT
    message = (
        "Khóa trên máy này khác khóa của hệ thống nên máy này chưa được dùng; chưa ghi gì. "
        "Hãy chép đúng các tệp khóa từ máy đang chạy, rồi chạy lại. "
        "Nếu khóa cũ đã bỏ hẳn, hãy chạy: tangthu keys adopt"
    )


class RecordsBehindError(ArchiveError):
    """The archive's anchors reach past the audit trail: these records are an older dump's."""

    code = "records_behind"
    category = Category.ENVIRONMENT
    message = (
        "Sổ hồ sơ cũ hơn kho lưu trữ nên chưa làm gì, chưa ghi gì. "
        'Nếu vừa khôi phục sổ từ bản sao lưu, hãy chạy: tangthu resume --reason "...". '
        "Nếu không, hãy đặt đúng TANGTHU_DATABASE_URL hoặc TANGTHU_HOME."
    )


class RecordsNotBehindError(ArchiveError):
    """The audit trail reaches to the archive's last anchor: nothing of it was lost."""

    code = "records_not_behind"
    category = Category.BAD_INPUT
    message = (
        "Sổ hồ sơ không cũ hơn kho lưu trữ nên không có gì để ghi nhận. "
        "Hãy chạy: tangthu verify --all"
    )


class WorkLostError(ArchiveError):
    """The records were restored, and the file's bytes were nowhere but in the work store."""

    code = "work_lost"
    category = Category.ENVIRONMENT
    message = "Tệp đang làm dở đã mất khi khôi phục. Hãy quét lại giấy này."
