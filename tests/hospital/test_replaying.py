"""Carrying out again what failed through us: once, by who may, after asking; and rehearsing it."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.urls import reverse

from accounts.services import clients
from pooling.audit import selectors as trail
from pooling.hospital.models import Exchange, Message
from pooling.hospital.national.services import bills
from pooling.hospital.services import replaying, tills
from pooling.hospital.services.exchanges import Heard
from pooling.hospital.services.replaying import ReplayRefused
from pooling.settlements.models import Settlement
from pooling.shared.work import database_clock, unit_of_work
from tests import build
from tests.at_once import calls_at_once
from tests.hospital.conftest import holds
from tests.hospital.national import NationalTill, bill
from tests.hospital.test_exchanges import an_old_line, last
from tests.hospital.test_faults import fail
from tests.hospital.test_races import nothing_lost
from tests.hospital.test_tills_admin import back_at_the_till

pytestmark = pytest.mark.django_db
ASKED = {"no_cash": "on", "no_second": "on", "will_ask": "on"}
WHY = ASKED | {"note": "收费处 8012 于 15:20 答复没有收现金"}


@pytest.fixture(autouse=True)
def _connections_close_again():
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def reviewer(client):
    build.signed_in_staff(client, username="wu.reviewer", role="reviewer")
    back_at_the_till()
    return client


@pytest.fixture
def failed(national, family, monkeypatch):
    """A bill that broke on our side, and its message; the fault is mended since."""
    named = national.visit(family.mei, "130.00")
    message = national.message("2207", {"data": bill(named, "130.00")})
    with monkeypatch.context() as broken:
        broken.setattr(bills, "_count_deductible", fail(RuntimeError("ours")))
        assert national.send("2207", message).status == 500
    return last(), message


def address(row: Exchange, what: str = "change") -> str:
    return reverse(f"admin:hospital_exchange_{what}", args=[row.pk])


def replayed(reviewer, row: Exchange, **answers) -> str:
    """Press the button and return the page that follows."""
    page = reviewer.post(address(row, "replay"), WHY | answers, follow=True)
    back_at_the_till()
    return page.content.decode()


def test_a_failed_bill_is_settled_once_and_the_till_fetches_its_answer(
    reviewer, national, failed, family
):
    row, message = failed
    assert "同一编号重发，会得到同样的应答" in replayed(reviewer, row)
    line = last()
    assert (line.replay_of_id, line.outcome, line.infno) == (row.pk, "answered", "2207")
    assert (line.staff.username, line.note) == ("wu.reviewer", WHY["note"])
    (act,) = [each for each in trail.trail_of(row) if each.verb == "hospital.replay"]
    assert (act.actor_kind, act.channel, act.purpose) == ("staff", "replay", WHY["note"])
    fetched = national.send("2207", message)
    assert fetched.json["output"]["setlinfo"]["setl_id"] == str(line.setl_id)
    assert last().outcome == "repeated"
    assert Settlement.objects.count() == Message.objects.count() == 1
    assert "已经办成" in replayed(reviewer, row)
    assert Settlement.objects.count() == 1


def test_a_rehearsal_tells_the_answer_and_leaves_nothing(reviewer, failed, family):
    row, _message = failed
    before = holds(family.wei), holds(family.lan)
    page = reviewer.post(address(row, "rehearse")).content.decode()
    assert "没有动任何款项" in page
    assert "&quot;medfee_sumamt&quot;: 130" in page
    assert family.mei.name not in page
    assert (holds(family.wei), holds(family.lan)) == before
    assert not Settlement.objects.exists()
    assert not Message.objects.exists()
    assert trail.looks_at(family.mei.pk, limit=1)[0].fields == ["contents_masked"]


def test_what_still_breaks_is_told_and_keeps_its_line(reviewer, failed, monkeypatch):
    row, _message = failed
    monkeypatch.setattr(bills, "_count_deductible", fail(RuntimeError("still")))
    assert "HTTP 500" in reviewer.post(address(row, "rehearse")).content.decode()
    back_at_the_till()
    assert "没有办成" in replayed(reviewer, row)
    assert (last().outcome, last().replay_of_id) == ("failed", row.pk)
    assert not Settlement.objects.exists()
    assert "请从原报文重放" in replayed(reviewer, last())


def test_a_failed_bill_by_rest_is_settled_once(reviewer, till, family, monkeypatch):
    wanted = till.bill(family.mei, "130.00")
    with monkeypatch.context() as broken:
        broken.setattr(tills, "_settlement", fail(RuntimeError("ours")))
        assert till.settle(wanted).status == 500
    row = last()
    assert "已办理" in replayed(reviewer, row)
    again = till.settle(wanted)
    assert (again.status, again.json["id"]) == (201, Settlement.objects.get().pk)
    assert "Idempotent-Replay" in again.headers


@pytest.mark.parametrize("left_out", [*ASKED, "note"])
def test_who_did_not_ask_the_institution_replays_nothing(reviewer, failed, left_out):
    row, _message = failed
    replayed(reviewer, row, **{left_out: ""})
    reviewer.post(
        address(row, "replay"), {name: said for name, said in WHY.items() if name != left_out}
    )
    assert not Settlement.objects.exists()


def test_a_reason_holds_no_number_of_anybody(reviewer, failed, family):
    assert "请不要写证件号码" in replayed(reviewer, failed[0], note=f"患者 {family.mei.cert_no}")
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("role", ["clerk", "auditor", "system_admin", "policy_admin"])
def test_nobody_else_replays_or_rehearses(client, failed, role):
    build.signed_in_staff(client, username=f"zhou.{role}", role=role)
    for what in ("rehearse", "replay"):
        assert client.post(address(failed[0], what), WHY).status_code == 403
    assert not Settlement.objects.exists()


# --- what may not be replayed ------------------------------------------------------------


def refusal(row: Exchange) -> str:
    row = Exchange.objects.select_related("client").get(pk=row.pk)
    said = str(replaying.objection(row, at=database_clock()))
    with pytest.raises(ReplayRefused, match=said):
        unit_of_work(
            lambda: replaying.replay(
                exchange_id=row.pk, heard=Heard(), by=build.JOB, at=database_clock()
            )
        )
    return said


def test_a_till_that_was_quicker(national, failed):
    row, message = failed
    national.send("2207", message)
    assert "已经办成" in refusal(row)


def test_a_till_that_gave_up_and_reversed(national, failed, family):
    row, message = failed
    undo = {"psn_no": family.mei.psn_no, "omsgid": message["msgid"], "oinfno": "2207"}
    national.do("2601", {"data": undo})
    assert "已经冲正" in refusal(row)


def test_a_bill_that_was_lawfully_refused(national, family):
    national.refused("2207", {"data": bill({"psn_no": "P0", "mdtrt_id": "1"}, "1.00")})
    assert "被拒绝的" in refusal(last())


def test_a_message_that_nothing_protects_from_being_done_twice(national, family):
    national.visit(family.mei)
    assert "没有防重保护" in refusal(last())


def test_a_message_nobody_signed_or_whose_till_was_stopped_or_is_not_kept(national, failed):
    row, _message = failed
    NationalTill("nobody", "x", "H1").ask("2207", {})
    assert "没有通过验签" in refusal(last())
    empty = an_old_line(0, outcome="failed", infno="2207", request_sealed=None)
    assert "没有保存" in refusal(empty)
    clients.revoke_client(name=row.client.name, by=build.JOB, at=database_clock())
    assert "已停用" in refusal(row)


def test_a_bill_of_yesterday_would_count_today():
    row = an_old_line(2, outcome="failed", infno="2207", msgid="M1")
    assert "营业日已经过了" in refusal(row)


def test_a_question_may_be_asked_again_and_moves_nothing(reviewer, national, family):
    national.do(
        "1101",
        {
            "data": {
                "mdtrt_cert_type": "02",
                "mdtrt_cert_no": family.mei.cert_no,
                "psn_cert_type": "01",
                "certno": family.mei.cert_no,
                "psn_name": family.mei.name,
            }
        },
    )
    row = last()
    assert "已办理" in replayed(reviewer, row, **dict.fromkeys(ASKED, ""))
    assert last().replay_of_id == row.pk


# --- at the same moment ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_replays_and_the_tills_own_retry_at_once_are_one_debit(national, failed, family):
    row, message = failed
    staff = build.staff("qian.reviewer")

    def replay():
        heard = Heard(replay_of=row.pk, staff=staff.pk, note="同时")
        try:
            unit_of_work(
                lambda: replaying.replay(
                    exchange_id=row.pk, heard=heard, by=build.JOB, at=database_clock()
                )
            )
        except ReplayRefused:
            pass
        finally:
            connection.close()

    calls_at_once(*[replay, lambda: national.send("2207", message)] * 6)
    assert Settlement.objects.count() == Message.objects.count() == 1
    share = Settlement.objects.get()
    assert nothing_lost(family, spent=share.pooled_fen)
