"""Random bills over random families, and a slow second opinion on who pays what.

`pick(low, high)` is where chance comes from: hypothesis, which shrinks what fails, or a
seeded generator, which is fast. Amounts are small so that limits often meet exactly.
"""

from datetime import UTC, date, datetime, timedelta

from pooling.bindings.usability import Authorisation, Patient, Payer, Visit
from pooling.policy import parameters
from pooling.settlements import sources
from pooling.settlements.sources import Candidate, Caps, Charge, Clause, Input, Part, Purse, Used

DAY = date(2026, 11, 22)
AREAS = ("361100", "360100", "310000")
USES = ("outpatient", "inpatient", "pharmacy_drugs")
NEW_CAPS = (
    *("cap_binding_settlement_fen", "cap_binding_day_fen", "cap_binding_month_fen"),
    *("cap_binding_year_fen", "cap_payer_month_fen", "cap_relative_settlement_fen"),
    *("cap_relative_day_fen", "cap_relative_month_fen"),
)

#: Every clause at what it is where nobody rules.
NEUTRAL = {
    name: parameters.default(name)
    for name in (
        *sources.OF_THE_BILL,
        *sources.OF_A_PAYER,
        *sources.OF_A_WALLET,
        *sources.OF_AN_AREA_LEFT,
    )
}


def any_input(pick) -> Input:
    """Return any split's input; everything money.md lets vary, varies."""

    def one_of(*choices):
        return choices[pick(0, len(choices) - 1)]

    def often(value, *others):
        return value if pick(0, 4) else one_of(*others)

    def cap():
        return often(None, pick(0, 25))

    def purse(highest=30):
        parts = (Part("current", pick(1, 10**6), pick(0, highest)),)
        parts += (Part("prior", parts[0].ledger_account + 1, pick(0, highest)),)
        return Purse(often("open", "closed", "missing"), parts)

    def uses():
        return often(None, (), USES[: pick(0, 3)])

    def clauses(area):
        values = {
            "own_part_order": one_of(["current", "prior"], ["prior", "current"], ["prior"]),
            "pays_own_paid": bool(pick(0, 2)),
            "flag_1_own_only": not pick(0, 2),
            "payer_order": one_of("rank", "bound_at", "highest_available"),
            "payers_per_settlement": often("many", "one"),
            "model": often("direct_debit", "quota", "pooled_transfer"),
            "shareable_parts": often("all", "prior"),
            "floor_fen": often(0, pick(0, 25)),
            "paused_payer": one_of("goes_on", "stops"),
            "scope": one_of("nationwide", "nationwide", "same_province", "same_area"),
            "uses": often(None, list(USES[: pick(0, 3)])),
            "patient_types": often(["310", "390"], ["310"], ["390"]),
            "patient_status_normal": bool(pick(0, 3)),
            "resident_outpatient_max_level": often(None, 1, 2),
            "cap_payer_day_fen": cap(),
            "cap_payer_year_fen": cap(),
            "cap_relative_year_fen": cap(),
            "cap_use_year_fen": often({}, {"outpatient": pick(0, 25)}),
            "renew_at_ages": [14],
            "on_payer_moved": often("goes_on", "ends"),
            "on_relative_moved": often("goes_on", "ends"),
            "cap_use_month_fen": often({}, {"outpatient": pick(0, 25)}),
            "uses_opt_in": often([], [], [], list(USES[: pick(0, 3)])),
            "needs_empty_own_account": not pick(0, 19),
            "quota_across_provinces": not pick(0, 2),
            "requires_e_credential": not pick(0, 2),
            "payer_requires_e_credential": not pick(0, 4),
            "premium_form": one_of({}, {"resident_premium": one_of("refund", "both")}),
            "wallet_place_changeable": bool(pick(0, 1)),
            "wallet_open": bool(pick(0, 1)),
            "commercial_products": often({}, {"惠民保": ["child"]}, {"*": []}),
        }
        values |= {name: often(None, pick(0, 12)) if pick(0, 1) else None for name in NEW_CAPS}
        return {name: Clause(name, value, area, "1", "源", "文") for name, value in values.items()}

    def wallet():
        return Purse(parts=(Part("", pick(1, 99), pick(0, 10)),), area=one_of("", *AREAS))

    def fund():
        """Shares of up to three contributors, each with its two parts."""
        shares = [(owner, name) for owner in range(pick(0, 3)) for name in ("prior", "current")]
        parts = (Part(name, 500 + n, pick(0, 6), own) for n, (own, name) in enumerate(shares))
        return Purse(parts=tuple(parts), area=one_of("", *AREAS))

    def candidate(number):
        money = purse()
        return Candidate(
            binding=number,
            payer=number + 100,
            rank=pick(1, 3),
            bound_at=often(datetime(2026, 1, pick(1, 3), tzinfo=UTC), None),
            authorisation=Authorisation(
                state=often("active", "active", "active", "proposed", "released"),
                from_date=often(date(2026, 1, 1), DAY, DAY + timedelta(1)),
                to_date=often(None, DAY, DAY + timedelta(1)),
                release_on=often(None, DAY, DAY + timedelta(1)),
                frozen=not pick(0, 9),
                declined=not pick(0, 9),
                uses=uses(),
                related=bool(pick(0, 9)),
                renew_before=often(None, DAY, DAY + timedelta(1)),
                payer_area=one_of("", *AREAS),
                relative_area=one_of("", *AREAS),
                kind=one_of("parent", "child"),
            ),
            standing=Payer(
                not pick(0, 9),
                often("1", "2", "4", ""),
                one_of(*AREAS[:2], *AREAS),
                money.state,
                e_credential=often(True, False, None),
            ),
            purse=money,
            caps=Caps(*(cap() for _ in range(7))),
            used=Used(*(often(0, pick(0, 20)) for _ in range(8))),
            quota=often(None, Purse(parts=purse().parts)),
        )

    personal, refund = pick(0, 60), not pick(0, 5)
    return Input(
        charge=Charge(
            visit=Visit(
                DAY,
                one_of(*USES, *USES, "resident_premium", "commercial_insurance"),
                pick(0, 3),
                refund=refund,
                area=one_of("", *AREAS),
                product=one_of("", "惠民保", "别的"),
            ),
            personal_fen=personal,
            own_paid_fen=often(0, pick(0, personal)),
            acct_used_flag=often(2, 0, 1),
            claimant=one_of(None, 101, 102) if refund else None,
        ),
        patient=Patient(
            not pick(0, 19),
            often("390", "310", ""),
            one_of(*AREAS),
            often("1", "2"),
            e_credential=often(True, False, None),
        ),
        rules_area=AREAS[0],
        rules={area: clauses(area) for area in AREAS},
        own=purse(12),
        candidates=tuple(candidate(number) for number in range(1, pick(0, 4) + 1)),
        relative_day_fen=often(0, pick(0, 20)),
        relative_month_fen=often(0, pick(0, 20)),
        relative_year_fen=often(0, pick(0, 20)),
        wallet=often(None, wallet()),
        family_fund=often(None, fund()),
    )


