"""Admins look up, or act by named verbs; nobody edits a row."""

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pooling.audit import selectors as audit
from pooling.audit.services import look
from pooling.funds import selectors as funds
from pooling.ledger.services import take_checkpoints
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.shared.acting_site")]


@pytest.fixture
def account():
    return build.personal_account(build.employee())


def address(account, verb="close"):
    return f"/acting/funds/personalaccount/{account.pk}/act/{verb}/"


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def closed_on(account):
    return funds.of_member(account.member_id)[0].closed_on


def test_a_verb_is_carried_out_by_post_in_the_name_of_whoever_is_signed_in(client, account):
    clerk = build.signed_in_staff(client, username="wang.clerk", role="clerk")
    response = client.post(address(account), {"close-on": "2026-11-22"})
    assert response.status_code == 302
    assert said(response) == ["已销户。"]
    assert closed_on(account) == build.TODAY
    done = audit.trail_of(account)[-1]
    assert (done.verb, done.actor_id, done.channel) == ("funds.close", clerk.pk, "admin")


def test_a_verb_by_get_does_not_exist(client, account):
    build.signed_in_staff(client, role="clerk")
    assert client.get(address(account)).status_code == 405
    assert closed_on(account) is None


def test_a_refusal_is_said_and_nothing_is_done(client):
    build.signed_in_staff(client, role="clerk")
    full = build.personal_account(build.employee(), current=1_00)
    response = client.post(address(full), {"close-on": "2026-11-22"})
    assert said(response) == ["账户里还有钱，提取或转出以后才能销户。"]
    assert closed_on(full) is None


def test_a_bad_answer_is_named_by_its_question(client, account):
    build.signed_in_staff(client, role="clerk")
    response = client.post(address(account), {"close-on": "someday"})
    assert said(response)[0].startswith("销户日期 ")
    assert closed_on(account) is None


def test_who_may_not_act_is_refused(client, account):
    build.signed_in_staff(client, role="policy_admin")
    assert client.post(address(account), {"close-on": "2026-11-22"}).status_code == 403
    assert closed_on(account) is None


@pytest.mark.parametrize("path", ["{pk}/act/burn/", "0/act/close/"])
def test_a_verb_or_row_that_is_not_there_is_not_found(client, account, path):
    build.signed_in_staff(client, role="clerk")
    path = f"/acting/funds/personalaccount/{path.format(pk=account.pk)}"
    assert client.post(path, {}).status_code == 404


def test_the_button_is_shown_while_the_verb_makes_sense(client, account):
    build.signed_in_staff(client, role="clerk")
    page = f"/acting/funds/personalaccount/{account.pk}/change/"
    assert f'action="{address(account)}"' in client.get(page).content.decode()
    client.post(address(account), {"close-on": "2026-11-22"})
    assert "/act/close/" not in client.get(page).content.decode()


LOOK_UPS = [
    "ledger/account",
    "ledger/entry",
    "ledger/posting",
    "ledger/checkpoint",
    "funds/personalaccount",
    "funds/contribution",
    "audit/event",
    "audit/look",
]


@pytest.fixture
def omnipotent(client):
    """Sign in somebody with every permission; production has no such user."""
    user = build.signed_in_staff(client)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return client


@pytest.fixture
def _something_everywhere():
    payer = build.employee()
    build.personal_account(payer, current=1_234_50)
    take_checkpoints(at=build.NOON)
    look(page="/x/", member_ids=[payer.pk], fields=["name"], by=build.clerk(), at=build.NOON)


@pytest.mark.usefixtures("_something_everywhere")
@pytest.mark.parametrize("table", LOOK_UPS)
def test_even_a_superuser_only_looks_up(omnipotent, table):
    model = apps.get_model(*table.split("/"))
    row = model._default_manager.first()
    root = f"/admin/{table}/"
    assert omnipotent.get(root).status_code == 200
    assert omnipotent.get(f"{root}{row.pk}/change/").status_code == 200
    assert omnipotent.post(f"{root}{row.pk}/change/", {}).status_code == 403
    assert omnipotent.get(f"{root}add/").status_code == 403
    assert omnipotent.post(f"{root}add/", {}).status_code == 403
    assert omnipotent.post(f"{root}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": row.pk}
    assert omnipotent.post(root, delete).status_code in (200, 302, 403)
    assert model._default_manager.filter(pk=row.pk).exists()


def test_an_account_is_shown_masked_in_yuan_and_the_look_is_recorded(client):
    payer = build.employee("王小明")
    account = build.personal_account(payer, current=1_234_50)
    auditor = build.signed_in_staff(client, role="auditor")
    for page in ("", f"{account.pk}/change/"):
        text = client.get(f"/admin/funds/personalaccount/{page}").content.decode()
        assert "¥1,234.50" in text
        assert "王*" in text
        assert "王小明" not in text
    looks = audit.looks_at(payer.pk)
    assert [each.actor_id for each in looks] == [auditor.pk, auditor.pk]
    assert "name" in looks[0].fields


def test_a_list_of_accounts_takes_the_same_statements_for_any_number(client):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/funds/personalaccount/").status_code == 200
        return len(queries)

    build.personal_account(build.employee(), current=1_00)
    build.signed_in_staff(client, role="auditor")
    statements()
    for_one = statements()
    for _each in range(5):
        build.personal_account(build.employee(), current=1_00)
    assert statements() == for_one
