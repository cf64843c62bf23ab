"""The page where a clerk records a death, a divorce, a relation that never was."""

import pytest
from django.urls import reverse

from pooling.audit.models import Event
from pooling.bindings.models import Binding
from pooling.cases.models import Case
from tests import build

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:counter_deskcase_event")


@pytest.fixture
def couple():
    build.area()
    husband = build.employee("王伟强", born="1980-03-05", gender="1", area="999900")
    wife = build.resident("李梅芳", born="1982-07-01", gender="2", area="999900")
    build.relation(husband, wife, "12")
    build.active_binding(husband, wife, "12")
    return husband, wife


def answers(husband, wife, **facts):
    return {
        "event": "divorce",
        "name": husband.name,
        "cert_no": husband.cert_no,
        "other_name": wife.name,
        "other_cert_no": wife.cert_no,
        "day": "2026-11-20",
        "paper": "divorce_certificate",
        "paper_no": "J360000-2026-000001",
    } | facts


def test_one_clerk_records_and_another_agrees(client, couple):
    husband, wife = couple
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    answer = client.post(PAGE, answers(husband, wife), follow=True)
    assert "转他人审核" in answer.content.decode()
    case = Case.objects.get(kind="event")
    assert (case.state, case.member_id) == ("waiting", husband.pk)
    assert case.originals.get().material == "divorce_certificate"
    assert husband.name not in answer.content.decode()  # masked until somebody says what for
    agree = f"/admin/counter/deskcase/{case.pk}/act/agree/"
    assert client.post(agree, {"agree-remark": "相符"}).status_code == 403
    build.signed_in_staff(client, username="sun.reviewer", role="reviewer")
    client.post(agree, {"agree-remark": "相符"})
    assert str(husband.relations.get(relative=wife).to_date) == "2026-11-20"
    page = f"/admin/counter/deskcase/{case.pk}/"
    build.say_purpose(client, page, purpose="handling", what="审核登记更正")
    shown = client.get(f"{page}change/").content.decode()
    assert all(word in shown for word in ("离婚", husband.name, wife.name, "J360000-2026-000001"))


@pytest.mark.parametrize("side", ["name", "other_name"])
def test_nobody_of_that_name_is_said_and_the_search_is_recorded(client, couple, side):
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    answer = client.post(PAGE, answers(*couple, **{side: "赵无名"}))
    assert "没有姓名和证件号码都相符的参保人" in answer.content.decode()
    found = [event.detail["found"] for event in Event.objects.filter(verb="counter.find")]
    assert found[-1] is False
    assert not Case.objects.exists()


def test_what_cannot_be_is_shown_at_its_field(client, couple):
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    for facts, said in (
        ({"paper": "death_certificate"}, "这种材料不能证明这件事"),
        ({"day": "2099-01-01"}, "日期不能晚于今天"),
        ({"event": "death", "day": "1970-01-01", "paper": "finding"}, "日期早于出生日期"),
    ):
        assert said in client.post(PAGE, answers(*couple, **facts)).content.decode()
    assert not Case.objects.exists()
    assert Binding.objects.get().state == "active"


def test_a_report_is_turned_down_for_a_reason_of_its_own_kind(client, couple):
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    client.post(PAGE, answers(*couple))
    case = Case.objects.get(kind="event")
    build.signed_in_staff(client, username="sun.reviewer", role="reviewer")
    page = f"/admin/counter/deskcase/{case.pk}/"
    offered = client.get(f"{page}change/").content.decode()
    assert 'value="papers_do_not_prove"' in offered
    assert 'value="cannot_be_bound"' not in offered, "that is said of authorisations"
    words = {"reject-reason_code": "papers_do_not_prove", "reject-remark": "章不清"}
    client.post(f"{page}act/reject/", words)
    case.refresh_from_db()
    assert (case.state, case.reason_code) == ("refused", "papers_do_not_prove")
