"""Nobody on the staff sees the usage log without having said what for."""

import pytest

from pooling.audit import selectors, wording
from pooling.audit.models import Look
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

LOG = "/admin/settlements/line/"


@pytest.fixture
def family():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    return family


@pytest.fixture
def clerk(client):
    build.signed_in_staff(client, username="wang.clerk", role="clerk")
    return client


def read(client, address=LOG) -> str:
    return client.get(address).content.decode()


def test_before_a_purpose_is_said_nothing_is_shown_and_nothing_recorded(family, clerk):
    row = family.mei.settlements.get().lines.first()
    for address in (LOG, f"{LOG}{row.pk}/change/", f"{LOG}?q={family.mei.psn_no}"):
        page = read(clerk, address)
        assert "查看目的" in page
        assert "¥" not in page
        assert "梅*" not in page
    assert not Look.objects.exists()


def test_after_it_is_said_the_page_that_was_wanted_opens_and_the_look_says_what_for(family, clerk):
    wanted = f"{LOG}?q={family.mei.psn_no}"
    said = {"purpose": "complaint", "what": "投诉转办 12 号", "next": wanted}
    answer = clerk.post(f"{LOG}purpose/", said)
    assert (answer.status_code, answer.url) == (302, wanted)
    assert "¥70.00" in read(clerk, wanted)
    (look,) = selectors.looks_at(family.mei.pk)
    assert wording.purpose(look.purpose) == "处理投诉举报：投诉转办 12 号"


def test_a_purpose_holds_for_a_while_only(family, clerk, monkeypatch):
    build.say_purpose(clerk, LOG)
    assert "¥70.00" in read(clerk)
    monkeypatch.setattr("pooling.audit.admin.PURPOSE_SECONDS", -1)
    assert "查看目的" in read(clerk)


def test_a_purpose_opens_the_page_it_was_said_for_and_no_other(family, clerk):
    build.say_purpose(clerk, LOG)
    assert "查看目的" in read(clerk, "/admin/settlements/settlement/")


@pytest.mark.parametrize(
    "answers",
    [
        {"purpose": "curiosity", "what": "想看一看"},
        {"purpose": "dispute", "what": ""},
        {"purpose": "dispute", "what": "电话 13800138000 来访"},
        {"purpose": "dispute", "what": "身份证 100101198803050011"},
    ],
)
def test_a_purpose_is_one_of_the_list_with_words_and_without_numbers_of_people(
    family, clerk, answers
):
    page = clerk.post(f"{LOG}purpose/", answers | {"next": LOG})
    assert page.status_code == 200
    assert "查看目的" in read(clerk)


def test_a_purpose_is_posted_and_leads_nowhere_else(family, clerk):
    assert clerk.get(f"{LOG}purpose/").status_code == 405
    away = {"purpose": "dispute", "what": "核查疑问", "next": "https://elsewhere.example/"}
    assert clerk.post(f"{LOG}purpose/", away).url == "/admin/"


def test_who_may_not_look_is_refused_with_or_without_a_purpose(family, client):
    build.signed_in_staff(client, username="sun.rules", role="policy_admin")
    assert client.get(LOG).status_code == 403
    assert build.say_purpose(client, LOG).status_code == 403
