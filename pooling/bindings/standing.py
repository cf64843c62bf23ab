"""How an authorisation stands to one of its two people: the state, why, and what may be done.

`side` is the reader's: `payer` or `relative`. `related` is whether they still are what they were;
`lacking` are the sides whose e-credential the area wants active, and is not.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.selectors import Standing
from pooling.bindings import counting, wording
from pooling.bindings.models import Binding
from pooling.bindings.usability import renewal_due
from pooling.shared.periods import business_date

State = Binding.State


def lacking(rules: Mapping[str, Any], payer: Standing, relative: Standing) -> tuple[str, ...]:
    """Return the sides whose e-credential is wanted and not active; insured people only.

    Whoever is in no insurance has another obstacle before this one, as `usability` says.
    """
    wanted = (
        ("relative", rules["requires_e_credential"], relative.insutype, relative.e_credential),
        ("payer", rules["payer_requires_e_credential"], payer.employee_area, payer.e_credential),
    )
    return tuple(
        side for side, asked, insured, active in wanted if asked and insured and not active
    )


def state_code(row: Binding, on: date, *, related: bool, lacking: tuple[str, ...]) -> str:
    """Return what people call the state: an active binding may be stopped, ending, not begun."""
    if row.state != State.ACTIVE:
        return str(row.state)
    if row.release_on is not None and row.release_on <= on:
        return "released"
    if row.to_date is not None and row.to_date <= on:
        return "expired"
    if not related:
        return "unrelated"
    if row.halted_for or renewal_due(row.renew_before, on):
        return "stopped"
    if row.frozen_at is not None or row.declined_at is not None:
        return "stopped"
    if lacking:
        return "to_activate"
    if on < row.from_date:
        return "not_begun"
    return "ending" if row.release_on is not None else "active"


def causes(
    row: Binding, side: str, on: date, *, related: bool, lacking: tuple[str, ...]
) -> list[str]:
    """Say why it cannot be used now, or when that will be, and who can change it."""
    if row.ended_at is not None:
        return [wording.cause(f"ended_{row.ended_cause}", day=row.ended_at)]
    if row.state == State.PROPOSED:
        return [wording.cause(f"proposed_to_{side}", day=row.signed_at)]
    said = [] if related else [wording.cause("unrelated", day=on)]
    said += _told(row, side, on)
    if row.frozen_at is not None:
        said.append(wording.cause(f"frozen_to_{side}", day=row.frozen_at))
    if row.declined_at is not None:
        said.append(wording.cause(f"declined_to_{side}", day=row.declined_at))
    said += [wording.cause(f"{who}_activates_to_{side}", day=on) for who in lacking]
    if row.release_on is not None:
        said.append(wording.cause("release_on", day=row.release_on))
    if on < row.from_date:
        said.append(wording.cause("not_begun", day=row.from_date))
    return said


def _told(row: Binding, side: str, on: date) -> list[str]:
    """Say what the registry stops it for, or that the relative is asked whether it goes on."""
    late = renewal_due(row.renew_before, on)
    if row.renew_before is not None and not late:
        said = [wording.cause(f"renew_to_{side}", day=row.renew_before)]
    else:
        said = [wording.cause("halted_renewal_unanswered", day=on)] if late else []
    # The others are told already: that they are unrelated, and that nobody renewed.
    if row.halted_for not in ("", "marriage_ended", "renewal_unanswered"):
        said.append(wording.cause(f"halted_{row.halted_for}", day=on))
    return said


def may(
    row: Binding, side: str, rules: Mapping[str, Any], on: date, *, lacking: tuple[str, ...]
) -> list[str]:
    """Return what the reader can do now by the area's rules, as names of verbs.

    A payer may also activate for the relative, where the relative is a child or has no phone.
    """
    if row.state == State.PROPOSED:
        return ["withdraw"] if side == "payer" else ["confirm", "refuse", "block"]
    if row.state != State.ACTIVE:
        return []
    if side == "payer":
        verbs = ["thaw" if row.frozen_at else "freeze", "change_limits"]
    else:
        verbs = ["resume" if row.declined_at else "decline", "set_rank"]
        if row.renew_before is not None:
            verbs = ["renew", *verbs]
    if side in lacking or (lacking and side == "payer"):
        verbs = ["activate", *verbs]
    if not _releases(row, side, rules) or locked_until(row, side, rules, on):
        return verbs
    return [*verbs, "release"]


def locked_until(row: Binding, side: str, rules: Mapping[str, Any], on: date) -> date | None:
    """Return the first day on which the reader may release, if they must wait for it."""
    if row.state != State.ACTIVE or not _releases(row, side, rules):
        return None
    free = counting.release_from(business_date(row.bound_at), rules)
    return free if rules["lock_days"] and on < free else None


def _releases(row: Binding, side: str, rules: Mapping[str, Any]) -> bool:
    return side in rules["release_by"] and row.release_asked_at is None
