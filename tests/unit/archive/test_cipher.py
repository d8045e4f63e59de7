"""The encrypted container: any reading gives the plain bytes, any change an error."""

import io
import os
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.stores import cipher
from archive.stores.cipher import (
    HEADER_BYTES,
    TAG_BYTES,
    DataKey,
    PlainReader,
    encrypt_chunks,
    plain_size,
)
from archive.stores.errors import BlobDamagedError, KeyMismatchError

KEY = DataKey.of(b"\x07" * 32)
CHUNK = 64


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    """The same code on chunks of 64 bytes, so that borders come often."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cipher, "CHUNK_BYTES", CHUNK)
        patch.setattr(cipher, "_SEALED_CHUNK", CHUNK + TAG_BYTES)
        yield


def sealed(data: bytes, *cuts: int) -> bytes:
    """A container of data that arrived in pieces."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = (data[start:end] for start, end in pairwise(places))
    return b"".join(encrypt_chunks(pieces, KEY))


def reader(container: bytes, key: DataKey = KEY) -> PlainReader:
    """A reader of a container in memory."""
    return PlainReader(io.BytesIO(container), key, len(container))


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=4))
def test_however_it_arrives_it_comes_back(data: bytes, cuts: list[int]) -> None:
    """The chunking of the source leaves no trace."""
    container = sealed(data, *cuts)
    assert reader(container).readall() == data
    assert plain_size(len(container)) == len(data) == reader(container).size


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 310), st.integers(0, 310))))
def test_reads_any_place(data: bytes, places: list[tuple[int, int]]) -> None:
    """Like a plain file, whatever the order of seeks."""
    file, plain = io.BufferedReader(reader(sealed(data)), 16), io.BytesIO(data)
    for place, size in places:
        assert (file.seek(place), file.read(size)) == (plain.seek(place), plain.read(size))


@settings(max_examples=300)
@given(st.binary(max_size=200), st.data())
def test_any_change_is_an_error(data: bytes, draw: st.DataObject) -> None:
    """One byte changed, cut off or added anywhere: never other bytes than the true ones."""
    container = bytearray(sealed(data))
    place = draw.draw(st.integers(0, len(container) - 1))
    change = draw.draw(st.sampled_from(["flip", "cut", "grow"]))
    if change == "flip":
        container[place] ^= draw.draw(st.integers(1, 255))
    elif change == "cut":
        del container[place:]
    else:
        container += os.urandom(1 + place % 100)
    with pytest.raises((BlobDamagedError, KeyMismatchError)):
        reader(bytes(container)).readall()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_chunks_keep_their_places(count: int) -> None:
    """Sound chunks swapped, dropped or doubled do not read."""
    container = sealed(os.urandom(CHUNK * count))
    header, body = container[:HEADER_BYTES], container[HEADER_BYTES:]
    step = CHUNK + TAG_BYTES
    chunks = [body[at : at + step] for at in range(0, len(body), step)]
    for forged in (chunks[::-1], chunks[:-1], chunks[1:], [*chunks, chunks[-1]]):
        with pytest.raises(BlobDamagedError):
            reader(header + b"".join(forged)).readall()


def test_two_containers_of_the_same_bytes_differ() -> None:
    """Nobody sees from outside that two papers are equal; no nonce meets a key twice."""
    assert sealed(b"same") != sealed(b"same")


def test_key_is_told_from_damage() -> None:
    """Another key is another error."""
    with pytest.raises(KeyMismatchError):
        reader(sealed(b"x"), DataKey.make())
