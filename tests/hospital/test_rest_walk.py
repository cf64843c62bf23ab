"""The same walk by REST: whole against us, and loud about anybody who answers wrongly."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pooling.hospital import rest_conformance, rest_walk
from pooling.hospital.columns import side_by_side
from pooling.hospital.management.commands import till as command
from pooling.hospital.national.walk import Visit
from pooling.settlements.models import Settlement
from tests.hospital.conftest import holds
from tests.hospital.till import call, right_now

pytestmark = pytest.mark.django_db
WHOLE = ["lookup", "balance", "preview", "settle", "repeat", "show", "reverse", "balance_after"]


def through_the_server(method, path, body, headers):
    """Make a call through the application server's own entry."""
    kind = {"content-type": "application/json"}
    reply = call(method, path, body, kind | {name.lower(): text for name, text in headers.items()})
    return reply.status, reply.headers, reply.raw


def spoiling(method, path, change):
    """Return a server that answers one call otherwise than we do."""

    def send(*asked):
        status, headers, answer = through_the_server(*asked)
        wanted = asked[0] == method and asked[1].endswith(path)
        return change(status, headers, answer) if wanted else (status, headers, answer)

    return send


def saying(**changes):
    """Return a change of an answer's own names."""

    def change(status, headers, answer):
        return status, headers, json.dumps(json.loads(answer) | changes).encode()

    return change


@pytest.fixture
def walking(till, hotline, family):
    """Return a function that walks a bill of Mei's and returns what was exchanged."""

    def walk(send=through_the_server, **changes):
        keys = {"key": till.key, "lookup_key": hotline.key} | changes
        mei = family.mei
        visit = Visit("", mei.cert_no, mei.name)
        taken = rest_walk.RestWalk(
            **keys, institution=till.institution, visit=visit, send=send, clock=right_now
        )
        return list(taken.take())

    return walk


def breaches(done) -> list[str]:
    return [breach for each in done for breach in each.breaches]


def test_a_walk_finds_nothing_wrong_with_us_and_gives_the_money_back(walking, family):
    before = holds(family.wei), holds(family.lan)
    done = walking()
    assert breaches(done) == []
    assert [each.step for each in done] == WHOLE
    assert Settlement.objects.get().status == "reversed"
    assert (holds(family.wei), holds(family.lan)) == before


def test_without_a_hotlines_key_balances_are_left_out(walking):
    done = walking(lookup_key="")
    assert breaches(done) == []
    assert [each.step for each in done] == WHOLE[2:-1]


def test_the_keys_are_shown_to_nobody(walking, till, hotline):
    shown = b"".join(each.sent for each in walking())
    assert till.key.encode() not in shown
    assert hotline.key.encode() not in shown
    assert b"Idempotency-Key: WALK-" in shown


LINE = {"order": 1, "source": "cash", "part": None, "payer": None, "binding": None}


