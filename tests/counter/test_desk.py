"""The desk in the admin: the queue, masks and purposes, and decisions by a second person."""

import pytest
from django.contrib.messages import get_messages

from accounts import roles
from pooling.audit import selectors as trail
from pooling.bindings.models import Binding
from pooling.bindings.services import applications
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.policy import selectors as policy
from pooling.policy.parameters import USES
from tests import build

pytestmark = pytest.mark.django_db
DESK = "/admin/counter/deskcase/"
WHY = {"remark": "结婚证与登记相符"}
PAPERS = ["applicant_id", "relative_id", "marriage_certificate", "signed_authorisation"]


@pytest.fixture
def payer():
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    return build.employee("王伟强", born="1980-03-05", gender="1")


@pytest.fixture
def wife(payer):
    return build.resident("李梅芳", born="1982-07-01", gender="2")


@pytest.fixture
def clerk(client):
    return build.signed_in_staff(client, username="wang.clerk", role=roles.CLERK)


@pytest.fixture
def reviewer(client):
    return build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)


def said(response):
    return "".join(str(message) for message in get_messages(response.wsgi_request))


def page(client, case) -> str:
    return client.get(f"{DESK}{case.pk}/change/").content.decode()


def find(client, person, **more):
    words = {"name": person.name, "cert_no": person.cert_no}
    return client.post(f"{DESK}find/", words | more)


def answers(relative, *seen, act="submit", code="12"):
    return {
        "code": code,
        "name": relative.name,
        "cert_no": relative.cert_no,
        "uses": USES,
        "seen": list(seen),
        "act": act,
    }


def take_in(client, payer, relative, *seen) -> Case:
    """Take a whole application in at the window and return its case."""
    intake = find(client, payer)["Location"]
    client.post(intake, answers(relative, *(seen or PAPERS)))
    return Case.objects.get(member=payer)


def act(client, case, verb, **words):
    words = {f"{verb}-{name}": value for name, value in words.items()}
    return client.post(f"{DESK}{case.pk}/act/{verb}/", words)


@pytest.mark.usefixtures("clerk")
def test_a_clerk_takes_an_application_in_and_another_person_approves(client, payer, wife):
    case = take_in(client, payer, wife)
    assert (case.state, case.reason_code) == ("waiting", "reviewer_needed")
    assert act(client, case, "approve", **WHY).status_code == 403, "a clerk decides nothing"

    client.logout()
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    assert "已通过" in said(act(client, case, "approve", **WHY))
    assert Binding.objects.get(case=case).proof == "documented"


def test_a_reviewer_who_submitted_it_is_refused_as_decider(client, reviewer, payer, wife):
    case = take_in(client, payer, wife)
    assert "须由他人审核" in page(client, case)
    assert "交由他人办理" in said(act(client, case, "approve", **WHY))
    refusal = {"reason_code": "papers_do_not_prove"} | WHY
    assert "交由他人办理" in said(act(client, case, "refuse", **refusal))
    assert "交由他人办理" in said(act(client, case, "more", items=["relative_id"], **WHY))
    case.refresh_from_db()
    assert (case.state, case.decided_by) == ("waiting", "")


@pytest.mark.usefixtures("clerk")
def test_a_registered_relation_takes_effect_at_once_and_the_page_names_the_rule(
    client, payer, wife
):
    build.relation(payer, wife, "12")
    case = take_in(client, payer, wife, "applicant_id", "relative_id", "signed_authorisation")
    assert case.state == "approved"
    assert "登记数据已证明关系" in page(client, case)


@pytest.mark.usefixtures("clerk")
def test_nothing_is_handed_in_before_the_originals_were_seen(client, payer, wife):
    intake = find(client, payer)["Location"]
    told = client.post(intake, answers(wife, "applicant_id")).content.decode()
    assert "还没有核对这些原件：家人身份证件、结婚证、签字的授权书" in told
    assert wife.cert_no in told, "what was typed is not lost"
    assert Case.objects.get().state == "draft"


@pytest.mark.usefixtures("clerk")
def test_half_an_application_can_be_saved_and_its_checklist_follows_the_relation(client, payer):
    intake = find(client, payer)["Location"]
    assert "结婚证" not in client.get(intake).content.decode()
    client.post(intake, {"code": "12", "uses": USES, "act": "save"})
    assert "结婚证" in client.get(intake).content.decode()


@pytest.mark.usefixtures("clerk")
def test_a_draft_begun_online_is_taken_up_by_whoever_identified_its_member(client, payer, wife):
    online = build.member_actor(payer)
    draft = applications.start(by=online, at=build.NOON)
    applications.answer(
        case_id=draft.pk, step="relation", values={"code": "12"}, by=online, at=build.NOON
    )
    intake = f"{DESK}{draft.pk}/intake/"
    assert client.get(intake)["Location"] == f"{DESK}find/"
    assert find(client, payer)["Location"] == intake
    client.post(intake, answers(wife, *PAPERS))
    draft.refresh_from_db()
    assert draft.state == "waiting"


