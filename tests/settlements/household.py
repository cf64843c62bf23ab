"""The family of money.md: Mei is ill, Wei pays first, Lan pays second."""

from dataclasses import dataclass

from accounts.models import Institution, Member
from pooling.bindings import services as bindings
from pooling.bindings.models import Binding
from pooling.funds import selectors as funds
from pooling.settlements.models import Settlement
from pooling.shared.actor import Actor
from tests import build

AREA = "999900"
#: Lines of people who never were, enough that a plan matters; foreign keys are deferred.
STRANGERS = """
INSERT INTO settlements_line (settlement_id, "order", source, part, ledger_account_id, binding_id,
                              payer_id, patient_id, amount_fen, returned_fen, use, business_date)
SELECT -n, 1, 'relative', 'prior', -1, -n, -n % 2000, -n % 3000, 100, 0, 'outpatient',
       date '2026-01-01' + n % 330
FROM generate_series(1, 20000) AS n
"""


@dataclass
class Household:
    mei: Member
    wei: Member
    lan: Member
    from_wei: Binding
    from_lan: Binding
    clinic: Institution

    def who(self, member_id: int | None) -> str:
        """Return a person's name for reading an expectation."""
        return {self.wei.pk: "Wei", self.lan.pk: "Lan", None: ""}[member_id]


def household(*, mei_is_employed: bool = False, **clauses) -> Household:
    """Return the family in area X: Wei has 20 current and 40 prior, Lan 500 prior, 100 a bill."""
    build.area(AREA, **clauses)
    mei = (build.employee if mei_is_employed else build.resident)("梅", area=AREA, gender="2")
    wei, lan = build.employee("王伟", area=AREA), build.employee("兰", area=AREA)
    build.personal_account(wei, current=2000, prior=4000, area=AREA)
    build.personal_account(lan, prior=50000, area=AREA)
    return Household(
        mei,
        wei,
        lan,
        from_wei=build.active_binding(wei, mei, rank=1),
        from_lan=build.active_binding(lan, mei, rank=2, cap_per_settlement_fen=10000),
        clinic=build.institution(area=AREA),
    )


def paid(family: Household, settlement: Settlement) -> list[tuple[str, str, int]]:
    """Return who gave what from which part, in order: `("Wei", "prior", 4000)`."""
    return [
        (family.who(line.payer_id) or line.source, line.part, line.amount_fen)
        for line in settlement.lines.all()
    ]


def balance(person: Member) -> tuple[int, int]:
    """Return what is in somebody's account now: current and prior, in fen."""
    (account,) = funds.of_member(person.pk)
    return account.current.balance_fen, account.prior.balance_fen


def release(binding: Binding) -> None:
    """End a binding as its payer."""
    bindings.release(binding_id=binding.pk, by=Actor.member(binding.payer_id), at=build.NOON)
