"""Where the fund's share comes from: the table by day, and a core that answers, or does not."""

import json
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from accounts.services.clients import ClientRefused
from pooling.audit.models import Event
from pooling.hospital.models import Message
from pooling.hospital.national import benefits, core
from pooling.hospital.national.benefits import Claim
from pooling.hospital.national.services import credentials
from pooling.settlements.models import Settlement
from pooling.shared.periods import business_date
from tests import build
from tests.hospital.conftest import holds
from tests.hospital.national import NationalTill, bill, right_now

ON = date(2026, 11, 22)


def claim(**changes) -> Claim:
    return Claim(
        **{
            "on": ON,
            "insutype": "310",
            "kind": "inpatient",
            "level": 3,
            "total_fen": 1_000_00,
            "in_scope_fen": 1_000_00,
        }
        | changes
    )


# --- the table ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fund", "deducted"),
    [
        ({}, 160_00, 800_00),
        ({"level": 1}, 720_00, 200_00),
        ({"deductible_used_fen": 750_00}, 760_00, 50_00),
        ({"deductible_used_fen": 900_00}, 800_00, 0),
        ({"in_scope_fen": 100_00}, 0, 100_00),
        ({"kind": "outpatient", "level": 2, "in_scope_fen": 1}, 0, 0),
        ({"kind": "outpatient", "level": 2, "in_scope_fen": 33}, 19, 0),
        ({"insutype": "390", "kind": "outpatient", "level": 3}, 0, 0),
        ({"kind": "pharmacy"}, 0, 0),
        ({"entitled": False}, 0, 0),
        ({"on": date(2019, 12, 31)}, 0, 0),
        ({"insutype": "340"}, 0, 0),
    ],
)
def test_the_table_deducts_first_and_never_pays_a_part_of_a_fen(changes, fund, deducted):
    share = benefits.table(claim(**changes))
    assert (share.fund_fen, share.deductible_fen) == (fund, deducted)


def test_later_terms_end_earlier_ones_from_their_day(monkeypatch, tmp_path):
    path = tmp_path / "benefits.csv"
    path.write_text(
        "from_date,insutype,kind,level,deductible_fen,ratio_bp\n"
        "2027-01-01,310,inpatient,3,0,5000\n"
        "2020-01-01,310,inpatient,3,0,9000\n",
        "utf-8",
    )
    monkeypatch.setattr(benefits, "BENEFITS", path)
    benefits._rows.cache_clear()
    try:
        assert benefits.table(claim(on=date(2026, 12, 31))).fund_fen == 900_00
        assert benefits.table(claim(on=date(2027, 1, 1))).fund_fen == 500_00
    finally:
        benefits._rows.cache_clear()


# --- which of them, from when ---------------------------------------------------------------


@pytest.fixture
def changing(hospital):
    """A till that may report two days late, and what changes its source from a day on."""
    credential, secret = build.till_credential(institution=hospital, days=2)

    def change(share: str, days: int):
        at = right_now()
        day = business_date(at) + timedelta(days=days)
        return credentials.change_share(credential, share=share, from_date=day, by=build.JOB, at=at)

    return NationalTill(credential.access_key, secret, hospital.code), change


def fund_of(till, patient, days_ago: int = 0, **changes) -> str:
    """Settle 10.00 of some days ago; return what the fund bears."""
    named = till.visit(patient, "10.00")
    sent = f"{right_now() - timedelta(days=days_ago):%Y-%m-%d %H:%M:%S}"
    told = till.do("2207", {"data": bill(named, "10.00", **changes)}, inf_time=sent)
    return str(told["setlinfo"]["fund_pay_sumamt"])


@pytest.mark.django_db
def test_the_source_changes_from_its_day_and_days_before_keep_theirs(changing, family):
    till, change = changing
    change("message", 0)
    told = json.dumps({"fund_pay_sumamt": "7.30"})
    assert fund_of(till, family.mei, exp_content=told) == "7.30"
    named = till.visit(family.mei, "10.00")
    assert "fund_pay_sumamt" in till.refused("2207", {"data": bill(named, "10.00")})
    assert fund_of(till, family.mei, days_ago=1) == "5.00", "of a day when the table reckoned"


@pytest.mark.django_db
def test_a_planned_change_waits_for_its_day_and_may_be_replaced(changing, family):
    till, change = changing
    change("message", 1)
    row = change("table", 30)
    assert fund_of(till, family.mei) == "5.00"
    today = business_date(right_now())
    expected = [(0, "table"), (1, "message"), (29, "message"), (30, "table")]
    assert [(n, row.share_on(today + timedelta(days=n))) for n, _share in expected] == expected
    row = change("table", 1)
    assert row.share_on(today + timedelta(days=1)) == "table"
    assert len(row.later_shares) == 2
    assert Event.objects.filter(verb="hospital.change_share").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("share", "days", "said"),
    [
        ("message", -1, "今天或以后"),
        ("table", 0, "本来就是"),
        ("core", 0, "PORTAL_CORE_URL"),
        ("x", 0, "只能是"),
    ],
)
def test_a_change_that_cannot_be_is_refused(changing, share, days, said):
    _till, change = changing
    with pytest.raises(ClientRefused, match=said):
        change(share, days)


