"""The command line: what operators script. One JSON document on stdout, the rest on stderr."""

import argparse
import datetime as dt
import importlib
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import RecordsUnreachableError, StoppedError, UsageError
from imaging.errors import CodedError
from proof.errors import ProofError

log = logging.getLogger(__name__)

DONE, FAILED, BAD_USAGE = 0, 1, 2

Arguments = argparse.Namespace


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: the JSON document, the text for people, and the exit status."""

    data: Mapping[str, Any]
    text: str
    status: int = DONE


Command = Callable[[Arguments], Answer]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    words = sys.argv[1:] if argv is None else argv
    try:
        arguments = _parser().parse_args(words)
    except SystemExit as over:
        if over.code == BAD_USAGE and "--json" in words:
            _print(refusal(UsageError()), as_json=True)
        raise
    try:
        command: Command = importlib.import_module(f"config.commands.{arguments.module}").run
        answer = command(arguments)
    except (CodedError, ProofError) as error:
        log.error(  # noqa: TRY400  the trace is for --debug
            "command failed",
            extra={"code": error.code, "detail": error.detail},
            exc_info=arguments.debug,
        )
        answer = refusal(error)
    except Exception as error:
        log.exception("command broke")
        answer = refusal(RecordsUnreachableError() if _are_records_away(error) else CodedError())
    except KeyboardInterrupt:
        answer = refusal(StoppedError())
    _print(answer, as_json=arguments.json)
    return answer.status


def _are_records_away(error: Exception) -> bool:
    """Whether the database server went away under a command; SQLite has none that could."""
    db = sys.modules.get("django.db")
    if db is None or not isinstance(error, (db.OperationalError, db.InterfaceError)):
        return False
    return bool(db.connection.vendor == "postgresql")


def refusal(error: CodedError | ProofError, status: int = FAILED) -> Answer:
    """Say what went wrong and what to do next."""
    return Answer(
        {"error": {"code": error.code, "message": error.message}},
        f"Lỗi ({error.code}): {error.message}",
        status,
    )


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(answer.data, ensure_ascii=False, indent=1, default=str) + "\n")
    elif answer.text:
        sys.stdout.write(answer.text.rstrip("\n") + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tangthu", description="Tàng Thư: số hóa, lưu trữ và tái sử dụng giấy tờ thủ tục."
    )
    parser.add_argument("--debug", action="store_true", help="in cả vết lỗi kỹ thuật")
    commands = parser.add_subparsers(metavar="LỆNH", required=True)
    for add in (
        _read,
        _ingest,
        _sign,
        _search,
        _reuse,
        _verify,
        _renew,
        _export,
        _looks,
        _serve,
        _beat,
        _catalogue,
        _learn,
        _reindex,
        _keys,
        _resume,
        _fixity,
        _protect,
        _hold,
        _shred,
        _doctor,
    ):
        add(commands)
    return parser


Commands = Any  # argparse gives its subparsers no public type


def _command(commands: Commands, name: str, module: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="in một tài liệu JSON ra stdout")
    parser.set_defaults(module=module, name=name)
    return parser


def _read(commands: Commands) -> None:
    parser = _command(commands, "read", "read", "Đọc một tệp, không lưu gì.")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--fast", action="store_true", help="nhanh hơn, có thể sai nhiều hơn một ít"
    )


def _ingest(commands: Commands) -> None:
    parser = _command(commands, "ingest", "ingest", "Nạp tệp hoặc thư mục thành một lô quét.")
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+")
    parser.add_argument("--batch", metavar="NAME", default="", help="tên lô")
    parser.add_argument("--dossier", metavar="CODE", default="", help="mã hồ sơ của cả lô")
    parser.add_argument("--procedure", metavar="CODE", default="", help="mã thủ tục")
    parser.add_argument("--subject", metavar="ID", default="", help="mã định danh chủ thể")
    parser.add_argument(
        "--backfile", action="store_true", help="hồ sơ cũ: nhường giấy tờ đang có người chờ ở quầy"
    )
    parser.add_argument("--wait", action="store_true", help="chờ máy làm xong mọi việc được phép")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="dùng tài khoản của máy này xác nhận giấy tờ mà mọi trường bắt buộc đều chắc",
    )


def _sign(commands: Commands) -> None:
    parser = _command(commands, "sign", "sign", "Ký giấy tờ đã kiểm tra; mã PIN chỉ hỏi một lần.")
    parser.add_argument("ids", metavar="ID", nargs="*")
    parser.add_argument("--all", action="store_true", help="ký mọi giấy tờ đang chờ ký")
    parser.add_argument("--wait", action="store_true", help="chờ máy lưu kho xong")


def _search(commands: Commands) -> None:
    parser = _command(commands, "search", "search", "Tìm giấy tờ; gõ không dấu cũng được.")
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument("--limit", metavar="N", type=_count, default=10)
    parser.add_argument("--kind", metavar="CODE")
    parser.add_argument("--from", metavar="DATE", type=_date, dest="issued_from")
    parser.add_argument("--to", metavar="DATE", type=_date, dest="issued_to")
    _say_why(parser)


def _reuse(commands: Commands) -> None:
    parser = _command(commands, "reuse", "reuse", "Chủ thể đã có giấy tờ nào cho một thủ tục chưa?")
    parser.add_argument("--subject", metavar="ID", required=True)
    parser.add_argument("--procedure", metavar="CODE", required=True)
    parser.add_argument("--on", metavar="DATE", type=_date)
    _say_why(parser)


def _verify(commands: Commands) -> None:
    parser = _command(commands, "verify", "verify", "Kiểm tra kho, chữ ký và chuỗi nhật ký.")
    parser.add_argument("ids", metavar="ID", nargs="*")
    parser.add_argument("--all", action="store_true", help="kiểm tra tất cả")


def _renew(commands: Commands) -> None:
    text = "Gia hạn bằng chứng ký số của giấy tờ đã lưu trước khi dấu thời gian hết hạn."
    parser = _command(commands, "renew", "renew", text)
    parser.add_argument("ids", metavar="ID", nargs="*", help="chỉ các giấy tờ này, dù chưa đến hạn")


def _export(commands: Commands) -> None:
    parser = _command(commands, "export", "export", "Xuất giấy tờ thành gói tự kiểm tra được.")
    parser.add_argument("ids", metavar="ID", nargs="*")
    parser.add_argument("--package", choices=("folder",), required=True)
    parser.add_argument("--to", metavar="DIR", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="cả kho trong một thư mục")
    parser.add_argument(
        "--together", action="store_true", help="các giấy tờ này trong một thư mục, một nhật ký"
    )
    _say_why(parser)


def _looks(commands: Commands) -> None:
    parser = _command(commands, "looks", "looks", "Ai đã xem giấy tờ của một chủ thể?")
    parser.add_argument("--subject", metavar="ID", required=True)
    _say_why(parser)


def _say_why(parser: argparse.ArgumentParser) -> None:
    """Reads of personal data are recorded with their purpose and dossier."""
    parser.add_argument("--purpose", metavar="TEXT", default="", help="vì sao xem; ghi vào nhật ký")
    parser.add_argument(
        "--for", metavar="CODE", dest="for_dossier", default="", help="cho hồ sơ nào"
    )


def _serve(commands: Commands) -> None:
    for name, text in (
        ("serve", "Chạy trang web."),
        ("work", "Chạy các tiến trình xử lý."),
        ("up", "Chạy trang web và các tiến trình xử lý trên máy này."),
    ):
        parser = _command(commands, name, "serve", text)
        if name == "work":
            parser.add_argument(
                "--lanes",
                metavar="LÀN,...",
                help="chỉ các làn này khi nhiều máy cùng làm: counter,batch,maintenance,backfile",
            )


def _beat(commands: Commands) -> None:
    _command(commands, "beat", "beat", "Nhắc việc định kỳ khi nhiều máy cùng làm.")


def _catalogue(commands: Commands) -> None:
    parser = _command(commands, "catalogue", "catalogue", "Danh mục dùng chung.")
    parser.add_argument("action", choices=("load",), help="load: nạp danh mục vào cơ sở dữ liệu")
    parser.add_argument(
        "--from", metavar="DIR", type=Path, dest="folder", help="thư mục danh mục của tỉnh"
    )


def _learn(commands: Commands) -> None:
    parser = _command(
        commands,
        "learn",
        "learn",
        "Học loại giấy tờ và các trường từ những gì người kiểm tra đã sửa.",
    )
    parser.add_argument(
        "--example",
        metavar=("LOẠI", "FILE"),
        nargs="+",
        action="append",
        help="mã loại giấy tờ, rồi các tệp là ví dụ của loại ấy",
    )
    parser.add_argument(
        "--back",
        nargs="?",
        const="last",
        choices=("last", "kinds", "fields", "hands"),
        help="quay lại bản trước lần học cuối; kinds: chỉ loại giấy tờ, fields: chỉ các trường, "
        "hands: chỉ chữ số viết tay",
    )
    parser.add_argument(
        "--forget-hands",
        action="store_true",
        help="xóa những ảnh nhỏ chỗ viết tay được giữ để học",
    )


def _reindex(commands: Commands) -> None:
    text = "Dựng lại chỉ mục tìm kiếm từ kho; trong lúc ấy vẫn tìm và nạp được."
    parser = _command(commands, "reindex", "reindex", text)
    parser.add_argument("--wait", action="store_true", help="làm ngay tại đây cho đến khi xong")


def _keys(commands: Commands) -> None:
    parser = _command(commands, "keys", "keys", "Khóa mã hóa: xem, thay khóa mới, nhận khóa.")
    parser.add_argument("action", choices=("list", "rotate", "adopt"))
    parser.add_argument(
        "--class", metavar="NAME", dest="key", help="chỉ khóa này: tên lớp bảo vệ, hoặc node"
    )


def _fixity(commands: Commands) -> None:
    parser = _command(
        commands, "fixity", "fixity", "Đọc lại kho lưu trữ, so với lúc lưu, sửa từ bản sao."
    )
    parser.add_argument("--all", action="store_true", help="đọc tất cả, không chỉ phần đến hạn")


def _protect(commands: Commands) -> None:
    parser = _command(commands, "protect", "custody", "Đổi mức bảo vệ của giấy tờ đã lưu.")
    parser.add_argument("ids", metavar="ID", nargs="+")
    parser.add_argument(
        "--class", dest="protection", choices=("ordinary", "identity"), required=True
    )


def _hold(commands: Commands) -> None:
    parser = _command(commands, "hold", "custody", "Giữ giấy tờ theo yêu cầu pháp lý.")
    parser.add_argument("ids", metavar="ID", nargs="+")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="căn cứ, số văn bản")
    parser.add_argument("--lift", action="store_true", help="thôi giữ")


def _shred(commands: Commands) -> None:
    parser = _command(
        commands,
        "shred",
        "custody",
        "Hủy khóa của giấy tờ hết thời hạn bảo quản; không lấy lại được.",
    )
    parser.add_argument("ids", metavar="ID", nargs="+")
    parser.add_argument("--decision", metavar="TEXT", required=True, help="số, ngày quyết định hủy")


def _resume(commands: Commands) -> None:
    text = "Làm tiếp trên sổ hồ sơ vừa khôi phục từ một bản sao lưu cũ hơn kho."
    parser = _command(commands, "resume", "resume", text)
    parser.add_argument("--reason", metavar="TEXT", required=True, help="vì sao; số biên bản")
    parser.add_argument(
        "--work-lost",
        action="store_true",
        help="kho việc đang làm cũng mất: các tệp chưa lưu phải quét lại",
    )


def _doctor(commands: Commands) -> None:
    _command(commands, "doctor", "doctor", "Máy này thiếu gì, và lệnh nào sửa.")


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        message = f"“{text}” không phải ngày dạng năm-tháng-ngày, ví dụ 2026-07-01"
        raise argparse.ArgumentTypeError(message) from error


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000:
        message = "cần một số từ 1 đến 1000"
        raise argparse.ArgumentTypeError(message)
    return int(text)
