"""What cannot be true of two people, without any database."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pooling.kinship import codes, wording
from pooling.kinship.rules import Known, Problem, implausible

TODAY = date(2026, 11, 22)
MAN, WOMAN = "1", "2"


@dataclass
class Somebody:
    pk: int
    birth_date: date
    gender: str
    died_on: date | None = None


grandmother = Somebody(1, date(1945, 3, 1), WOMAN)
mother = Somebody(2, date(1970, 6, 1), WOMAN)
father = Somebody(3, date(1968, 6, 1), MAN)
son = Somebody(4, date(1996, 2, 29), MAN)
sister = Somebody(5, date(1999, 9, 9), WOMAN)


def problems(person, relative, code, on=TODAY, known=None):
    return [problem.code for problem in implausible(person, relative, code, on, known or Known())]


@pytest.mark.parametrize(
    ("person", "relative", "code"),
    [
        (son, mother, "52"),
        (mother, son, "22"),
        (son, grandmother, "64"),
        (grandmother, son, "43"),
        (mother, father, "11"),
        (father, mother, "10"),
        (son, sister, "77"),
        (sister, son, "71"),
        (father, grandmother, "56"),
    ],
)
def test_an_ordinary_family_is_plausible(person, relative, code):
    assert problems(person, relative, code) == []


@pytest.mark.parametrize(
    ("person", "relative", "code", "problem"),
    [
        (son, son, "51", "oneself"),
        (son, mother, "98", "unknown_code"),
        (grandmother, son, "40", "too_broad"),
        (son, mother, "51", "sex"),
        (mother, grandmother, "56", "own_sex"),
        (mother, sister, "12", "own_sex"),
        (mother, sister, "10", "same_sex"),
        (mother, son, "52", "sex"),
        (sister, mother, "31", "elder_not_older"),
        (son, grandmother, "52", None),
        (sister, grandmother, "52", None),
        (son, sister, "75", "not_older"),
        (sister, son, "73", "not_younger"),
    ],
)
def test_what_numbers_contradict_is_found(person, relative, code, problem):
    found = problems(person, relative, code)
    assert problem in found if problem else found == []


def test_a_grandmother_is_too_far_from_a_great_grandchild_to_be_the_mother():
    child = Somebody(9, date(2020, 1, 1), MAN)
    assert problems(child, grandmother, "52") == ["too_far_apart"]


@pytest.mark.parametrize(
    ("born", "code", "found"),
    [
        (date(1984, 6, 1), "20", []),
        (date(1984, 5, 31), "20", ["too_close"]),
        (date(1984, 5, 31), "27", []),
        (date(1971, 6, 1), "27", []),
        (date(1970, 6, 1), "27", ["elder_not_older"]),
        (date(1998, 6, 1), "43", []),
        (date(1998, 5, 31), "43", ["too_close"]),
    ],
)
def test_natural_parents_are_14_years_older_others_only_older(born, code, found):
    assert problems(mother, Somebody(9, born, MAN), code) == found


def test_marriage_has_an_age_and_one_spouse_at_a_time():
    bride = Somebody(8, date(2006, 1, 1), WOMAN)
    assert problems(son, bride, "12", date(2023, 12, 31)) == ["too_young_to_marry"]
    assert problems(son, bride, "12", date(2024, 1, 1)) == []
    married = Known(other_spouses=frozenset({77}))
    assert problems(son, bride, "12", TODAY, married) == ["already_married"]


def test_nobody_is_related_before_birth_or_after_death():
    late = Somebody(1, date(1945, 3, 1), WOMAN, died_on=date(2020, 5, 5))
    assert problems(mother, late, "52", date(1970, 5, 31)) == ["before_birth"]
    assert problems(mother, late, "52", date(2020, 5, 5)) == []
    assert problems(mother, late, "52", date(2020, 5, 6)) == ["after_death"]


def test_what_is_on_record_must_not_be_contradicted():
    on_record = Known(kinds=frozenset({"child"}))
    assert problems(mother, sister, "37", TODAY, on_record) == []
    assert problems(mother, sister, "77", TODAY, on_record) == ["already_other"]
    assert problems(mother, sister, "97", TODAY, on_record) == []


people = st.builds(
    Somebody,
    pk=st.integers(1, 10**6),
    birth_date=st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    gender=st.sampled_from([MAN, WOMAN]),
)
FOREBEARS = [
    row.code
    for row in codes.CODES.values()
    if row.kind in ("parent", "paternal_grandparent", "maternal_grandparent")
]


@settings(deadline=None)
@given(
    st.lists(people, min_size=2, max_size=6, unique_by=lambda person: person.pk),
    st.data(),
)
def test_no_chain_of_forebears_ever_closes_into_a_cycle(family, data):
    """Whoever is elder in each step cannot come round: the last edge is always refused."""
    chain = zip(family, [*family[1:], family[0]], strict=True)
    edges = [
        implausible(person, forebear, data.draw(st.sampled_from(FOREBEARS)), TODAY)
        for person, forebear in chain
    ]
    assert any(edges)


@settings(deadline=None)
@given(people, people, st.sampled_from([*codes.CODES, *codes.TOO_BROAD, "98"]))
def test_every_problem_has_words(person, relative, code):
    known = Known(kinds=frozenset({"sibling"}), other_spouses=frozenset({0}))
    for problem in implausible(person, relative, code, TODAY, known):
        assert isinstance(problem, Problem)
        assert "%" not in wording.sentence(problem)
