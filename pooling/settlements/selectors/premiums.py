"""Premiums: which may be paid from whose account, how, and which are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext

from accounts import selectors as people
from accounts.models import Institution
from pooling.bindings import selectors as authorisations
from pooling.bindings.usability import OPEN, Unusable, Visit
from pooling.policy import selectors as policy
from pooling.policy.parameters import ANY, PREMIUMS
from pooling.policy.rules import ClauseInForce
from pooling.settlements import reasons, waterfall
from pooling.settlements.models import Settlement, Use
from pooling.settlements.selectors.families import Family, gather
from pooling.settlements.sources import Candidate, Charge

#: What went back whole was not paid.
_GONE = (Settlement.Status.REVERSED, Settlement.Status.REFUNDED)
DIRECT, REFUND = "direct", "refund"
#: `premium_form` → the ways it opens.
_FORMS = {"direct": (DIRECT,), "refund": (REFUND,), "both": (DIRECT, REFUND)}


@dataclass(frozen=True, slots=True)
class Way:
    """One account a premium may be paid from, or may not: then with the reason.

    `payer_id` None is the insured person's own account. `uses` and `form` are the clauses.
    """

    payer_id: int | None
    payer: str
    forms: tuple[str, ...]
    sentence: str
    remedy: str
    uses: ClauseInForce | None
    form: ClauseInForce


@dataclass(frozen=True, slots=True)
class Paid:
    """A premium that accounts paid; for a relative only what the reader's own account did."""

    year: int
    product: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PremiumRow:
    """One kind of premium of one person. `offices` collect it at their till.

    `product` is one the area lists by name; empty where it lists none, or for all the others.
    """

    use: str
    word: str
    product: str
    ways: tuple[Way, ...]
    paid: tuple[Paid, ...]
    offices: tuple[str, ...]

    @property
    def mine(self) -> tuple[Way, ...]:
        return tuple(way for way in self.ways if way.forms)


@dataclass(frozen=True, slots=True)
class InsuredRow:
    """Somebody whose premiums the reader may be concerned with."""

    member_id: int
    name: str
    is_me: bool
    premiums: tuple[PremiumRow, ...]

    @property
    def nothing(self) -> bool:
        """Return whether no kind of premium was ever paid or may be: one sentence says it all."""
        return not any(premium.ways or premium.paid for premium in self.premiums)


def counts_as(member_id: int, use: str, product: str, on: date) -> str:
    """Return the product of which somebody may have one a year.

    It is the bill's where the insured person's area lists it by that name; else empty, for all
    that is not listed, or not said, is one together.
    """
    if use != Use.COMMERCIAL_INSURANCE or not product:
        return ""
    standing = people.standings(people.by_ids([member_id]).values(), on)[member_id]
    return product if product in _listed(standing.area, on) else ""


def _listed(area: str, on: date) -> list[str]:
    """Return the commercial products an area's rules name."""
    named = policy.in_force(area, on).value("commercial_products")
    return [name for name in named if name != ANY]


def settled_as(member_id: int, use: str, year: int, product: str = "") -> tuple[int, str] | None:
    """Return institution and message of somebody's premium of a kind for a year, if it is paid.

    `product` is what it counts as (`counts_as`).
    """
    rows = Settlement.objects.filter(patient=member_id, use=use, premium_year=year)
    rows = rows.filter(premium_listed=bool(product))
    rows = rows.filter(premium_product=product) if product else rows
    return rows.exclude(status__in=_GONE).values_list("institution_id", "message_id").first()


def of_family(member_id: int, on: date) -> list[InsuredRow]:
    """Return the member and everybody they pay for, with each premium by the rules of a day.

    What is said of a relative is what the reader's own account may do: neither that there are
    other payers nor an own account is told.
    """
    given = [row for row in authorisations.of_payer(member_id, on) if row.is_open]
    concerned = [(member_id, gettext("我本人")), *((row.other_id, row.other_name) for row in given)]
    payers = authorisations.shared_with(member_id)
    return [
        InsuredRow(pk, name, pk == member_id, tuple(_premiums(member_id, pk, on, payers)))
        for pk, name in dict(concerned).items()
    ]


def to_claim(family: list[InsuredRow]) -> list[tuple[InsuredRow, PremiumRow]]:
    """Return which premiums the reader's own account may give back, and whose they are."""
    return [
        (row, premium)
        for row in family
        for premium in row.premiums
        # For oneself the own account, for somebody else the reader's: the only ones shown.
        if any(REFUND in way.forms and (way.payer_id is None) == row.is_me for way in premium.ways)
    ]


