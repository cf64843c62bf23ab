"""What would change an answer: one change of the split's input each, tried by the split itself.

Pure. A remedy is told only where splitting the same bill again, with that one thing changed,
lets the source give more or brings it a step further. So *raise the cap* is never advice where
the next obstacle is worse, nor *wait until tomorrow* where tomorrow is no different.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pooling.bindings.usability import OPEN, Unusable
from pooling.settlements import waterfall
from pooling.settlements.bounds import Reason
from pooling.settlements.sources import Candidate, Input, Part, Purse
from pooling.settlements.waterfall import Considered
from pooling.shared.periods import month_after


class Remedy(StrEnum):
    """Who does what: the closed list, in the order it is told."""

    WAIT = "wait"
    ROLL_OVER = "wait_for_roll_over"
    RAISE_CAP = "payer_raises_cap"
    TOP_UP = "contribution_comes"
    OVER_FLOOR = "balance_passes_floor"
    OPEN_ACCOUNT = "account_is_opened"
    OPEN_OWN = "own_account_is_opened"
    SPEND_OWN = "own_money_first"
    SET_QUOTA = "payer_sets_quota"
    RAISE_QUOTA = "payer_raises_quota"
    FILL_WALLET = "relatives_send_to_wallet"
    PAY_IN = "members_pay_in"
    CHANGE_PLACE = "owner_changes_place"
    RANK_FIRST = "patient_ranks_first"
    TELL_TILL = "tell_the_till"
    CONFIRM = "relative_confirms"
    RENEW = "relative_renews"
    BIND_AGAIN = "bind_again"
    THAW = "payer_resumes"
    RESUME = "relative_resumes"
    CORRECT = "record_is_corrected"
    PAYER_INSURED = "payer_insured_again"
    PAYER_NORMAL = "payer_pays_on"
    PATIENT_INSURED = "patient_insured"
    PATIENT_TYPE = "patient_changes_insurance"
    PATIENT_NORMAL = "patient_normal_again"
    MOVE = "insured_nearer"
    ACTIVATE = "patient_activates"
    PAYER_ACTIVATES = "payer_activates"
    NAME_USE = "payer_names_use"
    LOWER_LEVEL = "lower_institution"


#: Which field of the payer's caps a reason is about.
_CAP_OF = {
    Reason.CAP_SETTLEMENT: "per_settlement_fen",
    Reason.CAP_DAY: "per_day_fen",
    Reason.CAP_MONTH: "per_month_fen",
    Reason.CAP_YEAR: "per_year_fen",
    Reason.CAP_PAYER_DAY: "payer_day_fen",
    Reason.CAP_PAYER_MONTH: "payer_month_fen",
    Reason.CAP_PAYER_YEAR: "payer_year_fen",
}
_WAITED_OUT = {
    **dict.fromkeys((Reason.CAP_DAY, Reason.CAP_PAYER_DAY), "day"),
    **dict.fromkeys((Reason.AREA_BINDING_DAY, Reason.AREA_PAYER_DAY), "day"),
    Reason.AREA_RELATIVE_DAY: "day",
    **dict.fromkeys((Reason.CAP_MONTH, Reason.CAP_PAYER_MONTH), "month"),
    **dict.fromkeys((Reason.AREA_BINDING_MONTH, Reason.AREA_PAYER_MONTH), "month"),
    **dict.fromkeys((Reason.AREA_RELATIVE_MONTH, Reason.AREA_USE_MONTH), "month"),
    **dict.fromkeys((Reason.CAP_YEAR, Reason.CAP_PAYER_YEAR), "year"),
    **dict.fromkeys((Reason.AREA_BINDING_YEAR, Reason.AREA_PAYER_YEAR), "year"),
    **dict.fromkeys((Reason.AREA_RELATIVE_YEAR, Reason.AREA_USE_YEAR, Reason.PART), "year"),
}

#: What may change a reason; none where only the area itself could, or where nothing is wrong.
FOR: dict[str, tuple[Remedy, ...]] = {
    **{
        reason: (Remedy.WAIT, Remedy.RAISE_CAP) if reason in _WAITED_OUT else (Remedy.RAISE_CAP,)
        for reason in _CAP_OF
    },
    **dict.fromkeys([one for one in _WAITED_OUT if one not in _CAP_OF], (Remedy.WAIT,)),
    Reason.PART: (Remedy.ROLL_OVER,),
    **dict.fromkeys((Reason.EMPTY, Reason.GIVEN_WHOLE), (Remedy.TOP_UP,)),
    Reason.FLOOR: (Remedy.OVER_FLOOR,),
    **dict.fromkeys((Reason.OWN_MISSING, Reason.OWN_CLOSED), (Remedy.OPEN_OWN,)),
    Reason.ONE_PAYER: (Remedy.RANK_FIRST,),
    Reason.CASH_ONLY: (Remedy.TELL_TILL,),
    Reason.OWN_ONLY: (Remedy.TELL_TILL,),
    Reason.ELSEWHERE: (Remedy.CHANGE_PLACE,),
    Unusable.PROPOSED: (Remedy.CONFIRM,),
    Unusable.RELEASED: (Remedy.BIND_AGAIN,),
    Unusable.NOT_BEGUN: (Remedy.WAIT,),
    Unusable.EXPIRED: (Remedy.BIND_AGAIN,),
    Unusable.FROZEN: (Remedy.THAW,),
    Unusable.DECLINED: (Remedy.RESUME,),
    Unusable.PATIENT_DEAD: (Remedy.CORRECT,),
    Unusable.PAYER_DEAD: (Remedy.CORRECT,),
    Unusable.RELATION_ENDED: (Remedy.CORRECT,),
    Unusable.RENEWAL_DUE: (Remedy.RENEW,),
    Unusable.PAYER_MOVED: (Remedy.BIND_AGAIN,),
    Unusable.PATIENT_MOVED: (Remedy.BIND_AGAIN,),
    Unusable.PAYER_HAS_NO_ACCOUNT: (Remedy.OPEN_ACCOUNT,),
    Unusable.PAYER_ACCOUNT_CLOSED: (Remedy.OPEN_ACCOUNT,),
    Unusable.PAYER_INSURANCE_ENDED: (Remedy.PAYER_INSURED,),
    Unusable.PAYER_PAUSED: (Remedy.PAYER_NORMAL,),
    Unusable.PATIENT_NOT_INSURED: (Remedy.PATIENT_INSURED,),
    Unusable.PATIENT_TYPE: (Remedy.PATIENT_TYPE,),
    Unusable.PATIENT_NOT_NORMAL: (Remedy.PATIENT_NORMAL,),
    Unusable.PATIENT_NO_CREDENTIAL: (Remedy.ACTIVATE,),
    Unusable.PAYER_NO_CREDENTIAL: (Remedy.PAYER_ACTIVATES,),
    Unusable.OUT_OF_SCOPE: (Remedy.MOVE,),
    Unusable.OTHER_PROVINCE: (Remedy.MOVE,),
    Unusable.NO_QUOTA: (Remedy.SET_QUOTA,),
    Unusable.NEEDS_QUOTA: (Remedy.SET_QUOTA,),
    Unusable.USE_NOT_IN_BINDING: (Remedy.NAME_USE,),
    Unusable.USE_NOT_OPTED_IN: (Remedy.NAME_USE,),
    Unusable.LEVEL: (Remedy.LOWER_LEVEL,),
    Unusable.OWN_NOT_EMPTY: (Remedy.SPEND_OWN,),
}


#: What may, where the source is no personal account and nothing is contributed to it.
FOR_SOURCE: dict[tuple[str, str], tuple[Remedy, ...]] = {
    (source, reason): (remedy,)
    for source, remedy in (
        ("quota", Remedy.RAISE_QUOTA),
        ("wallet", Remedy.FILL_WALLET),
        ("family_fund", Remedy.PAY_IN),
    )
    for reason in (Reason.EMPTY, Reason.GIVEN_WHOLE)
}


def of(item: Considered) -> tuple[Remedy, ...]:
    """Return what may change the answer of a source."""
    return FOR_SOURCE.get((item.source, item.reason)) or FOR.get(item.reason, ())


def again_on(reason: str, on: date, values: dict[str, Any]) -> date | None:
    """Return from which day waiting is over; None where there is nothing to wait for."""
    if reason == Unusable.NOT_BEGUN:
        return date.fromisoformat(values["date"])
    period = _WAITED_OUT.get(reason)
    if period == "day":
        return on + timedelta(days=1)
    if period == "month":
        return month_after(on)
    return date(on.year + 1, 1, 1) if period == "year" else None


def that_help(given: Input, item: Considered) -> list[tuple[Remedy, Considered]]:
    """Return the remedies that would have changed this source's answer, each with the new one."""
    found = []
    for remedy in of(item):
        changed = _CHANGES[remedy](given, item)
        then = next(one for one in waterfall.split(changed).considered if _same(one, item))
        if _is_better(then, item):
            found.append((remedy, then))
    return found


