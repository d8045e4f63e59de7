"""docs/errors.md, docs/audit.md and docs/roles.md say what the code says, row by row.

After a change: `WRITE_DOCS=1 pytest tests/unit/config/test_error_docs.py` writes the tables anew.
"""

import ast
import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from archive.models import Account
from archive.services.people import LOCAL_ROLES, RIGHTS
from archive.states import Role
from archive.tags import Tag
from imaging.errors import CodedError
from proof.errors import ProofError

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = (
    "api", "archive", "catalogue", "classify", "config", "imaging",
    "ingest", "ocr", "proof", "search", "web", "workers",
)  # fmt: skip
"""Every package that people meet; specimens draw samples and are met by developers alone."""
NEEDS_ENVIRONMENT = {"config.__main__", "config.wsgi"}
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
ENDED = re.compile(r"\.$|(chạy|lệnh): (sudo |tangthu )[a-z0-9 -]+$")
"""A full stop, or a command to be copied, which bears none."""
MARK = "<!-- written from the code -->\n"
Coded = type[CodedError] | type[ProofError]


def modules() -> Iterator[str]:
    """Every module of the product."""
    for package in PACKAGES:
        path = [str(ROOT / package)]
        for found in pkgutil.walk_packages(path, f"{package}."):
            if found.name not in NEEDS_ENVIRONMENT and ".migrations" not in found.name:
                yield found.name


def subclasses(base: Coded) -> Iterator[Coded]:
    """All below a class, in this process."""
    for found in base.__subclasses__():
        yield found
        yield from subclasses(found)


@pytest.fixture(scope="module")
def errors() -> list[Coded]:
    """Every error with a code of its own, over all packages."""
    for module in modules():
        importlib.import_module(module)
    found = {*subclasses(CodedError), *subclasses(ProofError)}
    ours = [
        one for one in found if "code" in vars(one) and one.__module__.split(".")[0] in PACKAGES
    ]
    return sorted(ours, key=lambda one: (one.__module__.split(".")[0], one.code))


def told(name: str, rows: list[tuple[str, ...]]) -> None:
    """Compare a document's table with the rows that the code gives."""
    path = ROOT / "docs" / name
    head, mark, table = path.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{name} has no table"
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    expected = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_DOCS") == "1":
        path.write_text(head + mark + expected, encoding="utf-8")
        pytest.fail(f"{name} written anew; look at it and run again")
    assert table == expected


def docs_of(path: Path, name: str) -> dict[str, str]:
    """The line under each member of an enumeration."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (body,) = [
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name
    ]
    found = {}
    for member, text in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            assert isinstance(member.value, ast.Constant)
            assert isinstance(text.value, ast.Constant)
            found[str(member.value.value)] = str(text.value.value)
    return found


def test_every_error_is_documented(errors: list[Coded]) -> None:
    """Code, who can mend it, what the person reads, where it comes from."""
    rows = [("code", "category", "sentence", "when", "where")]
    for one in errors:
        when = (one.__doc__ or "").split("\n", 1)[0]
        rows.append((f"`{one.code}`", one.category, one.message, when, f"`{one.__module__}`"))
    told("errors.md", rows)


def test_every_code_means_one_thing(errors: list[Coded]) -> None:
    """A clerk who reads a code to the help desk names one cause."""
    codes = [one.code for one in errors]
    assert sorted({code for code in codes if codes.count(code) > 1}) == ["blob_damaged"]
    # The offline verifier has no other package beside it and says the same of the same thing.
    assert {one.__module__ for one in errors if one.code == "blob_damaged"} == {
        "archive.stores.errors",
        "proof.errors",
    }
    assert [code for code in codes if not re.fullmatch(r"[a-z][a-z0-9_]+", code)] == []


def test_every_sentence_is_one_that_a_clerk_can_follow(errors: list[Coded]) -> None:
    """Vietnamese, ended, short enough for a screen, and no other error's by oversight."""
    wrong = [
        (one.code, one.message)
        for one in errors
        if not ENDED.search(one.message)
        or len(one.message) > 300
        or not VIETNAMESE.search(one.message.lower())
        or (one.category != "bug" and one.message == CodedError.message)
    ]
    assert wrong == []


def test_every_error_says_who_can_mend_it(errors: list[Coded]) -> None:
    """Nothing that a person or a machine's keeper can mend passes for a bug of ours."""
    assert {str(one.category) for one in errors} == {"bad_input", "environment", "retry", "bug"}
    assert [
        one.code for one in errors if "category" not in vars(one) and one.category == "bug"
    ] == []


def test_every_audit_tag_is_documented() -> None:
    """The chain is for ever; so is what its words mean."""
    docs = docs_of(ROOT / "archive" / "tags.py", "Tag")
    assert [tag for tag in Tag if not docs.get(tag.value)] == []
    told("audit.md", [("tag", "meaning"), *((f"`{tag}`", docs[tag.value]) for tag in Tag)])


def test_every_role_and_right_is_documented() -> None:
    """Who may do what; and no right is given to a role that the records do not know."""
    names = dict(Account._meta.permissions)
    assert {right for rights in RIGHTS.values() for right in rights} == set(names)
    docs = docs_of(ROOT / "archive" / "states.py", "Role")
    rows = [("role", "meaning", "rights", "the local account has it")]
    for role in Role:
        rights = ", ".join(f"`{right}` ({names[right]})" for right in RIGHTS[role]) or "none"
        rows.append((f"`{role}`", docs[role.value], rights, "yes" if role in LOCAL_ROLES else ""))
    told("roles.md", rows)
