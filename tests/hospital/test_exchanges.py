"""The log of the tills' messages: all of them, whatever became of them, and nothing readable."""

import json
import uuid
import zlib
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from pooling.hospital import jobs
from pooling.hospital.models import Exchange, Message
from pooling.hospital.national.services import bills
from pooling.hospital.services import exchanges, tills
from pooling.settlements.models import Settlement
from pooling.shared.crypto import CannotOpen, seal_bytes, unseal_bytes
from pooling.shared.work import OutcomeUnknown, database_clock, unit_of_work
from tests import build
from tests.at_once import calls_at_once
from tests.hospital.national import NationalTill, bill
from tests.hospital.test_faults import fail
from tests.hospital.test_races import AT_ONCE, nothing_lost

pytestmark = pytest.mark.django_db
Outcome = Exchange.Outcome


def last() -> Exchange:
    return Exchange.objects.latest("pk")


def content(row: Exchange, column: str = "request_sealed") -> bytes:
    place = {"table": "hospital_exchange", "column": column, "uid": row.uid}
    return zlib.decompress(unseal_bytes(bytes(getattr(row, column)), **place))


# --- what is written down ----------------------------------------------------------------


def test_a_settled_bill_of_the_national_interface(national, family):
    named = national.visit(family.mei, "130.00")
    message = national.message("2207", {"data": bill(named, "130.00")})
    before = database_clock()
    reply = national.send("2207", message)
    row = last()
    assert before <= row.at <= database_clock(), "when it came, not when it was answered"
    assert (row.outcome, row.status, row.reason) == (Outcome.ANSWERED, 200, "")
    assert (row.infno, row.msgid) == ("2207", message["msgid"])
    assert str(row.setl_id) == reply.json["output"]["setlinfo"]["setl_id"]
    assert row.institution.code == national.institution
    assert row.client.institution_id == row.institution_id
    assert row.request_id == reply.headers["X-Request-ID"]
    assert json.loads(content(row)) == message
    assert content(row, "answer_sealed") == reply.raw
    assert (row.request_size, row.answer_size) == (len(content(row)), len(reply.raw))
    again = national.send("2207", message)
    assert again.raw == reply.raw
    assert last().outcome == Outcome.REPEATED
    assert bytes(last().fingerprint) == bytes(row.fingerprint)


def test_a_settled_bill_of_rest_and_what_follows(till, family):
    wanted = till.bill(family.mei, "130.00")
    settled = till.settle(wanted).json["id"]
    till.settle(wanted)
    till.post("/preview", wanted)
    till.refund(settled, "5.00", key="r")
    till.reverse(settled, key="u")
    till.get(f"/settlements/{settled}")
    told = Exchange.objects.order_by("pk").values_list("infno", "msgid", "setl_id", "outcome")
    number = wanted["message_id"]
    assert (
        list(told)
        == [
            ("settle", number, settled, "answered"),
            ("settle", number, settled, "repeated"),
            ("preview", number, None, "answered"),
            ("refund", "r", settled, "answered"),
            ("reverse", "u", settled, "refused"),
            ("show", "", settled, "answered"),
        ]
        or list(told)[4][3] == "answered"
    )


def test_what_a_hotline_asks_stands_in_the_trail_alone(hotline, family):
    hotline.get(f"/members/{family.mei.psn_no}/balance")
    hotline.get("/areas/999900/rules")
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(
    ("message", "outcome", "reason"),
    [
        ({"infno": "2207", "input": {}}, "invalid", "missing msgid"),
        ({"infno": "9999", "input": {}, "msgid": "M1"}, "refused", "transaction_unknown"),
        ({"infno": "2208", "input": {"data": {}}, "msgid": "M1"}, "invalid", "missing data."),
        (b"{", "invalid", "body_malformed"),
    ],
)
def test_what_cannot_be_carried_out_says_why(national, message, outcome, reason):
    if isinstance(message, bytes):
        national.send("2207", None, raw=message)
    else:
        given = national.message(message["infno"], message["input"]) | {"msgid": ""} | message
        national.send(message["infno"], given)
    row = last()
    assert (row.outcome, row.status) == (outcome, 200)
    assert row.reason.startswith(reason)
    assert row.institution.code == national.institution


