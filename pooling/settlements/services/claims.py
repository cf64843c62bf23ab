"""A premium paid out of pocket and asked back: claimed with its receipt, decided by another.

The claim is a case; granted it becomes a settlement like any other, split by the same engine
over the money of whoever claims and nobody else's. What the split leaves as cash stays paid.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.services import institutions
from pooling.bindings.usability import Visit
from pooling.cases import documents
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.funds import selectors as funds
from pooling.funds import services as treasury
from pooling.funds.rules import Parts
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.policy.rules import Rules
from pooling.settlements import reasons, uses
from pooling.settlements.models import Settlement, Use
from pooling.settlements.selectors import premiums
from pooling.settlements.services.bills import Bill, Claim
from pooling.settlements.services.settling import estimate, settle
from pooling.settlements.sources import Charge
from pooling.settlements.uses import Premium
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

#: The paper without which nothing is given back.
RECEIPT = "premium_receipt"
#: Why a reviewer may turn a claim down; the words stand in `counter.wording`.
TURNED_DOWN = ("receipt_unreadable", "receipt_differs", "not_a_premium")
#: A receipt older than this is not looked at.
OLDEST = timedelta(days=366)


class ClaimRefused(DomainError):
    """The premium cannot be asked back, or not by this member."""

    code = "premium_claim_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a member asks back: for whom, which premium, and where to pay it."""

    insured_id: int
    use: str
    year: int
    paid_on: date
    amount_fen: int
    bank: str
    bank_account: str
    product: str = ""


@transaction.atomic
def begin(*, wish: Wish, by: Actor, at) -> Case:
    """Begin a claim of the member in `by`; its receipt is handed in next. Raises ClaimRefused.

    Refused at once is what could give nothing today anyhow, with the reason the split gives.
    """
    _could_be_paid(wish, by.id, business_date(at))
    case = case_services.open(
        kind=Case.Kind.PREMIUM, member_id=by.id, answers=_answers(wish), by=by, at=at
    )
    documents.begin(case_id=case.pk, kind=RECEIPT, by=by, at=at)
    return case


@transaction.atomic
def fill_in(*, case_id: int, wish: Wish, by: Actor, at) -> Case:
    """Keep what a window fills in for the member `by` acts for. Raises what `begin` does."""
    case = _draft(case_id, by)
    _could_be_paid(wish, case.member_id, business_date(at))
    return case_services.update_answers(case_id=case_id, answers=_answers(wish), by=by, at=at)


@transaction.atomic
def hand_in(*, case_id: int, by: Actor, at) -> Case:
    """Hand in at a window what was filled in and scanned there; another person decides.

    Raises ClaimRefused, also for what has changed since it was filled in. The member is told:
    whoever stood there may have been somebody else.
    """
    case = _draft(case_id, by)
    if case.answers_sealed is None:
        raise ClaimRefused(_("请先填好缴的是什么、转到哪里，再提交。"), code="unfinished")
    _could_be_paid(_wish(cases.opened(case)), case.member_id, business_date(at))
    if not cases.has_come_in(case_id, RECEIPT):
        raise ClaimRefused(
            _("请先上传或拍摄缴费凭证：审核的人要看到它。"), code="receipt_not_scanned"
        )
    case_services.submit(case_id=case_id, by=by, at=at)
    case = case_services.wait(case_id=case_id, reason_code="premium_to_check", by=by, at=at)
    _tell("premium_claim_at_window", case, at)
    return case


def expected(wish: Wish, *, claimant_id: int, on: date) -> int:
    """Return what would be given back today, in fen. Raises ClaimRefused where it is nothing."""
    payer = None if wish.insured_id == claimant_id else claimant_id
    charge = Charge(
        Visit(on, wish.use, 0, refund=True, product=wish.product),
        wish.amount_fen,
        0,
        acct_used_flag=2,
        claimant=payer,
    )
    decision = estimate(patient_id=wish.insured_id, charge=charge).decision
    item = next((one for one in decision.considered if one.payer == payer), None)
    if item is None:
        raise ClaimRefused(_("您没有为这位家人开通共济，不能用您的账户报销。"))
    if item.taken_fen == 0:
        raise ClaimRefused(
            reasons.full(item.reason, item.values),
            remedy=reasons.advice(decision.given, item, reasons.PAYER),
            rule=item.clause,
            details={"reason": item.reason},
        )
    return item.taken_fen


