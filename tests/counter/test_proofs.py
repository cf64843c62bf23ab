"""Uploaded papers on the desk: who opens them, what it leaves behind, and who judges them."""

import io

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import roles
from pooling.audit import selectors as trail
from pooling.cases import documents
from pooling.cases import selectors as cases
from pooling.cases.services import FourEyes
from tests import build
from tests.cases import files

pytestmark = pytest.mark.django_db
DESK = "/admin/counter/deskcase/"


@pytest.fixture
def applicant():
    build.built_in_areas(build.SHANGRAO)
    return build.employee("周兰")


@pytest.fixture
def paper(applicant, settings, tmp_path):
    settings.UPLOADS = tmp_path
    paper = build.paper(build.waiting_case(applicant), pages=2)
    documents.hand_in(case_id=paper.case_id, by=build.member_actor(applicant), at=build.NOON)
    return paper


def open_page(client, paper, page: int = 1):
    return client.get(f"{DESK}{paper.case_id}/papers/{paper.pk}/{page}/")


def judge(client, paper, verb: str):
    return client.post(f"{DESK}{paper.case_id}/papers/{paper.pk}/{verb}/")


def say_what_for(client, paper):
    return build.say_purpose(client, f"{DESK}{paper.case_id}/", purpose="handling", what="审核材料")


def state(paper) -> str:
    return cases.documents_of(paper.case_id)[0].state_code


def test_a_reviewer_who_said_what_for_sees_the_page_with_their_name_on_it(client, applicant, paper):
    reviewer = build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    assert open_page(client, paper).status_code == 403, "no purpose yet"
    say_what_for(client, paper)
    answer = open_page(client, paper)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.convert("L").getextrema()[0] < 200, "the sheet itself is plain beige"
    last = trail.looks_at(applicant.pk)[0]
    assert (last.page, last.fields) == ("counter.papers", ["papers"])
    assert (last.actor_id, last.purpose) == (reviewer.pk, "handling 审核材料")


def test_a_purpose_opens_one_case_and_not_another(client, applicant, paper):
    other = build.paper(build.waiting_case(applicant))
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    say_what_for(client, paper)
    assert open_page(client, other).status_code == 403
    crossed = f"{DESK}{paper.case_id}/papers/{other.pk}/"
    assert client.get(f"{crossed}1/").status_code == 404
    assert client.post(f"{crossed}accept/").status_code == 404


def test_a_page_that_is_not_there_is_no_look(client, applicant, paper):
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    say_what_for(client, paper)
    assert open_page(client, paper, page=3).status_code == 404
    assert all(look.page != "counter.papers" for look in trail.looks_at(applicant.pk))


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.POLICY_ADMIN, roles.SYSTEM_ADMIN])
def test_who_handles_no_cases_opens_no_paper(client, paper, role):
    build.signed_in_staff(client, username="li.other", role=role)
    say_what_for(client, paper)
    assert open_page(client, paper).status_code == 403
    assert judge(client, paper, "accept").status_code == 403
    assert state(paper) == "received"


def test_a_clerk_looks_but_does_not_judge(client, paper):
    build.signed_in_staff(client, username="wang.clerk", role=roles.CLERK)
    say_what_for(client, paper)
    assert open_page(client, paper).status_code == 200
    assert judge(client, paper, "accept").status_code == 403
    assert "采信户口簿" not in client.get(f"{DESK}{paper.case_id}/change/").content.decode()


@pytest.mark.parametrize(("verb", "after"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_reviewer_judges_a_paper_once(client, paper, verb, after):
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    say_what_for(client, paper)
    assert "采信户口簿" in client.get(f"{DESK}{paper.case_id}/change/").content.decode()
    judge(client, paper, verb)
    assert state(paper) == after
    *_before, said = get_messages(judge(client, paper, "accept").wsgi_request)
    assert "不能这样办理" in str(said)
    assert client.get(f"{DESK}{paper.case_id}/papers/{paper.pk}/accept/").status_code == 405
    assert judge(client, paper, "forget").status_code == 404


def test_before_a_purpose_the_page_says_what_there_is_and_opens_nothing(client, paper):
    build.signed_in_staff(client, username="li.reviewer", role=roles.REVIEWER)
    said = client.get(f"{DESK}{paper.case_id}/change/").content.decode()
    assert "户口簿（2 页）" in said
    assert f"/papers/{paper.pk}/" not in said


# --- at the window ---------------------------------------------------------------------------


@pytest.fixture
def at_the_window(client, applicant, paper):
    """Return the address where a clerk, who has seen the applicant's document, brings papers."""
    build.signed_in_staff(client, username="wang.clerk", role=roles.CLERK)
    address = f"{DESK}{paper.case_id}/papers/"
    assert client.get(address)["Location"] == f"{DESK}find/"
    client.post(f"{DESK}find/", {"name": applicant.name, "cert_no": applicant.cert_no})
    return address


def scan(client, address, data, kind="marriage_certificate"):
    file = SimpleUploadedFile("scan.jpg", data)
    return client.post(address, {"kind": kind, "files": [file, SimpleUploadedFile("b.jpg", data)]})


def test_a_clerk_scans_a_paper_and_somebody_else_judges_it(client, paper, at_the_window):
    assert "哪一种材料" in client.get(at_the_window).content.decode()
    assert scan(client, at_the_window, files.photo()).status_code == 302
    scanned = cases.documents_of(paper.case_id)[1]
    assert (scanned.kind_code, scanned.state_code, len(scanned.pages)) == (
        "marriage_certificate",
        "received",
        2,
    )
    by = build.clerk(int(scanned.uploaded_by.partition(":")[2]))
    with pytest.raises(FourEyes):
        documents.accept(document_id=scanned.id, by=by, at=build.NOON)
    documents.accept(document_id=scanned.id, by=build.clerk(), at=build.NOON)


@pytest.mark.parametrize(
    ("data", "kind", "sentence"),
    [
        (files.PROGRAM, "marriage_certificate", "第 1 个文件“scan.jpg”的内容和文件名不符"),
        (files.photo(), "", "请选择一种材料"),
        (b"\xff" * 15 * 1024 * 1024, "marriage_certificate", "一共超过 25 MB"),
    ],
)
def test_a_bad_scan_is_told_and_nothing_kept(client, paper, at_the_window, data, kind, sentence):
    assert sentence in scan(client, at_the_window, data, kind).content.decode()
    assert len(cases.documents_of(paper.case_id)) == 1