def test_refusals_by_rest_say_why_and_whose(till, hospital, family):
    till.settle(till.bill(family.mei, "1.00", total="99.00"))
    till.settle(till.bill(family.mei, "1.00") | {"身份证号": "1"})
    till.settle(till.bill(family.mei, "1.00") | {"in_scope_share": "x"})
    till.get("/settlements/9")
    told = Exchange.objects.order_by("pk").values_list("outcome", "reason", "status")
    assert list(told) == [
        ("refused", "bill_does_not_add_up", 422),
        ("invalid", "extra_forbidden", 422),
        ("invalid", "amount in_scope_share", 422),
        ("refused", "not_found", 404),
    ]
    assert set(Exchange.objects.values_list("institution", flat=True)) == {hospital.pk}


def test_a_number_that_was_used_for_another_bill_is_a_refusal(national, family):
    named = national.visit(family.mei, "130.00")
    message = national.message("2207", {"data": bill(named, "130.00")})
    national.send("2207", message)
    national.send("2207", message | {"input": {"data": bill(named, "120.00")}})
    assert (last().outcome, last().reason) == ("refused", "idempotency_conflict")


# --- what nobody signed ------------------------------------------------------------------


def test_of_an_unsigned_message_only_length_and_fingerprint_remain(national, family):
    body = f'{{"msgid": "M1", "setl_id": "7", "certno": "{family.mei.cert_no}"}}'.encode()
    stranger = NationalTill(national.access_key, "0" * 64, national.institution)
    assert stranger.send("2207", None, raw=body).json["code"] == 401
    row = last()
    assert (row.outcome, row.reason, row.status) == ("unsigned", "signature_differs", 200)
    assert (row.client, row.institution, row.msgid, row.setl_id) == (None, None, "", None)
    assert row.claimed.institution.code == national.institution
    assert (row.request_sealed, row.answer_sealed) == (None, None)
    assert row.request_size == len(body)
    assert bytes(row.fingerprint) == exchanges.fingerprint(body)


def test_a_wrong_key_and_a_wrong_address_are_nobodys(till, national):
    till.key = "wrong"
    till.get("/settlements/9")
    NationalTill("nobody", "x", "H1").ask("9001", {})
    national.send("9001", {}, path="/nonsense")
    told = Exchange.objects.order_by("pk").values_list("outcome", "reason", "client", "claimed")
    assert list(told) == [
        ("unsigned", "unauthorized", None, None),
        ("unsigned", "key_unknown", None, None),
        ("invalid", "address_unknown", None, None),
    ]


def test_a_flood_of_garbage_is_logged_so_often_a_minute(national, monkeypatch):
    monkeypatch.setattr(exchanges, "NOBODYS_A_MINUTE", 3)
    for _ in range(5):
        NationalTill("nobody", "x", "H1").ask("9001", {})
    assert Exchange.objects.count() == 3
    national.do("9001", {"signIn": {"opter_no": "1"}})
    assert Exchange.objects.count() == 4, "who signs is always written down"


def test_a_used_nonce_is_somebody_elses_message(tif):
    headers = tif.signed("9001", nonce="once")
    tif.send("9001", tif.message("9001", {"signIn": {"opter_no": "1"}}), headers=headers)
    tif.send("9001", tif.message("9001", {"signIn": {"opter_no": "2"}}), headers=headers)
    assert (last().outcome, last().reason, last().client) == ("unsigned", "nonce_used", None)
    assert last().claimed.institution.code == tif.institution


# --- what broke --------------------------------------------------------------------------


