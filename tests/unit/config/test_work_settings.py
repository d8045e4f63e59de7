"""A node that keeps no state is told everything that the others are told, or refused."""

from pathlib import Path

import pytest

from archive.vault import NodeKeys
from config.errors import SettingError
from config.options import read_options
from config.strongroom import build_vault

SECRET = "ab" * 32
WHOLE_NAMES = {
    "TANGTHU_DATABASE_URL": "postgresql://tangthu@127.0.0.1/tangthu",
    "TANGTHU_S3_ENDPOINT": "127.0.0.1:9000",
    "TANGTHU_S3_ACCESS_KEY": "a",
    "TANGTHU_S3_SECRET_KEY": "b",
    "TANGTHU_WORK_S3_ENDPOINT": "127.0.0.1:9000",
    "TANGTHU_WORK_S3_ACCESS_KEY": "a",
    "TANGTHU_WORK_S3_SECRET_KEY": "b",
}


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, str]:
    """The settings of a node."""
    node, classes, cookie = (tmp_path / name for name in ("node", "classes", "cookie"))
    node.write_text(
        f'{{"format": "tangthu-node-keys/1", "keys": [{{"version": 1, "secret": "{SECRET}"}}]}}'
    )
    classes.write_text(
        '{"format": "tangthu-class-keys/1", '
        f'"keys": [{{"class": "identity", "version": 1, "secret": "{SECRET}"}}]}}'
    )
    cookie.write_text("c" * 48 + "\n")
    return WHOLE_NAMES | {
        "TANGTHU_HOME": str(tmp_path / "home"),
        "TANGTHU_NODE_KEY_FILE": str(node),
        "TANGTHU_CLASS_KEYS_FILE": str(classes),
        "TANGTHU_COOKIE_KEY_FILE": str(cookie),
    }


def test_nothing_set_is_the_data_folder() -> None:
    """A commune's one machine sets none of this."""
    work = read_options({}).work
    assert (work.bucket, work.node_key_file, work.cookie_key) == (None, None, "")


def test_a_node_is_read_whole(whole: dict[str, str]) -> None:
    """Its bucket, and keys that are never made here."""
    options = read_options(whole)
    assert options.work.bucket
    assert options.work.bucket.bucket == "tangthu-work"
    assert options.work.cookie_key == "c" * 48
    vault = build_vault(options)
    assert vault.node_key.secret == bytes.fromhex(SECRET)
    assert vault.current("identity").key.secret == bytes.fromhex(SECRET)
    assert not (options.home / "keys").exists()


@pytest.mark.parametrize(
    "missing",
    [
        *(name for name in WHOLE_NAMES if name != "TANGTHU_WORK_S3_ENDPOINT"),
        "TANGTHU_NODE_KEY_FILE",
        "TANGTHU_CLASS_KEYS_FILE",
        "TANGTHU_COOKIE_KEY_FILE",
    ],
)
def test_half_a_node_is_refused(whole: dict[str, str], missing: str) -> None:
    """Named, and nothing that was set is repeated."""
    with pytest.raises(SettingError) as caught:
        read_options({name: value for name, value in whole.items() if name != missing})
    assert missing in caught.value.message
    assert "cccc" not in caught.value.message


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TANGTHU_WORK_S3_BUCKET": "tangthu"}, "TANGTHU_WORK_S3_BUCKET"),
        ({"TANGTHU_WORK_S3_SSE": "kms:"}, "TANGTHU_WORK_S3_SSE"),
        ({"TANGTHU_WORK_S3_SECRET_KEY_FILE": "{home}"}, "TANGTHU_WORK_S3_SECRET_KEY_FILE"),
        ({"TANGTHU_S3_SECRET_KEY_FILE": "{home}"}, "TANGTHU_S3_SECRET_KEY_FILE"),
        ({"TANGTHU_COOKIE_KEY_FILE": "{short}"}, "TANGTHU_COOKIE_KEY_FILE"),
        (
            {"TANGTHU_CLASS_KEYS_FILE": "", "TANGTHU_CLASS_KEYS_PKCS11": "/usr/lib/x.so",
             "TANGTHU_CLASS_KEYS_TOKEN": "t", "TANGTHU_CLASS_KEYS_LABEL": "l",
             "TANGTHU_CLASS_KEYS_PIN_FILE": "/pin"},
            "TANGTHU_CLASS_KEYS_PKCS11",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(
    whole: dict[str, str], tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    """Two answers to one question, one bucket for both stores, a cookie key to be guessed."""
    (tmp_path / "short").write_text("short")
    filled = {
        name: value.format(home=tmp_path / "cookie", short=tmp_path / "short")
        for name, value in changes.items()
    }
    with pytest.raises(SettingError) as caught:
        read_options(whole | filled)
    assert named in caught.value.message


def test_secrets_stand_in_files(whole: dict[str, str], tmp_path: Path) -> None:
    """Of every bucket."""
    (tmp_path / "secret").write_text("from-a-file\n")
    file = str(tmp_path / "secret")
    given = whole | {
        "TANGTHU_WORK_S3_SECRET_KEY": "",
        "TANGTHU_WORK_S3_SECRET_KEY_FILE": file,
        "TANGTHU_S3_SECRET_KEY": "",
        "TANGTHU_S3_SECRET_KEY_FILE": file,
        "TANGTHU_COPY_S3_ENDPOINT": "127.0.0.1:9001",
        "TANGTHU_COPY_S3_ACCESS_KEY": "a",
        "TANGTHU_COPY_S3_SECRET_KEY_FILE": file,
    }
    options = read_options(given)
    assert options.work.bucket
    assert options.store.s3
    assert options.store.copy_s3
    found = {
        options.work.bucket.secret_key,
        options.store.s3.secret_key,
        options.store.copy_s3.secret_key,
    }
    assert found == {"from-a-file"}
    assert "from-a-file" not in repr(options)


def test_a_new_version_is_known_without_a_restart(whole: dict[str, str]) -> None:
    """Laid into the file it encrypts, and the old one still opens."""
    vault = build_vault(read_options(whole))
    keys = NodeKeys(vault)
    old = keys.current
    file = Path(whole["TANGTHU_NODE_KEY_FILE"])
    newer = f', {{"version": 2, "secret": "{"cd" * 32}"}}]'
    file.write_text(file.read_text().replace("]", newer))
    assert keys.current.secret == bytes.fromhex("cd" * 32)
    assert keys.find(old.key_id) == old