@pytest.mark.parametrize(
    ("method", "path", "change", "said"),
    [
        ("POST", "/preview", saying(own="0.01"), "personal_part = own + pooled + cash"),
        ("POST", "/preview", saying(cash=0), "cash is no string"),
        ("POST", "/preview", saying(lines=[LINE | {"amount": "0.00"}]), "leave it out"),
        ("POST", "/preview", saying(lines=[LINE | {"amount": "1.00", "payer": "魏*"}]), "payer"),
        ("POST", "/preview", saying(decision=[]), "must be lists"),
        ("POST", "/settlements", saying(refunded="1.00"), "refunded 0.00"),
        ("POST", "/settlements", saying(use="inpatient"), "use is not what the preview said"),
        ("POST", "/reversal", saying(status="settled"), "and not reversed"),
        ("POST", "/reversal", saying(cash="1.00"), "a reversal keeps the amounts"),
        ("GET", "/balance", saying(wallet=None), "wallet is no string"),
        ("POST", "/lookup", saying(psn_no=""), "psn_no"),
        ("POST", "/preview", lambda *_a: (200, {}, b"<html>"), "no JSON object"),
        ("POST", "/preview", lambda *_a: (401, {}, b'{"code":"x","message":"y"}'), "key"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_a_breach_and_the_money_comes_back(
    walking, family, method, path, change, said
):
    before = holds(family.wei), holds(family.lan)
    done = walking(spoiling(method, path, change))
    assert said in " ".join(breaches(done))
    assert (holds(family.wei), holds(family.lan)) == before


def test_another_answer_to_the_same_message_and_a_silent_repetition_are_breaches(walking):
    answers = []

    def changing(status, headers, answer):
        answers.append(answer)
        again = len(answers) > 1
        return status, {} if again else headers, answer + b" " * again

    found = breaches(walking(spoiling("POST", "/settlements", changing)))
    assert [each.split(":")[0] for each in found] == [
        "the same message_id got another answer",
        "a repeated answer must carry Idempotent-Replay",
    ]


@pytest.mark.parametrize("answer", [(0, {}, b"timed out"), (503, {}, b"{}"), (201, {}, b"")])
def test_a_settlement_nobody_answered_is_undone_by_its_message(walking, family, answer):
    before = holds(family.wei), holds(family.lan)
    done = walking(spoiling("POST", "/settlements", lambda *_asked: answer))
    assert [each.step for each in done][-1] == "undo"
    assert done[-1].breaches == []
    assert Settlement.objects.get().status == "reversed"
    assert (holds(family.wei), holds(family.lan)) == before


def test_what_never_arrived_is_refused_for_good(walking):
    def lost(method, path, body, headers):
        if path == "/settlements":
            return 0, {}, b"connection refused"
        return through_the_server(method, path, body, headers)

    done = walking(lost)
    assert (done[-1].step, done[-1].status, done[-1].breaches) == ("undo", 202, [])
    assert not Settlement.objects.exists()


def test_a_wrong_key_ends_the_walk_before_money_moves(walking):
    done = walking(key="wrong")
    assert [each.step for each in done] == ["lookup", "balance", "preview"]
    assert "check the key" in breaches(done)[0]


def test_a_payers_full_name_is_a_breach():
    told = {"available_from_relatives": [{"binding": 1, "payer": "魏建国", "amount": "1.00"}]}
    told |= {"psn_no": "P", "own": None, "frozen": "0.00", "wallet": "0.00"}
    assert rest_conformance.balance(told) == ["available_from_relatives: payer must be masked"]


# --- from a shell --------------------------------------------------------------------------


def shell(till, family, monkeypatch, send=through_the_server, **options) -> str:
    monkeypatch.setattr(command, "_caller", lambda base: send)
    monkeypatch.setattr(command, "_clock", right_now)
    told = StringIO()
    asked = {"base": "http://test/api/v1", "rest": True, "key": till.key}
    asked |= {"institution": till.institution, "psn": family.mei.psn_no}
    try:
        call_command("till", **asked | options, stdout=told)
    except CommandError as error:
        told.write(f"exit {error.returncode}: {error}")
    return told.getvalue()


def test_the_command_walks_by_rest_and_shows_messages_side_by_side(till, family, monkeypatch):
    told = shell(till, family, monkeypatch)
    assert "5 messages, 0 with breaches\nconformant\n" in told
    assert "balances are left out" in told
    shown = shell(till, family, monkeypatch, show=True, steps="preview")
    (line,) = [line for line in shown.splitlines() if '"message_id"' in line]
    assert " | " in line
    assert "HTTP 200" in shown


def test_the_command_fails_where_an_answer_does(till, family, monkeypatch):
    wrong = spoiling("POST", "/preview", saying(total="1.00"))
    assert "exit 1: not conformant" in shell(till, family, monkeypatch, send=wrong)
    assert "exit 1: not conformant" in shell(till, family, monkeypatch, key="wrong")
    assert "Unknown steps: 2207" in shell(till, family, monkeypatch, steps="2207")
    assert "--secret is needed" in shell(till, family, monkeypatch, rest=False)


def test_an_address_where_nobody_answers_is_a_breach():
    status, _headers, answer = command._caller("http://127.0.0.1:9")("GET", "/x", b"", {})
    (breach,) = rest_conformance.status(200, status, answer)
    assert "HTTP 0" in breach
    assert "check --base" in breach


def test_two_texts_stand_beside_each_other_whatever_their_letters():
    lines = side_by_side("医保" * 10 + "\nab", "x" * 31, width=63)
    assert lines == [
        "医保" * 7 + "医" + " | " + "x" * 30,
        "保医保医保" + " " * 20 + " | x",
        "ab" + " " * 28 + " |",
    ]


def test_an_amount_is_kept_to_the_fen(till, family, monkeypatch):
    told = shell(till, family, monkeypatch, total="88.8")
    assert "conformant" in told
    assert Settlement.objects.get().total_fen == Decimal("88.80") * 100