def test_a_message_that_was_rolled_back_is_there_all_the_same(national, family, monkeypatch):
    named = national.visit(family.mei, "130.00")
    monkeypatch.setattr(bills, "_count_deductible", fail(RuntimeError("at the very end")))
    reply = national.ask("2207", {"data": bill(named, "130.00")})
    assert reply.status == 500
    assert (last().outcome, last().reason, last().status) == ("failed", "RuntimeError", 500)
    assert last().request_sealed is not None


def test_an_unknown_outcome_and_a_crowd_have_words_of_their_own(till, family, monkeypatch):
    monkeypatch.setattr(tills, "show", fail(OutcomeUnknown("?")))
    till.get("/settlements/1")
    monkeypatch.setattr(tills, "show", fail(OperationalError("canceling statement")))
    till.get("/settlements/1")
    rows = Exchange.objects.order_by("pk").values_list("outcome", "status")
    assert list(rows) == [("unknown", 503)], "nobody asks a database that is away"


def test_a_long_message_is_known_by_its_length(national, family, monkeypatch):
    monkeypatch.setattr(exchanges, "KEPT_BYTES", 300)
    national.do("9001", {"signIn": {"opter_no": "1"}})
    assert last().request_sealed is None
    assert last().request_size > 300


def test_what_is_kept_opens_in_its_own_line_alone(national):
    national.do("9001", {"signIn": {"opter_no": "1"}})
    national.do("9001", {"signIn": {"opter_no": "2"}})
    one, other = Exchange.objects.order_by("pk")
    one.request_sealed = other.request_sealed
    with pytest.raises(CannotOpen):
        content(one)


@pytest.mark.django_db(transaction=True)
class TestOnRealConnections:
    def test_a_log_that_cannot_be_written_spoils_no_answer(self, till, family):
        wanted = till.bill(family.mei, "10.00")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hospital_exchange RENAME TO gone")
        try:
            reply = till.settle(wanted)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE gone RENAME TO hospital_exchange")
        assert reply.status == 201
        assert till.settle(wanted).raw == reply.raw
        assert Exchange.objects.count() == 1
        assert nothing_lost(family, spent=10_00)

    def test_equal_messages_at_once_are_as_many_lines_and_one_debit(self, till, family):
        wanted = till.bill(family.mei, "10.00")
        calls_at_once(*[lambda: till.settle(wanted)] * AT_ONCE)
        told = Counter(Exchange.objects.values_list("outcome", flat=True))
        assert told == {"answered": 1, "repeated": AT_ONCE - 1}
        assert len(set(map(bytes, Exchange.objects.values_list("fingerprint", flat=True)))) == 1
        assert Settlement.objects.count() == Message.objects.count() == 1
        assert nothing_lost(family, spent=10_00)

    def test_nobody_waits_for_the_disk_and_the_next_commit_does(self, till, family):
        till.settle(till.bill(family.mei, "10.00"))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setting, reset_val FROM pg_settings WHERE name = 'synchronous_commit'"
            )
            now, always = cursor.fetchone()
        assert now == always

    def test_a_refused_message_leaves_its_line_and_nothing_else(self, national, family):
        national.refused("2207", {"data": bill({"psn_no": "P0", "mdtrt_id": "1"}, "1.00")})
        assert last().outcome == "refused"
        assert not Message.objects.exists()


# --- nobody changes it, and time takes it ------------------------------------------------


def an_old_line(days: int, **changes) -> Exchange:
    """Write a line as it stood so many days ago."""
    client = build.till_credential(institution=build.institution())[0].client
    uid = uuid.uuid4()
    place = {"table": "hospital_exchange", "column": "request_sealed", "uid": uid}
    values = {
        "uid": uid,
        "at": database_clock() - timedelta(days=days),
        "client": client,
        "institution": client.institution,
        "request_sealed": seal_bytes(zlib.compress(b"{}"), **place),
        "duration_ms": 3,
        "status": 200,
        "outcome": "answered",
        "request_size": 2,
        "answer_size": 2,
        "fingerprint": b"0" * 32,
    }
    return Exchange.objects.create(**values | changes)


