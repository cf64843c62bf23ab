"""What a visit costs, item by item: 2204, 2205, 2301, 2302. Drugs are kept encrypted."""

import json
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.hospital.models import FeeLine, Visit
from pooling.hospital.national import dictionary, scope
from pooling.hospital.national.calls import Call
from pooling.hospital.national.numbers import fen, yuan
from pooling.hospital.national.services import visits
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.queries import insert
from pooling.shared.work import verb

#: In 2205 and 2302: everything that is not settled.
ALL = "0000"
#: No price limit; the number clients of the field show for none.
NO_LIMIT = Decimal("999999.000000")


class FeeRefused(DomainError):
    """A fee line contradicts itself, was sent before, or is settled already."""

    code = "fee_refused"


@verb
def upload(*, call: Call, by: Actor, at) -> dict:
    """2204 and 2301: take fee lines in. Raises FeeRefused, NotFound and NotNow."""
    rows = call.nodes["feedetail"]
    if len({(row["mdtrt_id"], row["psn_no"]) for row in rows}) > 1:
        raise FeeRefused(_("一次上传的费用明细只能属于同一次就诊。"))
    kind = Visit.Kind.INPATIENT if call.infno == "2301" else None
    visit = visits.held(call, rows[0], kind)
    lines = keep(visit, rows, at=at)
    audit.record(
        verb="hospital.upload_fees", subject=visit, by=by, at=at, detail={"lines": len(lines)}
    )
    return {"result": [_told(call.infno, row, line) for row, line in zip(rows, lines, strict=True)]}


def keep(visit: Visit, rows: list[dict], *, at) -> list[FeeLine]:
    """Store fee lines of a locked visit. Raises FeeRefused."""
    numbers = [row["feedetl_sn"] for row in rows]
    known = FeeLine.objects.filter(visit=visit, number__in=numbers).values_list("number", flat=True)
    again = [number for number in numbers if numbers.count(number) > 1] + list(known)
    if again:
        sentence = _("费用明细流水号 %(number)s 重复。")
        raise FeeRefused(sentence % {"number": again[0]}, code="fee_repeated")
    return insert(_line(visit, row, at) for row in rows)


def _line(visit: Visit, row: dict, at) -> FeeLine:
    amount = fen(row["det_item_fee_sumamt"])
    if amount < 0:
        raise FeeRefused(_("费用明细金额不能为负。退费请撤销原明细或结算。"))
    try:
        parts = scope.of_line(row, amount)
    except scope.DoesNotAddUp:
        raise FeeRefused(_("费用明细的自费部分超过明细金额。")) from None
    line = FeeLine(
        visit=visit,
        number=row["feedetl_sn"],
        batch=row.get("chrg_bchno") or "",
        amount_fen=amount,
        own_paid_fen=parts.own_paid_fen,
        over_limit_fen=parts.over_limit_fen,
        pre_paid_fen=parts.pre_paid_fen,
        in_scope_fen=parts.in_scope_fen,
        received_at=at,
    )
    told = {key: value for key, value in row.items() if value is not None}
    text = json.dumps(told, ensure_ascii=False, default=str)
    line.details = visit.closed(text, bound=line.uid)
    return line


def cut(infno: str, rows: list[dict], lines: Iterable[FeeLine]) -> list[dict]:
    """Return how a pharmacy's lines were divided (`detlcutinfo`)."""
    return [
        _told(infno, row, line, node="detlcutinfo") for row, line in zip(rows, lines, strict=True)
    ]


def unsaved(visit: Visit, rows: list[dict], at) -> list[FeeLine]:
    """Return fee lines of a visit that is only tried out."""
    return [_line(visit, row, at) for row in rows]


def _told(infno: str, row: dict, line: FeeLine, *, node: str = "result") -> dict:
    amount = line.amount_fen
    selfpay = Decimal(line.own_paid_fen + line.pre_paid_fen) / amount if amount else Decimal(0)
    return dictionary.complete(
        infno,
        node,
        {
            "feedetl_sn": line.number,
            "det_item_fee_sumamt": yuan(amount),
            "cnt": row["cnt"],
            "pric": row["pric"],
            "pric_uplmt_amt": NO_LIMIT,
            "selfpay_prop": selfpay.quantize(Decimal("0.0001")),
            "fulamt_ownpay_amt": yuan(line.own_paid_fen),
            "overlmt_amt": yuan(line.over_limit_fen),
            "preselfpay_amt": yuan(line.pre_paid_fen),
            "inscp_scp_amt": yuan(line.in_scope_fen),
            "chrgitm_lv": "03" if amount and line.own_paid_fen == amount else "01",
            "med_chrgitm_type": "14",
            "bas_medn_flag": "0",
            "hi_nego_drug_flag": "0",
            "chld_medc_flag": "0",
            "list_sp_item_flag": "0",
            "lmt_used_flag": "0",
            "drt_reim_flag": "0",
        },
    )


@verb
def take_back(*, call: Call, by: Actor, at) -> dict:
    """2205 and 2302: delete fee lines that are not settled. Raises FeeRefused and NotFound."""
    node = call.nodes["data"]
    kind = Visit.Kind.INPATIENT if call.infno == "2302" else None
    visit = visits.held(call, node, kind)
    field, wanted = ("number", node.get("feedetl_sn")) if kind else ("batch", node["chrg_bchno"])
    rows = FeeLine.objects.filter(visit=visit)
    if wanted != ALL:
        rows = rows.filter(**{field: wanted})
        if rows.filter(settlement__isnull=False).exists():
            raise FeeRefused(_("已经结算的费用明细不能撤销，请先撤销结算。"), code="fee_settled")
    deleted, _by_model = rows.filter(settlement=None).delete()
    if not deleted and wanted != ALL:
        raise NotFound(_("没有可以撤销的费用明细。"))
    audit.record(
        verb="hospital.take_fees_back", subject=visit, by=by, at=at, detail={"lines": deleted}
    )
    return {}
