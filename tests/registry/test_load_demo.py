"""`manage.py load_demo`: a whole small world, made once and found again."""

from datetime import UTC
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiClient, Member, User
from accounts.selectors import by_psn_no
from pooling.bindings.models import Binding
from pooling.funds import selectors as funds
from pooling.ledger import selectors as books
from pooling.registry import demo, demo_life
from pooling.settlements.models import Line, Settlement
from tests import build

pytestmark = pytest.mark.django_db
COMMANDS = "pooling.registry.management.commands"


@pytest.fixture
def load(settings, tmp_path):
    settings.HOME = tmp_path
    settings.DEMO = True

    def run(**options):
        out = StringIO()
        call_command("load_demo", members=30, stdout=out, **options)
        return out.getvalue()

    return run


def counts():
    return {model: model.objects.count() for model in (Member, User, Binding, Settlement, Line)}


def test_the_demo_is_made_once_and_found_again(load, settings):
    said = load()
    assert demo.phone(demo.PAYER) in said
    first = counts()
    assert (settings.HOME / "demo" / "till-key").read_text().strip() in said
    assert not demo_life.is_wanted()
    assert "密钥（也在" not in load()
    assert counts() == first


def test_the_storys_people_can_sign_in_and_every_desk_has_a_second_factor(load):
    load()
    members = User.objects.filter(member__isnull=False, phone_verified=True)
    assert members.count() == len(demo.LOGINS)
    staff = User.objects.filter(is_staff=True)
    assert staff.count() == len(demo_life.STAFF)
    assert all(user.authenticator_set.exists() for user in staff)
    assert not User.objects.filter(is_superuser=True).exists()
    assert ApiClient.objects.get().institution.code == demo.CLINIC


def test_the_storys_bills_tell_what_they_are_there_for(load):
    load()
    the_bills_tell()


#: The first day of a year, the same before it has begun in UTC, and a day few years have.
@pytest.mark.parametrize("moment", ["2027-01-01 09:00", "2027-01-01 00:10", "2028-02-29 12:00"])
def test_the_story_can_be_told_on_any_day(load, monkeypatch, moment):
    at = build.moment(moment).astimezone(UTC)
    for clock in ("load_demo.database_clock", "load_registry.database_clock"):
        monkeypatch.setattr(f"{COMMANDS}.{clock}", lambda: at)
    monkeypatch.setattr(f"{COMMANDS}.make_demo_registry.timezone", SimpleNamespace(now=lambda: at))
    load()
    the_bills_tell()


def the_bills_tell() -> None:
    of = {row.message_id: row for row in Settlement.objects.all()}
    assert len(of) == len(demo_life.BILLS)
    assert (of["DEMO-2"].pooled_fen, of["DEMO-2"].cash_fen) == (500_00, 180_00)
    assert (of["DEMO-3"].pooled_fen, of["DEMO-3"].cash_fen) == (0, 56_00)
    assert of["DEMO-4"].lines.values("payer").distinct().count() == 2
    assert of["DEMO-6"].status == Settlement.Status.PARTLY_REFUNDED
    assert (of["DEMO-7"].pooled_fen, of["DEMO-7"].cash_fen) == (0, 45_00)
    assert of["DEMO-8"].status == Settlement.Status.REVERSED
    # The wallet gives what it has; the quota of another province's daughter pays the rest.
    assert (of["DEMO-10"].own_fen, of["DEMO-10"].pooled_fen) == (150_00, 60_00)
    assert (of["DEMO-11"].pooled_fen, of["DEMO-11"].cash_fen) == (100_00, 0)
    assert books.check() == []


def test_a_visitor_finds_a_fund_a_wallet_and_a_quota_across_provinces(load):
    load()
    payer, relative = map(_member, demo_life.QUOTA[:2])
    assert funds.open_quota(payer, relative) is not None
    assert funds.wallet_of(relative) is not None
    assert len(funds.fund_rows(funds.fund_of(_member(demo.MOTHER_IN_XIAMEN)).pk)) == 3


def _member(serial: int) -> int:
    return by_psn_no(demo.psn_no(serial)).pk


def test_a_demo_never_mixes_with_other_people(load):
    build.member("王伟")
    assert not demo_life.is_wanted()
    with pytest.raises(CommandError, match="不与真实数据混在一起"):
        load()


def test_a_demo_is_refused_where_this_is_no_demo(load, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        load()
    assert not Member.objects.exists()
