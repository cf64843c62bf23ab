"""Money that could not go home: proposed by one, cleared by another, never lost nor doubled."""

import pytest
from django.contrib.messages import get_messages

from accounts import roles
from accounts.models import Member
from pooling.cases.models import Case
from pooling.cases.services import FourEyes, NotNow
from pooling.funds import services as funds
from pooling.ledger import selectors as ledger
from pooling.ledger.models import Posting
from pooling.notices.models import Notice
from pooling.settlements.services import clearing
from tests import build
from tests.settlements.household import balance, household

pytestmark = pytest.mark.django_db
AT = build.NOON
WHY = {"reason": "账户已重新开立"}


def held(code: str) -> int:
    """Return what lies in a scheme account now."""
    account = build.scheme_account(code)
    return sum(Posting.objects.filter(account=account).values_list("amount_fen", flat=True))


@pytest.fixture
def family():
    return household()


@pytest.fixture
def closed(family):
    """Wei's account paid 60.00, was closed, and the bill was reversed: a case waits."""
    settlement = build.settle(family.mei, 6000, place=family.clinic)
    assert balance(family.wei) == (0, 0)
    (account,) = family.wei.personal_accounts.all()
    funds.close(personal_account_id=account.pk, on=build.TODAY, by=build.JOB, at=AT)
    build.reversal(settlement)
    assert held("scheme:suspense") == 6000
    return Case.objects.get(kind="suspense")


def propose(case, *, by=None, way="account", reference=""):
    by = by or build.clerk()
    return clearing.propose(case_id=case.pk, way=way, reference=reference, by=by, at=AT, **WHY)


def test_it_goes_back_into_the_reopened_account_and_the_books_agree(family, closed):
    propose(closed)
    case = clearing.clear(case_id=closed.pk, remark="核对无误", by=build.clerk(902), at=AT)
    assert (case.state, case.decided_by) == ("approved", "staff:902")
    assert balance(family.wei) == (0, 6000)
    assert held("scheme:suspense") == 0
    assert family.wei.personal_accounts.get().closed_on is None
    assert Notice.objects.filter(member=family.wei, kind="suspense_cleared").exists()
    assert ledger.check() == []


def test_it_is_recorded_as_paid_out_with_a_reference(family, closed):
    propose(closed, way="payout", reference="YH-2026-0001")
    clearing.clear(case_id=closed.pk, by=build.clerk(902), at=AT)
    assert (held("scheme:suspense"), held("scheme:payouts")) == (0, 6000)
    assert balance(family.wei) == (0, 0)
    assert ledger.check() == []


def test_whoever_proposed_cannot_clear(closed):
    propose(closed)
    with pytest.raises(FourEyes):
        clearing.clear(case_id=closed.pk, by=build.clerk(), at=AT)
    with pytest.raises(FourEyes):
        clearing.turn_back(case_id=closed.pk, remark="不妥", by=build.clerk(), at=AT)


def test_nothing_moves_without_a_proposal_and_nothing_twice(closed):
    with pytest.raises(clearing.NotThisWay, match="还没有人提出"):
        clearing.clear(case_id=closed.pk, by=build.clerk(902), at=AT)
    propose(closed)
    clearing.clear(case_id=closed.pk, by=build.clerk(902), at=AT)
    with pytest.raises(NotNow):
        clearing.clear(case_id=closed.pk, by=build.clerk(903), at=AT)
    assert held("scheme:suspense") == 0


def test_a_proposal_sent_back_leaves_the_money_waiting(closed):
    propose(closed)
    case = clearing.turn_back(case_id=closed.pk, remark="请补凭证", by=build.clerk(902), at=AT)
    assert (case.state, case.answered_by) == ("waiting", "")
    assert held("scheme:suspense") == 6000
    propose(closed, way="payout", reference="YH-1", by=build.clerk(902))
    assert clearing.clear(case_id=closed.pk, by=build.clerk(), at=AT).state == "approved"


def test_a_dead_owners_money_is_not_put_back_and_a_payout_names_its_voucher(family, closed):
    Member.objects.filter(pk=family.wei.pk).update(died_on=build.TODAY)
    with pytest.raises(clearing.NotThisWay, match="继承人"):
        propose(closed)
    with pytest.raises(clearing.NotThisWay, match="凭证号"):
        propose(closed, way="payout", reference=" ")


def test_an_owner_who_dies_meanwhile_stops_the_return(family, closed):
    propose(closed)
    Member.objects.filter(pk=family.wei.pk).update(died_on=build.TODAY)
    with pytest.raises(clearing.NotThisWay):
        clearing.clear(case_id=closed.pk, by=build.clerk(902), at=AT)
    assert held("scheme:suspense") == 6000


def test_two_people_clear_it_at_the_desk(client, family, closed):
    page = f"/admin/counter/deskcase/{closed.pk}/"
    build.signed_in_staff(client, username="wang.clerk", role=roles.CLERK)
    shown = client.get(f"{page}change/").content.decode()
    assert "¥60.00" in shown
    assert "act/approve/" not in shown, "nothing was proposed yet"
    words = {"propose-way": "account", "propose-reason": "本人已重新参保"}
    client.post(f"{page}act/propose/", words)
    client.logout()
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    assert "退回本人账户" in client.get(f"{page}change/").content.decode()
    done = client.post(f"{page}act/approve/", {"approve-remark": "已核对"})
    assert "已通过" in "".join(map(str, get_messages(done.wsgi_request)))
    assert balance(family.wei) == (0, 6000)
