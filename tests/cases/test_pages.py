"""The pages of proof: who gets in, what leaves, and that nothing touches the disk on its way."""

import io
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from pooling.cases import documents, services, showing, uploads
from pooling.cases.models import CaseKey, Document, Page
from tests import build
from tests.cases import files

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def applicant(db):
    return build.employee("周兰")


@pytest.fixture
def paper(applicant) -> Document:
    return build.paper(build.waiting_case(applicant))


def signed_in(member, phone="13800138001", **facts) -> Client:
    client = Client(**facts)
    client.force_login(build.phone_user(phone, member), BACKEND)
    return client


@pytest.fixture
def phone(applicant) -> Client:
    return signed_in(applicant)


def address(name: str, paper: Document, **more) -> str:
    number = paper.case.number
    known = {"number": number} if name in ("proof", "hand_in") else {}
    return reverse(f"cases:{name}", kwargs=known or {"number": number, "document": paper.pk} | more)


def photo(name="a.jpg", data=None):
    return SimpleUploadedFile(name, files.photo() if data is None else data)


def test_the_picture_leaves_as_a_download_nobody_keeps(phone, paper):
    answer = phone.get(address("page", paper, page=1))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_a_thumbnail_is_small(phone, paper):
    answer = phone.get(address("page", paper, page=1) + "?small")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert max(picture.size) == showing.SMALL


def test_yours_absent_and_shredded_are_told_apart_by_nobody(phone, paper):
    stranger = signed_in(build.employee("孙石"), phone="13800138002")
    said = [
        stranger.get(address("page", paper, page=1)),
        phone.get(address("page", paper, page=2)),
        phone.get(address("page", Document(pk=paper.pk + 99, case=paper.case), page=1)),
    ]
    CaseKey.objects.all().delete()
    said.append(phone.get(address("page", paper, page=1)))
    assert {answer.status_code for answer in said} == {404}
    assert len({"孙石" in answer.content.decode() for answer in said}) == 1


@pytest.mark.parametrize("name", ["proof", "document", "page", "hand_in", "discard", "remove"])
def test_a_stranger_changes_nothing(name, paper):
    stranger = signed_in(build.employee("孙石"), phone="13800138002")
    more = {"page": 1} if name in ("page", "remove") else {}
    answer = stranger.post(address(name, paper, **more), {"kind": "household_register"})
    assert answer.status_code in (404, 405)
    assert Document.objects.get().state == "collecting"
    assert Page.objects.count() == 1


def test_staff_have_their_own_way_in(client, paper):
    build.signed_in_staff(client, username="li.clerk", role="clerk")
    answer = client.get(address("page", paper, page=1))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:index")


def test_an_upload_needs_the_token(applicant, paper):
    client = signed_in(applicant, enforce_csrf_checks=True)
    answer = client.post(address("document", paper), {"camera": photo()})
    assert answer.status_code == 403
    assert Page.objects.count() == 1


def test_what_is_uploaded_never_touches_the_disk_unencrypted(phone, paper, monkeypatch):
    def refuse(*_given, **_named):
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    padded = files.photo() + b"\x00" * 4 * uploads.MEGABYTE
    answer = phone.post(address("document", paper), {"camera": photo(data=padded)})
    assert answer.status_code == 302
    assert Page.objects.count() == 2


def test_thirty_megabytes_are_not_even_read(phone, paper, monkeypatch):
    monkeypatch.setattr(uploads, "read", lambda _files: pytest.fail("was read"))
    large = photo(data=b"\xff" * 30 * uploads.MEGABYTE)
    answer = phone.post(address("document", paper), {"camera": large})
    assert "一共超过 25 MB，没有保存" in answer.content.decode()
    assert Page.objects.count() == 1


def test_one_bad_file_keeps_the_good_one_out_too(phone, paper):
    both = [photo("一.jpg"), photo("二.jpg", files.PROGRAM)]
    answer = phone.post(address("document", paper), {"files": both})
    assert "第 2 个文件“二.jpg”" in answer.content.decode()
    assert Page.objects.count() == 1


def test_a_name_full_of_markup_is_only_a_name(phone, paper):
    answer = phone.post(address("document", paper), {"files": [photo("<script>.jpg", b"x")]})
    assert "&lt;script&gt;.jpg" in answer.content.decode()


def test_an_upload_without_a_file_says_so(phone, paper):
    answer = phone.post(address("document", paper), {})
    assert "请先选择照片或文件" in answer.content.decode()


def test_one_page_is_taken_again_by_one_picture(phone, paper):
    again = address("document", paper) + "?retake=1"
    answer = phone.post(again, {"files": [photo(), photo("b.jpg")]})
    assert "只选一张" in answer.content.decode()
    phone.post(again, {"camera": photo(data=files.photo((500, 400)))})
    assert list(Page.objects.values_list("number", "width")) == [(1, 500)]


def test_the_list_of_papers_takes_few_statements(phone, paper, django_assert_max_num_queries):
    for kind in ("marriage_certificate", "birth_certificate"):
        build.paper(paper.case, kind=kind, pages=3)
    phone.get(address("proof", paper))
    with django_assert_max_num_queries(9):
        phone.get(address("proof", paper))


def test_a_decided_case_offers_nothing_more(phone, paper):
    services.refuse(
        case_id=paper.case_id, reason_code="cannot_be_bound", by=build.clerk(), at=build.NOON
    )
    said = phone.get(address("proof", paper)).content.decode()
    assert "这件申请已经不能再补充材料" in said
    assert "下一步：拍照" not in said


# --- what staff see -------------------------------------------------------------------------


def test_a_page_shown_to_staff_bears_their_name_and_the_time(paper):
    reviewer = build.staff()
    mark = showing.mark_of(reviewer, build.NOON)
    assert mark == "li.reviewer  2026-11-22 12:00"
    plain = showing.answer(paper.case_id, paper.pk, 1).content
    marked = showing.answer(paper.case_id, paper.pk, 1, mark=mark).content
    with Image.open(io.BytesIO(plain)) as before, Image.open(io.BytesIO(marked)) as after:
        assert before.size == after.size
        for corner in ((0, 0, 300, 400), (300, 400, 600, 800)):
            darkest = [each.crop(corner).convert("L").getextrema()[0] for each in (before, after)]
            assert darkest[1] < darkest[0] - 20, "the mark is in every quarter"


def test_a_name_no_font_can_write_is_given_by_number():
    reviewer = User(pk=7, username="李审核")
    assert showing.mark_of(reviewer, build.NOON) == "staff 7  2026-11-22 12:00"


def test_proof_is_told_in_three_words(applicant, paper, phone):
    assert "仅有申请人声明" in phone.get(address("proof", paper)).content.decode()
    by = build.member_actor(applicant)
    documents.hand_in(case_id=paper.case_id, by=by, at=build.NOON)
    documents.accept(document_id=paper.pk, by=build.clerk(), at=build.NOON)
    assert "材料已核实" in phone.get(address("proof", paper)).content.decode()
    services.approve(
        case_id=paper.case_id, rule="evidence_accepted:registry", by=build.JOB, at=build.NOON
    )
    Document.objects.update(state="rejected")
    assert "登记数据已核验" in phone.get(address("proof", paper)).content.decode()


def test_the_page_says_beforehand_which_setting_of_the_phone_makes_photos_fit(phone, paper):
    page = phone.get(address("document", paper)).content.decode()
    assert "照片传不上去？" in page
    assert "兼容性最佳" in page
    assert "WebP" in page
