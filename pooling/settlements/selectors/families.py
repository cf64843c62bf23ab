"""Who and what stands around one bill, read once: the split's input and the rows behind it.

One gathering serves the preview, unlocked, and the settlement, under locks in the one
order: members, bindings, ledger accounts. What caps have used is read under the members' locks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.selectors import Standing, standing_of, with_enrolments
from pooling.bindings import selectors as authorisations
from pooling.bindings.models import Binding
from pooling.bindings.usability import (
    CLOSED,
    MISSING,
    OPEN,
    Authorisation,
    Patient,
    Payer,
    moved,
)
from pooling.funds import purses
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from pooling.policy import selectors as policy
from pooling.policy.rules import Rules
from pooling.settlements.selectors.used import Uses, bound, locked_between
from pooling.settlements.sources import (
    NO_PURSE,
    OF_A_FUND,
    OF_A_PAYER,
    OF_A_WALLET,
    OF_AN_AREA_LEFT,
    OF_THE_BILL,
    Candidate,
    Caps,
    Charge,
    Clause,
    Input,
    Part,
    Purse,
    Used,
)
from pooling.shared.errors import NotFound
from pooling.shared.queries import compiled_once

NATION = "000000"


@dataclass(frozen=True, slots=True)
class Family:
    """The input of a split, and what settling it needs beside that."""

    given: Input
    #: The patient's own account, closed or not.
    own: purses.Held | None
    patient: Member
    members: dict[int, Member]
    bindings: tuple[Binding, ...]
    rules_version: str
    #: Ledger account → area whose scheme owes the institution for it.
    areas: dict[int, str]
    #: Area → ledger account of what it owes the institution; only under locks.
    payables: dict[str, int] = field(default_factory=dict)
    locked: dict[int, Account] = field(default_factory=dict)


def gather(
    patient_id: int,
    charge: Charge,
    *,
    pay_to: Callable[[str], int] | None = None,
    there: list[int] | None = None,
    people: Iterable[Member] | None = None,
) -> Family:
    """Return everything around a patient's bill. Raises NotFound.

    With `pay_to`, area → ledger account of what is owed, every row that decides is locked
    until the transaction ends; without it nothing is. `there` are the ids of patient and payers
    where they have been locked already, `people` their rows where they have been read
    (`around_number`), unlocked.
    """
    on, visit = charge.visit.on, charge.visit
    if pay_to is None:
        bindings = bound(patient_id, visit)
    else:
        there = authorisations.lock_around(patient_id) if there is None else there
        bindings = locked_between(patient_id, there, visit)
    people = _around(patient_id=patient_id, on=on) if people is None else people
    # Whoever was bound between two statements is not there yet for this bill.
    members = {row.pk: row for row in people if pay_to is None or row.pk in there}
    bindings = [row for row in bindings if row.payer_id in members]
    if patient_id not in members:
        raise NotFound(_("没有这位参保人。"))
    standings = {pk: standing_of(row, on) for pk, row in members.items()}
    chosen = {pk: purses.account_of(row, standings[pk], on) for pk, row in members.items()}
    accounts = {pk: account for pk, account in chosen.items() if account is not None}
    others = purses.purses_of(members[patient_id])
    areas = {
        part: account.area
        for account in accounts.values()
        if account.is_open(on)
        for part in (account.current_id, account.prior_id)
    } | {each.ledger_account_id: each.area for each in others}
    payables, locked = {}, {}
    if pay_to is not None:
        payables = {area: pay_to(area) for area in sorted({*areas.values()})}
        locked = books.locked(areas)
    held = _Held(accounts, others, locked, on)
    used = Uses(patient_id, bindings)
    given, rules_version = _given(patient_id, charge, bindings, standings, held, used)
    return Family(
        given=given,
        own=accounts.get(patient_id),
        patient=members[patient_id],
        members=members,
        bindings=tuple(bindings),
        rules_version=rules_version,
        areas=areas,
        payables=payables,
        locked=locked,
    )


def around_number(psn_no: str, on: date) -> list[Member]:
    """Return whoever has this number of the authority, with all payers; nobody for an unknown.

    Beside what `gather` reads of them they bring along what of their own is frozen for others.
    """
    return _around_number(psn_no=psn_no, on=on)


@compiled_once
def _around_number(psn_no, on):
    return purses.with_frozen(_with_means(authorisations.around_number(psn_no), on))


@compiled_once
def _around(patient_id, on):
    return _with_means(authorisations.around_patient(patient_id), on)


def _with_means(rows: QuerySet[Member], on) -> QuerySet[Member]:
    """Bring along how everybody is insured, and all the money a bill may take from."""
    return purses.with_purses(purses.with_accounts(with_enrolments(rows, on)), on)


@dataclass(frozen=True, slots=True)
class _Held:
    """All the money around a patient: personal accounts by owner, and the purses beside them."""

    accounts: dict[int, purses.Held]
    others: list[purses.Purse]
    locked: dict[int, Account]
    on: date

    def account(self, member_id: int) -> Purse:
        """Return somebody's personal account, with the locked balances where there are any."""
        account = self.accounts.get(member_id)
        if account is None:
            return NO_PURSE
        parts = (
            ("current", account.current_id, account.current_fen),
            ("prior", account.prior_id, account.prior_fen),
        )
        return Purse(
            state=OPEN if account.is_open(self.on) else CLOSED,
            parts=tuple(Part(name, pk, self._balance(pk, fen)) for name, pk, fen in parts),
        )

    def purse(self, source: str, owner_id: int | None = None) -> Purse | None:
        """Return the purse of a kind, of one owner or of all, its parts in the order of use."""
        mine = [
            each
            for each in self.others
            if each.source == source and owner_id in (None, each.owner_id)
        ]
        if not mine:
            return None
        # Only of a fund's parts it is not known already whose they are.
        owned = source == "family_fund"
        return Purse(
            area="" if source == "quota" else mine[0].area,
            parts=tuple(
                Part(
                    each.part,
                    each.ledger_account_id,
                    self._balance(each.ledger_account_id, each.balance_fen),
                    each.owner_id if owned else None,
                )
                for each in mine
            ),
        )

    def _balance(self, ledger_account_id: int, read_fen: int) -> int:
        row = self.locked.get(ledger_account_id)
        return read_fen if row is None else row.balance_fen


