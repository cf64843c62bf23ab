"""What follows from parents and children: by example, and against brute force on families."""

from collections import Counter
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pooling.kinship import inference
from pooling.kinship.inference import Edge

MAN, WOMAN = "1", "2"
BEGIN, DAY = date(2000, 1, 1), date(2026, 11, 22)
#: A family told by first letters: who is a man, who a woman.
PEOPLE = {
    "Grandpa": MAN, "Granny": WOMAN, "Father": MAN, "Mother": WOMAN, "Son": MAN,
    "Daughter": WOMAN, "Stepfather": MAN, "Stepson": MAN, "Nana": WOMAN,
}  # fmt: skip
IDS = {name: number for number, name in enumerate(PEOPLE, 1)}
NAMES = {number: name for name, number in IDS.items()}


def parent(child, whose, *, evidence="birth_certificate", since=BEGIN, until=None):
    """Return both edges that say `whose` is `child`'s parent."""
    facts = {"evidence": evidence, "from_date": since, "to_date": until}
    one, other = IDS[child], IDS[whose]
    return (
        Edge(one, other, PEOPLE[whose], "parent", **facts),
        Edge(other, one, PEOPLE[child], "child", **facts),
    )


def direct(one, other, kind, **facts):
    facts = {"evidence": "household_register", "from_date": BEGIN} | facts
    return Edge(IDS[one], IDS[other], PEOPLE[other], kind, **facts)


def kind(one, other, *edges, on=DAY):
    found = inference.tie(IDS[one], IDS[other], [e for pair in edges for e in pair], on)
    return found and found.kind


FATHERS_MOTHER = (parent("Son", "Father"), parent("Father", "Granny"))
MOTHERS_MOTHER = (parent("Son", "Mother"), parent("Mother", "Nana"))


def test_the_sex_of_the_person_between_decides_the_side():
    assert kind("Son", "Granny", *FATHERS_MOTHER) == "paternal_grandparent"
    assert kind("Son", "Nana", *MOTHERS_MOTHER) == "maternal_grandparent"
    assert kind("Granny", "Son", *FATHERS_MOTHER) == "sons_child"
    assert kind("Nana", "Son", *MOTHERS_MOTHER) == "daughters_child"


def test_one_shared_parent_makes_siblings_as_two_do():
    half = (parent("Son", "Mother"), parent("Daughter", "Mother"))
    full = (*half, parent("Son", "Father"), parent("Daughter", "Father"))
    assert kind("Son", "Daughter", *half) == kind("Daughter", "Son", *full) == "sibling"


def test_an_adopted_child_is_a_child_of_the_family_in_law():
    adopted = (parent("Daughter", "Father", evidence="adoption"), parent("Father", "Granny"))
    assert kind("Daughter", "Granny", *adopted) == "paternal_grandparent"
    assert kind("Daughter", "Son", *adopted, parent("Son", "Father")) == "sibling"


def test_step_siblings_without_a_shared_parent_on_record_are_none():
    marriage = (direct("Mother", "Stepfather", "spouse"), direct("Stepfather", "Mother", "spouse"))
    edges = (parent("Son", "Mother"), parent("Stepson", "Stepfather"), marriage)
    assert kind("Son", "Stepson", *edges) is None
    assert kind("Son", "Stepfather", *edges) is None
    assert kind("Son", "Stepson", *edges, parent("Son", "Stepfather")) == "sibling"


def test_parents_of_one_child_are_nothing_to_each_other():
    assert kind("Father", "Mother", parent("Son", "Father"), parent("Son", "Mother")) is None


@pytest.mark.parametrize("weird", ["parent_in_law", "other", "spouse", "sibling"])
def test_nothing_follows_from_any_other_edge(weird):
    assert (
        kind("Son", "Granny", parent("Son", "Father"), [direct("Father", "Granny", weird)]) is None
    )


def test_what_is_on_record_between_two_wins_over_what_follows():
    recorded = [direct("Son", "Granny", "maternal_grandparent")]
    assert kind("Son", "Granny", *FATHERS_MOTHER, recorded) == "maternal_grandparent"
    assert kind("Granny", "Son", *FATHERS_MOTHER, recorded) == "sons_child"


def test_it_holds_only_while_every_edge_holds():
    until = date(2026, 11, 22)
    edges = (
        parent("Son", "Father", until=until),
        parent("Father", "Granny", since=date(2010, 1, 1)),
    )
    assert kind("Son", "Granny", *edges, on=date(2009, 12, 31)) is None
    assert kind("Son", "Granny", *edges, on=date(2010, 1, 1)) == "paternal_grandparent"
    assert kind("Son", "Granny", *edges, on=date(2026, 11, 21)) == "paternal_grandparent"
    assert kind("Son", "Granny", *edges, on=until) is None


