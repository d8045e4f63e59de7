"""What can go wrong around the model of kinds. Reading a document raises none of these."""

from imaging.errors import Category, CodedError


class ClassifyError(CodedError):
    """The base of this package's errors."""


class ModelFileError(ClassifyError):
    """A model's file is damaged, too large, or made for another version's features."""

    code = "kind_model_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Tệp mô hình nhận loại giấy tờ không dùng được. "
        "Hãy quay lại mô hình trước bằng lệnh: tangthu learn --back"
    )


class FieldModelFileError(ModelFileError):
    """What was learnt about fields is damaged, too large, or of another version's format."""

    code = "field_model_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Tệp những gì đã học về các trường không dùng được. "
        "Hãy quay lại bản trước bằng lệnh: tangthu learn --back fields"
    )


class HandModelFileError(ModelFileError):
    """What was learnt about hands is damaged, too large, or of another version's format."""

    code = "hand_model_unusable"
    category = Category.ENVIRONMENT
    message = (
        "Tệp những gì đã học về chữ số viết tay không dùng được. "
        "Hãy quay lại bản trước bằng lệnh: tangthu learn --back hands"
    )


class NoEarlierModelError(ClassifyError):
    """The model that came with the program is in use; there is none before it."""

    code = "no_earlier_model"
    category = Category.BAD_INPUT
    message = (
        "Đang dùng mô hình đi kèm phần mềm, không có mô hình nào trước đó. Không cần quay lại."
    )


class NothingToLearnError(ClassifyError):
    """No person has confirmed or corrected a kind yet, and no example was given."""

    code = "nothing_to_learn"
    category = Category.BAD_INPUT
    message = (
        "Chưa có giấy tờ nào được người kiểm tra xác nhận hay sửa loại. "
        "Hãy kiểm tra vài hồ sơ rồi học lại, hoặc đưa ví dụ bằng --example."
    )


class UnknownExampleKindError(ClassifyError):
    """An example was given for a kind that the catalogue does not hold."""

    code = "example_kind_unknown"
    category = Category.BAD_INPUT
    message = (
        "Danh mục không có loại giấy tờ này. "
        "Hãy thêm loại vào danh mục rồi chạy lệnh: tangthu catalogue load"
    )
