"""Putting relations on record, one direction at a time or both."""

from datetime import date

import pytest

from pooling.audit.models import Event
from pooling.kinship import selectors
from pooling.kinship.models import Relation
from pooling.kinship.services import RelationRow, record_many
from tests import build

pytestmark = pytest.mark.django_db

MAN, WOMAN = "1", "2"


@pytest.fixture
def mother():
    return build.member("李芳", born="1970-06-01", gender=WOMAN)


@pytest.fixture
def father():
    return build.member("王强", born="1968-06-01", gender=MAN)


@pytest.fixture
def daughter():
    return build.member("王雨", born="1996-02-29", gender=WOMAN)


def row(person, relative, code, *, line=1, since="2015-05-20", until=None, **facts):
    facts = {"evidence": "household_register", "evidence_no": "", **facts}
    until = build.day(until) if until else None
    return RelationRow(
        line=line,
        member_id=person.pk,
        relative_id=relative.pk,
        code=code,
        from_date=build.day(since),
        to_date=until,
        **facts,
    )


def record(*rows):
    return record_many(rows, by=build.JOB, at=build.NOON)


def edges():
    return {
        (edge.member_id, edge.relative_id, edge.code, edge.from_date, edge.to_date)
        for edge in Relation.objects.all()
    }


def test_one_row_is_two_edges_each_naming_the_other(mother, daughter):
    loaded = record(row(daughter, mother, "52", evidence_no="B-1"))
    assert (loaded.new, loaded.changed, loaded.unchanged, loaded.problems) == (1, 0, 0, [])
    up = Relation.objects.get(member=daughter)
    down = Relation.objects.get(member=mother)
    assert (up.code, up.kind, down.code, down.kind) == ("52", "parent", "30", "child")
    assert (up.inverse, down.inverse) == (down, up)
    assert (down.evidence, down.evidence_no) == (up.evidence, "B-1")


def test_the_same_rows_twice_change_nothing_and_leave_no_second_trace(mother, father, daughter):
    rows = [
        row(daughter, mother, "52", line=2),
        row(mother, daughter, "31", line=3, evidence="birth_certificate"),
        row(mother, father, "10", line=4),
        row(father, mother, "12", line=5),
    ]
    assert not record(*rows).problems
    before = edges()
    again = record(*rows)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 4)
    assert edges() == before
    assert Event.objects.filter(verb="kinship.record_many").count() == 1


def test_a_finer_code_replaces_the_general_one_and_is_never_blurred_again(mother, daughter):
    record(row(daughter, mother, "52"))
    assert record(row(mother, daughter, "32")).changed == 1
    assert record(row(mother, daughter, "30")).unchanged == 1
    assert selectors.between(mother.pk, daughter.pk, build.TODAY).code == "32"
    assert "次女" not in record(row(mother, daughter, "33")).problems[0].reason
    assert selectors.between(mother.pk, daughter.pk, build.TODAY).code == "32"


def test_a_divorce_is_a_correction_and_ends_both_edges(mother, father):
    record(row(mother, father, "11"))
    loaded = record(row(mother, father, "11", until="2024-03-01"))
    assert loaded.changed == 1
    assert selectors.between(father.pk, mother.pk, date(2024, 2, 29)).kind == "spouse"
    assert selectors.between(father.pk, mother.pk, date(2024, 3, 1)) is None
    detail = Event.objects.filter(verb="kinship.record_many").latest("pk").detail
    assert len(detail["changed"]) == 2


def test_after_a_divorce_one_may_marry_again_in_whatever_order_the_file_says(mother, father):
    second = build.member("赵敏", born="1975-01-01", gender=WOMAN)
    record(row(mother, father, "11"))
    loaded = record(
        row(father, second, "12", line=2, since="2025-01-01"),
        row(mother, father, "11", line=3, until="2024-03-01"),
    )
    assert not loaded.problems


def test_two_spouses_at_once_are_refused_with_a_sentence(mother, father):
    second = build.member("赵敏", born="1975-01-01", gender=WOMAN)
    record(row(mother, father, "11"))
    loaded = record(row(father, second, "12", line=7, since="2020-01-01"))
    assert [(problem.line, problem.column) for problem in loaded.problems] == [(7, "relation")]
    assert "一位配偶" in loaded.problems[0].reason
    assert not second.relations.exists()


def test_death_ends_a_marriage_and_the_widow_may_marry_again(mother):
    late = build.member("王强", born="1960-06-01", gender=MAN, died_on="2020-02-02")
    second = build.member("周平", born="1965-01-01", gender=MAN)
    loaded = record(
        row(mother, late, "11", line=2), row(mother, second, "11", line=3, since="2022-01-01")
    )
    assert not loaded.problems
    assert Relation.objects.get(member=mother, relative=late).to_date == date(2020, 2, 2)


def test_the_same_relation_under_another_start_is_refused(mother, father):
    record(row(mother, father, "11"))
    loaded = record(row(father, mother, "12", since="2016-01-01"))
    assert "2015-05-20" in loaded.problems[0].reason


def test_two_rows_that_disagree_about_one_relation_are_not_both_believed(mother, father):
    loaded = record(
        row(mother, father, "11", line=2),
        row(father, mother, "12", line=3, until="2024-01-01"),
    )
    assert (loaded.new, [problem.line for problem in loaded.problems]) == (1, [3])
    assert "第2行" in loaded.problems[0].reason


def test_nobody_becomes_their_own_forebear(mother, daughter):
    record(row(daughter, mother, "52"))
    loaded = record(row(mother, daughter, "52"))
    assert loaded.problems
    assert not loaded.new


def test_a_bad_row_is_kept_out_and_the_good_ones_go_in(mother, father, daughter):
    loaded = record(
        row(daughter, mother, "51", line=2),
        row(daughter, father, "51", line=3),
        row(daughter, daughter, "52", line=4),
        row(daughter, mother, "52", line=5, since="2024-01-01", until="2023-01-01"),
        row(daughter, mother, "52", line=6, evidence="hearsay"),
        RelationRow(7, daughter.pk, 0, "52", "household_register", "", date(2015, 5, 20)),
    )
    assert loaded.new == 1
    assert [(problem.line, problem.column) for problem in loaded.problems] == [
        (2, "relation"),
        (4, "relative_psn_no"),
        (5, "to_date"),
        (6, "evidence"),
        (7, "relative_psn_no"),
    ]


def test_statements_do_not_grow_with_the_rows(mother, father, daughter, django_assert_num_queries):
    with django_assert_num_queries(8):  # lock, people, record, ids, edges, trail; savepoint
        record(
            row(daughter, mother, "52", line=2),
            row(daughter, father, "51", line=3),
            row(mother, father, "11", line=4),
        )


def test_the_family_is_known_from_either_side(mother, father, daughter):
    build.relation(daughter, mother, "52")
    build.relation(daughter, father, "51")
    assert selectors.family(daughter.pk) == {mother.pk, father.pk}
    proven = selectors.proven_relatives(mother.pk, build.TODAY)
    assert [relative for _tie, relative in proven] == [daughter]
    assert selectors.between(mother.pk, father.pk, build.TODAY) is None


def test_a_claim_is_held_against_the_record(mother, father, daughter, django_assert_num_queries):
    build.relation(mother, father, "11")
    second = build.member("赵敏", born="1975-01-01", gender=WOMAN)
    with django_assert_num_queries(1):
        found = selectors.implausible(father, second, "12", build.TODAY)
    assert [problem.code for problem in found] == ["already_married"]
    assert selectors.implausible(father, mother, "12", build.TODAY) == []
    assert selectors.implausible(father, daughter, "31", build.TODAY) == []
