"""`tangthu-verify FOLDER`: check an exported archive without database, settings or network."""

import argparse
import json
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from proof.errors import ProofError, UntrustedRootError
from proof.folder import check_folder
from proof.limits import JSON_BYTES
from proof.types import Report

DONE, FAILED, BAD_USAGE = 0, 1, 2
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}\Z")

_NAMES = {
    "blob_damaged": "tệp hỏng hoặc bị sửa",
    "blob_missing": "thiếu tệp",
    "blob_extra": "tệp lạ",
    "blob_swapped": "tệp của văn bản khác",
    "blob_rolled_back": "bản cũ hơn bản đã lưu",
    "signature_invalid": "chữ ký không hợp lệ",
    "record_altered": "thông tin văn bản bị sửa",
    "audit_broken": "nhật ký bị can thiệp",
    "anchor_missing": "thiếu mốc nhật ký",
    "package_invalid": "thư mục không khớp manifest",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a folder; 0 all well, 1 something wrong, 2 bad usage."""
    chosen = _parser().parse_args(arguments)
    for library in ("pyhanko", "pyhanko_certvalidator"):  # their traces say nothing to a reader
        logging.getLogger(library).addHandler(logging.NullHandler())
    try:
        roots = [_read_root(path) for path in chosen.trust] if chosen.trust else None
        report = check_folder(
            chosen.folder, trust_roots=roots, manifest_sha256=chosen.manifest_sha256
        )
    except ProofError as error:
        return _refuse(error, as_json=chosen.json)
    write = _as_json if chosen.json else _as_text
    sys.stdout.write(write(report))
    return FAILED if report.problems else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tangthu-verify",
        description="Kiểm một kho hồ sơ đã xuất: mọi tệp, chữ ký, nhật ký. Không cần mạng.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="thư mục đã xuất")
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    parser.add_argument(
        "--trust",
        action="append",
        type=Path,
        metavar="PEM",
        help="chứng thư gốc tin cậy, thay cho các chứng thư trong thư mục; dùng được nhiều lần",
    )
    parser.add_argument(
        "--manifest-sha256",
        type=_sha256,
        metavar="SHA256",
        help="mã băm của manifest.json đã ghi lúc giao nhận",
    )
    return parser


def _sha256(text: str) -> str:
    if not _SHA256.match(text):
        raise argparse.ArgumentTypeError("phải là 64 chữ số hệ 16")
    return text.lower()


def _read_root(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(JSON_BYTES)
    except OSError as error:
        raise UntrustedRootError(detail=str(path)) from error


def _refuse(error: ProofError, *, as_json: bool) -> int:
    if as_json:
        answer = {"error": {"code": error.code, "message": error.message}}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"{error.message}\n")
    return FAILED


def _as_json(report: Report) -> str:
    return json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"


def _as_text(report: Report) -> str:
    lines = [f"Đã kiểm {report.checked} mục, {report.ok} mục không có vấn đề."]
    lines += [f"  SAI  {one.id}: {_NAMES[one.what]}. {one.detail}" for one in report.problems]
    lines += [f"  LƯU Ý  {note}" for note in report.unchecked]
    lines += report.promise.sentences() if report.promise else ()
    if report.problems:
        lines.append("Kho này KHÔNG còn nguyên vẹn. Hãy giữ nguyên thư mục và báo người quản lý.")
    else:
        lines.append("Kho này còn nguyên vẹn.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
