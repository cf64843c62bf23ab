"""Whether an authorisation may pay for a visit, whatever its money. Pure: facts in, code out.

The first obstacle in the order below is the one told, because it is the one nearest to
the two people: what they themselves can change comes before what an area has ruled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pooling.kinship import inference
from pooling.kinship.inference import Edge
from pooling.policy.parameters import ANY, PREMIUMS
from pooling.shared import periods

OPEN, CLOSED, MISSING = "open", "closed", "missing"


class Unusable(StrEnum):
    """The closed list of obstacles."""

    PROPOSED = "binding_not_confirmed"
    RELEASED = "binding_released"
    NOT_BEGUN = "binding_not_begun"
    EXPIRED = "binding_expired"
    FROZEN = "frozen_by_payer"
    DECLINED = "declined_by_relative"
    PATIENT_DEAD = "patient_dead"
    PAYER_DEAD = "payer_dead"
    RELATION_ENDED = "relation_ended"
    RENEWAL_DUE = "renewal_due"
    PAYER_HAS_NO_ACCOUNT = "payer_has_no_account"
    PAYER_ACCOUNT_CLOSED = "payer_account_closed"
    PAYER_INSURANCE_ENDED = "payer_insurance_ended"
    PAYER_PAUSED = "payer_paused"
    PAYER_MOVED = "payer_moved"
    PATIENT_NOT_INSURED = "patient_not_insured"
    PATIENT_MOVED = "patient_moved"
    PATIENT_TYPE = "patient_type_not_allowed"
    PATIENT_NOT_NORMAL = "patient_status_not_normal"
    PATIENT_NO_CREDENTIAL = "patient_e_credential_not_active"
    PAYER_NO_CREDENTIAL = "payer_e_credential_not_active"
    OUT_OF_SCOPE = "areas_out_of_scope"
    OTHER_PROVINCE = "other_province_needs_quota"
    NO_QUOTA = "no_quota_across_provinces"
    NEEDS_QUOTA = "area_pays_from_quota_only"
    USE_NOT_IN_AREA = "use_not_allowed_by_area"
    USE_NOT_IN_BINDING = "use_not_allowed_by_payer"
    USE_NOT_OPTED_IN = "use_needs_opt_in"
    PREMIUM_PAID_FIRST = "premium_paid_first"
    PREMIUM_NOT_REFUNDED = "premium_not_refunded"
    PRODUCT_NOT_LISTED = "premium_product_not_listed"
    PRODUCT_NOT_FOR_RELATIVE = "premium_product_not_for_relative"
    LEVEL = "institution_level_too_high"
    OWN_NOT_EMPTY = "own_account_not_empty"


#: The clause of the payer's area behind an obstacle.
CLAUSE_BEHIND = {
    Unusable.RENEWAL_DUE: "renew_at_ages",
    Unusable.PAYER_MOVED: "on_payer_moved",
    Unusable.PATIENT_MOVED: "on_relative_moved",
    Unusable.PAYER_PAUSED: "paused_payer",
    Unusable.PATIENT_TYPE: "patient_types",
    Unusable.PATIENT_NOT_NORMAL: "patient_status_normal",
    Unusable.PATIENT_NO_CREDENTIAL: "requires_e_credential",
    Unusable.PAYER_NO_CREDENTIAL: "payer_requires_e_credential",
    Unusable.OUT_OF_SCOPE: "scope",
    Unusable.OTHER_PROVINCE: "model",
    Unusable.NO_QUOTA: "quota_across_provinces",
    Unusable.NEEDS_QUOTA: "model",
    Unusable.USE_NOT_IN_AREA: "uses",
    Unusable.USE_NOT_OPTED_IN: "uses_opt_in",
    Unusable.PREMIUM_PAID_FIRST: "premium_form",
    Unusable.PREMIUM_NOT_REFUNDED: "premium_form",
    Unusable.PRODUCT_NOT_LISTED: "commercial_products",
    Unusable.PRODUCT_NOT_FOR_RELATIVE: "commercial_products",
    Unusable.LEVEL: "resident_outpatient_max_level",
    Unusable.OWN_NOT_EMPTY: "needs_empty_own_account",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the bill says about the visit. `on` is the business date.

    `area` is where the institution lies; empty where the question is about no place.
    """

    on: date
    use: str
    institution_level: int
    #: A premium paid out of pocket and asked back from the account.
    refund: bool = False
    area: str = ""
    #: Of a commercial insurance: its name, empty where the bill says none; None: nobody asked.
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient's standing on the day; empty texts where there is no insurance.

    `e_credential`: whether it is activated; None where nobody asked, and then it is no obstacle.
    """

    dead: bool
    insutype: str
    area: str
    status: str
    e_credential: bool | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """The payer's standing in the employee insurance; `area` is the one whose rules count."""

    dead: bool
    employee_status: str
    area: str
    account: str = OPEN
    e_credential: bool | None = None


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What the two people agreed, and whether either of them has stopped it."""

    state: str
    from_date: date
    to_date: date | None = None
    release_on: date | None = None
    frozen: bool = False
    declined: bool = False
    uses: tuple[str, ...] | None = None
    #: Whether what makes the two relatives still stands (`relation_holds`).
    related: bool = True
    #: From when it is unusable unless the relative renews it; None: nothing was asked.
    renew_before: date | None = None
    #: Where the two were insured when it was made; empty where nobody knows.
    payer_area: str = ""
    relative_area: str = ""
    #: What the relative is to the payer; empty where nobody asked, and then it is no obstacle.
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the question needs. `rules` are the values in force in the payer's area.

    `own_fen` is what the patient's own open account holds as the bill comes in.
    """

    visit: Visit
    authorisation: Authorisation
    patient: Patient
    payer: Payer
    rules: Mapping[str, Any]
    has_quota: bool = False
    own_fen: int = 0


