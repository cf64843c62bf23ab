"""What has to be shown, by relation and by the area's rules."""

import pytest

from pooling.bindings import papers
from pooling.cases.materials import WORDS
from pooling.policy import parameters
from pooling.policy.parameters import RELATION_KINDS

RULES = {name: parameters.default(name) for name in parameters.PARAMETERS}
SOMEBODY, KIN = papers.Agent(is_relative=False), papers.Agent(is_relative=True)


def wanted(kind="spouse", *, registered=False, agent=None, **clauses):
    return papers.checklist(kind, RULES | clauses, registered=registered, agent=agent)


def needed(lines):
    return [line.any_of[0] for line in lines if line.needed]


def test_identity_a_proof_and_a_signature_are_needed():
    assert needed(wanted()) == [
        "applicant_id",
        "relative_id",
        "marriage_certificate",
        "signed_authorisation",
    ]


def test_an_agent_brings_their_own_document_and_an_authorisation():
    assert set(needed(wanted(agent=KIN))) - set(needed(wanted())) == {
        "agent_id",
        "agent_authorisation",
    }


@pytest.mark.parametrize(
    "facts", [{"registered": True}, {"evidence_accepted": ["registry", "commitment"]}]
)
def test_no_proof_is_demanded_where_registry_or_commitment_is_enough(facts):
    assert "marriage_certificate" not in needed(wanted(**facts))


def test_a_written_consent_may_be_brought_where_the_relative_is_asked():
    lines = wanted(relative_confirms=True)
    assert lines[-1] == papers.Wanted(("relative_consent",), needed=False)


def test_any_one_of_several_papers_proves_a_relation():
    lines = wanted("child")
    seen = {"applicant_id", "relative_id", "adoption_certificate", "signed_authorisation"}
    assert papers.lacking(lines, seen) == []
    assert papers.lacking(lines, seen - {"adoption_certificate"}) == ["birth_certificate"]


@pytest.mark.parametrize("kind", RELATION_KINDS)
def test_every_relation_has_papers_with_words(kind):
    for line in wanted(kind, agent=SOMEBODY, agent_relatives_only=True, relative_confirms=True):
        assert set(line.any_of) <= set(WORDS)


def test_an_area_names_its_own_papers():
    here = ["applicant_id", "household_register", "marriage_certificate"]
    lines = wanted(counter_materials=here)
    assert needed(lines) == ["applicant_id", "marriage_certificate", "signed_authorisation"]
    assert lines[1].any_of == ("marriage_certificate", "household_register"), "either will do"


def test_a_named_paper_that_proves_nothing_here_does_not_stand_in_for_a_proof():
    """A marriage certificate is no proof of a child."""
    lines = wanted("child", counter_materials=["marriage_certificate"])
    assert lines[0].any_of == papers.proofs("child")


def test_an_area_may_demand_the_relatives_consent_on_paper():
    assert "relative_consent" in needed(wanted(counter_materials=["relative_consent"]))


def test_an_area_names_what_an_agent_brings():
    assert "agent_authorisation" not in needed(wanted(agent=KIN, agent_materials=["agent_id"]))
    both = wanted(
        agent=KIN, agent_materials=["agent_id"], counter_materials=["agent_authorisation"]
    )
    assert {"agent_id", "agent_authorisation"} <= set(needed(both))
    assert "agent_id" not in needed(wanted(counter_materials=["agent_id"])), "nobody came"


@pytest.mark.parametrize(
    ("agent", "only", "proof"),
    [(SOMEBODY, True, True), (KIN, True, False), (SOMEBODY, False, False), (None, True, False)],
)
def test_an_agent_who_must_be_kin_proves_it_where_the_registry_does_not(agent, only, proof):
    lines = needed(wanted(agent=agent, agent_relatives_only=only))
    assert ("agent_kinship" in lines) is proof


def test_what_counts_as_proof_at_the_window_may_be_less_or_more():
    more = wanted(evidence_at_counter=["registry", "commitment"])
    assert "marriage_certificate" not in needed(more)
    less = wanted(
        evidence_accepted=["registry", "commitment"], evidence_at_counter=["registry", "document"]
    )
    assert "marriage_certificate" in needed(less)
