"""A member reads who looked at their data, when, what for, and which of it."""

import ast
import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pooling.audit import wording
from pooling.audit.admin import Recorded, in_words
from pooling.audit.services import look
from pooling.shared.actor import Actor, ActorKind
from portal import looks
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

LOG = "/admin/settlements/line/"
ROOT = Path(looks.__file__).resolve().parent.parent
#: How the code names a look at what is no table of the desk.
NAMED = re.compile(r'\bpage(?:=|": )"([a-z][a-z0-9:.]+)"')


@pytest.fixture
def family():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    return family


def sign_in(client, member):
    user = build.phone_user(member=member)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def read(client, address="/me/looks/") -> str:
    return client.get(address).content.decode()


def looked(member, *, by: Actor, page=LOG, times=1):
    for _each in range(times):
        look(page=page, member_ids=[member.pk], fields=["payer"], by=by, at=build.NOON)


def test_a_look_of_the_staff_is_told_with_office_purpose_page_and_fields(family, client):
    clerk = build.signed_in_staff(
        client, username="wang.clerk", role="clerk", display_name="王某某"
    )
    build.say_purpose(client, LOG, what="十二号投诉")
    client.get(LOG)
    page = read(sign_in(client, family.mei))
    assert f"窗口经办 · 用户名 {clerk.username}" in page
    assert "核查有疑问的扣款：十二号投诉" in page
    assert "使用记录" in page
    for word in ("就诊人", "共济人", "地点", "金额"):
        assert word in page
    assert clerk.display_name not in page, "the authority answers for its staff, not they by name"
    assert "王*" not in page, "who else was on that page is not told"


def test_a_hotline_that_asked_for_the_balance_is_told_by_its_name(family, client):
    key = build.api_key(scope="lookup")
    asked = client.get(
        f"/api/v1/members/{family.mei.psn_no}/balance", headers={"authorization": f"Bearer {key}"}
    )
    assert asked.status_code == 200
    page = read(sign_in(client, family.mei))
    assert "till" in page
    assert "查询余额" in page
    assert "本人账户余额" in page


def test_the_own_household_and_looks_at_others_are_not_listed(family, client):
    looked(family.mei, by=build.member_actor(family.wei))
    looked(family.wei, by=build.clerk())
    assert "还没有人看过" in read(sign_in(client, family.mei))


def test_a_long_list_comes_in_pages(family, client, monkeypatch):
    monkeypatch.setattr(looks, "PAGE", 2)
    looked(family.mei, by=build.clerk(), times=3)
    sign_in(client, family.mei)
    first = client.get("/me/looks/")
    assert len(first.context["looks"]) == 2
    rest = client.get(f"/me/looks/?before={first.context['looks'][-1].id}")
    assert len(rest.context["looks"]) == 1
    assert "更早的记录" not in rest.content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "1" * 19, "٣"])
def test_a_bent_page_number_is_not_found(client, before):
    sign_in(client, build.member())
    assert client.get("/me/looks/", {"before": before}).status_code == 404


def test_an_office_that_left_a_page_that_went_and_a_job_still_have_words(family, client):
    looked(family.mei, by=Actor(ActorKind.STAFF, 901), page="/admin/gone/table/")
    looked(family.mei, by=Actor(ActorKind.CLIENT, 902), page="/elsewhere/")
    looked(family.mei, by=build.JOB)
    page = read(sign_in(client, family.mei))
    for word in ("工作人员", "查询接口", "系统自动处理", "工作台"):
        assert word in page


def test_every_field_a_staff_page_records_has_a_word():
    pages = [page for page in admin.site._registry.values() if isinstance(page, Recorded)]
    assert pages
    for page in pages:
        where, words = in_words(f"/admin/{page.opts.app_label}/{page.opts.model_name}/1/change/")
        assert where == str(page.opts.verbose_name_plural)
        recorded = {getattr(field, "__name__", field) for field in page.list_display}
        assert recorded <= set(words), page


def test_every_look_that_is_at_no_table_of_the_desk_has_words():
    code = [
        each for part in ("accounts", "pooling", "portal") for each in (ROOT / part).rglob("*.py")
    ]
    named = {page for each in code for page in NAMED.findall(each.read_text(encoding="utf-8"))}
    assert "hsa:1101" in named
    assert named == set(wording.PAGES)


def _recorded() -> set[str]:
    """Return the fields of every look that the code names by words of its own."""
    found = set()
    for path in (ROOT / "pooling").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            inside = list(ast.walk(function))
            lists = {
                node.targets[0].id: node.value
                for node in inside
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for call in inside:
                name = getattr(getattr(call, "func", None), "attr", "")
                name = name or getattr(getattr(call, "func", None), "id", "")
                if name not in ("look", "_record"):
                    continue
                named = {each.arg: each.value for each in call.keywords}
                fields = named.get("fields", call.args[-1] if call.args else None)
                fields = lists.get(getattr(fields, "id", ""), fields)
                elements = getattr(fields, "elts", ())
                found |= {each.value for each in elements if isinstance(each, ast.Constant)}
    return found


def test_every_field_the_code_records_by_a_name_of_its_own_has_a_word():
    recorded = _recorded()
    assert {"name:masked", "cert_no", "balc"} <= recorded
    assert recorded <= set(wording.FIELDS)


def test_a_look_at_the_desk_of_cases_tells_what_stood_there_beside_its_columns(family, client):
    by = build.clerk()
    fields = ["name:masked", "limits"]
    look(
        page="/admin/counter/deskcase/",
        member_ids=[family.mei.pk],
        fields=fields,
        by=by,
        at=build.NOON,
    )
    page = read(sign_in(client, family.mei))
    assert "隐去名字的姓名、限额和期限" in page


def test_the_list_costs_the_same_however_long_it_is(family, client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/me/looks/").status_code == 200
        return len(asked)

    clerk = build.staff(username="wang.clerk", role="clerk")
    sign_in(client, family.mei)
    looked(family.mei, by=Actor(ActorKind.STAFF, clerk.pk))
    looked(family.mei, by=Actor(ActorKind.CLIENT, 902))
    cost()
    few = cost()
    looked(family.mei, by=Actor(ActorKind.STAFF, clerk.pk), times=9)
    assert cost() == few <= 8
