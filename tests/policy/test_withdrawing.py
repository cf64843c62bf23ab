"""What was published and has not begun is taken back by two people, and never once its day came."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from pooling.audit.models import Event
from pooling.policy import selectors, services
from pooling.policy.models import Clause, RuleVersion
from pooling.shared.periods import SHANGHAI
from tests import build

pytestmark = pytest.mark.django_db

FAR = build.day("2099-01-01")
ASKER, OTHER, THIRD = ({"by": build.clerk(who), "at": build.NOON} for who in (902, 903, 904))


@pytest.fixture
def version():
    """Return a published version of a day far ahead, later than any clock's today."""
    build.area(floor_fen=3000)
    build.next_rules("999900", since=FAR, floor_fen=9000)
    return RuleVersion.objects.get(from_date=FAR)


def ask(version, **who):
    who = who or ASKER
    return services.ask_withdrawal(version_id=version.pk, reason="金额写错，另行发布", **who)


def withdraw(version, **who):
    return services.withdraw(version_id=version.pk, **(who or OTHER))


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_one_asks_another_agrees_and_the_older_rules_go_on(version):
    assert selectors.in_force("999900", FAR).value("floor_fen") == 9000
    ask(version)
    assert selectors.in_force("999900", FAR).value("floor_fen") == 9000
    withdraw(version)
    assert selectors.in_force("999900", FAR).value("floor_fen") == 3000
    verbs = Event.objects.filter(subject_type="policy.ruleversion").order_by("-pk")[:2]
    assert [event.verb for event in verbs] == ["policy.withdraw", "policy.ask_withdrawal"]
    # Its day is free for what is right, its name is not.
    with pytest.raises(services.AlreadyPublished, match="已撤回"):
        build.next_rules("999900", since=FAR, floor_fen=9000)


def test_its_day_is_free_again(version):
    ask(version)
    withdraw(version)
    right = services.draft(area_code="999900", label="改正", from_date=FAR, copy=True, **ASKER)
    services.submit(version_id=right.pk, **ASKER)
    services.publish(version_id=right.pk, **OTHER)
    assert selectors.in_force("999900", FAR).value("floor_fen") == 3000


def test_who_asked_does_not_agree_and_nobody_agrees_unasked(version):
    with pytest.raises(services.AlreadyPublished, match="还没有人申请"):
        withdraw(version)
    ask(version)
    with pytest.raises(services.SamePerson):
        withdraw(version, **ASKER)
    with pytest.raises(services.AlreadyPublished, match="已有人申请"):
        ask(version, **THIRD)
    withdraw(version)
    for again in (ask, withdraw):
        with pytest.raises(services.AlreadyPublished, match="没有什么可撤回"):
            again(version)


@pytest.mark.parametrize(
    ("before", "still"),
    [
        (timedelta(minutes=11), True),
        (timedelta(minutes=10), False),
        (timedelta(0), False),
        (timedelta(days=-1), False),
    ],
)
def test_ten_minutes_before_its_day_it_is_too_late(version, before, still):
    at = datetime(2099, 1, 1, tzinfo=SHANGHAI) - before
    if still:
        ask(version, by=build.clerk(902), at=at)
        withdraw(version, by=build.clerk(903), at=at)
        return
    with pytest.raises(services.TooLate):
        ask(version, by=build.clerk(902), at=at)
    ask(version)
    with pytest.raises(services.TooLate):
        withdraw(version, by=build.clerk(903), at=at)


def test_only_what_is_published_can_be_withdrawn(version):
    draft = services.draft(area_code="999900", label="草稿", from_date=FAR, **ASKER)
    with pytest.raises(services.AlreadyPublished, match="草稿"):
        ask(draft)


ASKED = "withdrawal_asked_at = now(), withdrawal_asked_by = 'staff:1', withdrawal_reason = '写错了'"
GONE = "status = 'withdrawn', withdrawn_at = now(), withdrawn_by = 'staff:2'"


