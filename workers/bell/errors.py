"""What can be wrong with a broker, and with whoever should listen to it."""

from imaging.errors import Category, CodedError


class BellError(CodedError):
    """The base of this package's errors."""


class BrokerUnreachableError(BellError):
    """The broker does not answer."""

    code = "broker_unreachable"
    category = Category.ENVIRONMENT
    message = (
        "Không kết nối được máy chủ hàng đợi. Hãy kiểm tra RabbitMQ hoặc Redis có đang chạy, "
        "và biến TANGTHU_BROKER_URL, rồi chạy lại."
    )


class BrokerRefusedError(BellError):
    """The broker does not let this node in, or not to where it wants."""

    code = "broker_refused"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ hàng đợi từ chối. Hãy kiểm tra tên người dùng, tệp mật khẩu, tên vhost và quyền "
        "của người dùng trên vhost ấy, rồi chạy lại."
    )


class BrokerUnfitError(BellError):
    """What answers at the broker's address is no broker of the kind named."""

    code = "broker_unfit"
    category = Category.ENVIRONMENT
    message = (
        "Máy chủ ở địa chỉ này không phải RabbitMQ hay Redis như đã đặt. "
        "Hãy sửa TANGTHU_BROKER_URL rồi chạy lại."
    )


class NobodyWorksError(BellError):
    """No worker takes up what is due."""

    code = "nobody_works"
    category = Category.ENVIRONMENT
    message = (
        "Tệp đã nhận an toàn, nhưng chưa có tiến trình xử lý nào đang chạy. Hãy chạy: tangthu work"
    )
