"""How many, how often and how soon: what an area counts of a payer's authorisations. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pooling.bindings.facts import Asker, Past, Refusal
from pooling.kinship import codes
from pooling.shared.periods import business_date

_OF_PARENTS = {codes.MALE: "father", codes.FEMALE: "mother"}


def roles_of(code: str, gender: str = "") -> tuple[str, ...]:
    """Return the roles of somebody who is `code` to the payer: the kind, and father or mother.

    The code's own sex comes first; one that tells none (父母) takes that of the person.
    """
    kind = codes.kind_of(code)
    if kind != "parent":
        return (kind,) if kind else ()
    role = _OF_PARENTS.get(codes.CODES[code].gender or gender)
    return (kind, role) if role else (kind,)


def roles(given: Iterable[Any]) -> dict[str, int]:
    """Count open authorisations (`relation_code`, `relative_gender`) by role."""
    return Counter(
        role for row in given for role in roles_of(row.relation_code, row.relative_gender)
    )


def past(given: Iterable[Any], relative_id: int | None, today: date) -> Past:
    """Sum up every authorisation a payer gave; what nobody agreed to counts for nothing."""
    agreed = [row for row in given if row.bound_at is not None]
    with_them = [row for row in agreed if row.relative_id == relative_id]
    ends = [business_date(row.ended_at) for row in with_them if row.ended_at is not None]
    changed = [row.bound_at for row in agreed]
    changed += [row.release_asked_at for row in agreed if row.release_asked_at is not None]
    return Past(
        today=today,
        relatives=len({row.relative_id for row in agreed}),
        changes=sum(business_date(moment).year == today.year for moment in changed),
        bound_before=bool(with_them),
        ended_on=max(ends, default=None),
    )


def of_numbers(asker: Asker, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield the places that are taken: of all relatives, and of each role."""
    limit = rules["max_relatives_per_payer"]
    if limit is not None:
        most = limit - 1 if rules["relatives_count_payer"] else limit
        if asker.relatives >= most:
            yield Refusal("max_relatives", {"most": most}, "max_relatives_per_payer")
    for role in asker.takes:
        most = rules["max_per_role"].get(role)
        if most is not None and asker.roles.get(role, 0) >= most:
            yield Refusal("max_per_role", {"role": role, "most": most}, "max_per_role")


def of_past(past: Past, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what the asker must wait for, or may not do any more."""
    most = rules["max_relatives_lifetime"]
    if most is not None and not past.bound_before and past.relatives >= most:
        yield Refusal("max_lifetime", {"most": most}, "max_relatives_lifetime")
    most = rules["max_changes_per_year"]
    if most is not None and past.changes >= most:
        free = date(past.today.year + 1, 1, 1).isoformat()
        yield Refusal("max_changes", {"most": most, "date": free}, "max_changes_per_year")
    wait = rules["rebind_wait_days"]
    if wait and past.ended_on is not None:
        free = past.ended_on + timedelta(days=wait)
        if past.today < free:
            values = {"days": wait, "date": free.isoformat()}
            yield Refusal("rebind_too_soon", values, "rebind_wait_days")


def release_from(bound_on: date, rules: Mapping[str, Any]) -> date:
    """Return the first day on which the two may release."""
    return bound_on + timedelta(days=rules["lock_days"])


def of_release(bound_on: date, rules: Mapping[str, Any], today: date) -> Iterator[Refusal]:
    """Yield why the two cannot release yet; stopping use is always open to them."""
    free = release_from(bound_on, rules)
    if rules["lock_days"] and today < free:
        values = {"days": rules["lock_days"], "date": free.isoformat()}
        yield Refusal("release_locked", values, "lock_days")
