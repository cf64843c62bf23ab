"""How a replay is asked for and read: figures, picture, masked list, file, and who looked."""

import csv
from io import StringIO

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from pooling.audit.models import Event, Look
from pooling.policy import services as policy
from pooling.reports import selectors, services
from pooling.reports.models import Replay
from pooling.shared.masks import mask_name
from tests import build
from tests.reports.test_replay import draft, replay, run_to_the_end
from tests.settlements.household import household

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    family = household()
    for day in ("02", "20"):
        at = build.moment(f"2026-11-{day} 09:00")
        build.settle(family.mei, 3000, place=family.clinic, at=at)
    return family


@pytest.fixture
def officer(client):
    return build.signed_in_staff(client, username="qian.policy", role="policy_admin")


def ask(client, version, since="2026-11-01", until="2026-11-20"):
    asked = {"version": version.pk, "since": since, "until": until}
    return client.post(reverse("admin:reports_replay_start"), asked)


def page(client, replay, query="") -> str:
    address = reverse("admin:reports_replay_change", args=[replay.pk])
    return client.get(address + query).content.decode()


def test_an_officer_asks_leaves_and_comes_back(client, officer, family):
    version = draft(floor_fen=4000)
    asked = ask(client, version)
    waiting = Replay.objects.get()
    assert asked.url == reverse("admin:reports_replay_change", args=[waiting.pk])
    assert waiting.until == build.day("2026-11-21")
    assert "还在排队" in page(client, waiting)
    services.replay_more(by=build.JOB, at=build.NOON)
    assert "共 2 笔；算到 2026年11月2日" in page(client, waiting)
    run_to_the_end()
    text = page(client, waiting)
    assert "正在后台试算" not in text
    assert "统筹区规定共济人的账户须保留 ¥40.00" in text
    assert "绑定方面的规则" in text
    assert '<rect class="after"' in text


def test_the_list_masks_people_and_every_look_is_written_down(client, officer, family):
    done = replay(draft(floor_fen=4000))
    before = Look.objects.count()
    text = page(client, done)
    assert family.wei.name not in text
    assert mask_name(family.wei.name) in text
    look = Look.objects.latest("pk")
    assert Look.objects.count() == before + 1
    assert look.page == "reports.changes"
    assert set(look.member_ids) == {family.mei.pk, family.wei.pk}
    assert (look.actor_kind, look.actor_id) == ("staff", officer.pk)


def test_the_list_is_paged_and_a_cut_one_says_so(client, officer, family, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 1)
    done = replay(draft(floor_fen=4000))
    first, last = done.changes.order_by("pk")
    text = page(client, done)
    assert f"?after={first.pk}" in text
    text = page(client, done, f"?after={first.pk}")
    assert f'<th scope="row">{last.settlement_id}<' in text
    assert f'<th scope="row">{first.settlement_id}<' not in text
    assert page(client, done, "?after=x").count('<th scope="row">') > 0
    last.delete()
    assert "共 2 笔，这里只逐笔列出前 1 笔" in page(client, done)


def test_the_file_holds_the_same_figures_and_nobodys_name(client, officer, family):
    done = replay(draft(floor_fen=4000))
    answer = client.get(reverse("admin:reports_replay_csv", args=[done.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(StringIO(text))
    assert [len(row) for row in rows] == [len(head)] * 2
    change = done.changes.order_by("pk").first()
    told = dict(zip(head, rows[0], strict=True))
    assert told["结算编号"] == str(change.settlement_id)
    assert told["试算支付"] == "20.00"
    assert "须保留" in told["原因（试算）"]
    for name in (family.wei.name, family.mei.name):
        assert name not in text
    assert Event.objects.latest("pk").verb == "reports.record_export"


def test_bills_of_which_only_the_parts_differ_say_so(client, officer):
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, current=500, prior=1000, area="999900")
    build.settle(family.mei, 700, place=family.clinic, at=build.moment("2026-11-02 09:00"))
    done = replay(draft(own_part_order=["prior", "current"]))
    assert "先用今年划入的还是往年结余不同" in page(client, done)
    answer = client.get(reverse("admin:reports_replay_csv", args=[done.pk]))
    assert answer.status_code == 200
    assert b"7.00,7.00" in b"".join(answer.streaming_content)


def test_rules_edited_afterwards_make_the_answer_old(client, officer, family):
    version = draft(floor_fen=4000)
    done = replay(version)
    assert "后来又改过" not in page(client, done)
    policy.unset_clause(version_id=version.pk, name="floor_fen", by=build.clerk(), at=build.NOON)
    assert "后来又改过" in page(client, done)


def test_what_cannot_be_tried_is_refused_in_the_form(client, officer, family):
    version = draft()
    answer = ask(client, version, since="2026-11-20", until="2026-11-01")
    assert "结束日期不能早于开始日期" in answer.content.decode()
    ask(client, version)
    assert "正在试算" in ask(client, version).content.decode()


def test_an_officer_stops_what_takes_too_long(client, officer, family):
    ask(client, draft())
    replay = Replay.objects.get()
    address = reverse("admin:reports_replay_act", args=[replay.pk, "stop"])
    answer = client.post(address)
    assert "已停止" in "".join(map(str, get_messages(answer.wsgi_request)))
    assert "停止试算" not in page(client, replay)


def test_a_page_of_changes_costs_as_many_statements_as_one_change(
    client, officer, family, django_assert_max_num_queries
):
    done = replay(draft(floor_fen=4000))
    page(client, done)
    with django_assert_max_num_queries(22):
        page(client, done)
    for _ in range(10):
        build.settle(family.mei, 3000, place=family.clinic)
    more = replay(draft(label="2027-2", floor_fen=90_000))
    assert more.changed == 12
    with django_assert_max_num_queries(22):
        page(client, more)


def test_the_quarter_before_is_offered():
    for today, first, last in (
        ("2026-11-22", "2026-07-01", "2026-09-30"),
        ("2026-01-05", "2025-10-01", "2025-12-31"),
        ("2026-04-01", "2026-01-01", "2026-03-31"),
    ):
        offered = selectors.last_quarter(build.day(today))
        assert offered == (build.day(first), build.day(last))
