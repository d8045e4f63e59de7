"""What can go wrong with reference data: codes, categories, sentences."""

from imaging.errors import Category, CodedError


class CatalogueError(CodedError):
    """The base of this package's errors."""


class CatalogueFileError(CatalogueError):
    """A reference file cannot be used; nothing of the load is kept."""

    code = "catalogue_file"
    category = Category.BAD_INPUT
    message = "Tệp danh mục không đúng. Hãy sửa tệp rồi nạp lại."


class CatalogueNotLoadedError(CatalogueError):
    """The database holds no reference data yet."""

    code = "catalogue_not_loaded"
    category = Category.ENVIRONMENT
    message = "Chưa có danh mục. Hãy chạy lệnh: tangthu catalogue load"
