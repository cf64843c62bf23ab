"""What no till should send and some will: a clear refusal, never a 5xx, and no fen moved."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from pooling.hospital.models import Message
from pooling.ledger import selectors as books
from pooling.settlements.models import Settlement
from tests.hospital.conftest import holds
from tests.hospital.national import bill, exact

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NO_JSON, TOO_LARGE, NO_LENGTH = "请用 UTF-8 编码", "超过 16 MB", "Content-Length"
NO_NUMBER, DIGITS, TYPE = "应为数字", "位数超出 N(16,2)", "类型不对"
#: Deeper than any reader goes, and less deep.
DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.fixture
def named(national, family) -> dict:
    return national.visit(family.mei, "10.00")


def written(national, named, **changes) -> bytes:
    """Return a right bill as a till writes it, but for the changes."""
    message = national.message("2207", {"data": bill(named, "10.00") | changes})
    return json.dumps(message, ensure_ascii=False).encode()


def with_total(total: bytes):
    return lambda raw: raw.replace(b'"medfee_sumamt": "10.00"', b'"medfee_sumamt": ' + total)


ODD = {
    "30 MB": (lambda _raw: b" " * 30_000_000, {}, TOO_LARGE),
    "announced": (lambda raw: raw, {"content-length": "99999999999999"}, TOO_LARGE),
    "negative length": (lambda raw: raw, {"content-length": "-1"}, TOO_LARGE),
    "chunked": (lambda raw: raw, {"transfer-encoding": "chunked"}, NO_LENGTH),
    "gzip": (gzip.compress, {"content-encoding": "gzip"}, NO_JSON),
    "gzip, untold": (gzip.compress, {}, NO_JSON),
    "invalid utf-8": (lambda raw: raw[:-1] + b"\xff}", {}, NO_JSON),
    "gb18030": (lambda raw: raw.decode().encode("gb18030"), {}, NO_JSON),
    "utf-16": (lambda raw: raw.decode().encode("utf-16"), {}, NO_JSON),
    "xml": (lambda _raw: b"<input><data/></input>", {"content-type": "text/xml"}, NO_JSON),
    "a form": (lambda raw: b"input=" + raw, {}, NO_JSON),
    "cut": (lambda raw: raw[:-40], {}, NO_JSON),
    "deep": (lambda _raw: b'{"infno":"2207","input":' + DEEP + b"}", {}, NO_JSON),
    "deep total": (with_total(b"[" * 400 + b"]" * 400), {}, TYPE),
    "exponent": (with_total(b'"1e1"'), {}, NO_NUMBER),
    "exponent as number": (with_total(b"1e1"), {}, NO_NUMBER),
    "huge exponent": (with_total(b"1E999999999"), {}, NO_NUMBER),
    "hexadecimal": (with_total(b'"0x0a"'), {}, NO_NUMBER),
    "grouped": (with_total(b'"1,000.00"'), {}, NO_NUMBER),
    "underscore": (with_total(b'"1_0"'), {}, NO_NUMBER),
    "other digits": (with_total('"１０"'.encode()), {}, NO_NUMBER),
    "NaN": (with_total(b"NaN"), {}, NO_JSON),
    "NaN as text": (with_total(b'"NaN"'), {}, NO_NUMBER),
    "400 digits": (with_total(b"9" * 400), {}, DIGITS),
    "5000 digits": (with_total(b"9" * 5_000), {}, NO_JSON),
    "400 decimals": (with_total(b"10." + b"0" * 400), {}, DIGITS),
    "17 digits": (with_total(b"1" + b"0" * 16), {}, DIGITS),
    "true": (with_total(b"true"), {}, TYPE),
    "negative": (with_total(b"-10.00"), {}, "不能为负"),
    "negative zero": (with_total(b"-0.00"), {}, "合计不一致"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_refused_in_words_and_moves_nothing(odd, national, family, named):
    spoil, headers, said = ODD[odd]
    before = holds(family.wei), holds(family.lan)
    signed = national.signed("2207") | headers
    reply = national.send("2207", None, raw=spoil(written(national, named)), headers=signed)
    assert (reply.status, reply.json["infcode"]) == (200, -1), reply
    assert said in reply.json["err_msg"]
    assert not Settlement.objects.exists()
    assert not Message.objects.exists()
    assert (holds(family.wei), holds(family.lan)) == before


def test_nothing_but_zeros_is_never_negative(national, family):
    """A fee line of -0 would come back as -0, which is no amount anybody knows."""
    named = national.visit(family.mei)
    (told,) = national.fees("2204", named, "-0.00")
    assert str(told["pric"]) == "0.00"
    assert str(told["det_item_fee_sumamt"]) == "0.00"


@pytest.mark.parametrize("total", ["10", "10.0", " 10.00 ", "0010.00", "10.000000", 10])
def test_what_is_merely_unusual_is_understood(total, national, named):
    told = national.do("2207", {"data": bill(named, "10.00") | {"medfee_sumamt": total}})
    assert str(told["setlinfo"]["medfee_sumamt"]) == "10.00"


# --- a server that dies ----------------------------------------------------------------------

#: The message is committed; before its answer leaves, the process is gone.
DIES = """
import json, os, signal, sys
import django
django.setup()
from pooling.hospital import faults
from tests.hospital.till import call

def gone(content, status):
    os.kill(os.getpid(), signal.SIGKILL)

faults.answer = gone
told = json.load(sys.stdin)
call("POST", "/2207", told["raw"].encode(), told["headers"], prefix="/hsa")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_server_killed_between_commit_and_answer_answers_the_same_message_later(national, family):
    named = national.visit(family.mei, "10.00")
    raw = written(national, named)
    before = holds(family.wei)
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {
        "DATABASE_URL": f"{there}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run(
        [sys.executable, "-c", DIES],
        input=json.dumps({"raw": raw.decode(), "headers": national.signed("2207")}),
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (settled,) = Settlement.objects.all()
    again = national.send("2207", None, raw=raw)
    assert exact(again)["output"]["setlinfo"]["setl_id"] == str(settled.pk)
    assert Settlement.objects.count() == 1
    assert before - holds(family.wei) == settled.pooled_fen > 0
    assert books.check() == []
