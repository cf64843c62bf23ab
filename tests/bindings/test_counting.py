"""How many, how often and how soon, each at its boundary: one less, equal, one more."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from pooling.bindings import counting, rules
from pooling.bindings.facts import Asker, Past
from pooling.policy import parameters
from pooling.shared.periods import SHANGHAI

RULES = {name: parameters.default(name) for name in parameters.PARAMETERS}
TODAY = date(2026, 11, 22)


def codes(found):
    return [refusal.code for refusal in found]


def asker(**facts) -> Asker:
    known = {"member_id": 1, "dead": False, "employee_status": "1", "area": "999900"}
    return Asker(**known | {"relatives": 0, "past": Past(TODAY)} | facts)


@pytest.mark.parametrize(
    ("relatives", "clauses", "full"),
    [
        (1, {"max_relatives_per_payer": 2}, False),
        (2, {"max_relatives_per_payer": 2}, True),
        (3, {"max_relatives_per_payer": 2}, True),
        (1, {"max_relatives_per_payer": 3, "relatives_count_payer": True}, False),
        (2, {"max_relatives_per_payer": 3, "relatives_count_payer": True}, True),
        (99, {}, False),
        (99, {"relatives_count_payer": True}, False),
    ],
)
def test_the_number_of_relatives_with_or_without_the_payer(relatives, clauses, full):
    found = list(counting.of_numbers(asker(relatives=relatives), RULES | clauses))
    assert codes(found) == (["max_relatives"] if full else [])
    assert not full or found[0].values == {"most": 2}


@pytest.mark.parametrize(
    ("code", "gender", "roles"),
    [
        ("51", "1", ("parent", "father")),
        ("57", "1", ("parent", "father")),
        ("52", "2", ("parent", "mother")),
        ("50", "2", ("parent", "mother")),
        ("50", "", ("parent",)),
        ("20", "1", ("child",)),
        ("53", "1", ("parent_in_law",)),
        ("60", "1", ()),
    ],
)
def test_a_role_is_read_off_the_code_and_else_off_the_person(code, gender, roles):
    assert counting.roles_of(code, gender) == roles


@pytest.mark.parametrize(
    ("takes", "taken", "full"),
    [
        (("parent", "father"), {"parent": 1, "mother": 1}, None),
        (("parent", "father"), {"parent": 1, "father": 1}, "father"),
        (("child",), {"child": 2}, None),
        (("child",), {"child": 3}, "child"),
        (("child",), {"child": 4}, "child"),
        (("spouse",), {"spouse": 9}, None),
    ],
)
def test_the_number_of_each_role(takes, taken, full):
    area = RULES | {"max_per_role": {"father": 1, "mother": 1, "child": 3}}
    found = list(counting.of_numbers(asker(takes=takes, roles=taken), area))
    assert [refusal.values["role"] for refusal in found] == ([full] if full else [])


@pytest.mark.parametrize(
    ("past", "clauses", "code", "free"),
    [
        (Past(TODAY, relatives=2), {"max_relatives_lifetime": 3}, None, None),
        (Past(TODAY, relatives=3), {"max_relatives_lifetime": 3}, "max_lifetime", None),
        (Past(TODAY, relatives=4), {"max_relatives_lifetime": 3}, "max_lifetime", None),
        (Past(TODAY, relatives=3, bound_before=True), {"max_relatives_lifetime": 3}, None, None),
        (Past(TODAY, changes=3), {"max_changes_per_year": 4}, None, None),
        (Past(TODAY, changes=4), {"max_changes_per_year": 4}, "max_changes", "2027-01-01"),
        (Past(TODAY, changes=5), {"max_changes_per_year": 4}, "max_changes", "2027-01-01"),
        (Past(TODAY, ended_on=date(2026, 11, 12)), {"rebind_wait_days": 10}, None, None),
        (
            Past(TODAY, ended_on=date(2026, 11, 13)),
            {"rebind_wait_days": 10},
            "rebind_too_soon",
            "2026-11-23",
        ),
        (Past(TODAY, ended_on=TODAY), {"rebind_wait_days": 1}, "rebind_too_soon", "2026-11-23"),
        (Past(TODAY, ended_on=TODAY), {}, None, None),
    ],
)
def test_what_is_behind_the_asker(past, clauses, code, free):
    found = list(counting.of_past(past, RULES | clauses))
    assert codes(found) == ([code] if code else [])
    assert not found or found[0].values.get("date") == free


@pytest.mark.parametrize(
    ("days", "today", "locked"),
    [
        (90, date(2027, 2, 19), True),
        (90, date(2027, 2, 20), False),
        (90, date(2027, 2, 21), False),
        (1, TODAY, True),
        (0, TODAY, False),
    ],
)
def test_a_lock_ends_on_its_day(days, today, locked):
    found = list(counting.of_release(TODAY, RULES | {"lock_days": days}, today))
    assert codes(found) == (["release_locked"] if locked else [])


def moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=SHANGHAI)


def given(relative, bound="", asked="", ended=""):
    days = {"bound_at": bound, "release_asked_at": asked, "ended_at": ended}
    moments = {name: moment(day) if day else None for name, day in days.items()}
    return SimpleNamespace(relative_id=relative, **moments)


def test_the_past_counts_what_was_agreed_and_what_somebody_released():
    rows = [
        given(2, bound="2025-03-01", asked="2026-01-02", ended="2026-01-02"),
        given(2, bound="2026-02-01", ended="2026-06-01"),
        given(3, bound="2026-11-22"),
        given(4, ended="2026-05-05"),
    ]
    past = counting.past(rows, 2, TODAY)
    assert (past.relatives, past.changes) == (2, 3), "a refused proposal is no change"
    assert (past.bound_before, past.ended_on) == (True, date(2026, 6, 1))
    stranger = counting.past(rows, 4, TODAY)
    assert (stranger.bound_before, stranger.ended_on) == (False, None)


def test_the_year_of_a_change_is_that_of_shanghai():
    last = SimpleNamespace(
        relative_id=2,
        bound_at=datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI),
        release_asked_at=datetime(2026, 1, 1, 0, 0, tzinfo=SHANGHAI),
        ended_at=None,
    )
    assert counting.past([last], 2, TODAY).changes == 1
    assert counting.past([last], 2, date(2025, 12, 31)).changes == 1


@pytest.mark.parametrize(("psn_type", "excluded"), [("11", False), ("13", True), ("", False)])
def test_an_excluded_class_cannot_pay(psn_type, excluded):
    area = RULES | {"excluded_payer_types": ["13", "2101"]}
    found = codes(rules.of_asker(asker(psn_type=psn_type), "child", area))
    assert found == (["payer_type_excluded"] if excluded else [])
    assert not codes(rules.of_asker(asker(psn_type=psn_type), "child", RULES))


def test_who_is_paid_for_cannot_pay_where_the_area_says_so():
    area = RULES | {"payer_may_be_relative": False}
    assert codes(rules.of_asker(asker(paid_for=True), "child", area)) == ["payer_is_relative"]
    assert not codes(rules.of_asker(asker(), "child", area))
    assert not codes(rules.of_asker(asker(paid_for=True), "child", RULES))
