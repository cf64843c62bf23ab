"""The trail: who did, and who looked at, what."""

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.audit import selectors, services
from pooling.audit.models import Look
from tests import build

pytestmark = pytest.mark.django_db


def record(subject, verb="accounts.test", **detail):
    services.record(verb=verb, subject=subject, by=build.clerk(), at=build.NOON, detail=detail)


def look(*people):
    services.look(
        page="/usage/",
        member_ids=[each.pk for each in people],
        fields=["name", "balance"],
        by=build.clerk(),
        at=build.NOON,
    )


def test_an_act_says_who_did_what_to_whom_and_when():
    payer = build.member()
    record(payer, verb="accounts.first")
    record(payer, verb="accounts.second", fen=1_00)
    record(build.member(), verb="accounts.other")
    trail = selectors.trail_of(payer)
    assert [event.verb for event in trail] == ["accounts.first", "accounts.second"]
    assert (trail[1].actor_kind, trail[1].actor_id, trail[1].at) == ("staff", 901, build.NOON)
    assert trail[1].detail == {"fen": 1_00}


def test_a_member_sees_who_looked_at_them_latest_first():
    grandmother, payer = build.member(), build.member()
    look(grandmother, payer)
    look(payer)
    look(grandmother)
    looks = selectors.looks_at(grandmother.pk)
    assert [each.member_ids for each in looks] == [
        [grandmother.pk],
        sorted([grandmother.pk, payer.pk]),
    ]
    assert looks[0].fields == ["balance", "name"]


def test_a_long_list_of_looks_comes_in_pages():
    payer = build.member()
    for _each in range(3):
        look(payer)
    first = selectors.looks_at(payer.pk, limit=2)
    rest = selectors.looks_at(payer.pk, limit=2, before=first[-1].pk)
    assert (len(first), len(rest)) == (2, 1)
    assert not {each.pk for each in first} & {each.pk for each in rest}


def test_an_act_rolled_back_leaves_no_trace():
    payer = build.member()

    def act_and_fail():
        record(payer)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        act_and_fail()
    assert selectors.trail_of(payer) == []


@pytest.mark.parametrize(
    ("table", "law"),
    [("audit_event", "audit_event_append_only"), ("audit_look", "audit_look_append_only")],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_the_trail_is_written_once(table, law, statement):
    payer = build.member()
    record(payer)
    look(payer)
    with (
        pytest.raises(IntegrityError, match=law) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert refusal.value.__cause__.diag.constraint_name == law


def test_an_auditor_reads_the_trail_in_words_and_finds_acts_by_them(client):
    build.signed_in_staff(client, role="auditor")
    record(build.member(), verb="settlements.settle")
    record(build.member(), verb="bindings.freeze")
    page = client.get("/admin/audit/event/").content.decode()
    assert all(word in page for word in ("结算", "暂停共济", "工作人员 901", "参保人"))
    assert "bindings.freeze" not in page
    found = client.get("/admin/audit/event/", {"q": "暂停"}).content.decode()
    assert "暂停共济" in found
    assert "1 条结果" in found


def test_a_line_of_the_trail_tells_the_time_of_the_place(client):
    payer = build.member()
    record(payer)
    (event,) = selectors.trail_of(payer)
    assert str(event).startswith(f"{build.NOON:%F %T}")


def test_an_auditor_reads_what_was_looked_at_in_words(client):
    auditor = build.signed_in_staff(client, role="auditor")
    person = build.member()
    client.get(f"/admin/accounts/member/{person.pk}/change/")
    seen = Look.objects.get(actor_id=auditor.pk)
    page = client.get(f"/admin/audit/look/{seen.pk}/change/").content.decode()
    assert all(word in page for word in ("参保人", "姓名、", "手机号码", f"工作人员 {auditor.pk}"))
    assert "masked_phone" not in page