@pytest.mark.parametrize(
    "change",
    [
        f"{GONE}",  # nobody asked
        f"{ASKED}, {GONE}",  # asked and agreed in one go
        f"{ASKED}, label = 'other'",
        f"{ASKED}, from_date = '2098-01-01'",
        "status = 'draft', published_at = NULL, published_by = ''",
    ],
)
def test_policy_ruleversion_published_is_final_but_for_a_withdrawal(version, change):
    with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
        sql(f"UPDATE policy_ruleversion SET {change} WHERE id = %s", version.pk)


@pytest.mark.parametrize("change", [ASKED, GONE])
def test_what_has_begun_is_final_by_the_databases_own_clock(version, change):
    begun = RuleVersion.objects.get(area="999900", from_date="2020-01-01")
    with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
        sql(f"UPDATE policy_ruleversion SET {change} WHERE id = %s", begun.pk)
    # As well on the very day: the trigger asks what day it is, not what the program believes.
    today = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # else their checks would still be pending
    sql("ALTER TABLE policy_ruleversion DISABLE TRIGGER USER")
    sql(f"UPDATE policy_ruleversion SET from_date = {today} WHERE id = %s", version.pk)
    sql("ALTER TABLE policy_ruleversion ENABLE TRIGGER USER")
    with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
        sql(f"UPDATE policy_ruleversion SET {change} WHERE id = %s", version.pk)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        (
            "policy_ruleversion_withdrawal_asked_with_reason",
            "withdrawal_asked_at = now(), withdrawal_asked_by = 'staff:1'",
        ),
        ("policy_ruleversion_withdrawal_asked_with_reason", "withdrawal_reason = '写错了'"),
        ("policy_ruleversion_withdrawn_by_another", "withdrawn_at = now(), withdrawn_by = 'x'"),
    ],
)
def test_what_is_half_said_is_refused(version, constraint, change):
    with pytest.raises(IntegrityError, match=constraint):
        sql(f"UPDATE policy_ruleversion SET {change} WHERE id = %s", version.pk)


def test_policy_ruleversion_withdrawn_by_another_holds_in_the_database_too(version):
    ask(version)
    with pytest.raises(IntegrityError, match="policy_ruleversion_withdrawn_by_another"):
        sql(
            f"UPDATE policy_ruleversion SET {GONE.replace('staff:2', 'staff:902')} WHERE id = %s",
            version.pk,
        )
    with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
        sql(
            "UPDATE policy_ruleversion SET withdrawal_reason = '别的理由' WHERE id = %s", version.pk
        )


def test_what_is_withdrawn_stays_as_it_is(version):
    ask(version)
    withdraw(version)
    for statement in (
        "UPDATE policy_ruleversion SET status = 'published' WHERE id = %s",
        "DELETE FROM policy_ruleversion WHERE id = %s",
    ):
        with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
            sql(statement, version.pk)
    with pytest.raises(IntegrityError, match="policy_clause_published_is_final"):
        sql("DELETE FROM policy_clause WHERE version_id = %s", version.pk)
    assert Clause.objects.filter(version=version).exists()


def test_two_officers_at_the_desk_and_everybody_reads_why(client, version):
    page = reverse("admin:policy_ruleversion_change", args=[version.pk])
    act = page.removesuffix("change/") + "act/"
    build.signed_in_staff(client, username="qian.policy", role="policy_admin")
    assert "申请撤回" in client.get(page).content.decode()
    client.post(f"{act}ask_withdrawal/", {"ask_withdrawal-reason": "金额写错，另行发布"})
    asked = client.get(page).content.decode()
    assert "有人申请撤回，同意以前仍会按时生效。理由：金额写错，另行发布" in asked
    assert "须由另一位规则管理员同意" in asked
    client.post(f"{act}withdraw/")
    version.refresh_from_db()
    assert version.status == "published"
    build.signed_in_staff(client, username="sun.policy", role="policy_admin")
    client.post(f"{act}withdraw/")
    version.refresh_from_db()
    assert version.status == "withdrawn"
    gone = client.get(page).content.decode()
    assert "这个版本已撤回，不会生效" in gone
    assert "同意撤回</button>" not in gone
    public = client.get(reverse("policy:rules", args=["999900"])).content.decode()
    assert "公布过、生效前撤回的" in public
    assert "金额写错，另行发布" in public
    assert "?on=2099-01-01" not in public
