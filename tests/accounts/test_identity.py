"""Identity numbers: every slip caught, every spelling understood, nothing believed blindly."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts import identity, names
from accounts.identity import NotAnIdentity

ON = date(2026, 11, 22)
WEI = identity.with_check_digit("36110019880305001")


@st.composite
def numbers(draw):
    region = draw(st.integers(110000, 659999))
    born = draw(st.dates(date(1900, 1, 1), ON))
    order = draw(st.integers(0, 999))
    return identity.with_check_digit(f"{region}{born:%Y%m%d}{order:03d}")


def refusal(cert_type, number):
    with pytest.raises(NotAnIdentity) as refused:
        identity.read(cert_type, number, on=ON)
    return refused.value.reason


def reason_or_nothing(cert_type, number):
    try:
        identity.read(cert_type, number, on=ON)
    except NotAnIdentity as refused:
        return refused.reason
    return ""


@given(numbers())
def test_every_right_number_is_read_with_birth_date_and_sex(number):
    stated = identity.read("01", number, on=ON)
    assert stated.number == number
    assert f"{stated.birth_date:%Y%m%d}" == number[6:14]
    assert stated.gender == ("1" if int(number[16]) % 2 else "2")


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_slip_is_caught(number, place, character):
    assume(number[place] != character)
    assert refusal("01", number[:place] + character + number[place + 1 :])


@given(numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(number, place):
    left, right = number[place : place + 2]
    assume(left != right)
    assert refusal("01", number[:place] + right + left + number[place + 2 :])


@given(numbers())
def test_folding_twice_is_folding_once_and_spellings_meet(number):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    spaced = f" {number[:6]} {number[6:14].lower()} {number[14:].lower()}\u3000"
    assert identity.fold(number) == identity.fold(wide) == identity.fold(spaced) == number
    assert identity.fold(identity.fold(wide)) == identity.fold(wide)


@given(st.text(max_size=40))
def test_folding_takes_anything(text):
    assert isinstance(identity.fold(text), str)


@given(st.text(max_size=40), st.sampled_from(sorted(identity.CERT_TYPES)))
def test_reading_anything_returns_or_names_a_reason(text, cert_type):
    reasons = {"", "length", "characters", "check_digit", "date", "future"}
    assert reason_or_nothing(cert_type, text) in reasons


def test_an_old_number_of_15_digits_becomes_the_one_of_18():
    old = WEI[:6] + WEI[8:17]
    stated = identity.read("01", old, on=ON)
    assert stated.number == WEI
    assert identity.fold(old) == WEI


@pytest.mark.parametrize(
    ("first_17", "reason"),
    [
        ("36110019880230001", "date"),
        ("36110019881305001", "date"),
        ("36110000000101001", "date"),
        ("36110017991231001", "date"),
        ("36110020261123001", "future"),
    ],
)
def test_impossible_and_future_birth_dates_are_refused(first_17, reason):
    assert refusal("01", identity.with_check_digit(first_17)) == reason


def test_somebody_born_today_is_welcome():
    number = identity.with_check_digit("36110020261122001")
    assert identity.read("01", number, on=ON).birth_date == ON


@pytest.mark.parametrize(
    ("cert_type", "number", "reason"),
    [
        ("01", "", "length"),
        ("01", WEI[:-1], "length"),
        ("01", WEI + "1", "length"),
        ("01", "X" * 18, "characters"),
        ("01", "0" + WEI[1:], "characters"),
        ("01", "٣" * 18, "characters"),
        ("42", WEI, "cert_type_unknown"),
        ("", WEI, "cert_type_unknown"),
        ("08", "E1", "length"),
        ("08", "E" * 51, "length"),
        ("08", "E12;DROP", "characters"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(cert_type, number, reason):
    assert refusal(cert_type, number) == reason


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
@pytest.mark.parametrize("cert_type", ["01", "17"])
def test_permits_for_hong_kong_macau_and_taiwan_are_read(cert_type, region):
    number = identity.with_check_digit(f"{region}19900101001")
    stated = identity.read(cert_type, number, on=ON)
    assert (stated.gender, stated.region_known) == ("1", True)


def test_a_foreign_permanent_resident_card_is_read_and_checked():
    number = identity.with_check_digit("91184019900101002")
    assert identity.read("07", number, on=ON).gender == "2"
    assert refusal("07", number[:-2] + str((int(number[-2]) + 1) % 10) + number[-1])
    assert identity.read("07", "USA110019900101", on=ON).birth_date is None


def test_a_passport_is_taken_as_it_is_in_capitals():
    assert identity.read("08", " e12345678 ", on=ON).number == "E12345678"
    assert identity.read("02", "南字第012345号", on=ON).number == "南字第012345号"


@pytest.mark.parametrize(
    ("first_17", "known"),
    [("11010119880305001", True), ("10010119880305001", False), ("99999919880305001", True)],
)
def test_an_unknown_region_is_only_worth_a_warning(first_17, known):
    number = identity.with_check_digit(first_17)
    assert identity.read("01", number, on=ON).region_known is known


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("王伟", " 王 伟 "),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉．买买提"),
        ("John Smith", "ＪＯＨＮ smith"),
    ],
)
def test_spellings_of_one_name_meet(kept, typed):
    assert names.fold_name(kept) == names.fold_name(typed)


def test_different_names_stay_different():
    assert names.fold_name("王伟") != names.fold_name("王维")
