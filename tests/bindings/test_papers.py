"""What has to be shown, by relation and by the area's rules."""

import pytest

from pooling.bindings import papers
from pooling.cases.materials import WORDS
from pooling.policy.parameters import RELATION_KINDS


def wanted(kind="spouse", **facts):
    rules = {"agent": False, "registered": False, "evidence": ["registry"], "consent": False}
    return papers.checklist(kind, **rules | facts)


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
    assert set(needed(wanted(agent=True))) - set(needed(wanted())) == {
        "agent_id",
        "agent_authorisation",
    }


@pytest.mark.parametrize("facts", [{"registered": True}, {"evidence": ["registry", "commitment"]}])
def test_no_proof_is_demanded_where_registry_or_commitment_is_enough(facts):
    assert "marriage_certificate" not in needed(wanted(**facts))


def test_a_written_consent_may_be_brought_where_the_relative_is_asked():
    lines = wanted(consent=True)
    assert lines[-1] == papers.Wanted(("relative_consent",), needed=False)


def test_any_one_of_several_papers_proves_a_relation():
    lines = wanted("child")
    seen = {"applicant_id", "relative_id", "adoption_certificate", "signed_authorisation"}
    assert papers.lacking(lines, seen) == []
    assert papers.lacking(lines, seen - {"adoption_certificate"}) == ["birth_certificate"]


@pytest.mark.parametrize("kind", RELATION_KINDS)
def test_every_relation_has_papers_with_words(kind):
    for line in wanted(kind, agent=True, consent=True):
        assert set(line.any_of) <= set(WORDS)