def _given(patient_id, charge, bindings, standings, held: _Held, used: Uses) -> tuple[Input, str]:
    on = charge.visit.on
    patient, own = standings[patient_id], held.accounts.get(patient_id)
    bill_area = patient.area or (own.area if own else NATION)
    wallet, fund = held.purse("wallet"), held.purse("family_fund")
    payers = {
        row.payer_id: _payer(standings[row.payer_id], held.accounts.get(row.payer_id), on)
        for row in bindings
    }
    left = [row.payer_area for row in bindings if moved(row.payer_area, payers[row.payer_id].area)]
    areas = [payer.area for payer in payers.values()]
    rules, version = rules_of(
        bill_area,
        areas,
        on,
        left=left,
        fund=fund.area if fund else None,
        # Where it is used, and where the bill is: would it help to change that?
        wallet=(wallet.area, charge.visit.area) if wallet else (),
    )
    given = Input(
        charge=charge,
        patient=Patient(
            dead=patient.dead(on),
            insutype=patient.insutype,
            area=patient.area,
            status=patient.status,
            e_credential=patient.e_credential,
        ),
        rules_area=bill_area,
        rules=rules,
        own=held.account(patient_id),
        wallet=wallet,
        family_fund=fund,
        candidates=tuple(
            _candidate(row, payers[row.payer_id], held, used.of(row), on) for row in bindings
        ),
        relative_day_fen=used.relative("day"),
        relative_month_fen=used.relative("month"),
        relative_year_fen=used.relative("year"),
    )
    return given, version


def _candidate(binding: Binding, standing: Payer, held: _Held, used: Used, on: date) -> Candidate:
    return Candidate(
        binding=binding.pk,
        payer=binding.payer_id,
        rank=binding.rank,
        bound_at=binding.bound_at,
        authorisation=Authorisation(
            state=str(binding.state),
            from_date=binding.from_date,
            to_date=binding.to_date,
            release_on=binding.release_on,
            frozen=binding.frozen_at is not None,
            declined=binding.declined_at is not None,
            uses=None if binding.uses is None else tuple(binding.uses),
            related=authorisations.still_related(binding, on),
            renew_before=binding.renew_before,
            payer_area=binding.payer_area,
            relative_area=binding.relative_area,
            kind=binding.relation_kind,
        ),
        standing=standing,
        purse=held.account(binding.payer_id),
        quota=held.purse("quota", binding.payer_id),
        caps=Caps(
            per_settlement_fen=binding.cap_per_settlement_fen,
            per_day_fen=binding.cap_per_day_fen,
            per_month_fen=binding.cap_per_month_fen,
            per_year_fen=binding.cap_per_year_fen,
            payer_day_fen=binding.payer_cap_per_day_fen,
            payer_month_fen=binding.payer_cap_per_month_fen,
            payer_year_fen=binding.payer_cap_per_year_fen,
        ),
        used=used,
    )


def _payer(standing: Standing, account: purses.Held | None, on: date) -> Payer:
    area = standing.employee_area or (account.area if account else NATION)
    state = MISSING if account is None else OPEN if account.is_open(on) else CLOSED
    return Payer(
        dead=standing.dead(on),
        employee_status=standing.employee_status,
        area=area,
        account=state,
        e_credential=standing.e_credential,
    )


def rules_of(
    bill_area: str,
    payer_areas: Iterable[str],
    on: date,
    *,
    left: Iterable[str] = (),
    fund: str | None = None,
    wallet: Iterable[str] = (),
) -> tuple[dict[str, dict[str, Clause]], str]:
    """Return area → name → clause, and the stamp of every rule version that had a say."""
    wanted: dict[str, dict[str, None]] = {}
    for areas, names in (
        ([bill_area], OF_THE_BILL),
        (payer_areas, OF_A_PAYER),
        (left, OF_AN_AREA_LEFT),
        ([fund] if fund else (), OF_A_FUND),
        (filter(None, wallet), OF_A_WALLET),
    ):
        for area in areas:
            wanted.setdefault(area, {}).update(dict.fromkeys(names))
    rules, stamps = {}, {}
    for area, names in wanted.items():
        found = policy.in_force(area, on)
        rules[area] = _clauses(found, tuple(names))
        stamps |= dict.fromkeys(found.stamp.split())
    return rules, " ".join(stamps)


@lru_cache(maxsize=256)
def _clauses(found: Rules, names: tuple[str, ...]) -> dict[str, Clause]:
    """Return name → clause: made once, and from then on part of every input, so never changed."""
    clauses = map(found.clause, names)
    return {
        each.name: Clause(
            name=each.name,
            value=each.value,
            area=each.area_code,
            version=each.version_label,
            source=each.source,
            text=each.text,
        )
        for each in clauses
    }
