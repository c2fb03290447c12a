"""Sealing and blind indexes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keys import CannotUnseal, Keys

MASTER, OTHER = b"m" * 32, b"o" * 32


@given(st.binary(max_size=2000), st.binary(max_size=60))
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, aad: bytes) -> None:
    keys = Keys(MASTER)
    key, wrapped = keys.new_data_key()
    sealed = keys.seal(key, plaintext, aad)
    assert keys.unseal(keys.unwrap(wrapped), sealed, aad) == plaintext


@given(st.data())
def test_a_changed_byte_never_opens(data: st.DataObject) -> None:
    keys = Keys(MASTER)
    key, _ = keys.new_data_key()
    sealed = bytearray(keys.seal(key, b"some text", b"here"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotUnseal):
        keys.unseal(key, bytes(sealed), b"here")


def test_sealed_bytes_do_not_open_in_another_place() -> None:
    keys = Keys(MASTER)
    key, _ = keys.new_data_key()
    with pytest.raises(CannotUnseal):
        keys.unseal(key, keys.seal(key, b"text", b"card:1"), b"card:2")


def test_another_master_key_does_not_unwrap() -> None:
    _, wrapped = Keys(MASTER).new_data_key()
    with pytest.raises(CannotUnseal):
        Keys(OTHER).unwrap(wrapped)


def test_a_retired_master_key_still_unwraps() -> None:
    key, wrapped = Keys(MASTER).new_data_key()
    assert Keys(OTHER, MASTER).unwrap(wrapped) == key


def test_a_blind_index_is_the_same_for_the_same_kind_and_value_only() -> None:
    keys = Keys(MASTER)
    index = keys.blind_index("email", "someone@example.org")
    assert index == Keys(MASTER).blind_index("email", "someone@example.org")
    assert len(index) == 32
    assert index not in {keys.blind_index("phone", "someone@example.org"), keys.blind_index("email", "x@example.org")}
    assert index != Keys(OTHER).blind_index("email", "someone@example.org")


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(b"short")
