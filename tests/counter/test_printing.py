"""What the window hands out, and the page behind its QR code."""

import pytest

from accounts import roles
from pooling.cases import services as case_services
from pooling.counter import printing
from tests import build

pytestmark = pytest.mark.django_db
HERE = "http://testserver/r/"


@pytest.fixture
def payer():
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    return build.employee("王伟强")


@pytest.fixture
def waiting(payer):
    return build.waiting_case(payer)


def test_a_receipt_is_an_archivable_and_accessible_pdf(waiting):
    sheet = printing.receipt(waiting, address=HERE, at=build.NOON)
    assert sheet.startswith(b"%PDF-")
    assert b"pdfuaid" in sheet
    assert b"pdfaid" in sheet


def test_a_receipt_promises_a_day_and_names_the_door(waiting, monkeypatch):
    said = {}
    monkeypatch.setattr(printing, "_compiled", lambda values, sheet: said.update(values) or b"")
    printing.receipt(waiting, address=HERE, at=build.NOON)
    assert ["最晚答复", "2026年11月27日"] in said["rows"]
    assert any("周六、周日不算" in line for line in said["lines"])
    assert any("付钱，不出示码" in line for line in said["lines"])


def test_a_name_without_a_glyph_is_printed_all_the_same(waiting, payer):
    payer.name = "𠮷一"
    payer.save()
    waiting.refresh_from_db()
    sheet = printing.receipt(waiting, address=HERE, at=build.NOON)
    assert sheet.startswith(b"%PDF-")
    assert b"pdfuaid" not in sheet


def test_the_desk_prints_receipts_for_nobody_to_keep(client, waiting):
    build.signed_in_staff(client, role=roles.REVIEWER)
    response = client.post(f"/admin/counter/deskcase/{waiting.pk}/receipt/", {"paper": "a4"})
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF-")


def test_a_notice_exists_only_where_something_is_missing(client, waiting):
    build.signed_in_staff(client, role=roles.REVIEWER)
    page = f"/admin/counter/deskcase/{waiting.pk}/notice/"
    assert client.get(page).status_code == 404
    case_services.ask_more(
        case_id=waiting.pk, items=["household_register"], by=build.clerk(), at=build.NOON
    )
    assert client.get(page).content.startswith(b"%PDF-")


def test_a_member_prints_their_own_receipt_and_no_one_elses(client, waiting, payer):
    address = f"/cases/{waiting.number}/receipt/"
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(build.phone_user("13800138001", payer), backend)
    assert client.get(address).content.startswith(b"%PDF-")
    client.force_login(build.phone_user("13800138002", build.employee("陈志强")), backend)
    assert client.get(address).status_code == 404


def test_a_stranger_checks_a_receipt_and_learns_nothing_about_people(client, waiting, payer):
    response = client.get(f"/r/{waiting.check_code}/")
    shown = response.content.decode()
    assert waiting.number in shown
    assert "待审核" in shown
    for secret in (payer.name, "王*", payer.cert_no, payer.psn_no):
        assert secret not in shown
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    case_services.approve(case_id=waiting.pk, by=build.clerk(), at=build.NOON)
    assert "已通过" in client.get(f"/r/{waiting.check_code}/").content.decode()


def test_drafts_and_guessed_codes_are_not_there(client, payer):
    draft = case_services.open(
        kind="bind", member_id=payer.pk, by=build.member_actor(payer), at=build.NOON
    )
    assert client.get(f"/r/{draft.check_code}/").status_code == 404
    assert client.get("/r/aaaaaaaaaaaaaaaa/").status_code == 404
