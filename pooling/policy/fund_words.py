"""The sentences about quotas, wallets and family funds; `plain_words` tells them with the rest."""

from django.utils.translation import gettext_lazy as _

#: Name → sentence where there is a value, and where there is none or it is no.
SAYS = {
    "quota_across_provinces": (
        _("家人在别的省参保时，出钱的人先给家人定一个额度，这笔钱冻结在自己账户里。"),
        _("没有为跨省的家人另定付款方式。"),
    ),
    "wallet_open": (
        _("可以开通医保钱包，家人之间可以互相转。"),
        _("不能开通医保钱包，也不能再往里转；钱包里已有的钱照常可以用。"),
    ),
    "wallet_transfer_most_fen": (
        _("往家人的医保钱包转钱，每笔最多 %(value)s。"),
        _("往家人的医保钱包转钱，每笔金额不限。"),
    ),
    "wallet_transfers_per_day": (
        _("一个人一天最多往医保钱包转 %(value)s 笔。"),
        _("一天往医保钱包转几笔，不限。"),
    ),
    "wallet_closed_hours": (
        _("每天 %(value)s 不能往医保钱包转钱。"),
        _("任何时候都可以往医保钱包转钱。"),
    ),
    "wallet_one_pending": (
        _("一笔还没有被接收时，不能再转第二笔。"),
        _("一笔还没有被接收时，也可以再转。"),
    ),
    "wallet_return_hour": (
        _("家人当天没有接收的，第二天 %(value)s 点以前退回原处。"),
        "",
    ),
    "wallet_place_changeable": (
        _("医保钱包的使用地可以变更。"),
        _("医保钱包的使用地不能变更。"),
    ),
    "fund_transfers_per_month": (
        _("每个人每月最多往家庭共济账户转 %(value)s 次。"),
        _("每个人每月往家庭共济账户转几次，不限。"),
    ),
    "fund_ends_with_last_relative": (
        _("最后一位家人退出后，家庭共济账户自动注销，余额退回。"),
        _("家人都退出以后，家庭共济账户仍然保留，由创建人注销。"),
    ),
}
