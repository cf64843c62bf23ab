"""What staff do about tills: give and stop credentials, read messages masked, reconcile."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse

from pooling.audit.models import Event, Look
from pooling.hospital.admin.tills import TillCredentialAdmin, institution, live
from pooling.hospital.masking import masked
from pooling.hospital.models import Message, TillCredential
from pooling.shared.periods import business_date
from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.national import NationalTill, right_now
from tests.hospital.test_national_statements import line, zipped

pytestmark = pytest.mark.django_db
ISSUE = "admin:hospital_tillcredential_issue"
STATEMENT = "admin:hospital_message_statement"


@pytest.fixture
def keeper(client):
    """The browser of somebody who keeps the system running."""
    build.signed_in_staff(client, username="zhao.system", role="system_admin")
    return client


@pytest.fixture
def auditor(client):
    build.signed_in_staff(client, username="sun.audit", role="auditor")
    return client


def wanted(hospital, **changes) -> dict:
    about = {"name": "3 号窗口", "institution_code": hospital.code, "family": "csb"}
    return about | {"share": "table", "backdate_days": "0"} | changes


@pytest.fixture(autouse=True)
def _connections_close_again():
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def back_at_the_till() -> None:
    """Undo what the tests' browser does after a page: raw calls would close the connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)


# --- credentials ---------------------------------------------------------------------------


def test_credentials_sort_by_institution_and_by_who_is_stopped(keeper):
    rows = [build.till_credential(institution=build.institution())[0] for _each in range(3)]
    stopped = rows[1].client
    stopped.revoked_at = stopped.created_at
    stopped.save()
    page = reverse("admin:hospital_tillcredential_changelist")

    def sorted_by(name: str) -> list[int]:
        at = TillCredentialAdmin.list_display.index(name)
        return [row.pk for row in keeper.get(f"{page}?o={at}").context["cl"].result_list]

    by_code = sorted(rows, key=lambda row: row.client.institution.code)
    assert sorted_by(institution) == [row.pk for row in by_code]
    assert sorted_by(live)[0] == rows[1].pk


def test_a_secret_is_shown_once_and_signs_until_it_is_stopped(keeper, hospital):
    page = keeper.post(reverse(ISSUE), wanted(hospital))
    text = page.content.decode()
    row = TillCredential.objects.get()
    assert "no-store" in page["Cache-Control"]
    assert re.findall(r"<code>(\w+)</code>", text) == [row.access_key, row.secret]
    back_at_the_till()
    till = NationalTill(row.access_key, row.secret, hospital.code)
    till.do("9001", {"signIn": {"opter_no": "1"}})
    own = reverse("admin:hospital_tillcredential_change", args=[row.pk])
    shown = keeper.get(own).content.decode()
    assert row.secret not in shown
    assert "立即停用" in shown
    keeper.post(own.replace("change/", "act/revoke/"))
    assert "立即停用" not in keeper.get(own).content.decode()
    back_at_the_till()
    reply = till.ask("9001", {"signIn": {"opter_no": "1"}})
    assert reply.json == {"code": 401, "message": "非法用户!"}
    verbs = Event.objects.filter(actor_kind="staff").values_list("verb", flat=True)
    assert {"hospital.create_credential", "accounts.revoke_client"} <= set(verbs)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"institution_code": "H0"}, "没有这个编码的定点机构"),
        ({"backdate_days": "31"}, "30"),
        ({"share": "core"}, "PORTAL_CORE_URL"),
    ],
)
def test_a_credential_that_cannot_be_is_refused_in_words(keeper, hospital, changes, said):
    page = keeper.post(reverse(ISSUE), wanted(hospital, **changes)).content.decode()
    assert said in page
    assert not TillCredential.objects.exists()


def test_the_source_of_the_funds_share_is_changed_from_a_day_on(keeper, hospital):
    credential, _secret = build.till_credential(institution=hospital)
    own = reverse("admin:hospital_tillcredential_change", args=[credential.pk])
    today = business_date(right_now())
    day = (today + timedelta(days=3)).isoformat()
    act = own.replace("change/", "act/share/")
    asked = {"share-share": "message", "share-from_date": day}
    page = keeper.post(act, asked, follow=True).content.decode()
    assert f"内置待遇表；{day} 起：报文自带" in page
    late = asked | {"share-from_date": (today - timedelta(days=1)).isoformat()}
    assert "今天或以后" in keeper.post(act, late, follow=True).content.decode()
    credential.refresh_from_db()
    assert credential.later_shares == [[day, "message"]]


def test_an_auditor_sees_credentials_and_gives_none(auditor, hospital):
    credential, secret = build.till_credential(institution=hospital)
    page = auditor.get(reverse("admin:hospital_tillcredential_changelist")).content.decode()
    assert credential.access_key in page
    assert secret not in page
    assert "发放" not in page
    own = reverse("admin:hospital_tillcredential_change", args=[credential.pk])
    for verb in ("revoke", "share"):
        assert auditor.post(own.replace("change/", f"act/{verb}/")).status_code == 403


# --- messages ------------------------------------------------------------------------------


@pytest.fixture
def settled(national, family) -> dict:
    return national.settle(national.visit(family.mei, "130.00"), "130.00")


def test_an_answer_is_shown_masked_and_the_look_is_kept(auditor, settled, family):
    message = Message.objects.get()
    address = reverse("admin:hospital_message_change", args=[message.pk])
    page = auditor.get(address).content.decode()
    assert "梅*" in page
    assert family.mei.name not in page
    assert family.mei.cert_no not in page
    assert family.mei.birth_date.isoformat() not in page
    assert str(settled["medfee_sumamt"]) in page
    assert Look.objects.get(page=address).member_ids == [family.mei.pk]