def test_finding_takes_number_and_name_and_is_recorded_without_either(client, clerk, payer):
    wrong = client.post(f"{DESK}find/", {"name": "王伟", "cert_no": payer.cert_no})
    assert "没有姓名和证件号码都相符的参保人" in wrong.content.decode()
    assert client.get(f"{DESK}find/?cert_no={payer.cert_no}").context["form"].is_bound is False
    find(client, payer)
    since = build.moment("2020-01-01 00:00")
    assert trail.count("counter.find", since=since, detail={"found": False}) == 1
    assert trail.count("counter.find", since=since, detail={"found": True}) == 1
    (look,) = [each for each in trail.looks_at(payer.pk) if each.page == "counter.find"]
    assert (look.actor_id, look.purpose) == (clerk.pk, "handling")


@pytest.mark.usefixtures("clerk")
def test_an_agent_is_kept_sealed_shown_masked_and_brings_two_papers_more(client, payer, wife):
    number = build.cert_no("1990-01-01")
    agent = {"has_agent": "on", "agent_name": "赵小弟", "agent_cert_no": number}
    intake = find(client, payer, **agent)["Location"]
    shown = client.get(intake).content.decode()
    assert "赵*" in shown
    assert "赵小弟" not in shown
    assert number not in shown
    told = client.post(intake, answers(wife, *PAPERS)).content.decode()
    assert "代办人身份证件、申请人签字的委托书" in told
    client.post(intake, answers(wife, *PAPERS, "agent_id", "agent_authorisation"))
    case = Case.objects.get()
    assert case.state == "waiting"
    submitted = next(each for each in trail.trail_of(case) if each.verb == "cases.submit")
    assert submitted.on_behalf_of == payer.pk
    assert submitted.channel == "counter"


@pytest.mark.parametrize(
    ("agent", "sentence"),
    [
        ({"agent_name": "", "agent_cert_no": ""}, "请填写代办人的姓名"),
        ({"agent_name": "赵", "agent_cert_no": "123"}, "证件号码的位数不对"),
    ],
)
@pytest.mark.usefixtures("clerk")
def test_an_agent_without_a_document_is_refused(client, payer, agent, sentence):
    assert sentence in find(client, payer, has_agent="on", **agent).content.decode()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("clerk")
def test_nobody_is_their_own_agent(client, payer):
    agent = {"has_agent": "on", "agent_name": payer.name, "agent_cert_no": payer.cert_no}
    assert "是同一个人" in find(client, payer, **agent).content.decode()


def test_people_are_masked_until_a_purpose_is_stated_and_every_look_is_kept(
    client, reviewer, payer, wife
):
    case = take_in(client, payer, wife)
    masked = page(client, case)
    for secret in ("王伟强", "李梅芳", payer.cert_no, wife.cert_no):
        assert secret not in masked
    build.say_purpose(client, f"{DESK}{case.pk}/", purpose="handling", what="审核窗口申请")
    shown = page(client, case)
    for secret in ("王伟强", "李梅芳", payer.cert_no, wife.cert_no):
        assert secret in shown
    last = trail.looks_at(wife.pk)[0]
    assert last.purpose == "handling 审核窗口申请"
    assert last.actor_id == reviewer.pk
    assert "cert_no" in last.fields
    assert "masked" in trail.looks_at(wife.pk)[1].fields


@pytest.mark.usefixtures("reviewer")
def test_differences_and_rules_against_it_are_marked(client, payer, wife):
    case = take_in(client, payer, wife)
    assert page(client, case).count("不一致") == 1, "the registry knows of no relation"
    build.active_binding(payer, wife, "12", registered=True)
    assert "已有共济或正等待确认" in page(client, case)


@pytest.mark.usefixtures("reviewer")
def test_more_is_asked_for_and_brought_to_the_window(client, payer, wife):
    case = take_in(client, payer, wife)
    client.logout()
    build.signed_in_staff(client, username="sun.reviewer", role=roles.REVIEWER)
    assert "已要求补正" in said(act(client, case, "more", items=["household_register"], **WHY))
    case.refresh_from_db()
    assert case.state == "more"
    bring = find(client, payer)["Location"]
    assert "户口簿" in client.get(bring).content.decode()
    client.post(bring, {"seen": ["household_register"]})
    case.refresh_from_db()
    assert (case.state, case.reason_code) == ("waiting", "more_answered")
    assert "交由他人办理" in said(act(client, case, "approve", **WHY)), "who brought decides not"


@pytest.mark.usefixtures("reviewer")
def test_a_reviewer_turns_down_with_a_reason(client, payer, wife):
    online = build.member_actor(payer)
    case = case_services.open(kind="bind", member_id=payer.pk, answers={}, by=online, at=build.NOON)
    case_services.submit(case_id=case.pk, by=online, at=build.NOON)
    case_services.wait(case_id=case.pk, reason_code="reviewer_needed", by=build.JOB, at=build.NOON)
    words = {"reason_code": "papers_unreadable", "remark": "照片模糊"}
    assert "不通过" in said(act(client, case, "refuse", **words))
    case.refresh_from_db()
    assert (case.reason_code, case.remark) == ("papers_unreadable", "照片模糊")


