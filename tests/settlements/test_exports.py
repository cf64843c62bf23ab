"""The usage log as a file: the same figures, no formula, nothing a page would not show."""

import csv
import io
import re
import zipfile

import pytest
from django.utils import timezone

from accounts.access import CONFIRMED
from pooling.audit import selectors as audit
from pooling.settlements import exports, selectors
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

CSV, XLSX, PAGE = "/usage/export.csv", "/usage/export.xlsx", "/usage/export/"


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr("pooling.settlements.views.now", lambda: build.NOON)


@pytest.fixture
def family():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, prior=3000, area="999900")
    build.settle(family.mei, 13000, place=family.clinic)
    return family


def sign_in(client, member, *, fresh=True):
    user = build.phone_user(member=member)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    if fresh:
        session = client.session
        session[CONFIRMED] = timezone.now().timestamp()
        session.save()


def table(response) -> list[list[str]]:
    """Return a CSV answer's rows without its header."""
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert len(head) == len(exports.header())
    return rows


def sheet(response) -> str:
    """Return the XML of everything an XLSX answer holds."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        return "".join(file.read(name).decode() for name in file.namelist())


def test_a_patient_takes_home_every_figure_of_the_own_bill(family, client):
    sign_in(client, family.mei)
    (row,) = table(client.get(CSV))
    assert row[:6] == [
        "我的就医和买药", "2026-11-22 12:00", "梅", family.clinic.name, "门诊", "130.00",
    ]  # fmt: skip
    assert row[6:8] == ["30.00", "100.00"]
    assert row[8] == "王伟（其他兄弟姐妹） ¥60.00；兰（其他兄弟姐妹） ¥40.00"
    assert row[9:] == ["0.00", "0.00", "已结算"]


def test_a_payer_takes_home_day_amount_and_kind_of_place(family, client):
    sign_in(client, family.wei)
    (row,) = table(client.get(CSV))
    given = ["家人用了我的钱", "2026-11-22", "梅（兄弟姐妹）", "医院（一级）", "", "", "60.00"]
    assert row[:7] == given
    assert family.clinic.name not in str(row)
    assert "130.00" not in row


def test_of_a_teenager_a_payer_takes_home_the_month_and_the_amount(family, client):
    teenager = build.resident("小梅", area="999900", born="2011-06-01")
    build.active_binding(family.lan, teenager, "70")
    build.settle(teenager, 1500, place=family.clinic)
    sign_in(client, family.lan)
    answer = client.get(CSV, {"relative": teenager.pk})
    (row,) = table(answer)
    assert row[1:4] == ["2026-11", "小梅（兄弟姐妹）", ""]
    assert row[6] == "15.00"


def test_the_spreadsheet_holds_amounts_as_numbers_and_the_same_words(family, client):
    sign_in(client, family.mei)
    answer = client.get(XLSX)
    assert answer["Content-Disposition"] == 'attachment; filename="usage-2026-11-2026-11.xlsx"'
    text = sheet(answer)
    assert re.search(r"<v>130(\.0+)?</v>", text)
    assert family.clinic.name in text
    assert "王伟（其他兄弟姐妹） ¥60.00" in text


@pytest.mark.parametrize(
    "name", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", "＋1", "－1", "＠x", "\r=1"]
)
def test_a_name_that_begins_like_a_formula_is_text(family, client, name):
    place = build.institution(area="999900", name=name)
    build.settle(family.mei, 100, place=place)
    (bill, _older) = selectors.received(family.mei.pk)
    sign_in(client, family.mei)
    cell = table(client.get(CSV))[0][3]
    assert cell == f"'{bill.institution}" != bill.institution
    text = sheet(client.get(XLSX))
    assert "<f>" not in text
    assert not any(
        said.strip().startswith(tuple("=+-@＝＋－＠"))
        for said in re.findall(r"<t[^>]*>([^<]*)</t>", text)
    )


def test_the_file_keeps_to_the_part_that_was_chosen(family, client):
    sign_in(client, family.mei)
    assert table(client.get(CSV, {"until": "2026-10"})) == []
    assert table(client.get(CSV, {"place": "pharmacy"})) == []
    assert len(table(client.get(CSV, {"payer": family.lan.pk}))) == 1
    assert client.get(CSV, {"relative": build.employee("李四").pk}).status_code == 404


@pytest.mark.parametrize("address", [PAGE, CSV, XLSX])
def test_without_a_fresh_code_nothing_leaves(family, client, address):
    sign_in(client, family.mei, fresh=False)
    answer = client.get(address, {"payer": family.lan.pk})
    assert answer.status_code == 302
    assert answer.url.startswith("/confirm-it-is-you/?next=")
    assert f"payer%3D{family.lan.pk}" in answer.url
    assert _exports(family.mei) == []


def _exports(member):
    events = audit.trail_of(member)
    return [event for event in events if event.verb == "settlements.record_export"]


def test_every_file_is_written_down(family, client):
    sign_in(client, family.mei)
    client.get(PAGE)
    assert _exports(family.mei) == []
    client.get(CSV)
    client.get(XLSX, {"since": "2026-01", "until": "2026-11"})
    first, second = _exports(family.mei)
    assert (first.actor_kind, first.actor_id) == ("member", family.mei.pk)
    assert second.detail == {"kind": "xlsx", "rows": 1, "since": "2026-01", "until": "2026-11"}


def test_more_than_a_file_takes_is_refused_with_a_sentence(family, client, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 1)
    build.settle(family.mei, 1000, place=family.clinic)
    sign_in(client, family.mei)
    page = client.get(PAGE).content.decode()
    assert "一次最多导出" in page
    assert "下载" not in re.sub(r"下载以后", "", page)
    answer = client.get(CSV)
    assert answer.status_code == 422
    assert "一次最多导出 1 笔" in answer.content.decode()
    assert _exports(family.mei) == []


def test_a_large_file_leaves_while_it_is_read(family, client, monkeypatch):
    """The first lines are there before the log has been read to its end."""
    read = []
    bills = selectors.usage.whole

    def slowly(*part):
        for row in bills(*part):
            read.append(row)
            yield row

    monkeypatch.setattr("pooling.settlements.views.usage.whole", slowly)
    for _each in range(3):
        build.settle(family.mei, 100, place=family.clinic)
    sign_in(client, family.mei)
    lines = iter(client.get(CSV).streaming_content)
    next(lines), next(lines)
    assert len(read) == 1
    assert len(list(lines)) == 3


def test_there_are_as_many_rows_as_were_counted(family):
    period = build.day("2026-01-01"), build.day("2027-01-01")
    for member in (family.mei, family.wei, family.lan):
        found = list(selectors.usage.whole(member.pk, *period))
        assert len(found) == selectors.usage.count(member.pk, *period) == 1


def test_the_export_page_costs_few_statements(family, client, django_assert_max_num_queries):
    sign_in(client, family.mei)
    with django_assert_max_num_queries(8):
        client.get(PAGE)
