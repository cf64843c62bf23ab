"""What transactions, calls and the steps of a walk are called, for pages and the shell."""

from django.utils.translation import gettext_lazy as _

from pooling.hospital import rest_walk
from pooling.hospital.national import walk

WORDS = {
    "9001": _("签到"),
    "1101": _("人员信息获取"),
    "2201": _("门诊挂号"),
    "2203": _("门诊就诊信息上传"),
    "2204": _("门诊费用明细上传"),
    "2206": _("门诊预结算"),
    "2207": _("门诊结算"),
    walk.AGAIN: _("门诊结算（原报文重发）"),
    walk.UNDO_BY_MESSAGE: _("冲正"),
    "2208": _("门诊结算撤销"),
    "2205": _("门诊费用明细撤销"),
    "2202": _("门诊挂号撤销"),
    "9002": _("签退"),
    "lookup": _("查参保人编号"),
    "balance": _("查余额"),
    "preview": _("预结算"),
    "settle": _("结算"),
    "repeat": _("结算（原报文重发）"),
    "show": _("查这笔结算"),
    "reverse": _("撤销结算"),
    rest_walk.UNDO_BY_MESSAGE: _("按报文编号撤销"),
    "balance_after": _("再查余额，应与之前相同"),
    "2001": _("人员待遇检查"),
    "2101": _("药店预结算"),
    "2102": _("药店结算"),
    "2103": _("药店结算撤销"),
    "2203A": _("药店门诊就诊信息上传"),
    "2301": _("住院费用明细上传"),
    "2302": _("住院费用明细撤销"),
    "2303": _("住院预结算"),
    "2304": _("住院结算"),
    "2305": _("住院结算撤销"),
    "2401": _("入院办理"),
    "2402": _("出院办理"),
    "2404": _("入院撤销"),
    "2405": _("出院撤销"),
    "3201": _("对总账"),
    "3202": _("对明细账"),
    "5203": _("查询结算信息"),
    "9101": _("文件上传"),
    "9102": _("文件下载"),
    "reverse_message": _("按报文编号撤销"),
    "refund": _("退费"),
    "rules": _("查统筹区规则"),
}


def titled(infno: str) -> str:
    """Return a transaction with what it is called, such as `2207 门诊结算`."""
    return f"{infno} {WORDS.get(infno, '')}".strip()