@transaction.atomic
def grant(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Pay a claim from the claimant's account, once, after its receipt was accepted.

    Raises ClaimRefused, PremiumAlreadyPaid and whatever the decision of a case raises.
    """
    case = _held(case_id)
    if RECEIPT not in cases.accepted_of(case_id):
        raise ClaimRefused(_("请先审阅并采信缴费凭证，再通过。"), code="receipt_not_accepted")
    said = cases.opened(case)
    on = business_date(at)
    _check_form(case.member_id, said["use"], on)
    area = rules_of(case.member_id, on).area_code
    desk = institutions.refund_desk(area=area, by=by, at=at)
    settlement = settle(bill=_bill(case, said, desk, at), backdate_days=0, by=by, at=at)
    if not settlement.entry_id:
        raise ClaimRefused(_("申请人的账户现在没有可以报销的钱，请看决定里的原因。"))
    case = case_services.approve(case_id=case_id, remark=remark, subject=settlement, by=by, at=at)
    _to_the_bank(case, said, settlement, by, at)
    _tell("premium_claim_paid", case, at, amount_fen=settlement.own_fen + settlement.pooled_fen)
    return case


def _to_the_bank(case: Case, said: dict, settlement: Settlement, by: Actor, at) -> None:
    """Hand what the accounts gave to the next file for the bank."""
    on, taken = business_date(at), {"current": 0, "prior": 0}
    for line in settlement.lines.all():
        if line.ledger_account_id is not None:
            taken[line.part] += line.amount_fen
    standings = people.standings(people.by_ids([case.member_id]).values(), on)
    account = funds.account_for([case.member_id], standings, on)[case.member_id]
    treasury.give_back_premium(
        personal_account_id=account.pk,
        owed_by=settlement.institution.area,
        paid_on=date.fromisoformat(said["paid_on"]),
        parts=Parts(taken["prior"], taken["current"]),
        to=treasury.To(said["bank"], said["bank_account"], member_id=case.member_id),
        by=by,
        at=at,
    )


@transaction.atomic
def turn_down(*, case_id: int, reason_code: str, remark: str = "", by: Actor, at) -> Case:
    """Refuse a claim, always with a reason; no money moves."""
    case = _held(case_id)
    if reason_code not in TURNED_DOWN:
        raise ClaimRefused(_("请选择不通过的原因。"), details={"reason_code": _("请选择原因。")})
    _tell("premium_claim_refused", case, at)
    return case_services.refuse(
        case_id=case_id, reason_code=reason_code, remark=remark, by=by, at=at
    )


def rules_of(member_id: int, on: date) -> Rules:
    """Return the rules of the area where somebody's account is."""
    standing = people.standings(people.by_ids([member_id]).values(), on)[member_id]
    return policy.in_force(standing.employee_area or standing.area, on)


def _draft(case_id: int, by: Actor) -> Case:
    case = case_services.locked(case_id)
    if case.member_id != by.principal or case.kind != Case.Kind.PREMIUM:
        raise NotFound(_("没有找到这件申请。"))
    if case.state != Case.State.DRAFT:
        raise case_services.NotNow(_("申请已提交，不能再修改。"))
    return case


def _answers(wish: Wish) -> dict:
    said = asdict(wish)
    return {"insured": said.pop("insured_id"), **said, "paid_on": wish.paid_on.isoformat()}


def _wish(said: dict) -> Wish:
    """Return what `_answers` kept."""
    kept = dict(said)
    paid_on = date.fromisoformat(kept.pop("paid_on"))
    return Wish(insured_id=kept.pop("insured"), paid_on=paid_on, **kept)


def _held(case_id: int) -> Case:
    case = case_services.locked(case_id)
    if case.kind != Case.Kind.PREMIUM or case.state != Case.State.WAITING:
        raise case_services.NotNow(_("这不是一件待审核的保费报销。"))
    return case


def _bill(case: Case, said: dict, desk, at) -> Bill:
    insured, claimant = said["insured"], case.member_id
    return Bill(
        patient_id=insured,
        institution=desk,
        use=said["use"],
        message_id=case.number,
        business_time=at,
        total_fen=said["amount_fen"],
        fund_fen=0,
        hospital_borne_fen=0,
        own_paid_fen=0,
        over_limit_fen=0,
        pre_paid_fen=0,
        in_scope_share_fen=said["amount_fen"],
        premium=Premium(said["year"], said["product"]),
        claim=Claim(case.pk, None if insured == claimant else claimant),
    )


def _could_be_paid(wish: Wish, claimant_id: int, on: date) -> None:
    _check(wish, claimant_id, on)
    expected(wish, claimant_id=claimant_id, on=on)


def _check(wish: Wish, claimant_id: int, on: date) -> None:
    """Refuse what no receipt could make right."""
    if not uses.is_premium(wish.use):
        raise ClaimRefused(_("只有保费可以报销。"), details={"use": _("请选择一种保费。")})
    if wish.amount_fen <= 0:
        raise ClaimRefused(_("金额须大于零。"), details={"amount_fen": _("请填写缴费金额。")})
    if not on - OLDEST <= wish.paid_on <= on:
        raise ClaimRefused(
            _("只能报销一年以内缴的保费。"), details={"paid_on": _("请核对缴费日期。")}
        )
    if wish.year not in uses.years_claimed(wish.paid_on):
        raise ClaimRefused(_("参保年度与缴费日期不符。"), details={"year": _("请核对参保年度。")})
    if not (len(wish.bank) >= 2 and wish.bank[0].isalpha() and wish.bank.isprintable()):
        raise ClaimRefused(_("请填写银行的名称。"), details={"bank": _("请填写银行的名称。")})
    product = premiums.counts_as(wish.insured_id, wish.use, wish.product, on)
    if premiums.settled_as(wish.insured_id, wish.use, wish.year, product):
        sentence = _("%(year)s年度的%(use)s已经结算过，不能再报销。")
        what = product or Use(wish.use).label
        raise ClaimRefused(sentence % {"year": wish.year, "use": what})
    _check_form(claimant_id, wish.use, on)


def _check_form(claimant_id: int, use: str, on: date) -> None:
    """The claimant's area decides; for the own account, too, which no other rule of uses binds."""
    form = rules_of(claimant_id, on).clause("premium_form")
    if form.value.get(use, "direct") == "direct":
        sentence = _("按%(area)s规定，%(use)s在缴费时直接从账户支付，不办事后报销。")
        raise ClaimRefused(sentence % {"area": form.area_name, "use": Use(use).label}, rule=form)


def _tell(kind: str, case: Case, at, **values) -> None:
    link = f"/cases/{case.number}/"
    notices.enqueue([Message(kind, member_id=case.member_id, values=values, link=link)], at=at)
