"""The national code of what somebody is to somebody, and its inverse."""

import pytest

from pooling.kinship import codes
from pooling.policy.parameters import NEAR_RELATIVES, RELATION_KINDS
from pooling.policy.wording import KINDS

MAN, WOMAN = codes.MALE, codes.FEMALE


def test_every_kind_of_the_policy_has_codes_and_every_code_a_kind_of_the_policy():
    assert {row.kind for row in codes.CODES.values()} == set(RELATION_KINDS) == set(KINDS)


@pytest.mark.parametrize(
    ("code", "gender", "back"),
    [
        ("12", MAN, "11"),
        ("10", WOMAN, "12"),
        ("22", MAN, "51"),
        ("31", WOMAN, "52"),
        ("27", WOMAN, "58"),
        ("51", WOMAN, "30"),
        ("57", MAN, "27"),
        ("71", WOMAN, "77"),
        ("77", MAN, "71"),
        ("70", MAN, "79"),
        ("41", WOMAN, "62"),
        ("44", MAN, "63"),
        ("61", MAN, "41"),
        ("64", WOMAN, "44"),
        ("55", MAN, "28"),
        ("53", WOMAN, "38"),
        ("28", WOMAN, "56"),
        ("38", MAN, "53"),
        ("81", MAN, "97"),
        ("99", MAN, "99"),
    ],
)
def test_the_inverse_says_what_i_am_to_my_relative(code, gender, back):
    assert codes.inverse(code, gender) == back


def test_the_inverse_of_the_inverse_is_the_same_kind_of_relation():
    for row in codes.CODES.values():
        for mine in (MAN, WOMAN):
            for theirs in (MAN, WOMAN):
                back = codes.inverse(row.code, mine)
                assert codes.kind_of(codes.inverse(back, theirs)) == row.kind


def test_the_inverse_never_contradicts_the_sex_of_either():
    for row in codes.CODES.values():
        for mine in (MAN, WOMAN):
            if row.person_gender in (None, mine):
                back = codes.CODES[codes.inverse(row.code, mine)]
                assert back.gender in (None, mine)
                assert back.person_gender is None or row.gender in (None, back.person_gender)


def test_great_grandparents_and_in_laws_are_no_near_relatives():
    for code in ("66", "67", "47", "48", "28", "38", "53", "56", "65", "72", "78"):
        assert codes.kind_of(code) not in NEAR_RELATIVES


def test_codes_that_blur_two_classes_or_do_not_exist_have_no_kind():
    assert {codes.kind_of(code) for code in (*codes.TOO_BROAD, "02", "98", "")} == {None}
    assert codes.word_of("22") == "长子"
    assert codes.word_of("98") == "98"


@pytest.mark.parametrize(
    ("code", "above"),
    [("10", 0), ("21", -1), ("39", -1), ("43", -2), ("51", 1), ("64", 2), ("75", 0), ("97", 0)],
)
def test_a_code_says_how_many_generations_lie_between(code, above):
    assert codes.generation(code) == above
