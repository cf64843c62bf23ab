"""Looking up people: little is shown, nothing can be changed, every look is on record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RefusedCode
from pooling.audit.models import Look
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    return build.signed_in_staff(client, role="auditor")


@pytest.fixture
def grandmother():
    person = build.member("张桂兰", born="1957-11-02", gender="2", phone="13800138000")
    build.enrolment(person, "390")
    return person


def pages(person):
    stay = person.enrolments.get()
    return [
        "/admin/accounts/member/",
        f"/admin/accounts/member/{person.pk}/change/",
        "/admin/accounts/enrolment/",
        f"/admin/accounts/enrolment/{stay.pk}/change/",
        "/admin/accounts/institution/",
        "/admin/accounts/user/",
    ]


def test_no_page_shows_a_number_a_name_or_a_phone_whole(client, auditor, grandmother):
    build.institution()
    for page in pages(grandmother):
        response = client.get(page)
        assert response.status_code == 200, page
        text = response.content.decode()
        for secret in (grandmother.cert_no, grandmother.name, "13800138000"):
            assert secret not in text, page


def test_a_masked_number_never_stands_beside_area_or_birth_date(client, auditor, grandmother):
    tail = grandmother.cert_no[-4:]
    shown = client.get("/admin/accounts/member/").content.decode()
    assert f"**************{tail}" in shown
    assert build.SHANGRAO not in shown
    assert "1957" not in shown
    assert tail not in client.get(pages(grandmother)[1]).content.decode()


def test_every_look_at_people_is_recorded_with_who_and_what(client, auditor, grandmother):
    client.get("/admin/accounts/member/")
    look = Look.objects.get()
    assert (look.actor_id, look.member_ids) == (auditor.pk, [grandmother.pk])
    assert "masked_number" in look.fields


def test_a_member_is_found_by_the_authoritys_number(client, auditor, grandmother):
    other = build.member("王伟")
    found = client.get("/admin/accounts/member/", {"q": grandmother.psn_no}).content.decode()
    assert grandmother.psn_no in found
    assert other.psn_no not in found


@pytest.mark.parametrize("verb", ["add/", "1/delete/"])
def test_nothing_can_be_added_or_deleted(client, auditor, verb):
    assert client.get(f"/admin/accounts/member/{verb}").status_code in (302, 403)


def test_a_list_costs_as_many_statements_for_twenty_people_as_for_one(client, auditor, grandmother):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/accounts/enrolment/")
        return len(captured)

    statements()
    one = statements()
    for _each in range(20):
        build.employee("王伟")
    assert statements() == one


@pytest.mark.parametrize(
    "question", ["password__startswith=p", "password__regex=.", "member__psn_no=1"]
)
def test_the_list_of_users_is_no_oracle_for_their_passwords(client, question):
    build.signed_in_staff(client, username="zhao.auditor", role="auditor")
    assert client.get(f"/admin/accounts/user/?{question}").status_code == 400


def test_the_list_of_members_is_no_oracle_for_their_births(client):
    build.resident("梅", born="1957-11-02")
    build.signed_in_staff(client, username="wang.clerk", role="clerk")
    assert client.get("/admin/accounts/member/?birth_date=1957-11-02").status_code == 400


def test_why_a_code_was_refused_is_told_and_chosen_in_words(client, auditor, grandmother):
    place = build.institution()
    for reason in ("used", "dead", "ended"):
        RefusedCode.objects.create(
            reason=reason, member=grandmother, institution=place, refused_at=build.NOON
        )
    address = "/admin/accounts/refusedcode/"
    page = client.get(address).content.decode()
    assert "同一个码用了第二次" in page
    assert ">used<" not in page
    chosen = client.get(address, {"why": "ended"}).context["cl"].result_list
    assert sorted(row.reason for row in chosen) == ["dead", "ended"]
    assert client.get(address, {"why": "x"}).status_code == 200