def relation_holds(agreed: Any, edges: Iterable[Edge], on: date) -> bool:
    """Return whether two people are still what they were when one of them bound the other.

    `agreed` is a binding. One the registry proved needs the registry's proof on the day itself,
    direct or derived. One that rests on a promise, on papers or on the relative's word stands
    until the registry contradicts it: until it has recorded that very relation and ended it.
    """
    edges = list(edges)
    payer, relative, kind = agreed.payer_id, agreed.relative_id, agreed.relation_kind
    if inference.parted_in_laws(payer, relative, kind, edges, on):
        return False
    if kind in inference.kinds(payer, relative, edges, on):
        return True
    if agreed.proof == "registry":
        return False
    return not any(
        edge.to_date is not None and edge.to_date <= on
        for edge in edges
        if (edge.member_id, edge.relative_id, edge.kind) == (payer, relative, kind)
    )


def moved(then: str, now: str) -> bool:
    """Return whether somebody is insured elsewhere than when they agreed; not knowing is no."""
    return bool(then and now) and then != now


def renewal_due(renew_before: date | None, on: date) -> bool:
    """Return whether a renewal that was asked for is over time."""
    return renew_before is not None and renew_before <= on


def why_unusable(facts: Facts) -> Unusable | None:
    """Return the first obstacle, or None where the authorisation is usable for the visit."""
    return (
        _agreement(facts.authorisation, facts.visit.on)
        or _people(facts)
        or _credentials(facts)
        or _areas(facts)
        or _purpose(facts)
    )


def _agreement(binding: Authorisation, on: date) -> Unusable | None:
    if binding.state == "proposed":
        return Unusable.PROPOSED
    if binding.state != "active" or (binding.release_on is not None and binding.release_on <= on):
        return Unusable.RELEASED
    if not periods.contains(binding.from_date, binding.to_date, on):
        return Unusable.NOT_BEGUN if on < binding.from_date else Unusable.EXPIRED
    if binding.frozen:
        return Unusable.FROZEN
    return Unusable.DECLINED if binding.declined else None


def _people(facts: Facts) -> Unusable | None:
    payer, patient, rules = facts.payer, facts.patient, facts.rules
    if patient.dead:
        return Unusable.PATIENT_DEAD
    if payer.dead:
        return Unusable.PAYER_DEAD
    if not facts.authorisation.related:
        return Unusable.RELATION_ENDED
    if renewal_due(facts.authorisation.renew_before, facts.visit.on):
        return Unusable.RENEWAL_DUE
    if payer.account == MISSING:
        return Unusable.PAYER_HAS_NO_ACCOUNT
    if payer.account == CLOSED:
        return Unusable.PAYER_ACCOUNT_CLOSED
    if payer.employee_status not in ("1", "2"):
        return Unusable.PAYER_INSURANCE_ENDED
    if payer.employee_status == "2" and rules["paused_payer"] == "stops":
        return Unusable.PAYER_PAUSED
    if moved(facts.authorisation.payer_area, payer.area) and rules.get("on_payer_moved") == "ends":
        return Unusable.PAYER_MOVED
    away = moved(facts.authorisation.relative_area, patient.area)
    if patient.insutype and away and rules.get("on_relative_moved") == "ends":
        return Unusable.PATIENT_MOVED
    return _insurance(patient, rules)


def _insurance(patient: Patient, rules: Mapping[str, Any]) -> Unusable | None:
    if not patient.insutype:
        return Unusable.PATIENT_NOT_INSURED
    if patient.insutype not in rules["patient_types"]:
        return Unusable.PATIENT_TYPE
    if rules["patient_status_normal"] and patient.status != "1":
        return Unusable.PATIENT_NOT_NORMAL
    return None


def _credentials(facts: Facts) -> Unusable | None:
    if facts.patient.e_credential is False and facts.rules["requires_e_credential"]:
        return Unusable.PATIENT_NO_CREDENTIAL
    if facts.payer.e_credential is False and facts.rules["payer_requires_e_credential"]:
        return Unusable.PAYER_NO_CREDENTIAL
    return None


