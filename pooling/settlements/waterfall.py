"""The split of a bill over the money that may pay it. Pure arithmetic, integer fen.

Own account, own wallet, family fund, relatives in the area's order, cash: each gives what
it can until the eligible amount is covered. Whatever was asked or passed over leaves a
line that says why, so that *nothing was deducted* always has an answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from pooling.bindings import usability
from pooling.bindings.usability import MISSING, OPEN, Unusable
from pooling.settlements import bounds, sources
from pooling.settlements.bounds import Bound, Reason
from pooling.settlements.sources import Candidate, Clause, Input, Part, Purse


@dataclass(frozen=True, slots=True)
class Line:
    """What one part of one source pays; cash has no account."""

    order: int
    source: str
    part: str
    ledger_account_id: int | None
    binding_id: int | None
    payer_id: int | None
    amount_fen: int
    #: Whose share of a family fund it came from.
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """One source that was asked or passed over. `needed_fen` is what was still open there."""

    source: str
    binding: int | None
    payer: int | None
    could_give_fen: int
    needed_fen: int
    taken_fen: int
    reason: str
    values: dict[str, Any]
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The lines of the settlement and the decision behind them."""

    lines: tuple[Line, ...]
    considered: tuple[Considered, ...]
    own_fen: int
    pooled_fen: int
    cash_fen: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What is kept of a split: its whole input, and every source considered."""

    given: Input
    considered: tuple[Considered, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the decision as JSON values, as a settlement stores it."""
        considered = _SHAPE.dump_python(self.considered, mode="json")
        return {"input": sources.to_json(self.given), "considered": considered}


_SHAPE = TypeAdapter(tuple[Considered, ...])


def decision_from_json(stored: dict[str, Any]) -> Decision:
    """Return a stored decision. Raises ValueError or KeyError for anything else."""
    considered = considered_from_json(stored["considered"])
    return Decision(sources.from_json(stored["input"]), tuple(considered))


def considered_from_json(stored: list[dict[str, Any]]) -> list[Considered]:
    """Return the considered sources of a stored decision."""
    return [
        Considered(**item | {"clause": Clause(**item["clause"]) if item["clause"] else None})
        for item in stored
    ]


def split(given: Input) -> Outcome:
    """Return who pays what of a bill, and why.

    Raises ValueError where one payer stands twice: the caps below count on it.
    """
    payers = [candidate.payer for candidate in given.candidates]
    if len(payers) != len(set(payers)):
        raise ValueError("one payer, two authorisations of the same patient")
    walk = _Walk(given)
    walk.ask_own()
    walk.ask_wallet()
    walk.ask_family_fund()
    walk.ask_relatives()
    return walk.finished()


def could_give(given: Input) -> dict[int, int]:
    """Return binding → fen it could give to this visit alone, in the order they are asked.

    What *available to me* shows: before any other source, whatever the bill.
    """
    walk = _Walk(given)
    return {candidate.binding: walk.could_give(candidate) for candidate in walk.in_order()}


