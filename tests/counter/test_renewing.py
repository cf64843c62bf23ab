"""Somebody who is old enough to be asked anew says at the window that it shall go on."""

from datetime import date

import pytest
from django.urls import reverse

from pooling.audit.models import Event, Look
from pooling.bindings import services as authorisations
from pooling.bindings.services import NotNow, OtherSide
from pooling.counter import services
from pooling.notices.models import Notice
from tests import build

pytestmark = pytest.mark.django_db
WHO = reverse("admin:counter_deskcase_renew")
SAY = reverse("admin:counter_deskcase_say")


@pytest.fixture
def payer():
    build.area(renew_at_ages=[14, 16])
    return build.employee("王伟强", born="1980-03-05", gender="1", area="999900")


@pytest.fixture
def child():
    return build.resident("王小雨", born="2012-03-01", gender="2", area="999900")


@pytest.fixture
def asked(payer, child):
    """Return an authorisation whose relative turned 14 and was asked; the day has passed."""
    binding = build.active_binding(payer, child, "30")
    for on in (date(2026, 3, 1), date(2026, 3, 31)):
        authorisations.follow(after_id=0, limit=10, on=on, by=build.JOB, at=build.NOON)
    binding.refresh_from_db()
    assert (binding.renew_before, binding.halted_for) == (
        date(2026, 3, 31),
        "renewal_unanswered",
    )
    return binding


@pytest.fixture
def clerk(client):
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    return client


def identify(client, person):
    return client.post(WHO, {"name": person.name, "cert_no": person.cert_no}, follow=True)


def says(binding, **other):
    return {"binding_id": binding.pk, "said": "in_person", "identified": "on"} | other


def test_whose_document_was_seen_says_yes_and_both_are_told(clerk, payer, child, asked):
    page = identify(clerk, child).content.decode()
    assert "王*（父亲）" in page
    assert "2026年3月31日 到期没有确认，现在不能使用" in page
    assert payer.name not in page
    done = clerk.post(SAY, says(asked), follow=True).content.decode()
    assert "已确认继续使用" in done
    assert "没有等着重新确认的授权" in done
    asked.refresh_from_db()
    assert (asked.renew_before, asked.halted_for) == (None, "")
    event = Event.objects.get(verb="counter.renew")
    assert (event.on_behalf_of, event.detail) == (child.pk, {"said": "in_person"})
    told = Notice.objects.filter(kind="binding_renewed").values_list("member", flat=True)
    assert set(told) == {payer.pk, child.pk}
    looked = Look.objects.filter(page="counter.renew").order_by("pk")[0]
    assert set(looked.member_ids) == {payer.pk, child.pk}


@pytest.mark.parametrize("left_out", ["identified", "said", "binding_id"])
def test_document_word_and_authorisation_are_all_needed(clerk, child, asked, left_out):
    identify(clerk, child)
    answers = says(asked)
    del answers[left_out]
    clerk.post(SAY, answers)
    asked.refresh_from_db()
    assert asked.renew_before == date(2026, 3, 31)


def test_nobody_is_renewed_for_whose_document_was_not_typed(clerk, child, asked):
    answer = clerk.post(SAY, says(asked), follow=True)
    assert "请先核对本人的证件" in answer.content.decode()
    stranger = build.resident("陈一诺")
    assert "没有等着重新确认" in identify(clerk, stranger).content.decode()
    clerk.post(SAY, says(asked))
    asked.refresh_from_db()
    assert asked.renew_before == date(2026, 3, 31)
    wrong = clerk.post(WHO, {"name": "王大雨", "cert_no": child.cert_no}).content.decode()
    assert "没有姓名和证件号码都相符的参保人" in wrong


def test_the_verb_asks_for_the_document_the_right_side_and_an_open_question(payer, child, asked):
    of_child, of_payer = build.clerk(on_behalf_of=child), build.clerk(on_behalf_of=payer)
    said = {"binding_id": asked.pk, "said": "guardian", "at": build.NOON}
    with pytest.raises(services.NotIdentified, match="证件原件"):
        services.renew(**said, identified=False, by=of_child)
    with pytest.raises(OtherSide):
        services.renew(**said, identified=True, by=of_payer)
    services.renew(**said, identified=True, by=of_child)
    with pytest.raises(NotNow, match="不需要"):
        services.renew(**said, identified=True, by=of_child)


def test_the_queue_leads_there(clerk):
    queue = clerk.get(reverse("admin:counter_deskcase_changelist")).content.decode()
    assert f'href="{WHO}"' in queue
