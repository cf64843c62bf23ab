"""`credentials.csv`: who activated an e-credential elsewhere."""

import pytest

from accounts import selectors, tokens
from accounts.models import ECredential
from accounts.services import credentials
from tests import build
from tests.registry.test_load_registry import load, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(tmp_path):
    wei = build.employee("王伟", psn_no="P-WEI")
    gui = build.resident("张桂兰", psn_no="P-GUI", born="1957-11-02", gender="2")
    return tmp_path, wei, gui


def said_of(folder, *lines):
    write(folder, "credentials.csv", *lines)
    return load(folder)


def test_whoever_activated_elsewhere_has_an_e_credential_since_that_day(family):
    folder, wei, gui = family
    said = said_of(folder, "P-WEI,2021-06-01", "P-GUI,2022-03-05")
    assert "credentials.csv：新增 2，更正 0，未变 0，拒绝 0" in said
    row = selectors.e_credential_of(gui.pk)
    assert (row.activated_on, row.via) == (build.day("2022-03-05"), "registry")
    assert row.number in tokens.CREDENTIALS
    before, since = (
        selectors.standings([gui], build.day(day))[gui.pk].e_credential
        for day in ("2022-03-04", "2022-03-05")
    )
    assert (before, since) == (False, True)
    assert row.number != selectors.e_credential_of(wei.pk).number


def test_the_same_again_or_one_activated_here_changes_nothing(family):
    folder, _wei, gui = family
    build.activated(gui)
    said_of(folder, "P-WEI,2021-06-01")
    said = said_of(folder, "P-WEI,2021-06-01", "P-GUI,2022-03-05")
    assert "credentials.csv：新增 0，更正 0，未变 2，拒绝 0" in said
    assert selectors.e_credential_of(gui.pk).via == "member"
    assert ECredential.objects.count() == 2


def test_a_number_that_is_taken_is_drawn_again(family, monkeypatch):
    folder, wei, gui = family
    taken = build.activated(wei)
    number = selectors.e_credential_of(taken.pk).number
    drawn = iter((number, number, number + 1))
    monkeypatch.setattr(credentials, "draw", lambda numbers: next(drawn))
    assert "新增 1，更正 0，未变 0，拒绝 0" in said_of(folder, "P-GUI,2022-03-05")
    assert selectors.e_credential_of(gui.pk).number == number + 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("P-WEI,2999-01-01", "credentials.csv:2: activated_on: 日期不能晚于今天"),
        ("P-WEI,yesterday", "credentials.csv:2: activated_on: "),
        ("P-NOBODY,2021-06-01", "credentials.csv:2: psn_no: 人员编号 P-NOBODY 未登记"),
        (",2021-06-01", "credentials.csv:2: psn_no: "),
    ],
)
def test_a_bad_row_is_kept_out_and_named(family, line, problem):
    folder, _wei, _gui = family
    said = said_of(folder, line)
    assert problem in said
    assert "credentials.csv：新增 0，更正 0，未变 0，拒绝 1" in said
    assert not ECredential.objects.exists()
