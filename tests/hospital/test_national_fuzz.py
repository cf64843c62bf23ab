"""Whatever a till of the national interface sends: never a 5xx, no fen moved by a refusal."""

import json
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.hospital.models import ClearingLine, FeeLine, Message, Visit
from pooling.hospital.national import dictionary
from pooling.hospital.national.services import messages
from pooling.ledger import selectors as books
from pooling.ledger.models import Entry
from tests import build
from tests.exercise import times
from tests.hospital.conftest import AREA
from tests.hospital.national import (
    adds_up,
    admission,
    bill,
    exact,
    leaving,
    purchase,
    right_now,
)
from tests.hospital.test_fuzz import values
from tests.hospital.test_national_statements import differences

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
FUZZ = settings(
    max_examples=times(ci=80, long_run=5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Of the envelope what is read, and some that is not.
envelope = st.sampled_from(
    ["infno", "msgid", "fixmedins_code", "input", "Input", "opter_type", "insuplc_admdvs",
     "mdtrtarea_admvs", "inf_time", "cainfo", "encType", "sign_no", "opter_name", "surprise"]
)  # fmt: skip
nodes = sorted({node for tables in dictionary.tables().values() for node in tables} | {"x"})
fields = sorted(
    {key for tables in dictionary.tables().values() for node in tables.values() for key in node}
)
inputs = st.dictionaries(
    st.sampled_from(nodes),
    st.dictionaries(st.sampled_from(fields), values, max_size=8)
    | st.lists(st.dictionaries(st.sampled_from(fields), values, max_size=6), max_size=2)
    | values,
    max_size=3,
)


def standing() -> tuple[int, ...]:
    """Return how much there is of everything a message could leave behind."""
    return tuple(each.objects.count() for each in (Entry, Message, Visit, FeeLine, ClearingLine))


def refused(reply) -> bool:
    return reply.status == 200 and (reply.json.get("infcode") == -1 or "code" in reply.json)


@FUZZ
@given(infno=st.sampled_from(sorted(messages.KNOWN)), raw=st.binary(max_size=300))
def test_any_bytes(national, infno, raw):
    before = standing()
    assert refused(national.send(infno, None, raw=raw))
    assert standing() == before


@FUZZ
@given(infno=st.sampled_from(sorted(messages.KNOWN - {"9001"})), input_=inputs)
def test_any_input(national, infno, input_):
    """Nobody of ours is named by chance; so nothing may come of it but a tombstone."""
    before = Entry.objects.count(), Visit.objects.count()
    reply = national.send(infno, None, raw=json.dumps(national.message(infno, input_)).encode())
    assert reply.status == 200
    assert refused(reply) or infno in ("2601", "3201", "9101")
    assert (Entry.objects.count(), Visit.objects.count()) == before


@FUZZ
@given(field=envelope, value=values)
def test_one_wrong_field_in_a_right_envelope(national, family, field, value):
    named = {"psn_no": family.mei.psn_no, "mdtrt_id": "1"}
    before = standing()
    message = national.message("2207", {"data": bill(named, "1.00")}) | {field: value}
    reply = national.send("2207", None, raw=json.dumps(message).encode())
    assert refused(reply)
    assert standing() == before


@FUZZ
@given(field=st.sampled_from([*fields[:40], *bill({}, "1.00")]), value=values)
def test_one_wrong_field_in_a_right_bill_moves_nothing_unless_it_is_settled(
    national, family, field, value
):
    named = one_visit(national, family.mei)
    before = standing()
    message = national.message("2207", {"data": bill(named, "1.00") | {field: value}})
    reply = national.send("2207", None, raw=json.dumps(message).encode())
    assert reply.status == 200
    if reply.json["infcode"] == 0:
        setl_id = reply.json["output"]["setlinfo"]["setl_id"]
        national.reverse(named, setl_id)
    else:
        assert standing() == before


def one_visit(national, patient) -> dict:
    """Return what names the one visit all examples of a test share."""
    visit = Visit.objects.filter(patient=patient).first()
    if visit is None:
        return national.visit(patient, "1.00")
    return {"psn_no": patient.psn_no, "mdtrt_id": str(visit.pk)}


@FUZZ
@given(
    header=st.sampled_from(
        ["_api_access_key", "_api_timestamp", "_api_signature", "_api_version", "_api_name",
         "x-tif-paasid", "x-tif-nonce", "x-tif-timestamp", "content-type", "x-request-id"]
    ),
    value=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=90),
)  # fmt: skip
def test_any_header(national, header, value):
    message = national.message("9001", {"signIn": {"opter_no": "1"}})
    reply = national.send("9001", message, headers=national.signed("9001") | {header: value})
    assert reply.status == 200
    assert reply.json.get("code") == 401 or reply.json["infcode"] == 0


# --- a day of tills -----------------------------------------------------------------------


def test_the_replies_of_a_random_day_add_up_and_reconcile_to_nothing(national, pharmacy, family):
    """The tills keep their own books from our replies alone, as a hospital does."""
    chance = random.Random(6)
    patients = [family.mei, build.resident("许安", area=AREA), build.resident("田野", area=AREA)]
    build.active_binding(family.lan, patients[1], cap_per_settlement_fen=7_77)
    build.contribution(family.lan, 100_000_00, area=AREA)
    kinds = [(pharmacy, "41", _bought, "2103"), (national, "11", _treated, "2208")]
    kinds += [(national, "21", _stayed, "2305")]
    kept = {(till, clr_type): [] for till, clr_type, _act, _undo in kinds}
    sent, wanted = 0, times(ci=200, long_run=20_000)
    while sent < wanted:
        (till, clr_type, act, undo) = chance.choices(kinds, (40, 45, 15))[0]
        amount = str(Decimal(chance.randrange(1, 90_00)).scaleb(-2))
        told, messages_sent = act(till, chance.choice(patients), amount, chance)
        kept[till, clr_type].append(told)
        sent += messages_sent
        if chance.random() < 0.25:
            kept[till, clr_type].append(_undone(till, undo, told, chance))
            sent += 1
    for (till, clr_type), told in kept.items():
        _reconciles(till, clr_type, told)
    assert books.check() == []


def _reconciles(till, clr_type: str, kept: list[dict]) -> None:
    """Check that 3201 and 3202 find nothing in a till's books, and one altered line at once."""
    assert len(kept) > 3
    assert statement(till, clr_type, kept)["stmt_rslt"] == "0"
    assert differences(till, kept, clr_type=clr_type, **since_yesterday()) == []
    altered = [*kept[:-1], kept[-1] | {"acct_pay": kept[-1]["acct_pay"] + Decimal("0.01")}]
    told = statement(till, clr_type, altered)
    assert told["stmt_rslt"] == "1"
    assert told["stmt_rslt_dscr"].startswith("个人账户支付金额：机构 ")
    (found,) = differences(till, altered, clr_type=clr_type, **since_yesterday())
    assert found[2] == kept[-1]["setl_id"]


def _undone(till, undo: str, told: dict, chance) -> dict:
    """Give back by the settlement's number, or by its message; return the reply."""
    if chance.random() < 0.3:
        infno = {"2103": "2102", "2208": "2207", "2305": "2304"}[undo]
        named = {"omsgid": told["medins_setl_id"], "oinfno": infno, "psn_no": told["psn_no"]}
        return till.do("2601", {"data": named})["setlinfo"]
    who = {key: told[key] for key in ("psn_no", "mdtrt_id", "setl_id")}
    return till.do(undo, {"data": who})["setlinfo"]


def _stayed(till, patient, amount, chance) -> tuple[dict, int]:
    """Take somebody in, send fees, send them home; return the reply and the number of messages."""
    stay = till.do("2401", admission(patient))["result"]["mdtrt_id"]
    named = {"psn_no": patient.psn_no, "mdtrt_id": stay}
    till.fees("2301", named, amount)
    till.do("2402", leaving(patient, named))
    wanted = {"data": bill(named, amount, acct_used_flag=str(chance.randrange(3)))}
    asked_before = chance.random() < 0.3
    if asked_before:
        till.do("2303", wanted)
    return till.do("2304", wanted)["setlinfo"], 4 + asked_before


def _bought(till, patient, amount, chance) -> tuple[dict, int]:
    """Sell drugs, now and then after a preview; return the reply and the number of messages."""
    wanted = purchase(patient, amount, acct_used_flag=str(chance.randrange(3)))
    asked_before = chance.random() < 0.3
    if asked_before:
        till.do("2101", wanted)
    return till.do("2102", wanted)["setlinfo"], 1 + asked_before


def _treated(till, patient, amount, chance) -> tuple[dict, int]:
    """Treat somebody, now and then after a preview or a refused bill, or with a lost answer."""
    named = till.visit(patient, amount)
    wanted = {"data": bill(named, amount, acct_used_flag=str(chance.randrange(3)))}
    asked_before, mistaken, lost = (chance.random() < 0.2 for _ in range(3))
    if asked_before:
        till.do("2206", wanted)
    if mistaken:
        till.refused("2207", {"data": bill(named, "12345.67")})
    message = till.message("2207", wanted)
    first = till.send("2207", message)
    if lost:
        assert till.send("2207", message).raw == first.raw
    told = exact(first)
    assert told["infcode"] == 0, first
    assert adds_up(told["output"]["setlinfo"])
    return told["output"]["setlinfo"], 3 + asked_before + mistaken + lost


def since_yesterday() -> dict[str, str]:
    """Return the days to compare: the long run may go on past midnight."""
    last = right_now()
    first = last - timedelta(days=1)
    return {"stmt_begndate": f"{first:%Y-%m-%d}", "stmt_enddate": f"{last:%Y-%m-%d}"}


def statement(till, clr_type: str, kept: list[dict]) -> dict:
    """Ask 3201 whether what a till has kept is what we have."""
    names = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    sums = {name: str(sum((told[name] for told in kept), Decimal(0))) for name in names}
    about = {
        "insutype": "390",
        "clr_type": clr_type,
        "setl_optins": "999900",
        **since_yesterday(),
        "fixmedins_setl_cnt": str(len(kept)),
    }
    return till.do("3201", {"data": about | sums})["stmtinfo"]
