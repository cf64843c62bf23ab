"""How the interface did, by institution, transaction and day, from the log alone."""

from datetime import timedelta

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pooling.hospital.models import Exchange
from pooling.hospital.selectors import rates
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock
from tests import build
from tests.hospital.national import NationalTill
from tests.hospital.test_exchanges import an_old_line
from tests.hospital.test_tills_admin import back_at_the_till

pytestmark = pytest.mark.django_db
PAGE = "admin:hospital_exchange_rates"


@pytest.fixture(autouse=True)
def _connections_close_again():
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def auditor(client):
    build.signed_in_staff(client, username="feng.auditor", role="auditor")
    back_at_the_till()
    return client


@pytest.fixture
def place():
    return build.institution(name="信江医院")


@pytest.fixture
def week(place):
    """Ten messages of one institution, one of another; a replay; and one of a year ago."""
    whose = {"institution": place}
    for ms in range(1, 8):
        an_old_line(1, infno="2206", duration_ms=ms * 10, **whose)
    an_old_line(1, infno="2207", outcome="refused", reason="settled", duration_ms=80, **whose)
    broken = an_old_line(
        2, infno="2207", outcome="failed", reason="RuntimeError", duration_ms=90, **whose
    )
    an_old_line(2, infno="2207", outcome="invalid", reason="missing data.psn_no", **whose)
    an_old_line(1, infno="9001", outcome="busy", reason="busy")
    staff = build.staff("han.reviewer")
    an_old_line(1, infno="2207", replay_of=broken, staff=staff, note="机构来电", **whose)
    an_old_line(300, infno="2207", **whose)
    return business_date(database_clock())


def test_the_figures_of_a_week(week, place):
    found = rates.of_days(week - timedelta(days=6), week)
    assert (found.whole.total, found.whole.refused, found.whole.failed) == (11, 2, 2)
    assert [(rate.name, rate.word) for rate in found.transactions] == [
        ("2206", "门诊预结算"),
        ("2207", "门诊结算"),
        ("9001", "签到"),
    ]
    (mine,) = [rate for rate in found.places if rate.code == place.code]
    assert (mine.total, mine.refused, mine.failed, mine.well) == (10, 2, 1, 7)
    assert (mine.refused_share, mine.failed_share) == ("20.0", "10.0")
    assert (mine.median_ms, mine.p95_ms) == (40, 90)
    assert [rate.failed for rate in found.places] == [1, 1]
    assert found.places[0] == mine, "of equally many failures, most refusals first"
    assert found.places[1].failed_share == "100.0"
    assert [rate.total for rate in found.days] == [2, 9]
    told = {(row.word, row.reason): (row.count, row.places) for row in found.reasons}
    assert told["业务拒绝", "settled"] == (1, 1)
    assert len(told) == 4


def test_one_institutions_figures_are_its_own(week, place):
    since = week - timedelta(days=6)
    found = rates.of_days(since, week, institution_id=place.pk)
    assert found.whole.total == 10
    assert [rate.code for rate in found.places] == [place.code]
    assert {row.reason for row in found.reasons} == {
        "settled",
        "RuntimeError",
        "missing data.psn_no",
    }
    assert rates.of_place(place.pk, since, week) == found.whole


def test_shares_of_nothing_are_none(db):
    found = rates.of_days(build.TODAY, build.TODAY)
    assert (found.whole.total, found.whole.failed_share) == (0, "0.0")
    assert found.places == found.transactions == found.reasons == []


def test_three_statements_however_many_messages(week):
    def costs() -> int:
        with CaptureQueriesContext(connection) as asked:
            rates.of_days(week - timedelta(days=6), week)
        return len(asked)

    assert costs() == 3
    for _ in range(5):
        an_old_line(3, outcome="refused", reason="other")
    assert costs() == 3


def test_the_page_draws_and_tells_the_same(auditor, week, place):
    page = auditor.get(reverse(PAGE)).content.decode()
    assert "11</span>" in page
    assert "18.2%" in page
    assert 'role="img"' in page
    assert "信江医院" in page
    assert "missing data.psn_no" in page
    narrowed = auditor.get(reverse(PAGE), {"first": week, "last": week})
    assert "这些天没有报文" in narrowed.content.decode()


def test_an_unsigned_message_is_nobodys_figure(auditor, national):
    NationalTill(national.access_key, "x" * 64, national.institution).ask("2207", {})
    page = auditor.get(reverse(PAGE))
    assert page.context["rates"].whole.unsigned == 1
    assert page.context["rates"].places == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-11-22", "last": "2026-11-21"}, "第一天不能晚于最后一天"),
        ({"first": "2026-01-01", "last": "2026-11-21"}, "最多 31 天"),
        ({"first": "", "last": "2026-11-21"}, "必填"),
        ({"first": "2026-11-21", "last": "2026-11-21", "institution_code": "H0"}, "没有这个编码"),
    ],
)
def test_days_that_make_no_sense_are_answered_in_words(auditor, asked, said):
    page = auditor.get(reverse(PAGE), asked)
    assert "rates" not in page.context
    assert said in page.content.decode().replace("这个字段是必填项", "必填")


# --- institutions ------------------------------------------------------------------------


def page_of(place) -> str:
    return reverse("admin:accounts_institution_change", args=[place.pk])


def test_an_institution_shows_who_signs_and_how_its_week_went(auditor, week, place):
    credential, _secret = build.till_credential(institution=place)
    build.api_key(institution=place)
    auditor.get(page_of(place))
    with CaptureQueriesContext(connection) as asked:
        page = auditor.get(page_of(place)).content.decode()
    assert credential.client.name in page
    assert "REST 密钥" in page
    assert "20.0%" in page
    newest = Exchange.objects.filter(institution=place).latest("at")
    assert reverse("admin:hospital_exchange_change", args=[newest.pk]) in page
    assert sum("hospital_" in each["sql"] or "apiclient" in each["sql"] for each in asked) == 4


def test_a_clerk_sees_the_institution_without_its_messages(client, week, place):
    build.signed_in_staff(client, username="shen.clerk", role="clerk")
    page = client.get(page_of(place)).content.decode()
    assert place.name in page
    assert "最近一条报文" not in page