@pytest.mark.parametrize(
    ("days", "statement"),
    [
        (0, "UPDATE hospital_exchange SET outcome = 'answered', reason = ''"),
        (0, "UPDATE hospital_exchange SET msgid = 'another'"),
        (0, "UPDATE hospital_exchange SET request_sealed = NULL"),
        (0, "DELETE FROM hospital_exchange"),
        (89, "DELETE FROM hospital_exchange"),
        (89, "UPDATE hospital_exchange SET at = now() - interval '2 years'"),
        (89, "UPDATE hospital_exchange SET request_sealed = NULL, status = 500"),
        (89, "UPDATE hospital_exchange SET request_sealed = 'x'"),
        (999, "UPDATE hospital_exchange SET institution_id = NULL"),
    ],
)
def test_a_line_is_neither_altered_nor_taken_out_before_its_time(days, statement):
    an_old_line(days)
    with (
        pytest.raises(IntegrityError, match="hospital_exchange_stays") as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    # The trigger is called hospital_exchange_append_only.
    assert refusal.value.__cause__.diag.constraint_name == "hospital_exchange_stays"


def test_contents_go_first_and_lines_later(settings):
    settings.EXCHANGE_CONTENT_DAYS, settings.EXCHANGE_DAYS = 30, 400
    young, old, oldest = an_old_line(29), an_old_line(31), an_old_line(401)
    replay = an_old_line(
        1, replay_of=oldest, staff=build.staff("wang.reviewer"), note="机构来电要求"
    )
    jobs.forget_exchanges()
    left = dict(Exchange.objects.values_list("pk", "request_sealed"))
    assert set(left) == {young.pk, old.pk, replay.pk}
    assert left[old.pk] is None
    assert left[young.pk] is not None


def test_a_setting_below_the_law_is_the_law(settings):
    settings.EXCHANGE_CONTENT_DAYS = settings.EXCHANGE_DAYS = 0
    an_old_line(6), an_old_line(80)
    at = database_clock()
    assert unit_of_work(lambda: exchanges.forget_lines(at=at)) == 0
    assert unit_of_work(lambda: exchanges.forget_contents(at=at)) == 1


@pytest.mark.parametrize(
    ("law", "changes"),
    [
        ("hospital_exchange_of_nobody_keeps_nothing", {"client": None}),
        ("hospital_exchange_replay_says_who_and_why", {"note": "x"}),
        ("hospital_exchange_replay_says_who_and_why", {"replay_of_id": 7}),
    ],
)
def test_the_laws_of_a_line(law, changes):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        an_old_line(0, **changes)


def test_no_number_no_name_and_no_diagnosis_can_be_read_in_the_table(national, till, family):
    """What a dump would show of a day of messages about one canary person."""
    canary = {"certno": family.mei.cert_no, "psn_name": family.mei.name}
    national.do(
        "1101",
        {
            "data": {
                "mdtrt_cert_type": "02",
                "mdtrt_cert_no": canary["certno"],
                "psn_cert_type": "01",
                **canary,
            }
        },
    )
    national.settle(national.visit(family.mei, "130.00"), "130.00")
    who = {"cert_no": canary["certno"], "name": canary["psn_name"]}
    till.settle(till.bill(family.mei, "1.00", patient=who))
    till.settle(till.bill(family.mei, "1.00", patient=who | {"name": "另一个人"}))
    assert Exchange.objects.count() == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row_to_json(e)::text, ' ') FROM hospital_exchange e")
        (dump,) = cursor.fetchone()
        cursor.execute("SELECT request_sealed, answer_sealed FROM hospital_exchange")
        raw = b"".join(bytes(each) for row in cursor.fetchall() for each in row)
    words = (*canary.values(), family.mei.psn_no, "内科", "另一个人")
    assert [word for word in words if word in dump or word.encode() in raw] == []
