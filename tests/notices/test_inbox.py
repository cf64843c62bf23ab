"""What people have been told, put into words when they read it."""

import pytest

from pooling.notices import selectors, services, wording
from pooling.notices.services import Message
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_sentence(monkeypatch):
    monkeypatch.setitem(wording.SENTENCES, "paid", "%(payer)s 支付了 %(amount_fen)s")


def tell(person, **values):
    services.enqueue([Message("paid", member_id=person.pk, values=values)], at=build.NOON)


def test_people_appear_as_masked_names_and_money_as_yuan():
    payer, grandmother = build.member("王伟"), build.member("李桂英")
    tell(grandmother, payer=payer.pk, amount_fen=1_234_50)
    told = selectors.inbox(member_id=grandmother.pk)
    assert [each.sentence for each in told] == ["王* 支付了 ¥1,234.50"]
    assert (selectors.unread(member_id=grandmother.pk), told[0].read) == (1, False)
    assert selectors.inbox(member_id=payer.pk) == []


def test_a_page_of_notices_takes_two_statements(django_assert_num_queries):
    payer, grandmother = build.member("王伟"), build.member("李桂英")
    for _each in range(4):
        tell(grandmother, payer=payer.pk, amount_fen=1_00)
    with django_assert_num_queries(2):
        first = selectors.inbox(member_id=grandmother.pk, limit=3)
    rest = selectors.inbox(member_id=grandmother.pk, before=first[-1].id)
    assert (len(first), len(rest)) == (3, 1)