# --- the second opinion: fen by fen, no formula shared with the waterfall -------------------


def expected(given: Input) -> dict[object, int]:
    """Return source or binding → fen, found by handing over one fen at a time."""
    bill = {name: clause.value for name, clause in given.rules[given.rules_area].items()}
    flag, left = given.charge.acct_used_flag, given.charge.personal_fen
    if not bill["pays_own_paid"]:
        left -= given.charge.own_paid_fen
    paid: dict[object, int] = {}
    own_only = flag == 1 and bill["flag_1_own_only"]

    def pour(who, may_give):
        nonlocal left
        while left and may_give(paid.get(who, 0) + 1):
            paid[who] = paid.get(who, 0) + 1
            left -= 1

    refund, claimant = given.charge.visit.refund, given.charge.claimant
    if flag and not given.patient.dead and not (refund and claimant):
        own = given.own if given.own.state == "open" else Purse()
        pour("own", lambda fen: fen <= own.total_fen)
        pour("wallet", lambda fen: not refund and may_spend(given, given.wallet, fen))
        pour("family_fund", lambda fen: not (refund or own_only) and may_use_fund(given, fen))
    for candidate in _order(given, bill["payer_order"]) if flag and not own_only else ():
        others = sum(fen for who, fen in paid.items() if isinstance(who, int))
        if may_give(given, candidate, 1, others):
            pour(candidate.binding, lambda fen, c=candidate, o=others: may_give(given, c, fen, o))
            if bill["payers_per_settlement"] == "one":
                break
    return paid


def may_spend(given: Input, wallet: Purse | None, fen: int) -> bool:
    """Return whether a wallet holds `fen`, and is used where the institution lies."""
    place = given.charge.visit.area
    at_home = wallet is not None and (not place or not wallet.area or wallet.area == place)
    return at_home and fen <= sum(part.balance_fen for part in wallet.parts)


def may_use_fund(given: Input, fen: int) -> bool:
    """Return whether the shares together hold `fen`, and the fund's area has nothing against it."""
    fund, visit, patient = given.family_fund, given.charge.visit, given.patient
    if fund is None or fen > sum(part.balance_fen for part in fund.parts):
        return False
    rules = {name: clause.value for name, clause in given.rules.get(fund.area, {}).items()}
    highest = rules.get("resident_outpatient_max_level")
    level_matters = patient.insutype == "390" and visit.use == "outpatient"
    return not rules or (
        patient.insutype in rules["patient_types"]
        and (patient.status == "1" or not rules["patient_status_normal"])
        and (rules["uses"] is None or visit.use in rules["uses"])
        and rules["premium_form"].get(visit.use) != "refund"
        and (visit.use != "commercial_insurance" or may_be_insured(rules, visit))
        and (highest is None or not level_matters or visit.institution_level <= highest)
    )


