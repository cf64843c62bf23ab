"""E-credentials and the 亲情账户 at the window: what decides alone, what another person decides."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts import selectors as people
from accounts.models import Member
from accounts.services import members
from accounts.services.care import CareRefused
from pooling.bindings.services import Refused
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.counter import code_cases, code_desk, code_papers, printing, selectors, services
from pooling.counter.agents import AgentRefused
from pooling.kinship import services as kinship
from pooling.kinship.services import caring
from pooling.notices.models import Notice
from pooling.policy import selectors as policy
from pooling.shared.errors import NotFound
from tests import build

pytestmark = pytest.mark.django_db
AREA = "999900"
AT = build.NOON
REVIEWER = build.clerk(902)
OWN, AGENT, POWER = "applicant_id", "agent_id", "agent_authorisation"
CARER, AGREED = "relative_id", "care_consent"


def born(years: int) -> date:
    return build.TODAY.replace(year=build.TODAY.year - years)


@pytest.fixture(autouse=True)
def area():
    return build.area(AREA, "试验市")


@pytest.fixture
def daughter():
    return build.employee("王芳", gender="2", born=born(38), area=AREA)


@pytest.fixture
def grandmother():
    return build.resident("李秀英", gender="2", born=born(71), area=AREA)


@pytest.fixture
def brother():
    return build.resident("王大力", gender="1", born=born(36), area=AREA)


@pytest.fixture
def child():
    return build.resident("王小宝", gender="1", born=born(8), area=AREA)


def words(person) -> dict:
    return {"name": person.name, "cert_no": person.cert_no}


def come(owner, want, *seen, agent=None, carer=None, code="", entry=None, at=AT):
    """Fill in a case for somebody at the window, ready to be handed in."""
    by = build.clerk(on_behalf_of=owner)
    case = code_cases.take_in(want=want, agent=agent and words(agent), by=by, at=at)
    values = {"code": code, "entry": entry}
    values |= {f"carer_{name}": said for name, said in (words(carer) if carer else {}).items()}
    code_cases.fill_in(case_id=case.pk, values=values, seen=set(seen), by=by, at=at)
    return case


def hand_in(owner, want, *seen, at=AT, **more):
    case = come(owner, want, *seen, at=at, **more)
    by = build.clerk(on_behalf_of=owner)
    outcome = code_cases.hand_in(case_id=case.pk, by=by, at=at)
    case.refresh_from_db()
    return case, outcome.rule


def decide(case, by=REVIEWER, at=AT):
    services.approve(case, remark="材料相符", by=by, at=at)
    case.refresh_from_db()
    return case


def told(person) -> set[str]:
    return set(Notice.objects.filter(member=person).values_list("kind", flat=True))


def active(person):
    return people.e_credential_of(person.pk)


# --- activation ---------------------------------------------------------------------------


def test_who_comes_with_their_own_document_is_served_at_once(brother):
    case, rule = hand_in(brother, "activate", OWN)
    assert (case.state, rule, case.decided_by) == ("approved", "identity_shown", "")
    assert (active(brother).via, active(brother).activated_by) == ("counter", "staff:901")
    assert (case.subject_type, case.subject_id) == ("accounts.ecredential", active(brother).pk)
    assert told(brother) == {"credential_activated_at_window"}


def test_without_the_document_nothing_is_handed_in(brother):
    with pytest.raises(Refused, match="申请人身份证件"):
        hand_in(brother, "activate")
    assert active(brother) is None


def test_a_child_comes_with_family_whom_the_registry_knows(daughter, child):
    with pytest.raises(code_desk.Against, match="家人带双方的证件"):
        come(child, "activate", OWN)
    build.relation(daughter, child, "20")
    case, rule = hand_in(child, "activate", "household_register", AGENT, agent=daughter)
    assert (case.state, rule) == ("approved", "e_credential_family_evidence:registry")
    assert active(child).proven_as == "child"
    assert "credential_activated_at_window" in told(daughter) & told(child)


def test_family_the_registry_does_not_know_brings_papers_and_another_person_decides(
    daughter, child
):
    with pytest.raises(code_desk.Against, match="请选择本人是家人的什么人"):
        hand_in(child, "activate", OWN, AGENT, "birth_certificate", agent=daughter)
    with pytest.raises(Refused, match="出生医学证明"):
        hand_in(child, "activate", OWN, AGENT, agent=daughter, code="20")
    case, rule = hand_in(
        child, "activate", OWN, AGENT, "birth_certificate", agent=daughter, code="20"
    )
    assert (case.state, rule) == ("waiting", "")
    assert active(child) is None
    assert told(child) == {"code_case_waiting"}
    with pytest.raises(case_services.FourEyes):
        decide(case, by=build.clerk())
    assert decide(case).decided_by == "staff:902"
    assert active(child).proven_as == "child"


def test_an_agent_of_a_grown_person_brings_their_signature(brother, daughter):
    with pytest.raises(Refused, match="委托书"):
        hand_in(brother, "activate", OWN, AGENT, agent=daughter)
    case, rule = hand_in(brother, "activate", OWN, AGENT, POWER, agent=daughter)
    assert (case.state, rule) == ("waiting", ""), "a signature is a paper"
    decide(case)
    assert active(brother).proven_as == ""


def test_an_elder_without_a_phone_is_served_through_a_daughter_or_by_a_signature(
    grandmother, daughter, brother
):
    build.relation(daughter, grandmother, "52")
    case, rule = hand_in(grandmother, "activate", OWN, AGENT, agent=daughter)
    assert rule == "e_credential_family_evidence:registry"
    hand_in(grandmother, "end", OWN)
    case, rule = hand_in(grandmother, "activate", OWN, AGENT, POWER, agent=brother)
    assert (case.state, rule) == ("waiting", "")
    decide(case)
    assert active(grandmother).proven_as == ""


def test_an_elder_with_a_phone_is_not_served_through_family(grandmother, daughter):
    build.relation(daughter, grandmother, "52")
    build.phone_user("13800138009", grandmother)
    with pytest.raises(Refused, match="委托书"):
        hand_in(grandmother, "activate", OWN, AGENT, agent=daughter)


def test_a_lost_phone_is_seen_to_at_once(brother, daughter):
    build.activated(brother)
    case, rule = hand_in(brother, "end", OWN, AGENT, POWER, agent=daughter)
    assert (case.state, rule) == ("approved", "code_ended")
    assert active(brother) is None
    assert "credential_ended_at_window" in told(brother)


@pytest.mark.parametrize("want", ["activate", "show"])
def test_for_the_dead_nothing_is_begun(want):
    dead = build.resident("赵先生", area=AREA, died_on="2026-01-01")
    with pytest.raises(code_desk.Against, match="去世"):
        come(dead, want, OWN)


def test_what_is_there_already_is_said_before_anything_is_filled_in(brother):
    with pytest.raises(code_desk.Against, match="没有激活"):
        come(brother, "end", OWN)
    build.activated(brother)
    with pytest.raises(code_desk.Against, match="已经激活"):
        come(brother, "activate", OWN)


# --- 亲情账户 --------------------------------------------------------------------------------


def showing(owner, carer, *seen, **more):
    return hand_in(owner, "show", OWN, CARER, AGREED, *seen, carer=carer, **more)


def link(carer, relative):
    return people.link_between(carer.pk, relative.pk)


def test_a_grown_relative_without_a_sign_in_agrees_at_the_window(brother, daughter):
    build.relation(daughter, brother, "73")
    with pytest.raises(Refused, match="本人签字的同意书"):
        hand_in(brother, "show", OWN, CARER, carer=daughter)
    case, rule = showing(brother, daughter)
    assert (case.state, rule) == ("approved", "care_evidence:registry")
    entry = link(daughter, brother)
    assert entry.usable(build.TODAY)
    assert (entry.consented_by, entry.proven_as) == ("staff:901", "sibling")
    assert "care_added_at_window" in told(daughter) & told(brother)


def test_what_the_carer_asked_for_online_is_agreed_to(grandmother, daughter):
    build.relation(daughter, grandmother, "52")
    asked = caring.add(relative_id=grandmother.pk, by=build.member_actor(daughter), at=AT)
    _case, rule = showing(grandmother, daughter)
    assert rule == "care_evidence:registry"
    assert link(daughter, grandmother).pk == asked.pk
    assert link(daughter, grandmother).usable(build.TODAY)
    assert "care_agreed_at_window" in told(daughter) & told(grandmother)


def test_a_relation_on_paper_is_believed_by_another_person(grandmother, daughter):
    with pytest.raises(Refused, match="户口簿"):
        showing(grandmother, daughter, code="52")
    case, rule = showing(grandmother, daughter, "household_register", code="52")
    assert (case.state, rule, link(daughter, grandmother)) == ("waiting", "", None)
    with pytest.raises(case_services.FourEyes):
        decide(case, by=build.clerk())
    decide(case)
    assert link(daughter, grandmother).proven_as == "parent"
    assert link(daughter, grandmother).usable(build.TODAY)


def test_who_stays_at_home_agrees_on_paper_and_another_person_decides(grandmother, daughter):
    build.relation(daughter, grandmother, "52")
    case, rule = hand_in(
        grandmother, "show", OWN, AGENT, POWER, AGREED, agent=daughter, carer=daughter
    )
    assert (case.state, rule) == ("waiting", "")
    decide(case)
    assert link(daughter, grandmother).consented_by == "staff:902"


def test_a_childs_family_needs_no_signature_until_the_child_is_old_enough(daughter, child):
    build.relation(daughter, child, "20")
    _case, rule = hand_in(child, "show", OWN, AGENT, agent=daughter, carer=daughter)
    assert rule == "care_evidence:registry"
    entry = link(daughter, child)
    assert entry.consent_due_on == born(8).replace(year=born(8).year + 16)
    assert entry.consented_at is None


def test_a_stranger_does_not_put_a_child_into_somebodys_account(daughter, child, brother):
    build.relation(daughter, child, "20")
    with pytest.raises(Refused, match="亲属关系证明"):
        hand_in(child, "show", OWN, CARER, AGREED, AGENT, agent=brother, carer=daughter)
    case, rule = hand_in(
        child, "show", OWN, CARER, AGREED, AGENT, "agent_kinship", agent=brother, carer=daughter
    )
    assert (case.state, rule) == ("waiting", "")


def test_nobody_of_that_number_shows_anything(brother):
    stranger = build.member("周无名")
    typed = {"name": "周有名", "cert_no": stranger.cert_no}
    by = build.clerk(on_behalf_of=brother)
    case = code_cases.take_in(want="show", agent=None, by=by, at=AT)
    values = {f"carer_{name}": said for name, said in typed.items()} | {"code": "73"}
    code_cases.fill_in(case_id=case.pk, values=values, seen={OWN, CARER, AGREED}, by=by, at=AT)
    with pytest.raises(code_desk.Against, match="没有姓名和证件号码都相符"):
        code_cases.hand_in(case_id=case.pk, by=by, at=AT)


def test_either_side_ends_an_entry_at_the_window(grandmother, daughter, brother):
    build.care_link(daughter, grandmother)
    entry = link(daughter, grandmother)
    with pytest.raises(NotFound):
        hand_in(brother, "unshow", OWN, entry=entry.pk)
    _case, rule = hand_in(daughter, "unshow", OWN, entry=entry.pk)
    assert rule == "code_ended"
    assert link(daughter, grandmother) is None
    assert "care_ended_at_window" in told(daughter) & told(grandmother)


# --- between handing in and deciding ------------------------------------------------------


def waiting(grandmother, daughter):
    build.relation(daughter, grandmother, "52")
    papers = (OWN, AGENT, POWER, AGREED)
    case, _rule = hand_in(grandmother, "show", *papers, agent=daughter, carer=daughter)
    return case


def test_a_relation_that_ended_meanwhile_is_not_believed_on_paper(grandmother, daughter):
    case = waiting(grandmother, daughter)
    kinship.end_between(
        one_id=daughter.pk, other_id=grandmother.pk, kinds=None, on=build.TODAY, by=build.JOB, at=AT
    )
    with pytest.raises(code_desk.Against, match="已经结束"):
        decide(case)
    assert link(daughter, grandmother) is None


def test_what_no_longer_follows_from_the_registry_wants_papers(grandmother, daughter):
    granddaughter = build.employee("陈晨", gender="2", born=born(19), area=AREA)
    build.relation(daughter, grandmother, "52")
    build.relation(granddaughter, daughter, "52")
    papers = (OWN, AGENT, POWER, AGREED)
    case, _rule = hand_in(
        grandmother, "show", *papers, agent=granddaughter, carer=granddaughter, code="64"
    )
    pair = {"one_id": granddaughter.pk, "other_id": daughter.pk}
    kinship.end_between(**pair, kinds=None, on=build.TODAY, by=build.JOB, at=AT)
    with pytest.raises(Refused, match="户口簿"):
        decide(case)
    assert link(granddaughter, grandmother) is None


@pytest.mark.parametrize("who", ["grandmother", "daughter"])
def test_a_death_meanwhile_stops_it(who, request, grandmother, daughter):
    case = waiting(grandmother, daughter)
    person = request.getfixturevalue(who)
    members.record_death(member_id=person.pk, died_on=build.TODAY, by=build.JOB, at=AT)
    with pytest.raises(code_desk.Against, match="去世"):
        decide(case)


def test_what_was_activated_meanwhile_is_not_activated_twice(brother, daughter):
    case, _rule = hand_in(brother, "activate", OWN, AGENT, POWER, agent=daughter)
    build.activated(brother)
    with pytest.raises(code_desk.Against, match="已经激活"):
        decide(case)


def test_the_limits_of_the_area_hold_at_the_window_too(grandmother, daughter, brother):
    build.next_rules(AREA, since="2026-11-21", care_max_carers=1)
    policy.forget()
    build.relation(daughter, grandmother, "52")
    build.care_link(brother, grandmother)
    with pytest.raises(CareRefused, match="最多在 1 个"):
        showing(grandmother, daughter)


def test_a_case_is_handed_in_by_whoever_identified_its_person(brother, daughter):
    case = come(brother, "activate", OWN)
    stranger = replace(build.clerk(), on_behalf_of=daughter.pk)
    with pytest.raises(NotFound):
        code_cases.hand_in(case_id=case.pk, by=stranger, at=AT)


def test_a_reviewer_turns_it_down_and_the_person_is_told(grandmother, daughter):
    case = waiting(grandmother, daughter)
    reason = {"reason_code": "identity_not_confirmed", "remark": "签名不符"}
    services.refuse(case, **reason, by=REVIEWER, at=AT)
    case.refresh_from_db()
    assert case.state == "refused"
    assert "code_case_refused" in told(grandmother)
    with pytest.raises(ValueError, match="cannot_be_bound"):
        services.refuse(case, reason_code="cannot_be_bound", remark="不", by=REVIEWER, at=AT)


# --- clauses of the area --------------------------------------------------------------------


def rules(**clauses):
    build.next_rules(AREA, since="2026-11-21", **clauses)
    policy.forget()


def test_where_the_applicant_has_to_come_only_children_and_ends_come_by_others(
    brother, daughter, child
):
    rules(agent_allowed=False)
    build.relation(daughter, child, "20")
    with pytest.raises(AgentRefused, match="须由本人"):
        come(brother, "activate", agent=daughter)
    assert come(child, "activate", agent=daughter)
    build.activated(brother)
    assert come(brother, "end", agent=daughter)


def test_an_area_says_what_proves_a_relation_for_activation(daughter, child):
    rules(e_credential_family_evidence=["commitment"])
    build.relation(daughter, child, "20")
    with pytest.raises(Refused, match="承诺书"):
        hand_in(child, "activate", OWN, AGENT, agent=daughter)
    _case, rule = hand_in(child, "activate", OWN, AGENT, "kinship_promise", agent=daughter)
    assert rule == "e_credential_family_evidence:commitment"


def test_a_promise_binds_only_whom_the_registry_knows_and_what_may_be(daughter, child, brother):
    rules(e_credential_family_evidence=["commitment"])
    nobody = Member(cert_no=build.cert_no("1991-02-03"), name="周大力")
    papers = (OWN, AGENT, "kinship_promise")
    case, rule = hand_in(child, "activate", *papers, agent=nobody, code="20")
    assert (case.state, rule) == ("waiting", "")
    sister = build.resident("王小雨", gender="2", born=born(14), area=AREA)
    with pytest.raises(code_desk.Against, match="相差"):
        hand_in(sister, "activate", *papers, agent=build.member(born=born(20)), code="30")


def test_an_area_names_its_papers_for_activation(brother):
    rules(e_credential_materials=[OWN, "household_register", "signed_authorisation"])
    with pytest.raises(Refused, match="签字的授权书"):
        hand_in(brother, "activate", OWN)
    assert hand_in(brother, "activate", OWN, "signed_authorisation")[1] == "identity_shown"


def test_an_area_says_what_proves_a_relation_for_showing(grandmother, daughter):
    rules(care_evidence=["document"])
    build.relation(daughter, grandmother, "52")
    with pytest.raises(Refused, match="户口簿"):
        showing(grandmother, daughter)
    case, rule = showing(grandmother, daughter, "household_register")
    assert (case.state, rule) == ("waiting", "")


def test_an_area_names_its_papers_for_showing(grandmother, daughter):
    rules(care_materials=["birth_certificate"])
    with pytest.raises(Refused, match="出生医学证明"):
        showing(grandmother, daughter, "household_register", code="52")


def test_the_rules_of_whose_code_it_is_count(grandmother):
    build.area("999800", "别处", agent_allowed=False, care_evidence=["document"])
    elsewhere = build.employee("王芳", gender="2", born=born(38), area="999800")
    build.relation(elsewhere, grandmother, "52")
    assert showing(grandmother, elsewhere)[1] == "care_evidence:registry"


def test_ends_ask_for_no_more_than_documents(brother):
    wanted = code_papers.checklist(
        code_papers.Coming("end", agent=True),
        {"agent_materials": ["household_register"], "agent_relatives_only": True},
    )
    assert [line.any_of for line in wanted] == [(OWN,), (AGENT,), (POWER,)]


# --- the pages ------------------------------------------------------------------------------

DESK = "/admin/counter/deskcase/"


def begin(client, owner, want, **more):
    return client.post(f"{DESK}codes/", words(owner) | {"want": want} | more)


@pytest.fixture
def at_the_desk(client):
    return build.signed_in_staff(client, username="wang.clerk", role="clerk")


@pytest.mark.usefixtures("at_the_desk")
def test_one_takes_in_another_decides_and_the_receipt_tells_how_it_stands(
    client, grandmother, daughter
):
    intake = begin(client, grandmother, "show")["Location"]
    typed = {f"carer_{name}": said for name, said in words(daughter).items()} | {"code": "52"}
    missing = client.post(intake, typed | {"act": "submit", "seen": [OWN]}).content.decode()
    assert "还没有核对这些原件" in missing
    assert daughter.cert_no in missing, "what was typed is not lost"
    client.post(intake, typed | {"act": "save"})
    assert "由他人审核" in client.get(intake).content.decode()
    seen = [OWN, CARER, AGREED, "household_register"]
    page = client.post(intake, typed | {"act": "submit", "seen": seen}, follow=True)
    shown = page.content.decode()
    assert "转他人审核" in shown
    case = Case.objects.get(kind="care")
    for secret in (grandmother.name, daughter.name, daughter.cert_no):
        assert secret not in shown
    assert client.post(f"{DESK}{case.pk}/act/approve/", {}).status_code == 403

    build.signed_in_staff(client, username="li.reviewer", role="reviewer")
    build.say_purpose(client, f"{DESK}{case.pk}/", purpose="handling", what="审核亲情账户")
    opened = client.get(f"{DESK}{case.pk}/change/").content.decode()
    assert all(word in opened for word in (grandmother.name, daughter.name, "登记中没有"))
    client.post(f"{DESK}{case.pk}/act/approve/", {"approve-remark": "户口簿相符"})
    entry = link(daughter, grandmother)
    assert entry.proven_as == "parent"

    def checked():
        return client.get(f"/r/{case.check_code}/").content.decode()

    assert "现在有效" in checked()
    assert "李" not in checked()
    caring.end(link_id=entry.pk, by=build.member_actor(daughter), at=AT)
    assert "现在已停用或不能出示" in checked()
    assert (
        client.post(f"{DESK}{case.pk}/receipt/", {"paper": "a4"})["Content-Type"]
        == "application/pdf"
    )


@pytest.mark.usefixtures("at_the_desk")
def test_nobody_of_that_name_is_said_and_a_child_alone_too(client, brother, child):
    wrong = client.post(f"{DESK}codes/", words(brother) | {"name": "王大", "want": "activate"})
    assert "没有姓名和证件号码都相符" in wrong.content.decode()
    assert "请填写代办的家人" in begin(client, child, "activate").content.decode()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("at_the_desk")
def test_a_case_begun_for_one_is_not_filled_in_while_another_stands_there(
    client, brother, daughter
):
    intake = begin(client, brother, "activate")["Location"]
    begin(client, daughter, "activate")
    assert client.post(intake, {"act": "submit", "seen": [OWN]})["Location"] == f"{DESK}find/"
    assert active(brother) is None


@pytest.mark.usefixtures("at_the_desk")
def test_what_is_missing_is_told_once_on_paper_and_then_brought(client, brother, daughter):
    came = {"has_agent": "on", "agent_name": daughter.name, "agent_cert_no": daughter.cert_no}
    intake = begin(client, brother, "activate", **came)["Location"]
    case = Case.objects.get()
    assert selectors.missing(case, AT) == [OWN, AGENT, POWER]
    notice = client.get(f"{DESK}{case.pk}/notice/")
    assert notice["Content-Type"] == "application/pdf"
    client.post(intake, {"act": "submit", "seen": [OWN, AGENT, POWER]})
    services.ask_more(
        Case.objects.get(), items=["household_register"], remark="签名不清", by=REVIEWER, at=AT
    )
    assert "code_case_more" in told(brother)
    assert begin(client, brother, "activate")["Location"] == intake
    client.post(intake, {"seen": ["household_register"]})
    assert decide(Case.objects.get()).state == "approved"
    assert active(brother)


@pytest.mark.usefixtures("at_the_desk")
def test_what_is_never_brought_ends_by_itself_and_in_words_about_codes(client, brother, daughter):
    case, _rule = hand_in(brother, "activate", OWN, AGENT, POWER, agent=daughter)
    services.ask_more(case, items=[POWER], remark="签名不清", by=REVIEWER, at=AT)
    late = AT + case_services.MORE_TIME + timedelta(days=1)
    assert case_services.expire_more(by=build.JOB, at=late) == 1
    assert told(brother) == {"code_case_waiting", "code_case_more", "code_case_refused"}
    case.refresh_from_db()
    assert "没有在期限内补交" in client.get(f"{DESK}{case.pk}/change/").content.decode()


def test_a_receipt_says_what_it_is_for_and_which_door_this_is(brother, monkeypatch):
    printed = []
    monkeypatch.setattr(printing, "_compiled", lambda values, _sheet: printed.append(values) or b"")
    for want in ("activate", "end"):
        case, _rule = hand_in(brother, want, OWN)
        printing.receipt(case, address="", at=AT)
    begun, ended = printed
    assert ["事项", "激活医保电子凭证"] in begun["rows"]
    assert any("不付钱" in line for line in begun["lines"])
    assert ["依据规则", "停用、移除一经要求当场生效"] in ended["rows"]
    assert not any("不付钱" in line for line in ended["lines"])


def test_the_person_takes_back_what_somebody_handed_in_for_them(client, brother, daughter):
    case, _rule = hand_in(brother, "activate", OWN, AGENT, POWER, agent=daughter)
    user = build.phone_user("13800138001", brother)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert "马上撤回" in client.get(f"/cases/{case.number}/").content.decode()
    client.post(f"/cases/{case.number}/")
    case.refresh_from_db()
    assert case.state == "withdrawn"
    with pytest.raises(case_services.NotNow):
        decide(case)
