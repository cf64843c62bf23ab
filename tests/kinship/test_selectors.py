"""What is proven between two people: on record, or as it follows."""

from datetime import date

import pytest

from pooling.kinship import inference, selectors
from pooling.kinship.models import Relation
from tests import build

pytestmark = pytest.mark.django_db
MAN, WOMAN = "1", "2"


@pytest.fixture
def grandmother():
    return build.resident("赵秀英", born="1944-02-03", gender=WOMAN)


@pytest.fixture
def father(grandmother):
    father = build.employee("王伟", born="1970-03-05", gender=MAN)
    build.relation(father, grandmother, "52", evidence="household_register")
    return father


@pytest.fixture
def daughter(father):
    daughter = build.employee("王小雨", born="1998-05-01", gender=WOMAN)
    build.relation(father, daughter, "30", evidence="birth_certificate")
    return daughter


def test_a_grandmother_follows_from_two_parents_in_one_statement(
    daughter, grandmother, django_assert_num_queries
):
    with django_assert_num_queries(1):
        tie = selectors.proven_between(daughter.pk, grandmother.pk, build.TODAY)
    assert (tie.kind, tie.evidence) == ("paternal_grandparent", "household_register")
    back = selectors.proven_between(grandmother.pk, daughter.pk, build.TODAY)
    assert back.kind == "sons_child"


def test_it_falls_when_an_edge_is_ended(father, daughter, grandmother):
    build.relation(father, daughter, "30", evidence="birth_certificate", until="2026-06-01")
    assert selectors.proven_between(daughter.pk, grandmother.pk, date(2026, 5, 31))
    assert selectors.proven_between(daughter.pk, grandmother.pk, date(2026, 6, 1)) is None


def test_the_whole_family_is_found_in_one_statement_however_large(
    father, daughter, grandmother, django_assert_num_queries
):
    for born in ("1996-01-01", "2000-01-01", "2004-01-01"):
        build.relation(father, build.resident("王强", born=born, gender=MAN), "20")
    with django_assert_num_queries(1):
        found = selectors.proven_relatives(daughter.pk, build.TODAY)
    kinds = sorted(tie.kind for tie, _relative in found)
    assert kinds == ["parent", "paternal_grandparent", "sibling", "sibling", "sibling"]
    assert {relative.name for _tie, relative in found} == {"王伟", "赵秀英", "王强"}


def test_what_is_brought_along_with_a_row_says_the_same(father, daughter, grandmother):
    """The row names its two people; any row with two members will do."""
    row = (
        Relation.objects.filter(member=daughter, relative=father)
        .annotate(brought=selectors.edges_between("member_id", "relative_id", build.TODAY))
        .get()
    )
    edges = selectors.edges(row.brought)
    assert inference.tie(daughter.pk, father.pk, edges, build.TODAY).kind == "parent"
    assert {edge.relative_gender for edge in edges if edge.relative_id == father.pk} == {MAN}


def test_between_the_two_themselves_what_has_ended_is_brought_along_too():
    wife = build.resident("李芳", born="1975-01-01", gender=WOMAN)
    husband = build.employee("王伟", born="1970-03-05", gender=MAN)
    build.relation(husband, wife, "12", until="2026-06-01")
    row = (
        Relation.objects.filter(member=husband)
        .annotate(brought=selectors.edges_between("member_id", "relative_id", build.TODAY))
        .get()
    )
    (edge,) = selectors.edges(row.brought)
    assert (edge.kind, edge.to_date) == ("spouse", date(2026, 6, 1))
