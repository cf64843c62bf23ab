"""What the books store as codes, in words."""

from django.utils.translation import gettext_lazy as _

ENTRIES = {
    "contribution": _("账户划入"),
    "deposit": _("存入"),
    "fund": _("家庭共济账户进出"),
    "payout": _("账户提取"),
    "quota": _("共济额度进出"),
    "refund": _("退费"),
    "reversal": _("冲正"),
    "rollover": _("年初结转"),
    "settlement": _("结算"),
    "suspense": _("暂挂款项办结"),
    "transfer": _("转账"),
}

ACCOUNTS = {
    "family_fund": _("家庭共济账户"),
    "flight": _("在途转账"),
    "payable": _("应付定点机构"),
    "personal": _("个人账户"),
    "quota": _("共济额度"),
    "scheme": _("统筹内部科目"),
    "wallet": _("医保钱包"),
}
