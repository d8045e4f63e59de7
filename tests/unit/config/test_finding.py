"""Where the index lies: half a setting is refused."""

from pathlib import Path

import pytest

from config.errors import SettingError
from config.finding import CA_FILE, NAME, PASSWORD_FILE, URL, USER, build_index, read_elastic
from search import ElasticIndex, Fts5Index


def test_nothing_set_is_the_data_folder(tmp_path: Path) -> None:
    """One machine needs no server."""
    assert read_elastic({}) is None
    assert isinstance(build_index(tmp_path, None), Fts5Index)


def test_a_server_is_read_whole(tmp_path: Path) -> None:
    """Address, alias, user; the password from its file."""
    secret = tmp_path / "password"
    secret.write_text("bí mật\n", encoding="utf-8")
    options = read_elastic({URL: "http://127.0.0.1:1", USER: "u", PASSWORD_FILE: str(secret)})
    assert options is not None
    assert (options.name, options.user, options.password) == ("tangthu", "u", "bí mật")
    assert isinstance(build_index(tmp_path, options), ElasticIndex)


@pytest.mark.parametrize(
    "environment",
    [
        {URL: "ftp://h"},
        {URL: "http://"},
        {URL: "http://u:p@h"},
        {URL: "http://h", NAME: "Có dấu"},
        {URL: "http://h", USER: "u"},
        {URL: "http://h", PASSWORD_FILE: "/etc/hostname"},
        {URL: "http://h", USER: "u", PASSWORD_FILE: "/nowhere/at/all"},
        {NAME: "kho"},
        {CA_FILE: "/etc/ca.pem"},
    ],
)
def test_half_a_setting_is_refused(environment: dict[str, str]) -> None:
    """With the variable's name and what it needs."""
    with pytest.raises(SettingError, match="TANGTHU_ELASTIC"):
        read_elastic(environment)