def _premiums(reader_id: int, member_id: int, on: date, payers) -> Iterator[PremiumRow]:
    family = gather(member_id, _charge(on, PREMIUMS[0]))
    done = _paid(reader_id, member_id)
    offices = people.collecting_offices(family.given.patient.area)
    listed = _listed(family.given.patient.area, on)
    for use, product in _asked_of(listed, done):
        ways = [
            _way(family, candidate, use, product, on, str(payers.get(candidate.payer, "")))
            for candidate in family.given.candidates
            if reader_id in (member_id, candidate.payer)
        ]
        if member_id == reader_id and family.given.own.state == OPEN:
            ways.insert(0, _own_way(family, use, on))
        kind = Institution.Type.INSURER if use == Use.COMMERCIAL_INSURANCE else "premium"
        yield PremiumRow(
            use=use,
            word=str(Use(use).label),
            product=product or "",
            ways=tuple(ways),
            paid=tuple(one for one in done.get(use, ()) if _is_of(one, use, product, listed)),
            offices=tuple(name for type, name in offices if type == kind),
        )


def _asked_of(listed: list[str], done: dict[str, list[Paid]]) -> Iterator[tuple[str, str | None]]:
    """Yield every premium there is: of a commercial insurance each product listed by name.

    Product None: nobody asks which; empty: whichever is not listed, where one was paid.
    """
    for use in PREMIUMS:
        if use != Use.COMMERCIAL_INSURANCE or not listed:
            yield use, None
            continue
        yield from ((use, product) for product in listed)
        if any(one.product not in listed for one in done.get(use, ())):
            yield use, ""


def _is_of(one: Paid, use: str, product: str | None, listed: list[str]) -> bool:
    return product is None or one.product == product or not (product or one.product in listed)


def _charge(
    on: date,
    use: str,
    *,
    refund: bool = False,
    payer: int | None = None,
    product: str | None = None,
) -> Charge:
    visit = Visit(on, use, 0, refund=refund, product=product)
    return Charge(visit, personal_fen=1, own_paid_fen=0, acct_used_flag=2, claimant=payer)


def _own_way(family: Family, use: str, on: date) -> Way:
    """Uses do not bind the own account; in which form it pays, its area says."""
    form = policy.in_force(family.own.area, on).clause("premium_form")
    return Way(None, "", _FORMS[form.value.get(use, DIRECT)], "", "", None, form)


def _way(
    family: Family, candidate: Candidate, use: str, product: str | None, on: date, payer: str
) -> Way:
    """Ask the split itself, in the first form the payer's area has."""
    rules = family.given.rules[candidate.standing.area]
    forms = _FORMS[rules["premium_form"].value.get(use, DIRECT)]
    refund = forms[0] == REFUND
    charge = _charge(on, use, refund=refund, payer=candidate.payer, product=product)
    asked = replace(family.given, charge=charge)
    [item] = [one for one in waterfall.split(asked).considered if one.binding == candidate.binding]
    barred = item.reason in set(Unusable)
    clause = item.clause if barred else rules["uses"]
    told = policy.in_force(candidate.standing.area, on)
    return Way(
        payer_id=candidate.payer,
        payer=payer,
        forms=() if barred else forms,
        sentence=reasons.discreet(item.reason, item.values) if barred else "",
        remedy=reasons.advice(asked, item) if barred else "",
        uses=told.clause(clause.name) if clause else None,
        form=told.clause("premium_form"),
    )


def _paid(reader_id: int, member_id: int) -> dict[str, list[Paid]]:
    """Return use → what accounts paid of it, newest year first."""
    mine = Q(patient=member_id)
    if reader_id != member_id:
        mine &= Q(lines__payer=reader_id)
    rows = Settlement.objects.filter(mine, premium_year__isnull=False).exclude(status__in=_GONE)
    found: dict[str, list[Paid]] = {}
    for row in rows.distinct().prefetch_related("lines").order_by("-premium_year", "-pk"):
        fen = sum(
            line.amount_fen - line.returned_fen
            for line in row.lines.all()
            if line.ledger_account_id and reader_id in (member_id, line.payer_id)
        )
        found.setdefault(row.use, []).append(Paid(row.premium_year, row.premium_product, fen))
    return found