def test_the_weakest_paper_decides_and_the_best_chain_is_given():
    edges = [
        *parent("Son", "Mother"),
        *parent("Daughter", "Mother", evidence="data_match"),
        *parent("Son", "Father", evidence="notarised"),
        *parent("Daughter", "Father"),
    ]
    found = inference.tie(IDS["Son"], IDS["Daughter"], edges, DAY)
    assert found.is_derived
    assert found.evidence == "notarised"
    assert [NAMES[edge.relative_id] for edge in found.chain] == ["Father", "Daughter"]


def test_of_two_things_on_record_the_later_begun_is_told():
    edges = [direct("Son", "Granny", "other"), direct("Son", "Granny", "parent", from_date=DAY)]
    assert inference.tie(IDS["Son"], IDS["Granny"], edges, DAY).kind == "parent"
    assert inference.kinds(IDS["Son"], IDS["Granny"], edges, DAY) == {"parent", "other"}


# --- against brute force ----------------------------------------------------------------------


@st.composite
def families(draw):
    """Draw people of either sex with up to three parents each among their elders, some recorded
    directly besides, each bond with its own paper and time."""
    count = draw(st.integers(2, 9))
    sexes = draw(st.lists(st.sampled_from([MAN, WOMAN]), min_size=count, max_size=count))
    facts = st.fixed_dictionaries(
        {
            "evidence": st.sampled_from(inference.STRENGTH),
            "from_date": st.sampled_from([BEGIN, DAY, date(2027, 1, 1)]),
            "to_date": st.sampled_from([None, None, None, date(2028, 1, 1)]),
        }
    )
    bonds = []
    for child in range(1, count):
        elders = st.lists(st.integers(0, child - 1), max_size=3, unique=True)
        for elder in draw(elders):
            said = draw(facts)
            bonds.append(
                (
                    Edge(child, elder, sexes[elder], "parent", **said),
                    Edge(elder, child, sexes[child], "child", **said),
                )
            )
    pairs = list(permutations(range(count), 2))
    for one, other in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)):
        kind = draw(st.sampled_from(["spouse", "other", "parent_in_law", "sibling"]))
        bonds.append((Edge(one, other, sexes[other], kind, **draw(facts)),))
    return sexes, bonds


def brute_force(sexes, bonds) -> set:
    """Return who is what to whom, from the words of the law and every pair of people."""
    held = [edge for bond in bonds for edge in bond
            if edge.from_date <= DAY and (edge.to_date is None or edge.to_date > DAY)]  # fmt: skip
    people = range(len(sexes))
    parents = {who: {e.relative_id for e in held if e.member_id == who and e.kind == "parent"}
               for who in people}  # fmt: skip
    said = {(e.member_id, e.relative_id) for e in held}
    found = {(e.member_id, e.relative_id, e.kind) for e in held}
    for one, other in permutations(people, 2):
        if (one, other) in said:
            continue
        sides = {sexes[mid] for mid in parents[one] if other in parents[mid]}
        found |= {
            (one, other, {MAN: "paternal_grandparent", WOMAN: "maternal_grandparent"}[sex])
            for sex in sides
        }
        sides = {sexes[mid] for mid in parents[other] if one in parents[mid]}
        found |= {(one, other, {MAN: "sons_child", WOMAN: "daughters_child"}[sex]) for sex in sides}
        if parents[one] & parents[other]:
            found.add((one, other, "sibling"))
    return found


def inferred(bonds) -> dict:
    edges = [edge for bond in bonds for edge in bond]
    found = inference.ties(edges, DAY)
    keys = Counter((tie.member_id, tie.relative_id, tie.kind) for tie in found)
    assert set(keys.values()) <= {1}
    return {(tie.member_id, tie.relative_id, tie.kind): tie for tie in found}


@settings(max_examples=300, deadline=None)
@given(families())
def test_it_finds_what_brute_force_finds(family):
    sexes, bonds = family
    assert set(inferred(bonds)) == brute_force(sexes, bonds)


@settings(max_examples=150, deadline=None)
@given(families(), st.data())
def test_removing_a_bond_removes_what_rests_on_it_alone(family, data):
    """What goes is what has no other chain; what comes had only been overruled by the bond."""
    sexes, bonds = family
    if not bonds:
        return
    gone = data.draw(st.sampled_from(bonds))
    rest = [bond for bond in bonds if bond is not gone]
    before, after = inferred(bonds), inferred(rest)
    assert set(after) == brute_force(sexes, rest)
    for key in set(before) - set(after):
        assert set(before[key].chain) & set(gone)
    for one, other, _kind in set(after) - set(before):
        assert (one, other) in {(edge.member_id, edge.relative_id) for edge in gone}
    for key in set(before) & set(after):
        if not set(before[key].chain) & set(gone):
            assert before[key].evidence == after[key].evidence


@settings(max_examples=100, deadline=None)
@given(families())
def test_every_chain_leads_from_one_to_the_other_and_holds(family):
    for (one, other, _kind), tie in inferred(family[1]).items():
        assert tie.chain[0].member_id == one
        assert tie.chain[-1].relative_id == other
        assert all(edge.holds(DAY) for edge in tie.chain)
        for near, far in zip(tie.chain, tie.chain[1:], strict=False):
            assert near.relative_id == far.member_id
