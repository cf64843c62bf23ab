"""What a settlement was, and whether a day's settlements agree: 5203 and 3201."""

from datetime import date

from django.db.models import Count, Sum
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
    text = node["setl_id"]
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    lines = ClearingLine.objects.filter(settlement=min(number, visits.LARGEST_ID), visit=visit)
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
    if not 0 <= (last - first).days < MOST_DAYS:
        raise RangeRefused(_("对账结束日期应不早于开始日期，且不超过 92 天。"))
    return first, last


def _sums(call: Call, node: dict, first: date, last: date) -> dict[str, int]:
    lines = ClearingLine.objects.filter(
        institution=call.institution,
        settled_on__range=(first, last),
        insutype=node["insutype"],
        clr_type=node["clr_type"],
    )
    if node["refd_setl_flag"] in ("0", "1"):
        lines = lines.filter(returned=node["refd_setl_flag"] == "1")
    found = lines.aggregate(
        medfee_sumamt=Sum("total_fen", default=0),
        fund_pay_sumamt=Sum("fund_fen", default=0),
        acct_pay=Sum("account_fen", default=0),
        fixmedins_setl_cnt=Count("pk"),
    )
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