@pytest.mark.usefixtures("reviewer")
def test_the_queue_shows_each_case_under_its_tab_in_one_masked_line(client, payer, wife):
    case = take_in(client, payer, wife)
    (row,) = client.get(DESK).context["rows"]
    assert (row.number, row.member, row.came) == (case.number, "王*", "窗口")
    for tab, found in (("more", 0), ("draft", 0), ("late", 0), ("mine", 1)):
        assert len(client.get(f"{DESK}?tab={tab}").context["rows"]) == found
    Case.objects.update(due_at=build.moment("2026-01-01 00:00"))
    (late,) = client.get(f"{DESK}?tab=late").context["rows"]
    assert late.overdue
    (by_number,) = client.get(f"{DESK}?number={case.number.lower()}").context["rows"]
    assert by_number.id == case.pk
    assert [row.number for row in client.get(f"{DESK}?number=GJ1").context["rows"]] == []


@pytest.mark.usefixtures("reviewer")
def test_the_queue_takes_the_same_statements_for_any_number_of_cases(
    client, payer, django_assert_max_num_queries
):
    for _each in range(5):
        somebody = build.employee()
        case_services.open_waiting(
            kind="suspense",
            member_id=somebody.pk,
            reason_code="owner_dead",
            reason_values={"amount_fen": 100, "settlement": 1},
            by=build.JOB,
            at=build.NOON,
        )
    client.get(DESK)
    with django_assert_max_num_queries(12):
        assert len(client.get(DESK).context["rows"]) == 5


def test_an_auditor_looks_and_does_nothing(client, payer):
    build.signed_in_staff(client, username="sun.auditor", role=roles.AUDITOR)
    assert client.get(DESK).status_code == 200
    assert client.get(f"{DESK}find/").status_code == 403
    assert client.post(f"{DESK}find/", {}).status_code == 403


# --- clauses about the window ---------------------------------------------------------------


AGENT = {"has_agent": "on", "agent_name": "周大力", "agent_cert_no": build.cert_no("1991-02-03")}


@pytest.mark.usefixtures("clerk")
def test_where_the_applicant_has_to_come_no_agent_is_taken_in(client, payer):
    build.next_rules(build.SHANGRAO, since="2026-11-21", agent_allowed=False)
    policy.forget()
    told = find(client, payer, **AGENT).content.decode()
    assert "须由本人到窗口办理，不能代办" in told
    assert "可以在网上办理" in told, "what would change it"
    assert not Case.objects.exists()
    assert find(client, payer).status_code == 302, "the applicant is taken in"


@pytest.mark.usefixtures("clerk")
def test_an_agent_who_is_no_known_relative_brings_a_proof(client, payer, wife):
    build.next_rules(build.SHANGRAO, since="2026-11-21", agent_relatives_only=True)
    policy.forget()
    intake = find(client, payer, **AGENT)["Location"]
    assert "代办人与申请人的亲属关系证明" in client.get(intake).content.decode()
    case = Case.objects.get()
    told = client.post(intake, answers(wife, *PAPERS, "agent_id", "agent_authorisation"))
    assert "还没有核对这些原件：代办人与申请人的亲属关系证明" in told.content.decode()
    case.refresh_from_db()
    assert case.state == "draft"


@pytest.mark.usefixtures("clerk")
def test_a_relative_the_registry_knows_comes_as_agent_without_a_proof(client, payer):
    build.next_rules(build.SHANGRAO, since="2026-11-21", agent_relatives_only=True)
    policy.forget()
    brother = build.resident("王大力", born="1982-07-01")
    build.relation(payer, brother, "73")
    came = {"has_agent": "on", "agent_name": brother.name, "agent_cert_no": brother.cert_no}
    intake = find(client, payer, **came)["Location"]
    assert "代办人与申请人的亲属关系证明" not in client.get(intake).content.decode()


@pytest.mark.usefixtures("clerk")
def test_an_area_names_the_papers_and_the_window_asks_for_those(client, payer, wife):
    papers = ["applicant_id", "household_register"]
    build.next_rules(build.SHANGRAO, since="2026-11-21", counter_materials=papers)
    policy.forget()
    case = take_in(client, payer, wife, *papers, "signed_authorisation")
    assert case.state == "waiting", "no identity card of the relative is asked for here"


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("want", ["code", "bills"])
def test_who_comes_for_the_other_door_is_told_before_anybody_is_looked_up(client, payer, want):
    told = find(client, payer, want=want).content.decode()
    assert "亲情账户不付钱" in told
    assert not Case.objects.exists()
    assert not trail.of_subject("accounts.member", payer.pk), "nobody was searched"
    assert find(client, payer, want="pay").status_code == 302
