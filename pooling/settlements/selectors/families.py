"""Who and what stands around one bill, read once: the split's input and the rows behind it.

One gathering serves the preview, unlocked, and the settlement, under locks in the one
order: members, bindings, ledger accounts. What caps have used is read after all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from accounts.selectors import Standing
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
from pooling.funds import purses as beside
from pooling.funds import selectors as funds
from pooling.funds.models import PersonalAccount
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from pooling.policy import selectors as policy
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
from pooling.shared.periods import month_after

NATION = "000000"


@dataclass(frozen=True, slots=True)
class Family:
    """The input of a split, and what settling it needs beside that."""

    given: Input
    #: The patient's own account, closed or not.
    own: PersonalAccount | None
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
    patient_id: int, charge: Charge, *, pay_to: Callable[[str], int] | None = None
) -> Family:
    """Return everything around a patient's bill. Raises NotFound.

    With `pay_to`, area → ledger account of what is owed, every row that decides is locked
    until the transaction ends; without it nothing is.
    """
    lock, on = pay_to is not None, charge.visit.on
    members, bindings = (authorisations.locked_around if lock else _around)(patient_id, on)
    if patient_id not in members:
        raise NotFound(_("没有这位参保人。"))
    standings = people.standings(members.values(), on)
    accounts = funds.held_by(members, standings, on)
    purses = beside.around([patient_id], on)[patient_id]
    areas = {
        part: account.area
        for account in accounts.values()
        if account.is_open(on)
        for part in (account.current_id, account.prior_id)
    } | {each.ledger_account_id: each.area for each in purses}
    payables, locked = {}, {}
    if lock:
        payables = {area: pay_to(area) for area in sorted({*areas.values()})}
        locked = books.locked(areas)
    held = _Held(accounts, purses, locked, on)
    given, rules_version = _given(patient_id, charge, bindings, standings, held)
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


def _around(patient_id: int, on: date) -> tuple[dict[int, Member], list[Binding]]:
    """Return patient and payers by id, and the bindings; a patient without any costs one more."""
    bindings = authorisations.of_patient(patient_id, on)
    members = {row.pk: row for each in bindings for row in (each.relative, each.payer)}
    return members or people.by_ids([patient_id]), bindings


@dataclass(frozen=True, slots=True)
class _Held:
    """All the money around a patient: personal accounts by owner, and the purses beside them."""

    accounts: dict[int, PersonalAccount]
    others: list[beside.Purse]
    locked: dict[int, Account]
    on: date

    def account(self, member_id: int) -> Purse:
        """Return somebody's personal account, with the locked balances where there are any."""
        account = self.accounts.get(member_id)
        if account is None:
            return NO_PURSE
        parts = (("current", account.current), ("prior", account.prior))
        return Purse(
            state=OPEN if account.is_open(self.on) else CLOSED,
            parts=tuple(
                Part(name, row.pk, self.locked.get(row.pk, row).balance_fen) for name, row in parts
            ),
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
                    self._balance(each),
                    each.owner_id if owned else None,
                )
                for each in mine
            ),
        )

    def _balance(self, purse: beside.Purse) -> int:
        row = self.locked.get(purse.ledger_account_id)
        return purse.balance_fen if row is None else row.balance_fen


def _given(patient_id, charge, bindings, standings, held: _Held) -> tuple[Input, str]:
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
    used = _Uses(patient_id, payers, charge)
    given = Input(
        charge=charge,
        patient=Patient(patient.dead(on), patient.insutype, patient.area, patient.status),
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


def _payer(standing: Standing, account: PersonalAccount | None, on: date) -> Payer:
    area = standing.employee_area or (account.area if account else NATION)
    state = MISSING if account is None else OPEN if account.is_open(on) else CLOSED
    return Payer(standing.dead(on), standing.employee_status, area, state)


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
        rules[area] = {name: _clause(found.clause(name)) for name in names}
        stamps |= dict.fromkeys(found.stamp.split())
    return rules, " ".join(stamps)


def _clause(found: Any) -> Clause:
    return Clause(
        name=found.name,
        value=found.value,
        area=found.area_code,
        version=found.version_label,
        source=found.source,
        text=found.text,
    )


class _Sum(NamedTuple):
    """What one authorisation gave one patient, over the day, month and year of a visit."""

    payer_id: int
    patient_id: int
    binding_id: int
    day: int
    month: int
    year: int
    use_month: int
    use_year: int


#: By hand, for it is asked at every bill: two branches, an index each.
_SUMS = """
WITH line AS (
    SELECT payer_id, patient_id, binding_id, use, business_date, amount_fen - returned_fen AS net
    FROM settlements_line
    WHERE payer_id = ANY(%(payers)s::bigint[])
      AND business_date >= %(year)s AND business_date < %(next_year)s
  UNION ALL
    SELECT payer_id, patient_id, binding_id, use, business_date, amount_fen - returned_fen
    FROM settlements_line
    WHERE patient_id = %(patient)s AND payer_id <> ALL(%(payers)s::bigint[])
      AND business_date >= %(year)s AND business_date < %(next_year)s
)
SELECT payer_id, patient_id, binding_id,
    coalesce(sum(net) FILTER (WHERE business_date = %(day)s), 0)::bigint,
    coalesce(sum(net) FILTER (WHERE business_date >= %(month)s
                              AND business_date < %(next_month)s), 0)::bigint,
    sum(net)::bigint,
    coalesce(sum(net) FILTER (WHERE use = %(use)s AND business_date >= %(month)s
                              AND business_date < %(next_month)s), 0)::bigint,
    coalesce(sum(net) FILTER (WHERE use = %(use)s), 0)::bigint AS use_year
FROM line GROUP BY payer_id, patient_id, binding_id
"""


class _Uses:
    """What counts against the caps of a visit, net of what went back, in one statement."""

    def __init__(self, patient_id: int, payer_ids: Iterable[int], charge: Charge):
        self.patient_id = patient_id
        self.sums: list[_Sum] = []
        on, payers = charge.visit.on, list(payer_ids)
        if not payers:
            return
        month = on.replace(day=1)
        with connection.cursor() as cursor:
            cursor.execute(
                _SUMS,
                {
                    "payers": payers,
                    "patient": patient_id,
                    "use": charge.visit.use,
                    "day": on,
                    "month": month,
                    "next_month": month_after(month),
                    "year": date(on.year, 1, 1),
                    "next_year": date(on.year + 1, 1, 1),
                },
            )
            self.sums = [_Sum(*row) for row in cursor.fetchall()]

    def relative(self, period: str) -> int:
        """Return all payers' money for the patient, ended authorisations included."""
        mine = [each for each in self.sums if each.patient_id == self.patient_id]
        return sum(getattr(each, period) for each in mine)

    def of(self, binding: Binding) -> Used:
        mine = [each for each in self.sums if each.binding_id == binding.pk]
        payers = [each for each in self.sums if each.payer_id == binding.payer_id]
        return Used(
            day_fen=sum(each.day for each in mine),
            month_fen=sum(each.month for each in mine),
            year_fen=sum(each.year for each in mine),
            use_month_fen=sum(each.use_month for each in mine),
            use_year_fen=sum(each.use_year for each in mine),
            payer_day_fen=sum(each.day for each in payers),
            payer_month_fen=sum(each.month for each in payers),
            payer_year_fen=sum(each.year for each in payers),
        )