def test_who_keeps_the_system_sees_no_answer(keeper, settled):
    message = Message.objects.get()
    page = keeper.get(reverse("admin:hospital_message_change", args=[message.pk]))
    assert "medfee_sumamt" not in page.content.decode()
    assert not Look.objects.filter(page__contains="hospital/message").exists()


def test_a_message_is_found_by_its_number_its_settlement_and_its_institution(
    auditor, national, settled, family
):
    back_at_the_till()
    other = national.settle(national.visit(family.mei, "1.00"), "1.00")
    national.reverse({key: settled[key] for key in ("psn_no", "mdtrt_id")}, settled["setl_id"])

    def found(text: str) -> int:
        page = auditor.get(reverse("admin:hospital_message_changelist"), {"q": text})
        return page.context["cl"].result_count

    assert found(settled["setl_id"]) == 2
    assert found(other["setl_id"]) == 1
    assert found(settled["medins_setl_id"]) == 1
    assert found(national.institution) >= 3
    assert found("987654321987") == 0


def test_masking_goes_by_field_and_keeps_the_shape():
    given = {
        "psn_name": "梅小雨",
        "certno": "100101198803050011",
        "brdy": "1988-03-05",
        "diseinfo": [{"diag_name": "肺炎", "diag_code": "J18", "psn_no": "P1"}],
        "acct_pay": Decimal("1.00"),
        "tel": "13812345678",
        "err_msg": "",
    }
    assert masked(given) == {
        "psn_name": "梅*",
        "certno": "**************0011",
        "brdy": "***",
        "diseinfo": [{"diag_name": "***", "diag_code": "***", "psn_no": "P1"}],
        "acct_pay": Decimal("1.00"),
        "tel": "138****5678",
        "err_msg": "",
    }


# --- reconciling ---------------------------------------------------------------------------


@pytest.fixture
def day(national, family) -> list[dict]:
    """Two settlements, and the first of them given back."""
    kept = [
        national.settle(national.visit(family.mei, amount), amount) for amount in ("80.00", "5.50")
    ]
    who = {key: kept[0][key] for key in ("psn_no", "mdtrt_id")}
    return [*kept, national.reverse(who, kept[0]["setl_id"])]


def asked(till, **changes) -> dict:
    today = f"{right_now():%Y-%m-%d}"
    return {"institution_code": till.institution, "first": today, "last": today} | changes


def test_the_page_has_the_figures_that_3201_agrees_with(auditor, national, day):
    (row,) = auditor.get(reverse(STATEMENT), asked(national)).context["figures"]
    back_at_the_till()
    yuan = {name: str(Decimal(fen).scaleb(-2)) for name, fen in _sums(row).items()}
    today = f"{row.day}"
    about = {"insutype": row.insutype, "clr_type": row.clr_type, "setl_optins": AREA}
    about |= {"stmt_begndate": today, "stmt_enddate": today, **yuan}
    about |= {"fixmedins_setl_cnt": str(row.settled + row.returned)}
    assert national.do("3201", {"data": about})["stmtinfo"]["stmt_rslt"] == "0"
    assert (row.settled, row.returned, row.total_fen) == (2, 1, 5_50)


def _sums(row) -> dict[str, int]:
    return {
        "medfee_sumamt": row.total_fen,
        "fund_pay_sumamt": row.fund_fen,
        "acct_pay": row.account_fen,
    }


def test_what_is_wrong_is_said_once(keeper, hospital):
    page = keeper.post(reverse(ISSUE), wanted(hospital, institution_code="H0")).content.decode()
    assert page.count("没有这个编码的定点机构") == 1


def test_what_is_wrong_with_a_file_is_said_once(auditor, national):
    file = SimpleUploadedFile("detail.txt", b"one column")
    page = auditor.post(reverse(STATEMENT), asked(national, file=file)).content.decode()
    assert page.count("对账文件不能读取") == 1


def test_the_figures_can_be_downloaded(auditor, national, day):
    reply = auditor.get(reverse(STATEMENT), asked(national, **{"as": "csv"}))
    heading, row = reply.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("日期,险种,清算类别")
    assert row.split(",")[3] == "5.50"
    assert row.endswith(",2,1")


def test_the_figures_say_in_words_which_insurance_and_care_they_are_of(auditor, national, day):
    page = auditor.get(reverse(STATEMENT), asked(national)).content.decode()
    for word in ("居民医保", "门诊"):
        assert f'<span class="from">{word}</span>' in page


def test_an_institutions_file_is_compared_and_not_kept(auditor, national, day):
    def differing(lines: list[str]) -> list:
        file = SimpleUploadedFile("detail.zip", zipped("\n".join(lines)))
        return auditor.post(reverse(STATEMENT), asked(national, file=file)).context["differences"]

    equal = [line(told) for told in day]
    assert differing(equal) == []
    altered = day[1] | {"acct_pay": day[1]["acct_pay"] + Decimal("0.01")}
    (found,) = differing([equal[0], line(altered), equal[2]])
    assert found.detail.setl_id == day[1]["setl_id"]
    assert "个人账户支出" in found.memo
    assert Event.objects.filter(verb="hospital.compare_statement").count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"institution_code": "H0"}, "没有这个编码的定点机构"),
        ({"first": "2020-01-01"}, "不超过 92 天"),
        ({"file": b"nothing"}, "第 1 行"),
    ],
)
def test_what_cannot_be_reconciled_is_refused_in_words(auditor, national, changes, said):
    if "file" in changes:
        changes = {"file": SimpleUploadedFile("x", changes["file"])}
    page = auditor.post(reverse(STATEMENT), asked(national, **changes)).content.decode()
    assert said in page