# --- a core -------------------------------------------------------------------------------


@contextmanager
def a_core(*answers):
    """Run a core that gives these (status, body, headers) one after the other, on this machine."""
    asked, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((json.loads(raw), dict(self.headers)))
            status, body, *headers = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/share", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def asking(hospital, settings, monkeypatch):
    """Return a function that makes a till whose share comes from a core at this address."""
    monkeypatch.setattr(core, "SECONDS", 60)  # a core that answers may do so on a busy machine

    def make(url: str) -> NationalTill:
        settings.CORE_URL, settings.CORE_KEY = url, "a key"
        credential, secret = build.till_credential(institution=hospital, share="core")
        return NationalTill(credential.access_key, secret, hospital.code)

    return make


GOOD = {"fund_pay_sumamt": "7.30", "hifp_pay": 7.3, "act_pay_dedc": 1, "hosp_part_amt": 0}


@pytest.mark.django_db
def test_a_core_is_asked_by_the_interfaces_names_and_believed(asking, family):
    with a_core((200, GOOD)) as (url, asked):
        till = asking(url)
        named = till.visit(family.mei, "10.00")
        done = till.settle(named, "10.00")
    amounts = ("fund_pay_sumamt", "hifp_pay", "act_pay_dedc", "psn_part_amt")
    assert [str(done[name]) for name in amounts] == ["7.30", "7.30", "1.00", "2.70"]
    ((question, headers),) = asked
    assert headers["Authorization"] == "Bearer a key"
    assert question == {
        "psn_no": family.mei.psn_no,
        "fixmedins_code": till.institution,
        "hosp_lv": 1,
        "insutype": "390",
        "med_type": "11",
        "kind": "outpatient",
        "date": question["date"],
        "medfee_sumamt": 10.0,
        "fulamt_ownpay_amt": 0.0,
        "overlmt_selfpay": 0.0,
        "preselfpay_amt": 0.0,
        "inscp_scp_amt": 10.0,
        "deductible_paid": 0.0,
    }


@pytest.mark.django_db
def test_a_core_that_stumbles_once_is_asked_again(asking, family):
    with a_core((502, b""), (200, GOOD)) as (url, asked):
        till = asking(url)
        assert till.settle(till.visit(family.mei, "10.00"), "10.00")
    assert len(asked) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "times_asked"),
    [
        ((500, b""), 2),
        ((404, b""), 1),
        ((302, b"", ("Location", "http://127.0.0.1:9/")), 1),
        ((200, b"no json"), 1),
        ((200, b"\xff\xfe"), 2),
        ((200, {"fund_pay_sumamt": "10.01"}), 1),
        ((200, {"fund_pay_sumamt": 1, "hifp_pay": 2}), 1),
        ((200, {}), 1),
    ],
)
def test_a_core_without_a_usable_answer_costs_nobody_anything(asking, family, answer, times_asked):
    with a_core(answer) as (url, asked):
        till = asking(url)
        named = till.visit(family.mei, "10.00")
        message = till.message("2207", {"data": bill(named, "10.00")})
        reply = till.send("2207", message)
        assert (reply.status, reply.json["infcode"]) == (503, -1)
        assert "没有动任何款项" in reply.json["err_msg"]
    assert len(asked) == times_asked
    assert not Settlement.objects.exists()
    assert not Message.objects.exists()
    assert holds(family.wei) == 60_00
    with a_core((200, GOOD)) as (url, _asked):
        core.settings.CORE_URL = url
        assert till.send("2207", message).json["infcode"] == 0


@pytest.mark.django_db
def test_a_core_that_is_away_or_silent_is_given_up(asking, family, monkeypatch):
    till = asking("http://127.0.0.1:9/")
    named = till.visit(family.mei, "10.00")
    assert till.ask("2206", {"data": bill(named, "10.00")}).status == 503
    monkeypatch.setattr(core, "SECONDS", 0.2)
    silent = threading.Event()
    with a_core((200, GOOD)) as (url, _asked):
        core.settings.CORE_URL = url
        monkeypatch.setattr(
            "tests.hospital.test_national_core.BaseHTTPRequestHandler.handle",
            lambda _self: silent.wait(60),
        )
        try:
            assert till.ask("2206", {"data": bill(named, "10.00")}).status == 503
        finally:
            silent.set()


@pytest.mark.django_db
def test_a_core_that_nobody_named_is_no_choice(hospital, settings):
    for url in ("", "file:///etc/passwd"):
        settings.CORE_URL = url
        with pytest.raises(ClientRefused, match="PORTAL_CORE_URL"):
            build.till_credential(institution=hospital, share="core")
