"""What a settlement was, and whether a day's settlements agree: 5203 and 3201."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from pooling.audit import services as audit
from pooling.hospital.models import ClearingLine
from pooling.hospital.national import dictionary, moments
from pooling.hospital.national.calls import Call
from pooling.hospital.national.numbers import fen
from pooling.hospital.national.services import bills, visits
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.money import yuan_from_fen
from pooling.shared.rows import NOBODY, row_number
from pooling.shared.work import verb

BALANCED, DIFFERS = "0", "1"
#: Longer ranges are several statements.
MOST_DAYS = 92


class RangeRefused(DomainError):
    """The days of a statement run backwards or are too many."""

    code = "statement_range"


@verb
def show(*, call: Call, by: Actor, at) -> dict:
    """5203: return a settlement as it was answered; reversed since, with its sign. NotFound."""
    node = call.nodes["data"]
    visit = visits.remembered(call, node)
    number = row_number(node["setl_id"]) or NOBODY
    lines = ClearingLine.objects.filter(settlement=number, visit=visit)
    line = lines.select_related("settlement", "institution").order_by("-returned").first()
    if line is None:
        raise NotFound(_("没有这笔结算，请核对结算ID与就诊ID。"))
    fields = ["psn_no", "psn_name", "certno", "setlinfo"]
    audit.look(page="hsa:5203", member_ids=[visit.patient_id], fields=fields, by=by, at=at)
    balance = line.settlement.balance_after_fen
    return bills.told(call.infno, line, visit, visit.patient, balance)


def compare(*, call: Call, by: Actor, at) -> dict:
    """3201: compare what the institution has with what we have, by insurance and clearing type.

    Days are those of the `setl_time` we answered. `refd_setl_flag` 0 asks for settlements
    alone, 1 for what was given back alone, otherwise for both.
    """
    node = call.nodes["data"]
    first, last = days(node)
    ours = _sums(call, node, first, last)
    theirs = {
        "medfee_sumamt": fen(node["medfee_sumamt"]),
        "fund_pay_sumamt": fen(node["fund_pay_sumamt"]),
        "acct_pay": fen(node["acct_pay"]),
        "fixmedins_setl_cnt": int(node["fixmedins_setl_cnt"]),
    }
    told = [
        _("%(what)s：机构 %(theirs)s，平台 %(ours)s")
        % {"what": name, "theirs": _shown(key, theirs[key]), "ours": _shown(key, ours[key])}
        for key, name in _names().items()
        if theirs[key] != ours[key]
    ]
    return {
        "stmtinfo": dictionary.complete(
            "3201",
            "stmtinfo",
            {
                "setl_optins": node["setl_optins"] or "",
                "stmt_rslt": DIFFERS if told else BALANCED,
                "stmt_rslt_dscr": "；".join(told),
            },
        )
    }


def days(node: dict) -> tuple[date, date]:
    """Return the first and last day of a statement, both included. Raises RangeRefused."""
    first, last = moments.day(node["stmt_begndate"]), moments.day(node["stmt_enddate"])
    check_days(first, last)
    return first, last


def check_days(first: date, last: date) -> None:
    """Refuse days that run backwards or are too many. Raises RangeRefused."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise RangeRefused(_("对账结束日期应不早于开始日期，且不超过 92 天。"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What 3201 compares, of one day, insurance and clearing type."""

    day: date
    insutype: str
    clr_type: str
    total_fen: int
    fund_fen: int
    account_fen: int
    settled: int
    returned: int


def figures(institution_id: int, first: date, last: date) -> list[Figures]:
    """Return the figures of each day, insurance and clearing type, as 3201 reckons them."""
    columns = ("settled_on", "insutype", "clr_type")
    rows = lines_of(institution_id, first, last, "").order_by(*columns).values(*columns)
    rows = rows.annotate(**_SUMS, back=Count("pk", filter=Q(returned=True)))
    return [
        Figures(
            *(row[name] for name in columns),
            int(row["medfee_sumamt"]),
            int(row["fund_pay_sumamt"]),
            int(row["acct_pay"]),
            row["fixmedins_setl_cnt"] - row["back"],
            row["back"],
        )
        for row in rows
    ]


def lines_of(institution_id: int, first: date, last: date, flag: str) -> QuerySet[ClearingLine]:
    """Return the lines of some days: settlements alone (0), reversals alone (1), or both."""
    lines = ClearingLine.objects.filter(institution=institution_id, settled_on__range=(first, last))
    return lines.filter(returned=flag == "1") if flag in ("0", "1") else lines


_SUMS = {
    "medfee_sumamt": Sum("total_fen", default=0),
    "fund_pay_sumamt": Sum("fund_fen", default=0),
    "acct_pay": Sum("account_fen", default=0),
    "fixmedins_setl_cnt": Count("pk"),
}


def _sums(call: Call, node: dict, first: date, last: date) -> dict[str, int]:
    lines = lines_of(call.institution.pk, first, last, node["refd_setl_flag"] or "")
    found = lines.filter(insutype=node["insutype"], clr_type=node["clr_type"]).aggregate(**_SUMS)
    return {name: int(value) for name, value in found.items()}


def _names() -> dict[str, str]:
    return {
        "medfee_sumamt": _("医疗费总额"),
        "fund_pay_sumamt": _("基金支付总额"),
        "acct_pay": _("个人账户支付金额"),
        "fixmedins_setl_cnt": _("结算笔数"),
    }


def _shown(key: str, value: int) -> str:
    return str(value) if key == "fixmedins_setl_cnt" else yuan_from_fen(value)
