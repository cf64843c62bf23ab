"""What the pages of an application show."""

import pytest

from pooling.bindings import drafts, texts
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
