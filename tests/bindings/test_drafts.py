"""What the pages of an application show."""

from datetime import timedelta

import pytest

from pooling.bindings import drafts, services, texts
from pooling.bindings.answers import AnswerRefused
from pooling.bindings.services import Signing, applications
from pooling.shared.errors import NotFound
from tests import build

pytestmark = pytest.mark.django_db
AT = build.NOON
TODAY = build.TODAY


@pytest.fixture
def payer():
    return build.employee("周兰", born="1980-04-01", gender="2")


@pytest.fixture
def by_payer(payer):
    return build.member_actor(payer)


def test_the_relations_are_those_a_woman_can_have_and_say_what_the_area_leaves_out(payer):
    build.area(build.SHANGRAO, "上饶市", relations=["spouse", "parent", "child"])
    choices = {choice.word: choice for choice in drafts.relation_choices(payer.pk, TODAY)}
    assert choices["丈夫"].why_not == ""
    assert "妻子" not in choices
    assert "上饶市" in choices["公公"].why_not
    assert "岳父" not in choices
    assert "兄弟姐妹" in choices["弟弟"].why_not


def sentences(payer):
    return {row.word: row.why_not for row in drafts.relation_choices(payer.pk, TODAY)}


def refused(case, code, by):
    with pytest.raises(AnswerRefused) as caught:
        applications.answer(case_id=case.pk, step="relation", values={"code": code}, by=by, at=AT)
    assert "code" in caught.value.details
    return caught.value.code, caught.value.rule.name


def test_a_second_father_is_refused_where_the_relation_is_chosen(payer, by_payer):
    build.area(build.SHANGRAO, "上饶市", max_per_role={"father": 1})
    build.active_binding(payer, build.resident("周建国", born="1948-02-03"), "51")
    assert "“父亲”最多为 1 位" in sentences(payer)["父亲"]
    assert sentences(payer)["母亲"] == ""
    case = applications.start(by=by_payer, at=AT)
    assert refused(case, "51", by_payer) == ("max_per_role", "max_per_role")


@pytest.mark.parametrize(
    ("clauses", "because"),
    [
        ({"max_relatives_per_payer": 1}, "max_relatives"),
        ({"max_changes_per_year": 1}, "max_changes"),
        ({"max_relatives_lifetime": 1}, "max_lifetime"),
    ],
)
def test_what_stands_against_everybody_is_said_before_anybody_is_named(
    payer, by_payer, clauses, because
):
    (name,) = clauses
    build.area(build.SHANGRAO, "上饶市", since="2026-11-23", **clauses)
    build.active_binding(payer, build.resident("周建国", born="1948-02-03"), "51")
    tomorrow = TODAY + timedelta(days=1)
    told = drafts.start(payer.pk, tomorrow)
    assert told.clause.name == name
    assert "上饶市" in told.refusal
    assert told.remedy
    assert all(row.why_not for row in drafts.relation_choices(payer.pk, tomorrow))
    case = applications.start(by=by_payer, at=AT)
    later = AT + timedelta(days=1)
    with pytest.raises(AnswerRefused) as caught:
        applications.answer(
            case_id=case.pk, step="relation", values={"code": "52"}, by=by_payer, at=later
        )
    assert (caught.value.code, caught.value.rule.name) == (because, name)


def test_a_lifetimes_number_bars_nobody_while_somebody_may_be_bound_again(payer, by_payer):
    build.area(build.SHANGRAO, "上饶市", max_relatives_lifetime=1)
    binding = build.active_binding(payer, build.resident("周建国", born="1948-02-03"), "51")
    assert "一生最多" in drafts.start(payer.pk, TODAY).refusal
    services.release(binding_id=binding.pk, by=by_payer, at=AT)
    assert drafts.start(payer.pk, TODAY).refusal == ""


