"""Sealed values open for their own row alone; fingerprints meet and tell nothing."""

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from accounts.models import Member
from pooling.shared import crypto, masks

UID = uuid.UUID(int=7)
PLACE = {"table": "accounts_member", "column": "name_sealed", "uid": UID}
FIRST, SECOND = "1:" + "11" * 32, "2:" + "22" * 32


@pytest.fixture
def keys(settings, tmp_path):
    """Return a function that puts a key file of these lines in place."""

    def use(*lines):
        path = tmp_path / uuid.uuid4().hex  # keys are read once a path
        path.write_text("\n".join(lines) + "\n", "ascii")
        settings.PORTAL_KEY_FILE = str(path)

    return use


@given(st.text())
def test_what_was_sealed_opens_as_it_was(text):
    assert crypto.unseal(crypto.seal(text, **PLACE), **PLACE) == text


def test_the_same_text_never_looks_the_same_twice():
    assert crypto.seal("王伟", **PLACE) != crypto.seal("王伟", **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"table": "accounts_user"},
        {"column": "phone_sealed"},
        {"uid": uuid.UUID(int=8)},
    ],
)
def test_a_value_moved_to_another_place_does_not_open(elsewhere):
    sealed = crypto.seal("王伟", **PLACE)
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(sealed, **PLACE | elsewhere)


def test_a_change_of_any_single_bit_is_noticed():
    sealed = crypto.seal("王伟", **PLACE)
    for place in range(len(sealed)):
        for bit in range(8):
            damaged = bytearray(sealed)
            damaged[place] ^= 1 << bit
            with pytest.raises(crypto.CannotOpen):
                crypto.unseal(bytes(damaged), **PLACE)


@given(st.binary(max_size=80))
def test_rubbish_does_not_open(rubbish):
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(rubbish, **PLACE)


def test_an_error_names_the_place_and_never_the_text():
    sealed = crypto.seal("王伟", **PLACE)
    with pytest.raises(crypto.CannotOpen) as refused:
        crypto.unseal(sealed[:-1], **PLACE)
    assert "name_sealed" in str(refused.value)
    assert "王伟" not in str(refused.value)


@pytest.mark.parametrize("cipher", ["SM4-GCM", "AES-256-GCM"])
def test_both_ciphers_read_what_the_other_wrote(settings, cipher):
    settings.FIELD_CIPHER = cipher
    sealed = crypto.seal("王伟", **PLACE)
    settings.FIELD_CIPHER = "SM4-GCM" if cipher == "AES-256-GCM" else "AES-256-GCM"
    assert crypto.unseal(sealed, **PLACE) == "王伟"


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(keys):
    keys(FIRST)
    old = crypto.seal("王伟", **PLACE)
    index = crypto.blind_index("王伟", purpose="name")
    keys(FIRST, SECOND)
    new = crypto.seal("王伟", **PLACE)
    assert (old[2], new[2]) == (1, 2)
    assert crypto.unseal(old, **PLACE) == crypto.unseal(new, **PLACE) == "王伟"
    assert crypto.blind_index("王伟", purpose="name") == index


def test_without_its_key_a_value_does_not_open(keys):
    keys(FIRST, SECOND)
    sealed = crypto.seal("王伟", **PLACE)
    keys(FIRST)
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(sealed, **PLACE)


def test_a_missing_key_file_is_named_with_what_to_do(settings, tmp_path):
    settings.PORTAL_KEY_FILE = str(tmp_path / "absent")
    with pytest.raises(ImproperlyConfigured, match="PORTAL_KEY_FILE"):
        crypto.seal("王伟", **PLACE)


def test_another_root_gives_other_fingerprints(keys):
    keys(FIRST)
    one = crypto.blind_index("100101198803050011", purpose="cert_no")
    keys("1:" + "33" * 32)
    assert crypto.blind_index("100101198803050011", purpose="cert_no") != one


def test_a_fingerprint_is_of_one_purpose_and_can_be_cut():
    number = "10012340001"
    whole = crypto.blind_index(number, purpose="phone")
    assert len(whole) == 32
    assert crypto.blind_index(number, purpose="phone", length=2) == whole[:2]
    assert crypto.blind_index(number, purpose="cert_no") != whole


@given(st.text(), st.text())
def test_fingerprints_meet_exactly_where_values_do(left, right):
    met = crypto.same(
        crypto.blind_index(left, purpose="name"), crypto.blind_index(right, purpose="name")
    )
    assert met == (left == right)


@given(st.text(min_size=1).filter(lambda text: text.strip()))
@examples(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_a_sealed_property_keeps_text_and_none(text):
    member = Member()
    member.name = text
    assert member.name == text
    member.phone = None
    assert member.phone is None
    assert member.phone_sealed is None


def test_a_sealed_value_copied_to_another_member_does_not_open():
    wei, thief = Member(), Member()
    wei.cert_no = "100101198803050011"
    thief.cert_no_sealed = wei.cert_no_sealed
    with pytest.raises(crypto.CannotOpen):
        _ = thief.cert_no


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (masks.mask_name, "张明", "张*"),
        (masks.mask_name, "张小明", "张*"),
        (masks.mask_name, "欧阳修文", "欧*"),
        (masks.mask_name, "", ""),
        (masks.mask_cert_no, "100101198803050337", "**************0337"),
        (masks.mask_cert_no, "E12345678", "**************5678"),
        (masks.mask_phone, "13812345678", "138****5678"),
        (masks.mask_phone, "12345", "****"),
    ],
)
def test_a_mask_leaves_as_little_as_it_should(mask, whole, shown):
    assert mask(whole) == shown


# --- what is forgotten together -------------------------------------------------------------


@pytest.mark.parametrize("cipher", ["SM4-GCM", "AES-256-GCM"])
def test_what_a_data_key_closed_it_opens_at_its_own_place_alone(cipher, settings):
    settings.FIELD_CIPHER = cipher
    key, other = crypto.make_data_key(), crypto.make_data_key()
    encrypted = crypto.encrypt(b"a page", key=key, bound="page.1")
    settings.FIELD_CIPHER = "SM4-GCM"
    assert crypto.decrypt(encrypted, key=key, bound="page.1") == b"a page"
    for wrong in ({"key": other}, {"bound": "page.2"}):
        with pytest.raises(crypto.CannotOpen):
            crypto.decrypt(encrypted, **{"key": key, "bound": "page.1"} | wrong)


def test_sm3_is_the_published_one():
    """GB/T 32905-2016, example 1."""
    digest = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert crypto.sm3(b"abc") == digest