def _areas(facts: Facts) -> Unusable | None:
    """Compare where the payer and the patient are insured; the institution's place is no matter."""
    home, away = facts.payer.area, facts.patient.area
    scope = facts.rules["scope"]
    same_province = home[:2] == away[:2]
    if not same_province and facts.rules["quota_across_provinces"]:
        # The nation's form reaches further than the area's own, which `scope` is about.
        return None if facts.has_quota else Unusable.NO_QUOTA
    if (scope == "same_area" and home != away) or (scope == "same_province" and not same_province):
        return Unusable.OUT_OF_SCOPE
    if facts.has_quota:
        return None
    if not same_province:
        # An authorisation that crossed a border later, because somebody moved, has no quota.
        return Unusable.OTHER_PROVINCE
    return Unusable.NEEDS_QUOTA if facts.rules["model"] != "direct_debit" else None


def _purpose(facts: Facts) -> Unusable | None:
    visit, rules = facts.visit, facts.rules
    if rules["uses"] is not None and visit.use not in rules["uses"]:
        return Unusable.USE_NOT_IN_AREA
    agreed = facts.authorisation.uses
    if agreed is None and visit.use in rules["uses_opt_in"]:
        return Unusable.USE_NOT_OPTED_IN
    if agreed is not None and visit.use not in agreed:
        return Unusable.USE_NOT_IN_BINDING
    if against := _premium(visit, rules) or _product(visit, facts.authorisation.kind, rules):
        return against
    if _is_too_high(visit, facts.patient, rules):
        return Unusable.LEVEL
    if rules["needs_empty_own_account"] and facts.own_fen > 0:
        return Unusable.OWN_NOT_EMPTY
    return None


_ABOUT_USE = {
    Unusable.USE_NOT_IN_AREA,
    Unusable.USE_NOT_IN_BINDING,
    Unusable.USE_NOT_OPTED_IN,
    Unusable.PREMIUM_PAID_FIRST,
    Unusable.PREMIUM_NOT_REFUNDED,
}


def _premium(visit: Visit, rules: Mapping[str, Any]) -> Unusable | None:
    if visit.use not in PREMIUMS:
        return None
    form = rules["premium_form"].get(visit.use, "direct")
    if visit.refund and form == "direct":
        return Unusable.PREMIUM_NOT_REFUNDED
    return Unusable.PREMIUM_PAID_FIRST if not visit.refund and form == "refund" else None


def _product(visit: Visit, kind: str, rules: Mapping[str, Any]) -> Unusable | None:
    """Compare the product with those an area lists; where it lists none, any will do."""
    products = rules["commercial_products"]
    if visit.use != "commercial_insurance" or visit.product is None or not products:
        return None
    kinds = products.get(visit.product, products.get(ANY))
    if kinds is None:
        return Unusable.PRODUCT_NOT_LISTED
    return Unusable.PRODUCT_NOT_FOR_RELATIVE if kind and kinds and kind not in kinds else None


def _is_too_high(visit: Visit, patient: Patient, rules: Mapping[str, Any]) -> bool:
    highest = rules["resident_outpatient_max_level"]
    return (
        highest is not None
        and patient.insutype == "390"
        and visit.use == "outpatient"
        and visit.institution_level > highest
    )


def why_fund_unusable(
    visit: Visit, patient: Patient, rules: Mapping[str, Any]
) -> tuple[Unusable, dict[str, Any]] | None:
    """Return what the area of a family fund has against a member's bill, with its figures.

    Nobody authorised anything: who is a member and how the money came in was asked before.
    """
    if against := _insurance(patient, rules):
        return against, {}
    if rules["uses"] is not None and visit.use not in rules["uses"]:
        return Unusable.USE_NOT_IN_AREA, {"use": visit.use}
    if against := _premium(visit, rules):
        return against, {"use": visit.use}
    if against := _product(visit, "", rules):
        return against, {"product": visit.product}
    if _is_too_high(visit, patient, rules):
        highest = rules["resident_outpatient_max_level"]
        return Unusable.LEVEL, {"level": visit.institution_level, "highest": highest}
    return None


def values(code: Unusable, facts: Facts) -> dict[str, Any]:
    """Return the figures of an obstacle's sentence, as JSON values."""
    binding, visit = facts.authorisation, facts.visit
    if code is Unusable.RELEASED and binding.release_on:
        return {"date": binding.release_on.isoformat()}
    if code is Unusable.NOT_BEGUN:
        return {"date": binding.from_date.isoformat()}
    if code is Unusable.EXPIRED:
        return {"date": binding.to_date.isoformat()}
    if code in _ABOUT_USE:
        return {"use": visit.use}
    if code in (Unusable.PRODUCT_NOT_LISTED, Unusable.PRODUCT_NOT_FOR_RELATIVE):
        return {"product": visit.product}
    if code is Unusable.LEVEL:
        highest = facts.rules["resident_outpatient_max_level"]
        return {"level": visit.institution_level, "highest": highest}
    if code is Unusable.RENEWAL_DUE:
        return {"date": binding.renew_before.isoformat()}
    if code in (Unusable.OUT_OF_SCOPE, Unusable.OTHER_PROVINCE, Unusable.NO_QUOTA):
        return {"payer_area": facts.payer.area, "patient_area": facts.patient.area}
    return {}
