"""The walk that integrators take: whole against us, and loud about anybody who answers wrongly."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pooling.hospital.management.commands import till as command
from pooling.hospital.models import ClearingLine, SignIn, Visit
from pooling.hospital.national import conformance, gateway, walk
from tests.hospital.conftest import holds
from tests.hospital.till import call, right_now

pytestmark = pytest.mark.django_db


def through_the_server(infno, body, headers):
    """Send a message through the application server's own entry."""
    reply = call("POST", f"/{infno}", body, headers, prefix="/hsa")
    return reply.status, reply.raw


def walking(till, family, send=through_the_server) -> walk.Walk:
    letter = {"csb": "A", "tif": "B"}[till.family]
    signer = walk.Signer(till.institution, till.access_key, till.secret, letter)
    mei = family.mei
    return walk.Walk(signer, walk.Visit("", mei.cert_no, mei.name), send, right_now)


@pytest.mark.parametrize("signed", ["national", "tif"])
def test_a_walk_finds_nothing_wrong_with_us_and_leaves_nothing_behind(request, family, signed):
    before = holds(family.wei), holds(family.lan)
    done = list(walking(request.getfixturevalue(signed), family).take())
    assert [breach for each in done for breach in each.breaches] == []
    assert [each.step for each in done] == [*walk.SHOWN[:7], walk.AGAIN, *walk.STEPS[7:]]
    assert (holds(family.wei), holds(family.lan)) == before
    assert Visit.objects.get().state == "cancelled"
    assert SignIn.objects.get().signed_out_at is not None


def spoiling(infno, change):
    """Return a server that answers one transaction otherwise than we do."""

    def send(asked, body, headers):
        status, answer = through_the_server(asked, body, headers)
        return (status, change(answer)) if asked == infno else (status, answer)

    return send


def with_amount(name, value):
    def change(answer: bytes) -> bytes:
        told = json.loads(answer)
        told["output"]["setlinfo"][name] = value
        return json.dumps(told).encode()

    return change


def at_the_gate(sentence):
    body = json.dumps({"code": 401, "message": str(sentence)}).encode()
    return lambda _answer: body


@pytest.mark.parametrize(
    ("infno", "change", "said"),
    [
        ("2207", with_amount("acct_pay", 0.01), "psn_part_amt = acct_pay + psn_cash_pay"),
        ("2207", with_amount("maf_pay", None), "output.setlinfo.maf_pay is null"),
        ("2206", with_amount("balc", "0.00"), "setlinfo.balc is no number"),
        ("2208", with_amount("psn_cash_pay", 5), "amounts of both signs"),
        ("2201", lambda _answer: b"<html>", "no JSON object"),
        ("2201", lambda _answer: b'{"code":401,"message":"x"}', "did not let it in: 401"),
        ("2201", at_the_gate(gateway.NO_HEADERS), "check --family"),
        ("2201", at_the_gate(gateway.TOO_OLD), "30 minutes apart"),
        ("2201", at_the_gate(gateway.UNKNOWN), "check --key"),
        ("2201", at_the_gate(gateway.DIFFERS), "check --secret"),
    ],
)
def test_a_wrong_reply_is_a_breach_and_the_money_comes_back(national, family, infno, change, said):
    before = holds(family.wei), holds(family.lan)
    done = list(walking(national, family, spoiling(infno, change)).take())
    assert said in " ".join(breach for each in done for breach in each.breaches)
    assert (holds(family.wei), holds(family.lan)) == before


def test_a_settlement_nobody_answered_is_undone_by_its_msgid(national, family):
    before = holds(family.wei), holds(family.lan)
    done = list(walking(national, family, spoiling("2207", lambda _answer: b"")).take())
    assert [each.step for each in done][6:8] == ["2207", "2601"]
    assert (holds(family.wei), holds(family.lan)) == before
    assert ClearingLine.objects.count() == 2


def test_another_answer_to_the_same_msgid_is_a_breach(national, family):
    answers = []

    def changing(answer: bytes) -> bytes:
        answers.append(answer)
        return answer if len(answers) == 1 else answer + b" "

    done = list(walking(national, family, spoiling("2207", changing)).take())
    assert [each.breaches for each in done if each.breaches] == [
        ["the same msgid got another answer: keep the first and send it again"]
    ]


def test_a_reversal_gives_back_exactly_what_was_taken():
    names = (*conformance.NEEDED, *conformance.FUNDS)
    taken = dict.fromkeys(names, Decimal("1.00"))
    given = dict.fromkeys(names, Decimal("-1.00"))
    assert conformance.opposite(taken, given) == []
    (found,) = conformance.opposite(taken, given | {"acct_pay": Decimal("-0.99")})
    assert "acct_pay" in found


# --- from a shell --------------------------------------------------------------------------


def shell(till, family, monkeypatch, send=through_the_server, **options) -> str:
    monkeypatch.setattr(command, "_sender", lambda base: send)
    monkeypatch.setattr(command, "_clock", right_now)
    told = StringIO()
    asked = {
        "base": "http://test/hsa",
        "key": till.access_key,
        "secret": till.secret,
        "institution": till.institution,
        "psn": family.mei.psn_no,
    }
    try:
        call_command("till", **asked | options, stdout=told)
    except CommandError as error:
        told.write(f"exit {error.returncode}: {error}")
    return told.getvalue()


def test_the_command_tells_each_step_and_prints_messages_on_request(national, family, monkeypatch):
    told = shell(national, family, monkeypatch)
    assert "11 messages, 0 with breaches\nconformant" in told
    assert "not sent: 1101" in told
    assert "psn_no" not in told
    shown = shell(national, family, monkeypatch, show=True, steps="9001,9002")
    assert '"opter_no": "0001"' in shown
    assert "2 messages" in shown


def test_the_command_fails_where_a_reply_does(national, family, monkeypatch):
    wrong = spoiling("2206", with_amount("medfee_sumamt", 1))
    told = shell(national, family, monkeypatch, send=wrong)
    assert "not sent: 1101, 2207, 2208" in told, "what comes after a breach, and what nobody named"
    assert told.endswith("exit 1: not conformant")
    assert "exit 1" in shell(national, family, monkeypatch, secret="wrong")
    assert "Unknown steps: 1" in shell(national, family, monkeypatch, steps="1")
    assert "--total" in shell(national, family, monkeypatch, total="1.001")
    assert "who is treated" in shell(national, family, monkeypatch, psn="")
    assert "http or https" in shell(national, family, monkeypatch, base="file:///x")


def test_an_address_where_nobody_answers_is_a_breach():
    status, answer = command._sender("http://127.0.0.1:9/hsa")("9001", b"{}", {})
    assert status == 0
    (said,) = conformance.breaches("9001", status, answer)
    assert "nobody answered" in said
    assert "check --base" in said