def _same(one: Considered, other: Considered) -> bool:
    if other.binding is not None:
        return one.binding == other.binding
    return one.source == other.source


def _is_better(then: Considered, now: Considered) -> bool:
    """Return whether more can be given, or another obstacle than this one is the next."""
    if then.could_give_fen > now.could_give_fen or then.taken_fen > now.taken_fen:
        return True
    step_back = then.reason in set(Unusable) and now.reason not in set(Unusable)
    return now.taken_fen == 0 and then.reason != now.reason and not step_back


# -- the changes ---------------------------------------------------------------------


def _candidate(given: Input, item: Considered, change: Callable[[Candidate], Candidate]) -> Input:
    return replace(
        given,
        candidates=tuple(
            change(one) if one.binding == item.binding else one for one in given.candidates
        ),
    )


def _agreed(**facts) -> Callable[[Input, Considered], Input]:
    """Return the change of what the two people agreed."""

    def change(given: Input, item: Considered) -> Input:
        return _candidate(
            given, item, lambda one: replace(one, authorisation=replace(one.authorisation, **facts))
        )

    return change


def _payer(**facts) -> Callable[[Input, Considered], Input]:
    def change(given: Input, item: Considered) -> Input:
        return _candidate(
            given, item, lambda one: replace(one, standing=replace(one.standing, **facts))
        )

    return change


