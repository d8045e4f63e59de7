"""Where the signing keys are: one address each, no secret in it, half a setting refused."""

from pathlib import Path

import pytest

from archive.signing import Pkcs12Key
from config.errors import SettingError
from config.keys import build_keys
from config.options_keys import P12Place, RemotePlace, TokenPlace, read_keys

D, A = "TANGTHU_DIGITISER_", "TANGTHU_AGENCY_"
P12 = {f"{D}KEY": "p12:/k/a.p12", f"{A}KEY": "p12:/k/b.p12"}
TOKEN = "pkcs11:module-path=/usr/lib/x.so;token=Kho%20l%C6%B0u;object=ng%C6%B0%E1%BB%9Di;id=%01%02"
CSC = "csc:https://ky.example.vn/csc/v2#khoa%201"


def test_none_set_means_test_keys() -> None:
    assert read_keys({}) is None


def test_a_token_by_its_address() -> None:
    """RFC 7512: percent encoded; its PIN is asked where no file keeps it."""
    for address in (TOKEN, TOKEN.replace(";object", "?object").replace(";id", "&id")):
        found = read_keys(P12 | {f"{D}KEY": address})
        assert found is not None
        place = found.digitiser.place
        assert place == TokenPlace(Path("/usr/lib/x.so"), "Kho lưu", "", "người", b"\x01\x02")
        assert found.digitiser.asks
        assert not found.agency.asks
    kept = read_keys(P12 | {f"{D}KEY": TOKEN, f"{D}PIN_FILE": "/k/pin"})
    assert kept is not None
    assert (kept.digitiser.secret_file, kept.digitiser.asks) == (Path("/k/pin"), False)


def test_a_remote_key_by_its_address() -> None:
    """With the file that lets this machine in."""
    found = read_keys(P12 | {f"{A}KEY": CSC, f"{A}ACCESS_FILE": "/k/access"})
    assert found is not None
    assert found.agency.place == RemotePlace(
        "https://ky.example.vn/csc/v2", "khoa 1", Path("/k/access")
    )
    assert found.agency.asks


def test_a_file_asks_where_told() -> None:
    """And the older names still work."""
    found = read_keys(P12 | {f"{D}PIN_FILE": "ask"})
    assert found is not None
    assert (found.digitiser.asks, found.digitiser.secret_file) == (True, None)
    old = {f"{D}P12": "/k/a.p12", f"{A}P12": "/k/b.p12", f"{A}P12_PASSWORD_FILE": "/k/p"}
    found = read_keys(old)
    assert found is not None
    assert found.agency.place == P12Place(Path("/k/b.p12"))
    assert (found.agency.secret_file, found.agency.asks) == (Path("/k/p"), False)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({f"{A}KEY": ""}, f"{A}KEY"),
        ({f"{D}KEY": ""}, f"{D}KEY"),
        ({f"{D}P12": "/k/a.p12"}, f"{D}KEY"),
        ({f"{D}P12_PASSWORD_FILE": "/k/p"}, f"{D}P12_PASSWORD_FILE"),
        ({f"{D}ACCESS_FILE": "/k/access"}, f"{D}ACCESS_FILE"),
        ({f"{D}KEY": CSC}, f"{D}ACCESS_FILE"),
        ({f"{D}KEY": CSC.replace("https", "http"), f"{D}ACCESS_FILE": "x"}, f"{D}KEY"),
        ({f"{D}KEY": "/k/a.p12"}, f"{D}KEY"),
        ({f"{D}KEY": "p12:"}, f"{D}KEY"),
        ({f"{D}KEY": "pkcs11:token=kho"}, f"{D}KEY"),
        ({f"{D}KEY": "pkcs11:module-path=/x.so"}, f"{D}KEY"),
        ({f"{D}KEY": TOKEN + ";token=b"}, f"{D}KEY"),
        ({f"{D}KEY": TOKEN + ";pin-value=1234"}, f"{D}KEY"),
        ({f"{D}KEY": TOKEN + "?pin-source=file:/k"}, f"{D}KEY"),
    ],
)
def test_half_a_setting_is_refused_by_its_name(changes: dict[str, str], named: str) -> None:
    """And no secret in it is repeated."""
    with pytest.raises(SettingError) as caught:
        read_keys(P12 | changes)
    assert named in caught.value.message
    assert "1234" not in caught.value.message


def test_a_stray_secret_is_refused() -> None:
    """A PIN's file without any key."""
    for name in (f"{D}PIN_FILE", f"{A}ACCESS_FILE", f"{A}P12_PASSWORD_FILE"):
        with pytest.raises(SettingError, match=name):
            read_keys({name: "/k/x"})


def test_building_opens_nothing(tmp_path: Path) -> None:
    """Neither driver, file nor service is touched before a key is used."""
    remote = {f"{A}KEY": CSC, f"{A}ACCESS_FILE": "/nowhere"}
    both = read_keys({f"{D}KEY": TOKEN} | remote)
    assert both is not None
    digitiser, agency = build_keys(both, tmp_path)
    assert digitiser.lock
    assert not agency.is_test
    files = read_keys(P12)
    assert files is not None
    assert all(isinstance(one, Pkcs12Key) for one in build_keys(files, tmp_path))


def test_two_keys_of_a_token_share_it(tmp_path: Path) -> None:
    """One PIN, one session."""
    both = read_keys({f"{D}KEY": TOKEN, f"{A}KEY": TOKEN.replace("%01%02", "%07")})
    assert both is not None
    digitiser, agency = build_keys(both, tmp_path)
    assert digitiser._token is agency._token  # type: ignore[attr-defined]
    assert digitiser.lock == agency.lock
