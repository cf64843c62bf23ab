"""Money at the national interface: preview, settle, reverse, and reverse by message.

2206 2101 2303 · 2207 2102 2304 · 2208 2103 2305 · 2601.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.models import Institution, Member
from pooling.funds import selectors as funds
from pooling.hospital.models import ClearingLine, FeeLine, Visit
from pooling.hospital.national import benefits, buyers, core, moments, replies, scope
from pooling.hospital.national.calls import Call
from pooling.hospital.national.numbers import fen
from pooling.hospital.national.people import Insured, check, insured, named
from pooling.hospital.national.services import fees, showing, visits
from pooling.settlements import services as settlements
from pooling.settlements.models import Settlement, Use
from pooling.shared import crypto
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date
from pooling.shared.queries import insert
from pooling.shared.rows import NOBODY, row_number
from pooling.shared.work import verb

PHARMACY = ("2101", "2102")
INPATIENT = ("2303", "2304")
#: Clearing type by the first digits of the kind of care, else by the transaction.
_CLR_TYPES = ("11", "12", "13", "14", "15", "18", "28", "41", "51", "53")
_AS_INPATIENT = ("21", "22", "52")
#: National codes of consumables begin so; those of drugs never do.
_CONSUMABLE = "C"
#: 2601 has no table of its own: its reply is the reversal's.
_TABLES = {"2601": "2208"}


class BillRefused(DomainError):
    """The amounts of a bill contradict each other or the fee lines sent before."""

    code = "bill_refused"


class CoreAway(DomainError):
    """The core that reckons the fund's share gave no answer that could be used."""

    code = "core_away"
    status = 503