def _patient(**facts) -> Callable[[Input, Considered], Input]:
    return lambda given, item: replace(given, patient=replace(given.patient, **facts))


def _raise_cap(given: Input, item: Considered) -> Input:
    name = _CAP_OF[item.reason]
    return _candidate(given, item, lambda one: replace(one, caps=replace(one.caps, **{name: None})))


def _wait(given: Input, item: Considered) -> Input:
    """Put the same bill on the first day after; what was used in a period that is over is not."""
    visit = given.charge.visit
    then = again_on(item.reason, visit.on, item.values)
    over = ["day"]
    over += ["month"] if (then.year, then.month) != (visit.on.year, visit.on.month) else []
    over += ["year"] if then.year != visit.on.year else []
    used = {
        f"{of}{period}_fen": 0
        for period in over
        for of in ("", "use_", "payer_")
        if (of, period) != ("use_", "day")
    }
    return replace(
        given,
        charge=replace(given.charge, visit=replace(visit, on=then)),
        candidates=tuple(replace(one, used=replace(one.used, **used)) for one in given.candidates),
        **{f"relative_{period}_fen": 0 for period in over},
    )


def _roll_over(given: Input, item: Considered) -> Input:
    def rolled(one: Candidate) -> Candidate:
        prior = (Part("prior", part.ledger_account, part.balance_fen) for part in one.purse.parts)
        return replace(one, purse=Purse(one.purse.state, tuple(prior)))

    return _candidate(_wait(given, item), item, rolled)


def _top_up(given: Input, item: Considered) -> Input:
    """Give the source what the bill still needed there, above any floor."""
    enough = item.needed_fen + item.values.get("floor_fen", 0) + 1

    def filled(purse: Purse | None) -> Purse:
        purse = purse or Purse()
        return replace(purse, state=OPEN, parts=(*purse.parts, Part("current", 0, enough)))

    if item.binding is None:
        return replace(given, **{item.source: filled(getattr(given, item.source))})
    return _candidate(given, item, lambda one: replace(one, purse=filled(one.purse)))


def _open_account(given: Input, item: Considered) -> Input:
    filled = _top_up(given, item)
    return filled if item.binding is None else _payer(account=OPEN)(filled, item)


def _set_quota(given: Input, item: Considered) -> Input:
    """Give the authorisation a quota that is enough, where the rules let one be set."""
    home = _area(given, item)
    rules = given.rules[home]
    across = home[:2] != given.patient.area[:2]
    if rules["model"].value != "quota" and not (across and rules["quota_across_provinces"].value):
        return given
    frozen = Purse(parts=(Part("prior", 0, item.needed_fen + 1),))
    return _candidate(given, item, lambda one: replace(one, quota=frozen))


def _fill_wallet(given: Input, item: Considered) -> Input:
    clauses = given.rules.get(given.wallet.area)
    return _top_up(given, item) if clauses and clauses["wallet_open"].value else given


