"""What can go wrong before any work: the settings and the data folder."""

from imaging.errors import Category, CodedError


class ConfigError(CodedError):
    """The base of this package's errors."""


class SettingError(ConfigError):
    """A variable of the environment has a value that cannot be used."""

    code = "setting_invalid"
    category = Category.ENVIRONMENT
    message = "Một biến môi trường chưa đúng. Hãy sửa theo docs/settings.md rồi chạy lại."

    @classmethod
    def of(cls, name: str, need: str) -> "SettingError":
        """Name the variable and what it needs; never what is in it, which may be a secret."""
        return cls(f"Biến môi trường {name} chưa đúng: cần {need}. Hãy sửa rồi chạy lại.")


class HomeUnusableError(ConfigError):
    """The data folder cannot be made or written."""

    code = "home_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Không ghi được vào thư mục dữ liệu. "
        "Hãy kiểm tra biến TANGTHU_HOME, quyền ghi và chỗ trống trên ổ đĩa."
    )


class RecordsUnreachableError(ConfigError):
    """The database server does not answer, or does not let this node in."""

    code = "records_unreachable"
    category = Category.ENVIRONMENT
    message = (
        "Không kết nối được cơ sở dữ liệu. Hãy kiểm tra máy chủ PostgreSQL, "
        "biến TANGTHU_DATABASE_URL và tệp mật khẩu, rồi chạy lại."
    )


class RecordsUnfitError(ConfigError):
    """The database would keep or sort texts otherwise than they must be, or is too old."""

    code = "records_unfit"
    category = Category.ENVIRONMENT
    message = (
        "Cơ sở dữ liệu chưa đúng: cần PostgreSQL 13 trở lên, mã UTF8 và cách sắp xếp C.UTF-8. "
        "Hãy tạo cơ sở dữ liệu mới theo docs/settings.md rồi chạy lại."
    )


class RecordsNewerError(ConfigError):
    """A newer version has changed the tables: this one would write them wrongly."""

    code = "records_newer"
    category = Category.ENVIRONMENT
    message = (
        "Cơ sở dữ liệu đã được một phiên bản Tàng Thư mới hơn nâng cấp. "
        "Hãy cài phiên bản mới ấy trên máy này rồi chạy lại."
    )


class UsageError(ConfigError):
    """A command was given words that do not go together."""

    code = "bad_usage"
    category = Category.BAD_INPUT
    message = "Lệnh chưa đúng. Hãy xem cách dùng bằng lệnh: tangthu --help"


class StoppedError(ConfigError):
    """A person stopped the command."""

    code = "stopped"
    category = Category.RETRY
    message = "Đã dừng. Hãy chạy lại lệnh để làm tiếp phần còn lại."


class NeedsBrokerError(ConfigError):
    """What only the scaled side has was asked of a machine that works alone."""

    code = "needs_broker"
    category = Category.BAD_INPUT
    message = (
        "Lệnh này chỉ dùng khi nhiều máy cùng làm. Trên một máy hãy chạy: tangthu up; "
        "hoặc đặt TANGTHU_BROKER_URL theo docs/settings.md rồi chạy lại."
    )


class PortUnusableError(ConfigError):
    """The web page's address cannot be listened on."""

    code = "port_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Không mở được cổng của trang web. Hãy dừng chương trình đang dùng cổng đó, "
        "hoặc đổi TANGTHU_HOST, TANGTHU_PORT rồi chạy lại."
    )


class TrustFileError(ConfigError):
    """A file in a trust folder holds what is no certificate."""

    code = "trust_file_unreadable"
    category = Category.ENVIRONMENT
    message = (
        "Một tệp trong thư mục trust không phải chứng thư."
        " Hãy đặt lại tệp PEM đúng, hoặc lấy tệp ấy ra khỏi thư mục."
    )

    @classmethod
    def of(cls, name: str) -> "TrustFileError":
        """Name the file."""
        return cls(
            f"Tệp {name} trong thư mục trust không phải chứng thư."
            " Hãy đặt lại tệp PEM đúng, hoặc lấy tệp ấy ra khỏi thư mục."
        )