#: Where a credential's institution has the fund's share from.
ADAPTERS: dict[str, Callable[[benefits.Claim], benefits.Share]] = {
    "table": benefits.table,
    "message": benefits.message,
    "core": core.ask,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill as it would be settled, and what clearing keeps of it."""

    visit: Visit
    patient: Member
    bill: settlements.Bill
    line: ClearingLine
    #: The fee lines it settles.
    fees: list[FeeLine]


def preview(*, call: Call, by: Actor, at) -> dict:
    """Return what settling would answer now. Nothing is stored, posted or reserved.

    Only a code that is shown is taken: tills ask minutes before they settle.
    """
    draft = _draft(call, at, by=by, store=False)
    proposal = settlements.preview(
        bill=draft.bill, backdate_days=call.client.backdate_days, by=by, at=at
    )
    _fill(draft.line, proposal)
    return _told(call, draft.line, draft.visit, draft.patient, proposal.balance_after_fen) | _cut(
        call, draft
    )


@verb
def settle(*, call: Call, by: Actor, at) -> dict:
    """Settle a bill through `settlements.settle` and write its clearing line.

    Raises NotFound, NotNow, PersonDiffers, BillRefused and whatever `settlements` refuses.
    """
    draft = _draft(call, at, by=by, store=True)
    settlement = settlements.settle(
        bill=draft.bill, backdate_days=call.client.backdate_days, by=by, at=at
    )
    _fill(draft.line, settlement)
    draft.line.settlement = settlement
    insert([draft.line])
    paid = [line.pk for line in draft.fees]
    if paid:
        FeeLine.objects.filter(pk__in=paid).update(settlement=settlement)
    _count_deductible(draft.visit, draft.line.facts["deductible_fen"])
    return _told(call, draft.line, draft.visit, draft.patient, settlement.balance_after_fen) | _cut(
        call, draft
    )


@verb
def reverse(*, call: Call, by: Actor, at) -> dict:
    """Undo a settlement by its number. Raises NotFound, and AlreadyReversed."""
    node = call.nodes["data"]
    visit = visits.held(call, node)
    number = row_number(node["setl_id"]) or NOBODY
    line = ClearingLine.objects.filter(settlement=number, visit=visit, returned=False).first()
    if line is None:
        raise NotFound(_("没有这笔结算，请核对结算ID与就诊ID。"))
    return give_back(call, visit, line, by=by, at=at)


def give_back(call: Call, visit: Visit, line: ClearingLine, *, by: Actor, at) -> dict:
    """Reverse the settlement of a clearing line of a locked visit; return the reply.

    Only `settlements` knows who gave what: it gives every source back its own.
    """
    settlements.reverse(
        settlement_id=line.settlement_id,
        institution_id=call.institution.pk,
        reason=call.key,
        by=by,
        at=at,
    )
    back = _negated(line, call, at)
    insert([back])
    FeeLine.objects.filter(settlement=line.settlement_id).update(settlement=None)
    _count_deductible(visit, -line.facts["deductible_fen"])
    return _told(call, back, visit, visit.patient, _balance(visit.patient, at))


def _negated(line: ClearingLine, call: Call, at) -> ClearingLine:
    """Return the line that takes a clearing line back."""
    amounts = ("total_fen", "fund_fen", "hospital_borne_fen", "account_fen", "pooled_fen")
    return ClearingLine(
        settlement_id=line.settlement_id,
        returned=True,
        visit_id=line.visit_id,
        institution=call.institution,
        msgid=call.msgid,
        insutype=line.insutype,
        clr_type=line.clr_type,
        settled_at=at,
        settled_on=business_date(at),
        facts=line.facts,
        cash_fen=-line.cash_fen,
        **{name: -getattr(line, name) for name in amounts},
    )


def _draft(call: Call, at, *, by: Actor, store: bool) -> Draft:
    """Return the bill a message states. To settle, its visit is locked, or made for a pharmacy."""
    pharmacy = call.infno in PHARMACY
    node = call.nodes["druginfo" if pharmacy else "data"]
    if pharmacy:
        visit, lines = _at_the_counter(call, node, at, by=by, store=store)
    else:
        kind = Visit.Kind.INPATIENT if call.infno in INPATIENT else Visit.Kind.OUTPATIENT
        visit = (visits.held if store else visits.look_at)(call, node, kind)
        check(visit.patient, node)
        showing.take(call, node, visit.patient, by=by, at=at)
        lines = _unsettled(visit, node)
    if store and call.infno in INPATIENT and node["mid_setl_flag"] != "1":
        visits.must_be(visit, Visit.State.DISCHARGED)
    parts = _parts(node, lines)
    moment = call.moment(at)
    settlements.check_time(moment, call.client.backdate_days, at)
    on = business_date(moment)
    standing = insured(accounts.enrolments_of(visit.patient_id, on), node["insutype"], on)
    share = _share(call, node, visit, parts, standing, on)
    try:
        personal = parts.after(share.fund_fen + share.hospital_fen)
    except scope.DoesNotAddUp:
        raise BillRefused(_("基金支付与医院负担之和超过医疗费总额。")) from None
    bill = settlements.Bill(
        patient_id=visit.patient_id,
        institution=call.institution,
        use=_use(call, call.institution),
        message_id=call.key,
        business_time=moment,
        total_fen=parts.total_fen,
        fund_fen=share.fund_fen,
        hospital_borne_fen=share.hospital_fen,
        own_paid_fen=personal.own_paid_fen,
        over_limit_fen=personal.over_limit_fen,
        pre_paid_fen=personal.pre_paid_fen,
        in_scope_share_fen=personal.in_scope_fen,
        acct_used_flag=int(node["acct_used_flag"] or 0),
        buyer=_buyer(node) if pharmacy else None,
    )
    line = _line(call, node, visit, parts, share, standing, at)
    return Draft(visit, visit.patient, bill, line, lines)


def _buyer(node: dict) -> dict[str, str] | None:
    """Return who collects for the patient. Raises BillRefused."""
    try:
        return buyers.of_message(node["exp_content"] or "")
    except buyers.NoBuyer:
        sentence = _("exp_content 里的 buyer 应有 name（姓名）与 cert_no（证件号码）。")
        raise BillRefused(sentence, code="buyer_incomplete") from None


def _at_the_counter(
    call: Call, node: dict, at, *, by: Actor, store: bool
) -> tuple[Visit, list[FeeLine]]:
    """Return a pharmacy's visit and fee lines; settling makes both."""
    rows = call.nodes["drugdetail"]
    if store:  # which takes a code that is shown
        visit = visits.begin(call, node, Visit.Kind.PHARMACY, number=None, by=by, at=at)
        return visit, fees.keep(visit, rows, at=at)
    visit = Visit(
        institution=call.institution,
        patient=named(node),
        kind=Visit.Kind.PHARMACY,
        begun_at=moments.read(node["begntime"], at),
    )
    showing.take(call, node, visit.patient, by=by, at=at)
    visit.key_text = crypto.make_data_key()
    return visit, fees.unsaved(visit, rows, at)


def _unsettled(visit: Visit, node: dict) -> list[FeeLine]:
    """Return the fee lines a bill is for: its batch, or for a stay all of them.

    Raises BillRefused where they are settled. A visit whose till sends no fee lines is settled
    once: nothing else would keep the same bill from being paid under another msgid.
    """
    lines = list(FeeLine.objects.filter(visit=visit).order_by("pk"))
    batch = node.get("chrg_bchno")
    mine = [line for line in lines if line.settlement_id is None and batch in (None, line.batch)]
    if not mine and (lines or visits.settled(visit)):
        raise BillRefused(_("没有待结算的费用明细：本批次没有上传，或者已经结算。"), code="settled")
    return mine


def _parts(node: dict, lines: list[FeeLine]) -> scope.Parts:
    """Return the four parts of a bill: stated, or by its fee lines. Raises BillRefused."""
    total = fen(node["medfee_sumamt"])
    if total < 0:
        raise BillRefused(_("医疗费总额不能为负。"))
    sums = scope.Parts(
        *(
            sum(getattr(line, name) for line in lines)
            for name in ("own_paid_fen", "over_limit_fen", "pre_paid_fen", "in_scope_fen")
        )
    )
    if lines and sums.total_fen != total:
        raise BillRefused(
            _("医疗费总额与已上传的费用明细合计不一致。"),
            details={"total_fen": total, "sum_fen": sums.total_fen},
        )
    try:
        stated = scope.of_bill(node, total)
    except scope.DoesNotAddUp:
        sentence = _("全自费、超限价、先行自付与政策范围内金额之和应等于医疗费总额。")
        raise BillRefused(sentence) from None
    return stated or (sums if lines else scope.Parts(0, 0, 0, total))


def _share(
    call: Call, node: dict, visit: Visit, parts: scope.Parts, standing: Insured, on
) -> benefits.Share:
    claim = benefits.Claim(
        on=on,
        insutype=standing.insutype,
        kind=str(visit.kind),
        level=call.institution.level,
        total_fen=parts.total_fen,
        in_scope_fen=parts.in_scope_fen,
        own_paid_fen=parts.own_paid_fen,
        over_limit_fen=parts.over_limit_fen,
        pre_paid_fen=parts.pre_paid_fen,
        psn_no=visit.patient.psn_no,
        institution=call.institution.code,
        med_type=node.get("med_type") or "",
        deductible_used_fen=visit.deductible_fen,
        entitled=standing.entitled,
        exp_content=node["exp_content"] or "",
    )
    source = call.credential.share_on(on)
    try:
        return ADAPTERS[source](claim)
    except benefits.NoShare:
        if source == "core":
            sentence = _(
                "核心业务系统暂时没有可用的应答，请稍后用原报文编号再试。本次没有动任何款项。"
            )
            raise CoreAway(sentence) from None
        sentence = _("报文的 exp_content 应写明基金支付（fund_pay_sumamt），且各项合计一致。")
        raise BillRefused(sentence, code="share_missing") from None


def _line(call, node, visit, parts: scope.Parts, share, standing: Insured, at) -> ClearingLine:
    """Return the clearing line of a bill; who pays is filled in once it is split."""
    med_type = node.get("med_type") or {"2303": "21", "2304": "21"}.get(call.infno, "11")
    return ClearingLine(
        visit=visit if visit.pk else None,
        institution=call.institution,
        msgid=call.msgid,
        insutype=standing.insutype,
        clr_type=_clr_type(med_type, visit.kind),
        settled_at=at,
        settled_on=business_date(at),
        total_fen=parts.total_fen,
        fund_fen=share.fund_fen,
        hospital_borne_fen=share.hospital_fen,
        facts={
            "med_type": med_type,
            "psn_type": standing.psn_type,
            "area": standing.area,
            "cert_type": node["mdtrt_cert_type"] or "02",
            "invono": node.get("invono") or "",
            "own_paid_fen": parts.own_paid_fen,
            "over_limit_fen": parts.over_limit_fen,
            "pre_paid_fen": parts.pre_paid_fen,
            "in_scope_fen": parts.in_scope_fen,
            "deductible_fen": share.deductible_fen,
            "ratio_bp": share.ratio_bp,
            "funds": share.funds,
        },
    )


def _clr_type(med_type: str, kind: str) -> str:
    if med_type[:2] in _CLR_TYPES:
        return med_type[:2]
    if med_type[:2] in _AS_INPATIENT:
        return "21"
    return {"outpatient": "11", "inpatient": "21", "pharmacy": "41"}[str(kind)]


def _use(call: Call, institution: Institution) -> str:
    """Return what a bill is for: a pharmacy's is for consumables if nothing else is on it."""
    if call.infno in INPATIENT:
        return Use.INPATIENT
    if call.infno in PHARMACY or institution.type == Institution.Type.PHARMACY:
        codes = {row["med_list_codg"][:1] for row in call.nodes.get("drugdetail", ())}
        return Use.PHARMACY_CONSUMABLES if codes == {_CONSUMABLE} else Use.PHARMACY_DRUGS
    return Use.OUTPATIENT


def _fill(line: ClearingLine, split: Settlement | settlements.Proposal) -> None:
    line.account_fen = split.own_fen + split.pooled_fen
    line.pooled_fen = split.pooled_fen
    line.cash_fen = split.cash_fen


def _count_deductible(visit: Visit, paid_fen: int) -> None:
    """Remember what of the deductible a locked visit has paid."""
    if paid_fen:
        visit.deductible_fen += paid_fen
        visit.save(update_fields=["deductible_fen"])


def _told(call: Call, line: ClearingLine, visit: Visit, patient: Member, balance_fen: int) -> dict:
    return told(_TABLES.get(call.infno, call.infno), line, visit, patient, balance_fen)


def told(infno: str, line: ClearingLine, visit: Visit, patient: Member, balance_fen: int) -> dict:
    """Return the reply about a clearing line."""
    return {
        "setlinfo": replies.setlinfo(infno, line, visit, patient, balance_fen=balance_fen),
        "setldetail": replies.setldetail(infno, line),
        "expContent": "",
    }


def _cut(call: Call, draft: Draft) -> dict:
    """Return how a pharmacy's drugs were divided, which only it is told here."""
    if call.infno not in PHARMACY:
        return {}
    return {"detlcutinfo": fees.cut(call.infno, call.nodes["drugdetail"], draft.fees)}


def _balance(patient: Member, at) -> int:
    """Return what the patient's own account holds now; 0 without one."""
    on = business_date(at)
    standings = accounts.standings([patient], on)
    account = funds.account_for([patient.pk], standings, on).get(patient.pk)
    return account.current.balance_fen + account.prior.balance_fen if account else 0