def test_the_limits_page_knows_the_areas_caps_and_uses(payer):
    build.area(build.SHANGRAO, "上饶市", cap_payer_day_fen=50000, uses=["outpatient"])
    guide = drafts.limits_guide(payer.pk, TODAY)
    assert (guide.area_name, guide.uses) == ("上饶市", (("outpatient", "门诊"),))
    assert guide.most == {
        "cap_per_settlement_fen": 50000,
        "cap_per_day_fen": 50000,
        "cap_per_month_fen": None,
        "cap_per_year_fen": None,
    }


def test_a_draft_knows_its_next_step_and_reads_back_the_answers(payer, by_payer):
    grandmother = build.resident("赵秀英", born="1950-02-03", gender="2")
    build.relation(payer, grandmother, "52")
    case = applications.start(by=by_payer, at=AT)
    answer = {"case_id": case.pk, "by": by_payer, "at": AT}
    person = {"name": "赵秀英", "cert_no": grandmother.cert_no}
    steps = [
        ("relation", {"code": "52"}),
        ("person", person),
        ("limits", {"cap_per_day_fen": 5000}),
    ]
    for step, values in steps:
        assert drafts.draft(payer.pk, case.pk, TODAY).step == step
        applications.answer(step=step, values=values, **answer)
    shown = drafts.draft(payer.pk, case.pk, TODAY)
    assert (shown.step, shown.at_once) == ("sign", True)
    read = {line.title: line.value for line in shown.lines}
    assert read["关系"] == "母亲"
    assert read["每日上限"] == "¥50.00"
    assert read["截止"] == "长期"
    assert grandmother.cert_no not in read.values()

    signing = Signing(shown.text_version, shown.text_hash, AT)
    applications.sign(case_id=case.pk, signing=signing, by=by_payer, at=AT)
    assert drafts.draft(payer.pk, case.pk, TODAY).step == "check"
    applications.submit(case_id=case.pk, by=by_payer, at=AT)
    with pytest.raises(NotFound):
        drafts.draft(payer.pk, case.pk, TODAY)


def test_somebody_elses_draft_is_not_found(payer, by_payer):
    case = applications.start(by=by_payer, at=AT)
    stranger = build.employee("孙石")
    for ask in (
        lambda: drafts.draft(stranger.pk, case.pk, TODAY),
        lambda: drafts.progress(stranger.pk, case.number, TODAY),
    ):
        with pytest.raises(NotFound):
            ask()


def test_progress_says_in_a_sentence_what_happens_next(payer, by_payer):
    case = applications.start(by=by_payer, at=AT)
    answer = {"case_id": case.pk, "by": by_payer, "at": AT}
    person = {"name": "赵秀英", "cert_no": build.cert_no("1950-02-03", "2")}
    for step, values in (("relation", {"code": "52"}), ("person", person), ("limits", {})):
        applications.answer(step=step, values=values, **answer)
    signing = Signing(texts.CURRENT, texts.fingerprint(texts.CURRENT), AT)
    applications.sign(case_id=case.pk, signing=signing, by=by_payer, at=AT)
    applications.submit(case_id=case.pk, by=by_payer, at=AT)
    assert "消息通知" in drafts.progress(payer.pk, case.number, TODAY).sentence
    applications.decide(case_id=case.pk, by=build.JOB, at=AT)
    shown = drafts.progress(payer.pk, case.number, TODAY)
    assert shown.case.state == "待审核"
    assert "工作人员" in shown.sentence
    assert "户口簿" in shown.remedy


def test_where_money_is_moved_beforehand_the_start_leads_to_where_that_is_done(client):
    for model, way in (("pooled_transfer", "/fund/"), ("wallet", "/wallet/")):
        code = {"pooled_transfer": "999900", "wallet": "888800"}[model]
        for across in (True, False):
            place = f"{code[:2]}{'01' if across else '02'}00"
            build.area(place, model=model, quota_across_provinces=across)
            payer = build.employee("王伟", area=place)
            user = build.phone_user(f"1380013{next(_phones)}", payer)
            client.force_login(user, "django.contrib.auth.backends.ModelBackend")
            page = client.get("/bind/").content.decode()
            assert f'class="button main" href="{way}"' in page
            assert ("开始办理" in page) == across


_phones = iter(range(8000, 8010))
