"""The sentence of every refusal about quotas, wallets and family funds, and what would help."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    # Of everybody.
    "amount_impossible": _("请填写大于零的金额。"),
    "oneself": _("不能给自己办理。"),
    "dead": _("其中一方已登记死亡，不能办理。"),
    "phone_changed": _("手机号变更后 72 小时内，不能从账户里转钱出去。"),
    "no_account": _("没有可用的个人账户，不能从中转出或冻结。"),
    "not_enough": _("现在最多可以用 %(most_fen)s：账户余额 %(held_fen)s，须保留 %(floor_fen)s。"),
    "not_near_relatives": _("登记里没有双方是近亲属的记录。"),
    # Quotas.
    "quota_not_here": _("按参保地的规定，不能给这位家人设共济额度。"),
    "relative_not_insured": _("家人没有参加基本医保，不能办理。"),
    "quota_closed": _("这份共济额度已经取消。"),
    # Wallets.
    "owner_not_insured": _("没有参加基本医保的人，不能开通医保钱包。"),
    "wallet_closed_here": _("您所在统筹区的医保钱包不办理转账。"),
    "wallet_closed_there": _("对方所在统筹区的医保钱包不办理转账。"),
    "wallet_there_already": _("已经开通了医保钱包，不必再开。"),
    "wallet_owner_signs_in": _("对方自己可以登录，不能替他开通。"),
    "wallet_missing": _("还没有开通医保钱包。"),
    "receiver_has_no_wallet": _("对方还没有开通医保钱包。"),
    "wallet_place_fixed": _("现在的使用地不支持变更。"),
    "wallet_place_same": _("使用地已经是那里，不必变更。"),
    "wallet_not_empty": _("钱包里还有钱，不能注销。"),
    "wallet_awaits": _("还有一笔转账没有办结，不能注销。"),
    "transfer_too_large": _("每笔最多转 %(most_fen)s。"),
    "transfers_used_up": _("每天最多转 %(most)s 笔，今天已经转了 %(made)s 笔。"),
    "transfer_closed_hours": _("%(from_hour)s 点到次日 %(to_hour)s 点不办理转账。"),
    "transfer_waits": _("还有一笔转账在等对方接收，现在不能再转。"),
    "wallet_short": _("钱包余额只有 %(most_fen)s。"),
    "transfer_over": _("这笔转账已经办结，不能再办。"),
    "transfer_too_late": _("接收的时间已过，这笔钱会退回转出人。"),
    # Family funds.
    "fund_not_here": _("参保地现在不办理家庭共济账户的建立和转入。"),
    "fund_founder_not_normal": _("创建人没有正常参加职工医保，不能建立账户和邀请成员。"),
    "fund_another": _("每人同一时间只能在一个家庭共济账户里。"),
    "fund_closed": _("这个家庭共济账户已经注销。"),
    "fund_relation": _("按规定，这种关系的家人不能加入。"),
    "fund_scope": _("按规定，在那里参保的家人不能加入。"),
    "fund_full": _("成员已满：最多 %(most)s 位家人。"),
    "fund_invited_already": _("已经邀请过，或已经是成员。"),
    "fund_not_invited": _("没有待确认的邀请。"),
    "fund_not_member": _("不是这个家庭共济账户的成员。"),
    "fund_founder_closes": _("创建人不能退出。"),
    "fund_founder_alone": _("只有创建人可以这样做。"),
    "fund_founder_pays": _("按规定只有创建人可以转入。"),
    "fund_insurance_ended": _("职工医保已终止，不能再转入。"),
    "fund_month_used_up": _("每月最多转入 %(most)s 次，本月已经转入 %(made)s 次。"),
    "fund_order_incomplete": _("请把每位成员都排进使用顺序，不多也不少。"),
    # Payouts.
    "payout_by_staff": _("提取须由工作人员办理。"),
    "payout_case_not_here": _("按参保地的规定，这种情形不能提取个人账户。"),
    "payout_not_dead": _("登记里没有参保人死亡的记录，不能由继承人提取。"),
    "payout_dead": _("参保人已登记死亡，只能由继承人提取。"),
    "payout_still_insured": _("登记里仍在参保，不能以出国（境）定居提取。"),
    "payout_still_insured_here": _("登记里仍在本统筹区参保，还没有转出。"),
    "payout_account_elsewhere": _("在转入地已有个人账户，余额应当转过去，不能提取。"),
    "payout_still_employed": _("登记里职工医保仍然有效，不能以这种情形提取。"),
    "payout_day_missing": _("请填写材料上的发生日期，不能晚于今天。"),
    "payout_too_early": _("按规定从 %(date)s 起才能提取。"),
    "payout_papers_missing": _("还缺材料：%(papers)s。"),
    "payout_waits": _("这个账户已经有一件提取在等审核。"),
    "payout_nothing": _("账户里没有可以提取的钱。"),
    "payout_to_the_owner": _("只能付给参保人本人，一笔付清。"),
    "payout_heirs_missing": _("请至少填写一位继承人。"),
    "payout_heir_dead": _("收款人已登记死亡，不能付给这个人。"),
    "payout_shares": _("各继承人的份额加起来须正好是全部；现在是 %(sum)s。"),
    "payout_payee_name": _("请填写收款人在银行登记的姓名。"),
    "payout_bank": _("请填写开户银行的名称。"),
    "payout_bank_account": _("银行账号须为 8 到 30 位数字。"),
    "payout_decided": _("这件提取已经办结，不能再办。"),
    "payout_four_eyes": _("提出人不能审核自己提出的，请交由他人办理。"),
    "payout_changed": _("办理期间账户的情况有变化，请再办一次。"),
    "payment_state": _("这笔代付现在的状态是“%(state)s”，不能这样办理。"),
    "payment_under_way": _("这位收款人还有一笔代付没有办结，或已经付清。"),
    "bank_file_differs": _("文件 %(name)s 与送出时不同，没有写出。请联系系统管理员。"),
}

#: Why a line of a bank's answer was kept out.
ANSWERS = {
    "unknown": _("没有编号为 %(reference)s 的代付。"),
    "amount": _("金额与送出的 %(sent)s 不同。"),
    "not_sent": _("这笔代付还没有送银行，不会有回盘。"),
    "contradicts": _("这笔代付此前已回盘为“%(state)s”，与这一行不符。"),
}

#: What would change a refusal. Those without a line say themselves what to fill in.
REMEDIES = {
    "dead": _("请到窗口办理。"),
    "phone_changed": _("请过了 72 小时再转，或到窗口办理。"),
    "no_account": _("有职工医保个人账户的家人可以办理。"),
    "not_enough": _("请填小一些的金额。"),
    "not_near_relatives": _("请带关系证明到窗口登记关系，再来办理。"),
    "quota_not_here": _("在那里由家人直接从账户支付，不必设额度；也可以打医保服务热线问清楚。"),
    "relative_not_insured": _("请家人先参加基本医保，再来办理。"),
    "owner_not_insured": _("参加基本医保以后就可以开通。"),
    "wallet_closed_here": _(
        "钱包里已有的钱照常使用。要为家人付费，请在“家人”里开通家庭共济；"
        "家人在外省参保的，还要设共济额度。"
    ),
    "wallet_closed_there": _(
        "要为这位家人付费，请在“家人”里开通家庭共济；家人在外省参保的，还要设共济额度。"
    ),
    "wallet_owner_signs_in": _("请由本人登录，在“医保钱包”里开通。"),
    "wallet_missing": _("请先开通自己的医保钱包。"),
    "receiver_has_no_wallet": _(
        "请对方登录后在“医保钱包”里开通；对方没有手机的，由近亲属代为开通。"
    ),
    "wallet_place_fixed": _("在别处看病用不到钱包时，可以请家人开通家庭共济。"),
    "wallet_not_empty": _("请先把钱用完。"),
    "wallet_awaits": _("请等对方接收，或等它退回。"),
    "transfer_too_large": _("请填小一些的金额，分几笔转。"),
    "transfers_used_up": _("请明天再转。"),
    "transfer_closed_hours": _("请在这段时间以外再转。"),
    "transfer_waits": _("请等对方接收或退回，或者先撤回那一笔。"),
    "wallet_short": _("请填小一些的金额。"),
    "transfer_too_late": _("可以请转出人再转一次。"),
    "fund_not_here": _("要为家人付费，请在“家人”里开通家庭共济。已在家庭共济账户里的钱照常使用。"),
    "fund_founder_not_normal": _("恢复参保缴费以后再来办理，或请正常参保的家人建立。"),
    "fund_another": _("请先退出或注销现在的家庭共济账户。"),
    "fund_relation": _("可以请与他关系更近的家人建立账户。"),
    "fund_scope": _("请由同在那里参保的家人为他办理。"),
    "fund_full": _("请先请一位成员退出，再邀请。"),
    "fund_founder_closes": _("不再需要时，请注销这个账户。"),
    "fund_founder_pays": _("请由创建人转入。"),
    "fund_insurance_ended": _("已经转入的钱照常使用。"),
    "fund_month_used_up": _("请下个月再转入。"),
}
