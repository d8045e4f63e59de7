"""What `tangthu doctor` looks at of the broker: who it is, what waits there, who listens."""

from config.broker import switchboard
from imaging.errors import CodedError
from workers.bell.broker import HOUSE_QUEUE, Broker, check_broker, faults_of

MEND = "env | grep TANGTHU_BROKER_URL"


def broker_state(broker: Broker) -> tuple[bool, str, str]:
    """Whether the broker serves, what is to be said of it, and the command that mends it."""
    board = switchboard(broker)
    try:
        check_broker(board)
        lengths, workers = board.lengths(), board.workers()
    except CodedError as error:
        return False, f"{error.code}: {error.message} ({error.detail})", MEND
    except faults_of(board.connection()) as error:
        return False, f"{broker.kind}: {type(error).__name__}", MEND
    lengths.pop(HOUSE_QUEUE)
    waiting = ", ".join(f"{lane} {count}" for lane, count in lengths.items())
    said = f"{broker.kind}; hàng đợi: {waiting}"
    if not workers:
        return False, f"{said}; không có tiến trình xử lý nào trả lời", "tangthu work"
    return True, f"{said}; {len(workers)} tiến trình xử lý trả lời", ""
