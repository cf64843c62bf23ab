"""Would this bill be paid, by whom, in which order? From what was typed, about nobody.

The typed figures become the `Input` of the split with the rules in force on the chosen day:
the very function that settles a bill answers.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from pooling.bindings.usability import Authorisation, Patient, Payer, Visit
from pooling.settlements.selectors.families import NATION, rules_of
from pooling.settlements.sources import (
    NO_PURSE,
    Candidate,
    Caps,
    Charge,
    Input,
    Part,
    Purse,
)
from pooling.shared.periods import SHANGHAI


@dataclass(frozen=True, slots=True)
class TypedPayer:
    """A relative's account as typed, in fen; the caps are what the relative set for this one.

    `quota_fen` is what is left of a quota frozen for the patient; None: none was set. `named`:
    the authorisation names what the bill is for.
    """

    area: str
    current_fen: int
    prior_fen: int
    cap_per_settlement_fen: int | None = None
    cap_per_year_fen: int | None = None
    quota_fen: int | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class TypedPurse:
    """A wallet, and where it is used; or a family fund, and where it was founded."""

    area: str
    fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was typed. `own_fen` None: no own account. Payers in the order they are asked.

    The visit is where the patient is insured: that is what a wallet's place is held against.
    """

    on: date
    charge: Charge
    area: str
    insutype: str
    status: str
    own_fen: int | None
    payers: tuple[TypedPayer, ...]
    wallet: TypedPurse | None = None
    fund: TypedPurse | None = None


def given(asked: Question) -> Input:
    """Return the input of the split."""
    insured = bool(asked.insutype)
    # As at a till: whoever is in no insurance and has no account is nobody's but the nation's.
    bill_area = asked.area if insured or asked.own_fen is not None else NATION
    wallet, fund, charged = asked.wallet, asked.fund, asked.charge
    if wallet is not None:
        charged = replace(charged, visit=replace(charged.visit, area=asked.area))
    rules, _version = rules_of(
        bill_area,
        [payer.area for payer in asked.payers],
        asked.on,
        fund=fund.area if fund else None,
        wallet=(wallet.area, asked.area) if wallet else (),
    )
    return Input(
        charge=charged,
        patient=Patient(False, asked.insutype, asked.area if insured else "", asked.status),
        rules_area=bill_area,
        rules=rules,
        own=NO_PURSE if asked.own_fen is None else _purse(asked.own_fen, 0),
        wallet=wallet and Purse(area=wallet.area, parts=(Part("", 0, wallet.fen),)),
        family_fund=fund and Purse(area=fund.area, parts=(Part("prior", 0, fund.fen),)),
        candidates=tuple(
            _candidate(place, payer, asked.charge.visit)
            for place, payer in enumerate(asked.payers, 1)
        ),
    )


def charge(*, on: date, use: str, level: int, personal_fen: int, own_paid_fen: int) -> Charge:
    """Return a charge on which every account may be used."""
    return Charge(Visit(on, use, level), personal_fen, own_paid_fen, acct_used_flag=2)


def _candidate(place: int, payer: TypedPayer, visit: Visit) -> Candidate:
    on, uses = visit.on, (visit.use,) if payer.named else None
    return Candidate(
        binding=place,
        payer=place,
        rank=place,
        bound_at=datetime.combine(on, time(minute=place), SHANGHAI),
        authorisation=Authorisation(state="active", from_date=on, uses=uses),
        standing=Payer(dead=False, employee_status="1", area=payer.area),
        purse=_purse(payer.current_fen, payer.prior_fen),
        quota=None if payer.quota_fen is None else _purse(0, payer.quota_fen),
        caps=Caps(
            per_settlement_fen=payer.cap_per_settlement_fen, per_year_fen=payer.cap_per_year_fen
        ),
    )


def _purse(current_fen: int, prior_fen: int) -> Purse:
    return Purse(parts=(Part("current", 0, current_fen), Part("prior", 0, prior_fen)))
