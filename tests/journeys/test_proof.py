"""A grandmother photographs the household register; what was asked for is answered."""

import os
import re
import urllib.request
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from playwright.sync_api import expect

from pooling.bindings.services import applications
from pooling.cases import documents
from pooling.cases import services as cases
from pooling.cases.models import Case
from tests import build
from tests.cases import files
from tests.journeys import people
from tests.journeys.test_bind_and_pay import fill_in

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138001"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def grandmother(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    build.built_in_areas(build.SHANGRAO)
    grandmother = build.employee("周兰", born="1956-03-05", gender="2")
    build.phone_user(PHONE, grandmother)
    return grandmother


@pytest.fixture
def case(grandmother) -> Case:
    return build.waiting_case(grandmother)


def photo(name="IMG_1.jpg", size=(900, 1200), **facts) -> dict:
    data = files.photo(size, color=(222, 210, 180), **facts)
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def shot(page, name):
    """Keep a picture where SHOTS names a folder for people to look at."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def state(case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_pages_are_photographed_taken_again_removed_and_handed_in(
    page, live, axe, quiet_console, case
):
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/cases/{case.number}/")
    people.looks_right(page, axe)
    page.get_by_role("link", name="上传证明材料").click()
    expect(page.get_by_text("仅有申请人声明")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "proof-start")
    page.get_by_label("户口簿").check()
    page.get_by_role("button", name="下一步：拍照").click()
    people.looks_right(page, axe)
    shot(page, "proof-camera")
    camera = page.get_by_label("拍照")
    expect(camera).to_have_attribute("capture", "environment")
    camera.set_input_files(photo(located=True, turned=6))
    page.get_by_role("heading", name="第 1 页").wait_for()
    page.get_by_label("从手机里选照片或 PDF").set_input_files([photo(), photo("IMG_2.jpg")])
    page.get_by_role("heading", name="第 3 页").wait_for()
    people.looks_right(page, axe)
    shot(page, "proof-pages")

    page.get_by_role("link", name="重拍").nth(1).click()
    expect(page.get_by_role("heading", name="重拍第 2 页")).to_be_visible()
    people.looks_right(page, axe)
    page.get_by_label("重新拍照").set_input_files(photo(size=(1000, 700)))
    page.get_by_role("heading", name="第 3 页").wait_for()
    page.get_by_role("button", name="删除").last.click()
    expect(page.get_by_role("heading", name="第 2 页")).to_be_visible()
    expect(page.get_by_role("heading", name="第 3 页")).to_be_hidden()
    wide = page.locator(".sheets img").nth(1)
    wide.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth", arg=wide.element_handle()
    )
    assert wide.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1000, 700]

    page.get_by_role("link", name="这份拍完了").click()
    people.looks_right(page, axe)
    shot(page, "proof-collected")
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_text("材料已提交。审核后会用消息通知您。")).to_be_visible()
    page.get_by_role("link", name="上传证明材料").click()
    expect(page.get_by_text("已收到")).to_be_visible()
    shot(page, "proof-handed-in")


def test_a_photo_goes_from_the_phone_to_a_decision(
    page, live, axe, quiet_console, settings, tmp_path
):
    settings.UPLOADS = tmp_path / "uploads"
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    husband = build.employee("王伟", born="1980-03-05")
    build.personal_account(husband, current=20_00)
    build.phone_user(PHONE, husband)
    wife = build.resident("李梅", born="1982-07-01", gender="2")
    build.staff("li.reviewer", "reviewer", "李审核")

    people.sign_in(page, live, PHONE)
    fill_in(page, live, None, relation="妻子", name="李梅", cert_no=wife.cert_no)
    page.get_by_role("button", name="提交申请").click()
    case = Case.objects.get()
    applications.decide(case_id=case.pk, by=build.JOB, at=build.NOON)
    page.goto(f"{live}/cases/{case.number}/proof/")
    page.get_by_label("结婚证").check()
    page.get_by_role("button", name="下一步：拍照").click()
    page.get_by_label("拍照").set_input_files(photo(located=True))
    page.get_by_role("heading", name="第 1 页").wait_for()
    page.get_by_label("拍下一页").set_input_files(photo(size=(1200, 900)))
    page.get_by_role("heading", name="第 2 页").wait_for()
    page.get_by_role("link", name="这份拍完了").click()
    page.get_by_role("button", name="提交材料").click()

    people.sign_out(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    people.sign_in_staff(page, live, "li.reviewer")
    page.goto(f"{live}/admin/counter/deskcase/{case.pk}/change/")
    expect(page.get_by_text("结婚证（2 页）")).to_be_visible()
    page.locator(".ask summary").click()
    page.get_by_label("查看目的").select_option(label="办理本人的申请")
    page.get_by_label("具体事由").fill("审核上传的结婚证")
    page.get_by_role("button", name="填好了，打开").click()
    look_through(page)
    axe(page)
    shot(page, "desk-viewer")
    page.get_by_role("button", name="采信结婚证", exact=True).click()
    expect(page.get_by_text("这份材料已采信")).to_be_visible()
    page.locator("summary", has_text="通过").first.click()
    page.locator("[name=approve-remark]").fill("结婚证与申请相符")
    page.get_by_role("button", name="确认：通过").click()
    expect(page.get_by_text("已通过，并已通知申请人")).to_be_visible()
    assert state(case) == Case.State.APPROVED

    people.sign_out(page)
    page.set_viewport_size({"width": 390, "height": 844})
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/cases/{case.number}/")
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    page.goto(f"{live}/me/looks/")
    expect(page.get_by_text("查看上传的证明材料").first).to_be_visible()


def look_through(page):
    """Turn, enlarge and leaf through a paper, with the mouse and with keys alone."""
    place, canvas = page.locator(".viewer-place"), page.locator(".viewer-stage canvas")
    page.locator("[data-page]").first.click()
    page.get_by_text("结婚证，第 1 页，共 2 页").wait_for()
    assert canvas.evaluate("each => [each.width, each.height]") == [900, 1200]
    page.get_by_role("button", name="旋转").click()
    assert canvas.evaluate("each => [each.width, each.height]") == [1200, 900]
    whole = canvas.bounding_box()["width"]
    page.get_by_role("button", name="放大").click()
    assert canvas.bounding_box()["width"] > whole
    page.get_by_role("button", name="复原").click()
    page.locator(".viewer-stage").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("结婚证，第 2 页，共 2 页").wait_for()
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    page.keyboard.press("+")
    page.keyboard.press("r")
    page.keyboard.press("0")
    page.keyboard.press("ArrowLeft")
    page.get_by_text("结婚证，第 1 页，共 2 页").wait_for()
    expect(place).to_be_visible()


def test_a_bad_file_is_told_in_a_sentence_and_the_rest_stays(page, live, axe, case, tmp_path):
    paper = build.paper(case)
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/cases/{case.number}/proof/{paper.pk}/")
    program = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": files.PROGRAM}
    page.get_by_label("拍下一页").set_input_files(program)
    page.get_by_text("第 1 个文件“IMG_1.jpg”的内容和文件名不符").wait_for()
    expect(page).to_have_title(re.compile("^错误："))
    expect(page.get_by_role("heading", name="第 1 页")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "proof-refused")
    large = tmp_path / "a.jpg"
    large.write_bytes(b"\xff" * (11 * 1024 * 1024))
    page.get_by_label("拍下一页").set_input_files(large)
    page.get_by_text("选的文件超过 10 MB，没有上传").wait_for()


def sent(page, address, *, camera: bytes, **form) -> str:
    """Post a form as this browser would, past it: it would copy each megabyte many times over."""
    form["camera"] = SimpleUploadedFile("a.jpg", camera, "image/jpeg")
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": cookies, "Referer": address}
    asked = urllib.request.Request(address, encode_multipart(BOUNDARY, form), headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.read().decode()


def test_thirty_megabytes_are_refused_with_a_sentence_and_leave_nothing(page, live, case, tmp_path):
    """Straight at the server: the script that looks at sizes first is not there."""
    paper = build.paper(case)
    before = set(tmp_path.rglob("*"))
    people.sign_in(page, live, PHONE)
    address = f"{live}/cases/{case.number}/proof/{paper.pk}/"
    for megabytes, sentence in ((30, "一共超过 25 MB，没有保存"), (12, "超过 10 MB，没有保存")):
        page.goto(address)
        token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        large = b"\xff\xd8\xff" + b"\x00" * megabytes * 1024 * 1024
        assert sentence in sent(page, address, csrfmiddlewaretoken=token, camera=large)
    assert set(tmp_path.rglob("*")) == before


def test_what_was_asked_for_is_answered_without_script(
    browser, live, axe, case, browser_context_args
):
    cases.ask_more(case_id=case.pk, items=["marriage_certificate"], by=build.clerk(), at=build.NOON)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/cases/{case.number}/")
    page.get_by_role("link", name="补交材料").click()
    expect(page.get_by_text("请补充下面的材料")).to_be_visible()
    expect(page.get_by_label("户口簿")).to_have_count(0)
    shot(page, "proof-asked")
    page.get_by_label("结婚证").check()
    page.get_by_role("button", name="下一步：拍照").click()
    page.get_by_label("拍照").set_input_files(photo())
    shot(page, "proof-without-script")
    page.get_by_role("button", name="上传所选").click()
    page.get_by_role("link", name="这份拍完了").click()
    page.get_by_role("button", name="提交材料").click()
    assert state(case) == Case.State.WAITING
    expect(page.get_by_text("补交的材料已收到，正在审核")).to_be_visible()
    (paper,) = case.documents.all()
    documents.accept(document_id=paper.pk, by=build.clerk(), at=build.NOON)
    page.goto(f"{live}/cases/{case.number}/proof/")
    expect(page.get_by_text("材料已核实")).to_be_visible()
    context.close()
