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
    clinic: Institution
    from_wei: Binding | None = None
    from_lan: Binding | None = None

    def who(self, member_id: int | None) -> str:
        """Return a person's name for reading an expectation."""
        return {self.wei.pk: "Wei", self.lan.pk: "Lan", None: ""}[member_id]


def household(
    *,
    mei_is_employed: bool = False,
    mei_at: str = AREA,
    wei_at: str = AREA,
    bound: bool = True,
    wei_terms=None,
    **clauses,
) -> Household:
    """Return the family in area X: Wei has 20 current and 40 prior, Lan 500 prior, 100 a bill.

    Where Wei or Mei is insured elsewhere, that area was made before.
    """
    build.area(AREA, **clauses)
    mei = (build.employee if mei_is_employed else build.resident)("梅", area=mei_at, gender="2")
    wei, lan = build.employee("王伟", area=wei_at), build.employee("兰", area=AREA)
    build.personal_account(wei, current=2000, prior=4000, area=wei_at)
    build.personal_account(lan, prior=50000, area=AREA)
    family = Household(mei, wei, lan, clinic=build.institution(area=AREA))
    if bound:
        bind(family, wei_terms or {})
    return family


def bind(family: Household, wei_terms, at=None) -> None:
    """Let Wei pay first and Lan second."""
    mei = family.mei
    family.from_wei = build.active_binding(family.wei, mei, rank=1, at=at, **wei_terms)
    family.from_lan = build.active_binding(
        family.lan, mei, rank=2, at=at, cap_per_settlement_fen=10000
    )


def paid(family: Household, settlement: Settlement) -> list[tuple[str, str, int]]:
    """Return who gave what from which part, in order: `("Wei", "prior", 4000)`."""
    return [(whose(family, line), line.part, line.amount_fen) for line in settlement.lines.all()]


def whose(family: Household, line) -> str:
    """Return whose money a line took, and of which kind where it is no personal account."""
    if line.source == "quota":
        return f"{family.who(line.payer_id)}-quota"
    if line.source == "family_fund":
        return f"{family.who(line.owner_id)}-fund"
    return family.who(line.payer_id) or line.source


def balance(person: Member) -> tuple[int, int]:
    """Return what is in somebody's account now: current and prior, in fen."""
    (account,) = funds.of_member(person.pk)
    return account.current.balance_fen, account.prior.balance_fen


def release(binding: Binding) -> None:
    """End a binding as its payer."""
    bindings.release(binding_id=binding.pk, by=Actor.member(binding.payer_id), at=build.NOON)
