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
