"""The whole way, told as it goes: files in, records out. Called by script/run.

With --demo it draws its own batch of invented papers and keeps to var/demo; with a FOLDER it
takes the user's own files into var/ and confirms nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "var" / "demo"
TANGTHU = ROOT / ".venv" / "bin" / "tangthu"
MARK = """\
Dữ liệu mẫu: mọi người và giấy tờ ở đây đều do máy bịa ra.
Xóa thư mục này lúc nào cũng được.
"""
BOLD, PLAIN = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("", "")

SHOWN = ("number", "issued_on", "issuer", "abstract", "subject_name", "subject_id", "expires_on")
LABELS = {
    "number": "số",
    "issued_on": "ngày",
    "issuer": "nơi ban hành",
    "abstract": "trích yếu",
    "subject_name": "chủ thể",
    "subject_id": "số định danh",
    "expires_on": "giá trị đến",
}
VERDICTS = {
    "reusable": "dùng lại được",
    "needs_check": "cần người xem",
    "missing": "chưa có",
    "unfit": "không dùng được",
}


def main() -> int:
    """Walk the whole way once."""
    parser = argparse.ArgumentParser(prog="script/run")
    parser.add_argument("folder", nargs="?", type=Path, help="thư mục bản quét của bạn")
    parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.demo:
        return walk_demo()
    if arguments.folder is None or not arguments.folder.exists():
        print(f"Không có thư mục {arguments.folder}. Hãy kiểm tra lại đường dẫn.")
        return 2
    return walk_own(arguments.folder.resolve())


def walk_demo() -> int:
    """The sample batch, confirmed where it is sure, searched, asked about and verified."""
    from specimens.batch import write_demo_batch

    if DEMO.exists():
        shutil.rmtree(DEMO)
    inbox = DEMO / "inbox"
    inbox.mkdir(parents=True)
    (DEMO / "DEMO.txt").write_text(MARK, encoding="utf-8")
    title("Vẽ lô giấy tờ mẫu (mọi người trong đó đều không có thật)")
    manifest = write_demo_batch(inbox)
    print(f"  {len(manifest.files)} tệp trong {inbox.relative_to(ROOT)}")
    home = DEMO
    title("Nạp, đọc, phân loại, ký, lưu kho")
    answer, _ = tangthu(home, "ingest", str(inbox), "--batch", "Lô mẫu", "--wait", "--confirm")
    tell(answer)
    if "error" in answer:
        return 1
    search(home, manifest.search.query)
    reuse(home, manifest.reuse.subject, manifest.reuse.procedure)
    sound = verify(home)
    farewell(home)
    return 0 if sound else 1


def walk_own(folder: Path) -> int:
    """The user's files: read and filed as waiting; nothing is signed before a person looked."""
    home = ROOT / "var"
    title(f"Nạp và đọc {folder}")
    answer, _ = tangthu(home, "ingest", str(folder), "--wait")
    tell(answer)
    farewell(home)
    return 0 if "documents" in answer else 1


def tangthu(home: Path, *words: str) -> tuple[dict[str, Any], int]:
    """Call the command line as any script would; progress goes to the terminal by itself."""
    done = subprocess.run(
        [TANGTHU, *words, "--json"],
        env=os.environ | {"TANGTHU_HOME": str(home)},
        stdout=subprocess.PIPE,
        check=False,
    )
    return json.loads(done.stdout), done.returncode


def tell(answer: dict[str, Any]) -> None:
    """What was filed, what waits and why, what was refused and why."""
    if "error" in answer:
        print(f"  Dừng lại: {answer['error']['message']}")
        return
    filed = [one for one in answer["documents"] if one["status"] == "archived"]
    waiting = [one for one in answer["documents"] if one["status"] != "archived"]
    title(f"Đã ký và lưu kho: {len(filed)} giấy tờ")
    for document in filed:
        tell_document(document)
    title(f"Chờ người: {len(waiting)} giấy tờ")
    for document in waiting:
        tell_document(document)
        for reason in document["waiting"]:
            print(f"      vì: {reason['message']}")
    title(f"Không nhận: {len(answer['failed'])} tệp; trùng: {len(answer['duplicates'])} tệp")
    for failed in answer["failed"]:
        print(f"  {failed['file']}  [{failed['code']}]\n      {failed['message']}")
    for twin in answer["duplicates"]:
        print(f"  {twin['file']}  trùng với {twin['id']}, không lưu thêm lần nữa")


def tell_document(document: dict[str, Any]) -> None:
    """One document with its fields and how sure each is."""
    pages = f"{document['file']} trang {document['first_page']}-{document['last_page']}"
    print(
        f"  {BOLD}{document['id']}{PLAIN}  {document['kind_name']} "
        f"({document['confidence']:.0%})  {pages}"
    )
    for name in SHOWN:
        field = document["fields"].get(name)
        if field:
            sure = "chắc" if field["sure"] else "CHƯA CHẮC"
            print(f"      {LABELS[name]}: {field['value']}  ({field['confidence']:.0%}, {sure})")


def search(home: Path, query: str) -> None:
    """One search, typed without tone marks."""
    title(f"Tìm không dấu: {query}")
    answer, _ = tangthu(home, "search", query, "--limit", "3")
    for hit in answer["hits"]:
        print(f"  {hit['id']}  {hit['number'] or '-'}  {hit['status']}  trang {hit['page']}")
        print(f"      {hit['snippet']}")


def reuse(home: Path, subject: str, procedure: str) -> None:
    """One reuse question."""
    title(f"Chủ thể {subject} đã có gì cho thủ tục {procedure}?")
    answer, _ = tangthu(home, "reuse", "--subject", subject, "--procedure", procedure)
    for component in answer["components"]:
        must = "bắt buộc" if component["required"] else "nếu có"
        verdict = VERDICTS[component["verdict"]]
        print(f"  {BOLD}{verdict:16}{PLAIN}{component['name']} ({must})")
        for candidate in component["candidates"]:
            why = " ".join(reason["message"] for reason in candidate["reasons"])
            print(f"      {candidate['id']}: {why}")


def verify(home: Path) -> bool:
    """The archive proves itself."""
    title("Kiểm tra toàn bộ kho")
    answer, status = tangthu(home, "verify", "--all")
    print(f"  đã kiểm tra {answer['checked']}, đúng {answer['ok']}")
    for problem in answer["problems"]:
        print(f"  {problem['id']}: {problem['what']}: {problem['detail']}")
    return status == 0


def farewell(home: Path) -> None:
    """How to open the web page; the link signs in once."""
    link = subprocess.run(
        [sys.executable, "-m", "config.ticket"],
        env=os.environ | {"TANGTHU_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.strip()
    title("Mở trang web")
    setting = "" if home == ROOT / "var" else f"TANGTHU_HOME={home.relative_to(ROOT)} "
    print(f"  1. Chạy:  {setting}.venv/bin/tangthu up")
    print(f"  2. Mở liên kết này một lần để đăng nhập:  {link}")


def title(text: str) -> None:
    """A heading."""
    print(f"\n{BOLD}{text}{PLAIN}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