def may_be_insured(rules: dict, visit: Visit, kind: str = "") -> bool:
    """Return whether the area lists this product, for such a relative, or lists nothing."""
    listed = rules["commercial_products"]
    for name in (visit.product, "*"):
        if name in listed:
            return not kind or not listed[name] or kind in listed[name]
    return not listed


def may_give(given: Input, one: Candidate, fen: int, others_fen: int) -> bool:
    """Return whether every rule still holds if this authorisation gives `fen`."""
    rules = {name: clause.value for name, clause in given.rules[one.standing.area].items()}
    visit, agreed, patient, payer = (
        given.charge.visit, one.authorisation, given.patient, one.standing,
    )  # fmt: skip
    purse = one.quota or one.purse
    current, prior = purse.of("current"), purse.of("prior")
    caps, used = one.caps, one.used
    far = payer.area[:2] != patient.area[:2]
    nations_form = far and rules["quota_across_provinces"]

    def within(cap, spent=0):
        return cap is None or spent + fen <= cap

    return all(
        (
            not visit.refund or one.payer == given.charge.claimant,
            visit.use not in parameters.PREMIUMS
            or rules["premium_form"].get(visit.use, "direct")
            in ("both", "refund" if visit.refund else "direct"),
            visit.use != "commercial_insurance" or may_be_insured(rules, visit, agreed.kind),
            agreed.state == "active",
            agreed.from_date <= DAY,
            agreed.to_date is None or agreed.to_date > DAY,
            agreed.release_on is None or agreed.release_on > DAY,
            not (agreed.frozen or agreed.declined),
            agreed.related,
            not (patient.dead or payer.dead),
            payer.account == "open",
            payer.employee_status == "1"
            or (payer.employee_status == "2" and rules["paused_payer"] == "goes_on"),
            patient.insutype in rules["patient_types"],
            agreed.renew_before is None or agreed.renew_before > DAY,
            agreed.payer_area in ("", payer.area)
            or given.rules[agreed.payer_area]["on_payer_moved"].value == "goes_on",
            agreed.relative_area in ("", patient.area) or rules["on_relative_moved"] == "goes_on",
            patient.status == "1" or not rules["patient_status_normal"],
            not rules["requires_e_credential"] or patient.e_credential in (True, None),
            not rules["payer_requires_e_credential"] or payer.e_credential in (True, None),
            nations_form or rules["scope"] != "same_area" or payer.area == patient.area,
            nations_form or rules["scope"] != "same_province" or not far,
            one.quota or (rules["model"] == "direct_debit" and not far),
            rules["uses"] is None or visit.use in rules["uses"],
            agreed.uses is None or visit.use in agreed.uses,
            agreed.uses is not None or visit.use not in rules["uses_opt_in"],
            not rules["needs_empty_own_account"]
            or given.own.state != "open"
            or given.own.total_fen == 0,
            rules["resident_outpatient_max_level"] is None
            or patient.insutype == "310"
            or visit.use != "outpatient"
            or visit.institution_level <= rules["resident_outpatient_max_level"],
            fen <= current + prior,
            one.quota or rules["shareable_parts"] == "all" or fen <= prior,
            one.quota or current + prior - fen >= rules["floor_fen"],
            within(caps.per_settlement_fen),
            within(caps.per_day_fen, used.day_fen),
            within(caps.per_month_fen, used.month_fen),
            within(caps.per_year_fen, used.year_fen),
            within(caps.payer_day_fen, used.payer_day_fen),
            within(caps.payer_year_fen, used.payer_year_fen),
            within(caps.payer_month_fen, used.payer_month_fen),
            within(rules["cap_binding_settlement_fen"]),
            within(rules["cap_binding_day_fen"], used.day_fen),
            within(rules["cap_binding_month_fen"], used.month_fen),
            within(rules["cap_binding_year_fen"], used.year_fen),
            within(rules["cap_payer_month_fen"], used.payer_month_fen),
            within(rules["cap_relative_settlement_fen"], others_fen),
            within(rules["cap_relative_day_fen"], given.relative_day_fen + others_fen),
            within(rules["cap_relative_month_fen"], given.relative_month_fen + others_fen),
            within(rules["cap_use_month_fen"].get(visit.use), used.use_month_fen),
            within(rules["cap_payer_day_fen"], used.payer_day_fen),
            within(rules["cap_payer_year_fen"], used.payer_year_fen),
            within(rules["cap_relative_year_fen"], given.relative_year_fen + others_fen),
            within(rules["cap_use_year_fen"].get(visit.use), used.use_year_fen),
        )
    )


def _order(given: Input, by: str) -> list[Candidate]:
    never = datetime(9999, 1, 1, tzinfo=UTC)
    ordered = sorted(given.candidates, key=lambda one: (one.bound_at or never, one.binding))
    if by != "bound_at":
        ordered.sort(key=lambda one: one.rank)
    if by == "highest_available":
        ordered.sort(
            key=lambda one: sum(may_give(given, one, fen, 0) for fen in range(1, 61)), reverse=True
        )
    return ordered
