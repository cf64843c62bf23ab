"""Who may sign in, and who they are."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import phones, roles
from accounts.models import User
from accounts.services import users
from pooling.audit.models import Event
from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
    ],
)
def test_a_phone_is_read_however_people_write_it(typed):
    assert phones.normalise(typed) == "+8613800138000"


@pytest.mark.parametrize(
    "typed", ["", "1380013800", "138001380001", "23800138000", "abc", "12345678901"]
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(phones.NotAPhone):
        phones.normalise(typed)


def test_a_phone_opens_one_user_however_often_it_is_typed():
    first = users.open_sign_in(phone="13800138000", by=build.JOB, at=build.NOON)
    again = users.open_sign_in(phone="+86 138 0013 8000", by=build.JOB, at=build.NOON)
    assert again.pk == first.pk
    assert first.phone == "+8613800138000"
    assert not first.has_usable_password()


def test_known_and_unknown_phones_cost_the_same_statements(django_assert_num_queries):
    build.phone_user("13800138000")
    with django_assert_num_queries(5):
        users.open_sign_in(phone="13800138000", by=build.JOB, at=build.NOON)
    with django_assert_num_queries(5):
        users.open_sign_in(phone="13900139000", by=build.JOB, at=build.NOON)


def test_the_stored_user_shows_no_phone():
    user = build.phone_user("13800138000")
    row = User.objects.filter(pk=user.pk).values().get()
    assert not any(
        "13800138000" in str(value) or b"13800138000" in bytes(str(value), "utf8")
        for value in row.values()
    )


def test_another_phone_is_a_change_with_its_moment():
    user = build.phone_user("13800138000")
    assert user.phone_changed_at is None
    later = build.NOON + timedelta(days=1)
    user = users.confirm_phone(user_id=user.pk, phone="13900139000", by=build.JOB, at=later)
    assert (user.phone, user.phone_changed_at) == ("+8613900139000", later)


def test_a_phone_of_somebody_else_cannot_be_taken_over():
    build.phone_user("13800138000")
    other = build.phone_user("13900139000")
    with pytest.raises(users.PhoneInUse):
        users.confirm_phone(user_id=other.pk, phone="13800138000", by=build.JOB, at=build.NOON)


def link(user, member, name=None, at=build.NOON):
    return users.link_member(
        user_id=user.pk, cert_no=member.cert_no, name=name or member.name, by=build.JOB, at=at
    )


def test_number_and_name_link_a_member_once():
    payer = build.member()
    user = build.phone_user()
    assert link(user, payer) is users.Link.DONE
    user.refresh_from_db()
    assert user.member_id == payer.pk
    with pytest.raises(users.AlreadyLinked):
        link(user, payer)


def test_every_refusal_is_one_answer_by_the_same_statements(django_assert_num_queries):
    linked, free = build.member(), build.member()
    build.phone_user("13800138001", member=linked)
    stranger = build.phone_user("13800138002")
    absent = {"cert_no": "100000199001010000", "name": "无此人"}
    attempts = [
        absent,
        {"cert_no": free.cert_no, "name": "名字不对"},
        {"cert_no": linked.cert_no, "name": linked.name},
    ]
    for attempt in attempts:
        with django_assert_num_queries(9):
            answer = users.link_member(user_id=stranger.pk, by=build.JOB, at=build.NOON, **attempt)
        assert answer is users.Link.NO_MATCH


def test_a_list_of_numbers_is_not_walked_through():
    payer = build.member()
    user = build.phone_user()
    for _attempt in range(users.LINK_TRIES_A_DAY):
        assert link(user, payer, name="名字不对") is users.Link.NO_MATCH
    assert link(user, payer) is users.Link.TOO_OFTEN
    tomorrow = build.NOON + timedelta(days=1, seconds=1)
    assert link(user, payer, at=tomorrow) is users.Link.DONE


def test_one_person_is_not_aimed_at_from_many_phones():
    payer = build.member()
    for number in range(users.LINK_AIMS_A_DAY):
        stranger = build.phone_user(f"138001380{number:02d}")
        assert link(stranger, payer, name="名字不对") is users.Link.NO_MATCH
    assert link(build.phone_user("13900139000"), payer) is users.Link.NO_MATCH


def test_staff_hold_one_role_and_a_second_factor():
    reviewer = build.staff(role=roles.REVIEWER)
    assert [group.name for group in reviewer.groups.all()] == [roles.REVIEWER]
    assert reviewer.is_staff
    assert not reviewer.is_superuser
    stored = reviewer.authenticator_set.get()
    assert build.TOTP_SECRET not in str(stored.data)
    assert stored.wrap() is not None


def test_an_unknown_role_or_a_taken_name_is_refused():
    build.staff()
    with pytest.raises(users.UsernameTaken):
        build.staff()
    with pytest.raises(users.UnknownRole):
        build.staff(username="wang", role="everything")


def test_roles_see_only_what_is_theirs():
    policy_admin = build.staff(username="zhao", role=roles.POLICY_ADMIN)
    assert not policy_admin.has_perm("accounts.view_member")
    system_admin = build.staff(username="qian", role=roles.SYSTEM_ADMIN)
    assert not system_admin.has_perm("settlements.view_settlement")
    auditor = build.staff(username="sun", role=roles.AUDITOR)
    assert auditor.has_perm("audit.view_event")
    assert not any(
        permission.split(".")[1].startswith(("add_", "change_", "delete_"))
        for permission in auditor.get_all_permissions()
    )


def test_people_who_hold_a_role_get_what_a_release_adds_and_lose_what_it_takes():
    auditor = build.staff(username="sun", role=roles.AUDITOR)
    (group,) = auditor.groups.all()
    looks = Permission.objects.get(codename="view_look")
    too_much = Permission.objects.get(codename="decide")
    group.permissions.remove(looks)
    group.permissions.add(too_much)
    assert roles.AUDITOR in users.sync_roles(by=build.JOB, at=build.NOON)
    again = User.objects.get(pk=auditor.pk)
    assert again.has_perm("audit.view_look")
    assert not again.has_perm("counter.decide")
    told = Event.objects.get(verb="accounts.sync_roles", subject_id=group.pk).detail
    assert told == {"gained": ["view_look"], "lost": ["decide"]}


def test_roles_brought_in_line_twice_change_nothing_and_leave_no_trail():
    call_command("sync_roles", verbosity=0)
    traces = Event.objects.count()
    said = StringIO()
    call_command("sync_roles", stdout=said)
    assert "没有变化" in said.getvalue()
    assert Event.objects.count() == traces
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.ROLES)


def test_every_model_a_role_sees_exists():
    from django.apps import apps

    for models in roles.SEES.values():
        for model in models:
            assert apps.get_model(model)


def test_a_user_who_never_came_back_is_swept():
    users.open_sign_in(phone="13700137000", by=build.JOB, at=build.NOON)
    kept = build.phone_user("13800138000")
    later = build.NOON + timedelta(days=2)
    assert users.sweep_unverified(before=later, by=build.JOB, at=later) == 1
    assert User.objects.get() == kept