class _Walk:
    """The state of one split: what is still open, and the lines so far."""

    def __init__(self, given: Input):
        charge = given.charge
        self.given = given
        self.clauses = given.rules[given.rules_area]
        self.eligible_fen = charge.personal_fen
        if not self.clauses["pays_own_paid"].value:
            self.eligible_fen -= charge.own_paid_fen
        self.open_fen = self.eligible_fen
        self.from_relatives_fen = 0
        self.lines: list[Line] = []
        self.considered: list[Considered] = []

    def ask_own(self) -> None:
        """Floors, shareable parts and uses do not bind the own account."""
        own = self.given.own
        obstacle = self._patient_dead()
        if self._is_of_another(claims=self.given.charge.claimant is None):
            obstacle = Bound(0, Reason.NOT_CLAIMANT)
        elif own.state != OPEN:
            missing = own.state == MISSING
            obstacle = Bound(0, Reason.OWN_MISSING if missing else Reason.OWN_CLOSED)
        parts = own.in_order(self.clauses["own_part_order"].value)
        self._ask("own", parts, bounds.whole(own), obstacle)

    def ask_wallet(self) -> None:
        """The owner's own money, wherever it came from; its place of use alone binds it."""
        wallet = self.given.wallet
        if wallet is not None:
            obstacle = self._not_claimed() or self._elsewhere(wallet)
            self._ask("wallet", wallet.parts, bounds.whole(wallet), obstacle)

    def ask_family_fund(self) -> None:
        """Share by share in the founder's order, as the parts stand."""
        fund = self.given.family_fund
        if fund is not None:
            obstacle = self._not_claimed() or self._not_for_the_fund(fund)
            self._ask("family_fund", fund.parts, bounds.whole(fund), obstacle)

    def ask_relatives(self) -> None:
        one = self.clauses["payers_per_settlement"]
        enough = False
        for candidate in self.in_order():
            purse = candidate.quota or candidate.purse
            self._ask(
                "quota" if candidate.quota else "relative",
                purse.in_order(("prior", "current")),
                self._tightest(candidate),
                self._obstacle(candidate),
                candidate=candidate,
                passed_over=Bound(0, Reason.ONE_PAYER, clause=one) if enough else None,
            )
            if one.value == "one" and self.considered[-1].could_give_fen > 0:
                enough = True

    def finished(self) -> Outcome:
        """Close with cash for whatever no account covers."""
        paid = dict.fromkeys(("own", "wallet", "family_fund", "relative", "quota"), 0)
        for line in self.lines:
            paid[line.source] += line.amount_fen
        cash = self.given.charge.personal_fen - sum(paid.values())
        if cash:
            self.lines.append(Line(len(self.lines) + 1, "cash", "", None, None, None, cash))
        own = paid["own"] + paid["wallet"]
        return Outcome(
            lines=tuple(self.lines),
            considered=tuple(self.considered),
            own_fen=own,
            pooled_fen=sum(paid.values()) - own,
            cash_fen=cash,
        )

    def could_give(self, candidate: Candidate) -> int:
        """Return what an authorisation could give at this point of the walk, in fen."""
        return 0 if self._obstacle(candidate) else max(0, self._tightest(candidate).fen)

    def _ask(
        self,
        source: str,
        parts: Iterable[Part],
        limit: Bound,
        obstacle: Bound | None,
        *,
        candidate: Candidate | None = None,
        passed_over: Bound | None = None,
    ) -> None:
        """Take what is needed and can be given; write down what happened and why.

        An obstacle of the source itself is told first, for it stops the next bill too;
        then what this bill forbids; then that nothing is open; then the source's limit.
        """
        could = 0 if obstacle else max(0, limit.fen)
        barred = obstacle or self._flag(source) or self._nothing_open()
        if not barred:
            barred = limit if could == 0 else passed_over
        needed = self.open_fen
        taken = 0 if barred else min(could, needed)
        why = barred or (Bound(0, Reason.COVERED) if taken == needed else limit)
        binding = candidate.binding if candidate else None
        payer = candidate.payer if candidate else None
        self.considered.append(
            Considered(
                source, binding, payer, could, needed, taken, why.reason, why.values, why.clause
            )
        )
        self.open_fen -= taken
        if candidate:
            self.from_relatives_fen += taken
        for part in parts:
            amount = min(taken, part.balance_fen)
            taken -= amount
            if amount:
                self._draw(source, part, candidate, amount)

    def _draw(self, source: str, part: Part, candidate: Candidate | None, amount: int) -> None:
        binding = candidate.binding if candidate else None
        payer = candidate.payer if candidate else None
        order, account = len(self.lines) + 1, part.ledger_account
        line = Line(order, source, part.name, account, binding, payer, amount, part.owner)
        self.lines.append(line)

    def in_order(self) -> list[Candidate]:
        """Sort by the area's `payer_order`; ties by rank, then consent, then oldest first."""

        def consent(candidate: Candidate):
            bound_at = candidate.bound_at
            return (bound_at is None, bound_at or _NEVER, candidate.binding)

        by = self.clauses["payer_order"].value
        candidates = self.given.candidates
        if by == "bound_at":
            return sorted(candidates, key=consent)
        if by == "highest_available":
            # Compared once, before the first payer: a later line cannot change the order.
            most = {candidate.binding: self.could_give(candidate) for candidate in candidates}
            return sorted(candidates, key=lambda one: (-most[one.binding], one.rank, *consent(one)))
        return sorted(candidates, key=lambda one: (one.rank, *consent(one)))

    def _tightest(self, candidate: Candidate) -> Bound:
        return bounds.tightest(self.given, candidate, self.from_relatives_fen)

    # -- what stops a source --------------------------------------------------------

    def _patient_dead(self) -> Bound | None:
        return Bound(0, Unusable.PATIENT_DEAD) if self.given.patient.dead else None

    def _is_of_another(self, *, claims: bool) -> bool:
        """Return whether a premium is asked back, and not from this source: it goes to one bank
        account, so it comes out of that person's money and nobody else's."""
        return self.given.charge.visit.refund and not claims

    def _not_claimed(self) -> Bound | None:
        """What stops wallet and fund alike: nobody claims a premium out of them."""
        if self._is_of_another(claims=False):
            return Bound(0, Reason.NOT_CLAIMANT)
        return self._patient_dead()

    def _elsewhere(self, wallet: Purse) -> Bound | None:
        here = self.given.charge.visit.area
        if not here or wallet.area in ("", here):
            return None
        changeable = self.given.rules[wallet.area]["wallet_place_changeable"]
        return Bound(0, Reason.ELSEWHERE, {"wallet_area": wallet.area, "area": here}, changeable)

    def _not_for_the_fund(self, fund: Purse) -> Bound | None:
        rules = self.given.rules.get(fund.area)
        if rules is None:
            return None
        given = self.given
        values = {name: clause.value for name, clause in rules.items()}
        found = usability.why_fund_unusable(given.charge.visit, given.patient, values)
        if found is None:
            return None
        code, figures = found
        return Bound(0, code, figures, rules.get(usability.CLAUSE_BEHIND.get(code)))

    def _flag(self, source: str) -> Bound | None:
        """The till's `acct_used_flag`: 0 nothing but cash, 1 own only where the area says so."""
        flag = self.given.charge.acct_used_flag
        own_only = self.clauses["flag_1_own_only"]
        if flag == 0:
            return Bound(0, Reason.CASH_ONLY)
        if flag == 1 and own_only.value and source not in ("own", "wallet"):
            return Bound(0, Reason.OWN_ONLY, clause=own_only)
        return None

    def _nothing_open(self) -> Bound | None:
        charge = self.given.charge
        if self.open_fen:
            return None
        if not charge.personal_fen:
            return Bound(0, Reason.NOTHING_TO_PAY)
        if self.eligible_fen < charge.personal_fen:
            values = {"own_paid_fen": charge.own_paid_fen}
            return Bound(0, Reason.REST_IS_OWN_PAID, values, self.clauses["pays_own_paid"])
        return Bound(0, Reason.ALREADY_COVERED)

    def _obstacle(self, candidate: Candidate) -> Bound | None:
        given, rules = self.given, self._rules_of(candidate)
        if self._is_of_another(claims=candidate.payer == given.charge.claimant):
            return Bound(0, Reason.NOT_CLAIMANT)
        facts = usability.Facts(
            visit=given.charge.visit,
            authorisation=candidate.authorisation,
            patient=given.patient,
            payer=candidate.standing,
            rules={name: clause.value for name, clause in rules.items()},
            own_fen=given.own.total_fen if given.own.state == OPEN else 0,
            has_quota=candidate.quota is not None,
        )
        code = usability.why_unusable(facts)
        if code is None:
            return None
        clause = rules.get(usability.CLAUSE_BEHIND.get(code))
        return Bound(0, code, usability.values(code, facts), clause)

    def _rules_of(self, candidate: Candidate) -> dict[str, Clause]:
        """Return the rules of the payer's area; what leaving means says the area that was left."""
        given = self.given.rules
        left = given.get(candidate.authorisation.payer_area, {}).get("on_payer_moved")
        rules = given[candidate.standing.area]
        return rules | {"on_payer_moved": left} if left else rules


#: Sorts a proposal that nobody has confirmed behind everything that somebody has.
_NEVER = datetime.max.replace(tzinfo=UTC)
