"""What staff see of the rules, and how officers write them, clause by clause."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from pooling.policy import selectors
from pooling.policy.models import RuleVersion
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    build.built_in_areas(build.SHANGRAO, build.SHANGHAI_CITY)
    build.signed_in_staff(client, username="qian.policy", role="policy_admin")
    return client


def page(reader, name, *args):
    return reader.get(reverse(f"admin:policy_{name}", args=args))


def test_an_area_shows_every_rule_of_today_and_who_set_it(reader):
    text = page(reader, "area_change", "361100").content.decode()
    for row in selectors.explain("361100", build.TODAY):
        assert row.title in text
        assert row.clause.text in text
    assert "江西省 2024-1" in text


def test_a_version_shows_its_clauses_in_words(reader):
    version = RuleVersion.objects.get(area="310000", label="2024-1")
    text = page(reader, "ruleversion_change", version.pk).content.decode()
    assert "只有往年结余可以给家人用" in text
    assert "https://www.songjiang.gov.cn/" in text
    assert "提交发布" not in text


def test_nothing_can_be_added_changed_or_deleted(reader):
    version = RuleVersion.objects.first()
    for name, row in (("area", "310000"), ("ruleversion", version.pk)):
        assert page(reader, f"{name}_changelist").status_code == 200
        assert page(reader, f"{name}_add").status_code == 403
        assert page(reader, f"{name}_delete", row).status_code == 403
        change = reverse(f"admin:policy_{name}_change", args=[row])
        assert reader.post(change).status_code == 403


# --- writing ------------------------------------------------------------------------------

LATE = "2099-01-01"
SOURCE = {
    "source": "饶医保发〔2098〕1号",
    "text": "保留五百元",
    "evidence": "OFFICIAL",
    "seen_on": "2026-11-22",
}


@pytest.fixture
def officer(client):
    build.area("361100", "上饶市", floor_fen=3000, uses=["outpatient"])
    return build.signed_in_staff(client, username="qian.policy", role="policy_admin")


def said(response):
    return "".join(str(message) for message in get_messages(response.wsgi_request))


def draft(client, **facts):
    """Draft by the page; return the version."""
    asked = {"area_code": "361100", "label": "2099-1", "from_date": LATE, "copy": "1"}
    answer = client.post(reverse("admin:policy_ruleversion_draft"), asked | facts)
    assert answer.status_code == 302, answer.context["form"].errors
    return RuleVersion.objects.latest("pk")


def clause_page(version, name, verb="clause"):
    return reverse(f"admin:policy_ruleversion_{verb}", args=[version.pk, name])


def act(client, version, verb, **answers):
    """Press a button of a version's page; return what was said."""
    address = reverse("admin:policy_ruleversion_act", args=[version.pk, verb])
    return said(client.post(address, {f"{verb}-{key}": value for key, value in answers.items()}))


def test_an_officer_drafts_edits_compares_and_takes_a_clause_out(client, officer):
    version = draft(client)
    assert {clause.name for clause in version.clauses.all()} == {"floor_fen", "uses"}
    shown = client.get(clause_page(version, "floor_fen")).content.decode()
    assert 'value="30.00"' in shown
    client.post(clause_page(version, "floor_fen"), {"value": "500"} | SOURCE)
    answer = client.post(clause_page(version, "uses", "unset"))
    assert "“可用于”已去掉，沿用系统默认" in said(answer)

    text = page(client, "ruleversion_change", version.pk).content.decode()
    assert "这个版本会改变 2 条" in text
    assert "须留下 ¥30.00" in text
    assert "须留下 ¥500.00" in text
    assert [(c.name, c.value, c.source) for c in version.clauses.all()] == [
        ("floor_fen", 50_000, SOURCE["source"])
    ]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("floor_fen", {"value": "-5"}, "最多两位小数"),
        ("floor_fen", {"value": ""}, "必填"),
        ("floor_fen", {"value": "5", "source": ""}, "必填"),
        ("renew_within_days", {"value": "366"}, "超出允许的最大值"),
        ("evidence_accepted", {}, "至少一项"),
        ("excluded_payer_types", {"value": "<b>"}, "没有“&lt;b&gt;”这个取值"),
    ],
)
def test_a_clause_that_cannot_be_is_refused_where_it_is_typed(
    client, officer, name, values, sentence
):
    version = draft(client, copy="")
    answer = client.post(clause_page(version, name), SOURCE | values)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not version.clauses.exists()


def test_a_second_officer_publishes_and_the_first_is_refused(client, officer):
    version = draft(client)
    assert "已提交" in act(client, version, "submit")
    assert client.get(clause_page(version, "floor_fen")).status_code == 404
    assert "须由另一位规则管理员发布" in act(client, version, "publish")
    build.signed_in_staff(client, username="zhou.policy", role="policy_admin")
    assert "已发布" in act(client, version, "publish")
    text = page(client, "ruleversion_change", version.pk).content.decode()
    assert "qian.policy" in text
    assert "zhou.policy" in text
    assert selectors.in_force("361100", build.day(LATE)).stamp.startswith("361100/2099-1")


def test_a_version_goes_back_with_a_remark_moves_its_day_and_is_given_up(client, officer):
    version = draft(client)
    act(client, version, "submit")
    assert "已退回草稿" in act(client, version, "take_back", remark="日期有误")
    assert "日期有误" in page(client, "ruleversion_change", version.pk).content.decode()
    assert "生效日期已改" in act(client, version, "set_start", from_date="2099-02-01")
    assert "明天或更晚" in act(client, version, "set_start", from_date="2020-02-01")
    assert "已作废" in act(client, version, "discard")
    version.refresh_from_db()
    assert (version.status, version.from_date) == ("discarded", build.day("2099-02-01"))


def test_a_draft_that_cannot_begin_says_why_at_its_field(client, officer):
    draft(client)
    asked = {"area_code": "361100", "label": "2099-1", "from_date": "2020-01-01", "copy": ""}
    address = reverse("admin:policy_ruleversion_draft")
    assert "明天或更晚" in client.post(address, asked).content.decode()
    late = asked | {"from_date": LATE}
    assert "同名的规则版本" in client.post(address, late).content.decode()
    assert RuleVersion.objects.filter(label="2099-1").count() == 1


def test_who_only_reads_rules_writes_none(client, officer):
    version = draft(client)
    build.signed_in_staff(client, username="li.auditor", role="auditor")
    assert "自己规定" not in page(client, "ruleversion_change", version.pk).content.decode()
    assert (
        client.post(clause_page(version, "floor_fen"), {"value": "1"} | SOURCE).status_code == 403
    )
    assert client.post(clause_page(version, "floor_fen", "unset")).status_code == 403
    assert version.clauses.count() == 2


def test_a_parameter_nobody_knows_has_no_page(client, officer):
    version = draft(client)
    assert client.get(clause_page(version, "flor_fen")).status_code == 404