def _pay_in(given: Input, item: Considered) -> Input:
    clauses = given.rules.get(given.family_fund.area)
    pools = clauses and clauses["model"].value == "pooled_transfer"
    return _top_up(given, item) if pools else given


def _change_place(given: Input, item: Considered) -> Input:
    """Bring the wallet here, where both places let that be done."""
    here = given.charge.visit.area
    leaves = given.rules[given.wallet.area]["wallet_place_changeable"].value
    if not leaves or here not in given.rules or not given.rules[here]["wallet_open"].value:
        return given
    return replace(given, wallet=replace(given.wallet, area=here))


def _spend_own(given: Input, item: Considered) -> Input:
    return replace(given, own=replace(given.own, parts=()))


def _rank_first(given: Input, item: Considered) -> Input:
    return _candidate(given, item, lambda one: replace(one, rank=0))


def _tell_till(given: Input, item: Considered) -> Input:
    return replace(given, charge=replace(given.charge, acct_used_flag=2))


def _correct(given: Input, item: Considered) -> Input:
    alive = _patient(dead=False)(given, item)
    if item.binding is None:
        return alive
    return _agreed(related=True)(_payer(dead=False)(alive, item), item)


def _patient_type(given: Input, item: Considered) -> Input:
    area = _area(given, item)
    allowed = given.rules[area]["patient_types"].value[0]
    return _patient(insutype=allowed)(given, item)


def _patient_insured(given: Input, item: Considered) -> Input:
    area = _area(given, item)
    return _patient(area=area, status="1")(_patient_type(given, item), item)


def _move(given: Input, item: Considered) -> Input:
    return _patient(area=_area(given, item))(given, item)


def _name_use(given: Input, item: Considered) -> Input:
    use = given.charge.visit.use
    return _candidate(
        given,
        item,
        lambda one: replace(
            one,
            authorisation=replace(one.authorisation, uses=(*(one.authorisation.uses or ()), use)),
        ),
    )


def _lower_level(given: Input, item: Considered) -> Input:
    visit = replace(given.charge.visit, institution_level=item.values["highest"])
    return replace(given, charge=replace(given.charge, visit=visit))


def _area(given: Input, item: Considered) -> str:
    """Return the area whose rules a source follows."""
    if item.binding is None:
        return given.family_fund.area
    return next(one.standing.area for one in given.candidates if one.binding == item.binding)


_CHANGES: dict[Remedy, Callable[[Input, Considered], Input]] = {
    Remedy.WAIT: _wait,
    Remedy.ROLL_OVER: _roll_over,
    Remedy.RAISE_CAP: _raise_cap,
    Remedy.TOP_UP: _top_up,
    Remedy.OVER_FLOOR: _top_up,
    Remedy.OPEN_ACCOUNT: _open_account,
    Remedy.OPEN_OWN: _open_account,
    Remedy.SET_QUOTA: _set_quota,
    Remedy.RAISE_QUOTA: _set_quota,
    Remedy.FILL_WALLET: _fill_wallet,
    Remedy.PAY_IN: _pay_in,
    Remedy.CHANGE_PLACE: _change_place,
    Remedy.SPEND_OWN: _spend_own,
    Remedy.RANK_FIRST: _rank_first,
    Remedy.TELL_TILL: _tell_till,
    Remedy.CONFIRM: _agreed(state="active"),
    Remedy.RENEW: _agreed(renew_before=None),
    Remedy.BIND_AGAIN: _agreed(
        state="active", release_on=None, to_date=None, payer_area="", relative_area=""
    ),
    Remedy.THAW: _agreed(frozen=False),
    Remedy.RESUME: _agreed(declined=False),
    Remedy.CORRECT: _correct,
    Remedy.PAYER_INSURED: _payer(employee_status="1"),
    Remedy.PAYER_NORMAL: _payer(employee_status="1"),
    Remedy.PATIENT_INSURED: _patient_insured,
    Remedy.PATIENT_TYPE: _patient_type,
    Remedy.PATIENT_NORMAL: _patient(status="1"),
    Remedy.ACTIVATE: _patient(e_credential=True),
    Remedy.PAYER_ACTIVATES: _payer(e_credential=True),
    Remedy.MOVE: _move,
    Remedy.NAME_USE: _name_use,
    Remedy.LOWER_LEVEL: _lower_level,
}
