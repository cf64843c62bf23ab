"""An application brought to a window, and what a reviewer's word makes of it."""

import pytest

from pooling.bindings import texts
from pooling.bindings.models import Binding
from pooling.bindings.services import Refused, applications, reviewing
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.notices.models import Notice
from tests import build

AT = build.NOON
PAPERS = {"applicant_id", "relative_id", "marriage_certificate", "signed_authorisation"}


@pytest.fixture
def payer(db):
    return build.employee("王伟", born="1980-03-05", gender="1")


@pytest.fixture
def wife(payer):
    return build.resident("李梅", born="1982-07-01", gender="2")


@pytest.fixture
def strict(db):
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])


@pytest.fixture
def lenient(db):
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry", "commitment"])


def at_the_window(payer, relative, *, seen=PAPERS, code="12", clerk=None, number=None):
    """Fill in, sign on paper and submit as a clerk does for the payer; return the outcome."""
    by = clerk or build.clerk(on_behalf_of=payer)
    case = applications.start(by=by, at=AT)
    person = {"name": relative.name, "cert_no": number or relative.cert_no}
    for step, values in (("relation", {"code": code}), ("person", person), ("limits", {})):
        applications.answer(case_id=case.pk, step=step, values=values, by=by, at=AT)
    cases.note_originals(case_id=case.pk, seen=set(seen), by=by, at=AT)
    applications.sign(case_id=case.pk, signing=build.signing(), by=by, at=AT)
    return applications.submit(case_id=case.pk, by=by, at=AT)


def case_of(outcome):
    return Case.objects.get(number=outcome.case_number)


@pytest.mark.usefixtures("strict")
def test_a_registered_relation_takes_effect_at_once_and_names_the_rule(payer, wife):
    build.relation(payer, wife, "12")
    outcome = at_the_window(payer, wife)
    assert outcome.kind == applications.ACTIVE
    case = case_of(outcome)
    assert (case.decided_by, case.decided_by_rule) == ("", "evidence_accepted:registry")
    binding = Binding.objects.get(case=case)
    assert (binding.proof, binding.text_version) == ("registry", texts.PAPER)


@pytest.mark.usefixtures("lenient")
def test_where_a_commitment_is_enough_it_decides_at_the_window_too(payer, wife):
    outcome = at_the_window(payer, wife)
    assert outcome.kind == applications.ACTIVE
    assert case_of(outcome).decided_by_rule == "evidence_accepted:commitment"


@pytest.mark.usefixtures("strict")
def test_else_another_reviewer_grants_it_on_the_papers(payer, wife):
    outcome = at_the_window(payer, wife)
    assert outcome.kind == applications.WAITING
    case = case_of(outcome)
    with pytest.raises(cases.FourEyes):
        reviewing.grant(case_id=case.pk, by=build.clerk(), at=AT)
    case = reviewing.grant(case_id=case.pk, remark="结婚证相符", by=build.clerk(902), at=AT)
    assert (case.state, case.decided_by, case.remark) == ("approved", "staff:902", "结婚证相符")
    binding = Binding.objects.get(case=case)
    assert (binding.proof, binding.state) == ("documented", "active")
    assert Notice.objects.filter(member=wife, kind="binding_active").exists()


@pytest.mark.usefixtures("strict")
def test_nobody_grants_without_a_paper_that_proves(payer, wife):
    case = case_of(at_the_window(payer, wife, seen={"applicant_id", "signed_authorisation"}))
    with pytest.raises(Refused) as refusal:
        reviewing.grant(case_id=case.pk, by=build.clerk(902), at=AT)
    assert refusal.value.code == "no_proof_seen"
    assert not Binding.objects.exists()


@pytest.mark.usefixtures("strict")
def test_a_reviewer_turns_down_with_a_reason_the_member_reads(payer, wife):
    case = case_of(at_the_window(payer, wife))
    case = reviewing.turn_down(
        case_id=case.pk, reason_code="papers_do_not_prove", by=build.clerk(902), at=AT
    )
    assert (case.state, case.reason_code) == ("refused", "papers_do_not_prove")
    assert Notice.objects.filter(member=payer, kind="application_refused").exists()


@pytest.mark.usefixtures("strict")
def test_a_clerk_is_told_that_a_number_is_nobodys_and_the_draft_stays(payer, wife):
    with pytest.raises(Refused) as refusal:
        at_the_window(payer, wife, number=build.cert_no("1982-07-01", "2"))
    assert refusal.value.code == "unknown_person"


@pytest.mark.usefixtures("strict")
def test_papers_settle_what_is_unlikely_but_not_what_is_impossible(payer):
    daughter = build.resident("王小雨", born="1992-05-01", gender="2")
    online = build.member_actor(payer)
    case = applications.start(by=online, at=AT)
    applications.answer(case_id=case.pk, step="relation", values={"code": "30"}, by=online, at=AT)
    person = {"name": daughter.name, "cert_no": daughter.cert_no}
    with pytest.raises(applications.answers.AnswerRefused):
        applications.answer(case_id=case.pk, step="person", values=person, by=online, at=AT)
    papers = {"applicant_id", "adoption_certificate", "signed_authorisation"}
    outcome = at_the_window(payer, daughter, seen=papers, code="30")
    reviewing.grant(case_id=case_of(outcome).pk, by=build.clerk(902), at=AT)
    assert Binding.objects.get().relation_kind == "child"

    son = build.resident("王小雷", born="2008-05-01", gender="1")
    with pytest.raises(applications.answers.AnswerRefused):
        at_the_window(payer, son, code="30")


@pytest.mark.usefixtures("strict")
def test_a_members_unfinished_draft_is_taken_up_at_the_window(payer, wife):
    online = build.member_actor(payer)
    draft = applications.start(by=online, at=AT)
    applications.answer(case_id=draft.pk, step="relation", values={"code": "12"}, by=online, at=AT)
    outcome = at_the_window(payer, wife)
    assert outcome.case_number == draft.number
    assert case_of(outcome).submitted_by == "staff:901"
    assert case_of(outcome).opened_by == online.name


@pytest.mark.usefixtures("strict")
def test_the_relatives_written_consent_counts_where_consent_is_wanted(payer, wife):
    build.area("361200", "试验市", evidence_accepted=["registry"], relative_confirms=True)
    couple = build.employee("赵强", area="361200", born="1980-01-01", gender="1")
    partner = build.resident("孙丽", area="361200", born="1981-01-01", gender="2")
    case = case_of(at_the_window(couple, partner, seen={*PAPERS, "relative_consent"}))
    reviewing.grant(case_id=case.pk, by=build.clerk(902), at=AT)
    assert Binding.objects.get(case=case).state == "active"
