"""What the steps of a walk are called, for the page and the shell."""

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
}
