"""The words of every reason and remedy of a decision: the closed list, and nothing else.

Two tellings each. *Full* is for the payer whose money it is and for auditors: it may name
balances. *Discreet* is for the till and for the patient: the clause, never what somebody
else's account holds or how others used it.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from pooling.bindings.usability import Unusable
from pooling.settlements.bounds import Reason
from pooling.settlements.remedies import Remedy


class Words(NamedTuple):
    """One reason's two tellings; `discreet` is the full one where that gives nothing away.

    `clause` is the rule behind it. `otherwise` is said where nothing anybody does helps.
    """

    full: Any
    discreet: Any
    clause: str = ""
    otherwise: Any = ""


SEVERAL = _("同时还有别的限制，只改变其中一项还不能支付更多。")
AREA_RULES = _("这是统筹区的规定，个人无法改变；不足部分由本人用现金支付。")


NO_MORE_SENT = _("按现行规定，钱包不再办理转入；不足部分由其他来源或现金支付。")
NO_MORE_PAID_IN = _("按现行规定，家庭共济账户不再办理转入；不足部分由其他来源或现金支付。")


def _same(sentence, clause: str = "", otherwise="") -> Words:
    return Words(sentence, sentence, clause, otherwise or (AREA_RULES if clause else ""))


WORDS: dict[str, Words] = {
    # -- what happened --------------------------------------------------------------
    Reason.COVERED: _same(_("已付清当时尚需支付的部分。")),
    Reason.NOTHING_TO_PAY: _same(_("这张账单没有个人负担，无需动用账户。")),
    Reason.ALREADY_COVERED: _same(_("没有轮到：前面的来源已付清账单。")),
    Reason.REST_IS_OWN_PAID: _same(
        _("没有轮到：余下的 %(own_paid)s 是全自费，本统筹区规定账户不支付全自费。"),
        "pays_own_paid",
    ),
    Reason.ONE_PAYER: _same(
        _("没有轮到：本统筹区规定一次结算只由一位家人支付，前一位已经支付。"),
        "payers_per_settlement",
    ),
    Reason.NOT_CLAIMANT: _same(
        _("没有动用：保费报销只从申请人自己的账户支付。"),
        otherwise=_("想用这个账户报销的，请由账户本人申请。"),
    ),
    Reason.CASH_ONLY: _same(_("收费处这次选择了不使用个人账户。")),
    Reason.OWN_ONLY: _same(_("收费处这次选择了只用本人账户。"), "flag_1_own_only"),
    # -- the own account ------------------------------------------------------------
    Reason.OWN_MISSING: _same(_("本人没有个人账户。")),
    Reason.OWN_CLOSED: _same(_("本人的个人账户已经销户。")),
    Unusable.PATIENT_DEAD: _same(_("登记显示就诊人已经去世，从去世当日起账户不再支付。")),
    Reason.ELSEWHERE: _same(
        _("医保钱包的使用地是 %(wallet_area)s，这家机构在 %(area)s，不能用钱包支付。"),
        "wallet_place_changeable",
    ),
    # -- the payer's money ----------------------------------------------------------
    Reason.EMPTY: _same(_("账户没有余额。")),
    Reason.GIVEN_WHOLE: Words(
        _("账户余额 %(balance)s 已全部用上，仍不够付清。"),
        _("账户已尽其所有，仍不够付清。"),
    ),
    Reason.FLOOR: Words(
        _("统筹区规定账户须保留 %(floor)s，当时余额 %(balance)s，超出部分才可共济。"),
        _("统筹区规定共济人的账户须保留 %(floor)s，超出部分才可共济。"),
        "floor_fen",
    ),
    Reason.PART: Words(
        _("统筹区规定只有历年部分可以共济：历年 %(prior)s 已用上，当年还有 %(current)s。"),
        _("统筹区规定只有历年部分可以共济，这部分已经用完。"),
        "shareable_parts",
    ),
    # -- what the payer limited -----------------------------------------------------
    Reason.CAP_SETTLEMENT: _same(_("共济人设定每次最多支付 %(cap)s。")),
    Reason.CAP_DAY: _same(_("共济人设定每日最多支付 %(cap)s，当日已用 %(used)s。")),
    Reason.CAP_MONTH: _same(_("共济人设定每月最多支付 %(cap)s，当月已用 %(used)s。")),
    Reason.CAP_YEAR: _same(_("共济人设定每年最多支付 %(cap)s，当年已用 %(used)s。")),
    Reason.CAP_PAYER_DAY: Words(
        _("共济人为全部家人设定每日合计 %(cap)s，当日已用 %(used)s。"),
        _("共济人为全部家人设定的每日总限额已到。"),
    ),
    Reason.CAP_PAYER_MONTH: Words(
        _("共济人为全部家人设定每月合计 %(cap)s，当月已用 %(used)s。"),
        _("共济人为全部家人设定的每月总限额已到。"),
    ),
    Reason.CAP_PAYER_YEAR: Words(
        _("共济人为全部家人设定每年合计 %(cap)s，当年已用 %(used)s。"),
        _("共济人为全部家人设定的每年总限额已到。"),
    ),
    # -- what the payer's area limited ----------------------------------------------
    Reason.AREA_BINDING_SETTLEMENT: _same(
        _("统筹区规定一位共济人每次最多为一位家人支付 %(cap)s。"), "cap_binding_settlement_fen"
    ),
    Reason.AREA_BINDING_DAY: _same(
        _("统筹区规定一位共济人每日最多为一位家人支付 %(cap)s，当日已用 %(used)s。"),
        "cap_binding_day_fen",
    ),
    Reason.AREA_BINDING_MONTH: _same(
        _("统筹区规定一位共济人每月最多为一位家人支付 %(cap)s，当月已用 %(used)s。"),
        "cap_binding_month_fen",
    ),
    Reason.AREA_BINDING_YEAR: _same(
        _("统筹区规定一位共济人每年最多为一位家人支付 %(cap)s，当年已用 %(used)s。"),
        "cap_binding_year_fen",
    ),
    Reason.AREA_PAYER_DAY: Words(
        _("统筹区规定一位共济人每日最多支付 %(cap)s，当日已用 %(used)s。"),
        _("统筹区规定一位共济人每日最多支付 %(cap)s，已经到限。"),
        "cap_payer_day_fen",
        AREA_RULES,
    ),
    Reason.AREA_PAYER_MONTH: Words(
        _("统筹区规定一位共济人每月最多支付 %(cap)s，当月已用 %(used)s。"),
        _("统筹区规定一位共济人每月最多支付 %(cap)s，已经到限。"),
        "cap_payer_month_fen",
        AREA_RULES,
    ),
    Reason.AREA_PAYER_YEAR: Words(
        _("统筹区规定一位共济人每年最多支付 %(cap)s，当年已用 %(used)s。"),
        _("统筹区规定一位共济人每年最多支付 %(cap)s，已经到限。"),
        "cap_payer_year_fen",
        AREA_RULES,
    ),
    # How much other payers gave is theirs and the patient's: here the payer is told less.
    Reason.AREA_RELATIVE_SETTLEMENT: Words(
        _("统筹区规定每位家人每次最多使用共济 %(cap)s，已经到限。"),
        _("统筹区规定每位家人每次最多使用共济 %(cap)s，这次前面已用 %(used)s。"),
        "cap_relative_settlement_fen",
        AREA_RULES,
    ),
    Reason.AREA_RELATIVE_DAY: Words(
        _("统筹区规定每位家人每日最多使用共济 %(cap)s，已经到限。"),
        _("统筹区规定每位家人每日最多使用共济 %(cap)s，当日已用 %(used)s。"),
        "cap_relative_day_fen",
        AREA_RULES,
    ),
    Reason.AREA_RELATIVE_MONTH: Words(
        _("统筹区规定每位家人每月最多使用共济 %(cap)s，已经到限。"),
        _("统筹区规定每位家人每月最多使用共济 %(cap)s，当月已用 %(used)s。"),
        "cap_relative_month_fen",
        AREA_RULES,
    ),
    Reason.AREA_RELATIVE_YEAR: Words(
        _("统筹区规定每位家人每年最多使用共济 %(cap)s，已经到限。"),
        _("统筹区规定每位家人每年最多使用共济 %(cap)s，当年已用 %(used)s。"),
        "cap_relative_year_fen",
        AREA_RULES,
    ),
    Reason.AREA_USE_MONTH: _same(
        _("统筹区规定这类用途每月最多支付 %(cap)s，当月已用 %(used)s。"), "cap_use_month_fen"
    ),
    Reason.AREA_USE_YEAR: _same(
        _("统筹区规定这类用途每年最多支付 %(cap)s，当年已用 %(used)s。"), "cap_use_year_fen"
    ),
    # -- why an authorisation is not usable ------------------------------------------
    Unusable.PROPOSED: _same(_("这份共济授权还在等被共济人确认。")),
    Unusable.RELEASED: _same(_("这份共济授权已解除。")),
    Unusable.NOT_BEGUN: _same(_("这份共济授权从 %(date)s 起才生效。")),
    Unusable.EXPIRED: _same(_("这份共济授权到 %(date)s 已到期。")),
    Unusable.FROZEN: _same(_("共济人已暂停使用。")),
    Unusable.DECLINED: _same(_("被共济人选择了停用这位家人的账户。")),
    Unusable.PAYER_DEAD: _same(_("共济人的账户自其登记去世之日起不再支付。")),
    Unusable.RELATION_ENDED: _same(_("按登记，双方当日已不是这份共济所依据的亲属关系。")),
    Unusable.RENEWAL_DUE: _same(
        _("这份共济授权须由被共济人在 %(date)s 前确认续期，还没有确认。"), "renew_at_ages"
    ),
    Unusable.PAYER_MOVED: _same(
        _("共济人的参保地已变更，按授权时统筹区的规定这份共济不再使用。"), "on_payer_moved"
    ),
    Unusable.PATIENT_MOVED: _same(
        _("就诊人的参保地已变更，按共济人统筹区的规定这份共济不再使用。"), "on_relative_moved"
    ),
    Unusable.PAYER_HAS_NO_ACCOUNT: _same(_("共济人没有个人账户。")),
    Unusable.PAYER_ACCOUNT_CLOSED: _same(_("共济人的个人账户已经销户。")),
    Unusable.PAYER_INSURANCE_ENDED: _same(
        _("共济人的职工医保已经终止；余额仍可由共济人本人使用。")
    ),
    Unusable.PAYER_PAUSED: _same(
        _("共济人的职工医保处于暂停，统筹区规定暂停期间不能共济。"), "paused_payer"
    ),
    Unusable.PATIENT_NOT_INSURED: _same(_("就诊人当日没有参加基本医疗保险。")),
    Unusable.PATIENT_TYPE: _same(
        _("共济人的统筹区不允许为就诊人所参险种的家人共济。"), "patient_types"
    ),
    Unusable.PATIENT_NOT_NORMAL: _same(
        _("就诊人的参保状态不正常，统筹区规定家人须正常参保。"), "patient_status_normal"
    ),
    Unusable.PATIENT_NO_CREDENTIAL: _same(
        _("就诊人还没有激活医保电子凭证，统筹区规定激活后才能使用家人的账户。"),
        "requires_e_credential",
    ),
    Unusable.PAYER_NO_CREDENTIAL: _same(
        _("共济人还没有激活医保电子凭证，统筹区规定激活后才能为家人支付。"),
        "payer_requires_e_credential",
    ),
    Unusable.OUT_OF_SCOPE: _same(
        _("就诊人的参保地（%(patient_area)s）不在共济人统筹区（%(payer_area)s）允许的范围内。"),
        "scope",
    ),
    Unusable.OTHER_PROVINCE: _same(
        _(
            "双方参保地（%(payer_area)s、%(patient_area)s）不在同一省份，"
            "共济人的统筹区还不支持跨省共济。"
        ),
        "model",
    ),
    Unusable.NO_QUOTA: _same(
        _(
            "双方参保地（%(payer_area)s、%(patient_area)s）不在同一省份，"
            "跨省只从共济额度支付，共济人还没有设额度。"
        ),
        "quota_across_provinces",
    ),
    Unusable.NEEDS_QUOTA: _same(
        _(
            "共济人的统筹区不直接扣划个人账户：要由共济人先设共济额度，"
            "或转入家庭共济账户、医保钱包。"
        ),
        "model",
        _("可以请共济人打开“家庭共济账户”或“医保钱包”页面，按当地的方式先转入。"),
    ),
    Unusable.USE_NOT_IN_AREA: _same(_("共济人的统筹区不允许共济用于%(use)s。"), "uses"),
    Unusable.USE_NOT_IN_BINDING: _same(_("共济人没有同意用于%(use)s。")),
    Unusable.USE_NOT_OPTED_IN: _same(
        _("统筹区规定用于%(use)s须在授权中写明，这份授权没有写明。"), "uses_opt_in"
    ),
    Unusable.PREMIUM_PAID_FIRST: _same(
        _("共济人的统筹区规定%(use)s先缴费、后报销，缴费时不直接支付。"),
        "premium_form",
        _("请先缴费，再由共济人登录本网站，在“保费”里申请报销。"),
    ),
    Unusable.PREMIUM_NOT_REFUNDED: _same(
        _("共济人的统筹区规定%(use)s在缴费时直接支付，不办事后报销。"),
        "premium_form",
        _("下次缴费时，请告诉收费处要使用家人的账户。"),
    ),
    Unusable.PRODUCT_NOT_LISTED: _same(
        _("共济人的统筹区列明了可以缴的商业补充保险，%(product)s不在其中。"),
        "commercial_products",
        _("请告诉收费处产品的全名；不在其中的，由本人用现金缴费。"),
    ),
    Unusable.PRODUCT_NOT_FOR_RELATIVE: _same(
        _("共济人的统筹区规定，%(product)s只能为规定的几种亲属缴，双方的关系不在其中。"),
        "commercial_products",
    ),
    Unusable.LEVEL: _same(
        _(
            "共济人的统筹区规定居民医保门诊只能在 %(highest)s 级及以下机构共济，"
            "这家机构是 %(level)s 级。"
        ),
        "resident_outpatient_max_level",
    ),
    Unusable.OWN_NOT_EMPTY: _same(
        _("统筹区规定就诊人本人的账户没有余额时才能使用家人的账户。"), "needs_empty_own_account"
    ),
}

#: What a reason says of a source that is no personal account. The quota is shown to both
#: sides, the fund to all its members: neither is anybody's secret, but the till's to keep.
OF_SOURCE: dict[tuple[str, str], Words] = {
    ("quota", Reason.EMPTY): _same(_("共济额度已经用完。")),
    ("quota", Reason.GIVEN_WHOLE): Words(
        _("共济额度剩下的 %(balance)s 已全部用上，仍不够付清。"),
        _("共济额度已全部用上，仍不够付清。"),
    ),
    ("wallet", Reason.EMPTY): _same(_("医保钱包里没有钱。"), otherwise=NO_MORE_SENT),
    ("wallet", Reason.GIVEN_WHOLE): Words(
        _("医保钱包里的 %(balance)s 已全部用上，仍不够付清。"),
        _("医保钱包里的钱已全部用上，仍不够付清。"),
        otherwise=NO_MORE_SENT,
    ),
    ("family_fund", Reason.EMPTY): _same(_("家庭共济账户里没有钱。"), otherwise=NO_MORE_PAID_IN),
    ("family_fund", Reason.GIVEN_WHOLE): Words(
        _("家庭共济账户里的 %(balance)s 已全部用上，仍不够付清。"),
        _("家庭共济账户里的钱已全部用上，仍不够付清。"),
        otherwise=NO_MORE_PAID_IN,
    ),
    ("family_fund", Unusable.USE_NOT_IN_AREA): _same(
        _("家庭共济账户所在的统筹区不允许用于%(use)s。"), "uses"
    ),
    ("family_fund", Unusable.PATIENT_TYPE): _same(
        _("家庭共济账户所在的统筹区不允许就诊人所参的险种使用。"), "patient_types"
    ),
    ("family_fund", Unusable.PATIENT_NOT_NORMAL): _same(
        _("就诊人的参保状态不正常，家庭共济账户所在的统筹区规定成员须正常参保。"),
        "patient_status_normal",
    ),
    ("family_fund", Unusable.LEVEL): _same(
        _(
            "家庭共济账户所在的统筹区规定居民医保门诊只能在 %(highest)s 级及以下机构使用，"
            "这家机构是 %(level)s 级。"
        ),
        "resident_outpatient_max_level",
    ),
}

#: Who can do it, and from when. `again` is the day from which waiting is over.
REMEDIES: dict[Remedy, Any] = {
    Remedy.WAIT: _("%(again)s起可以支付。"),
    Remedy.ROLL_OVER: _("当年部分到%(again)s转为历年后可以共济。"),
    Remedy.RAISE_CAP: _("共济人可以随时调高或取消这一上限。"),
    Remedy.TOP_UP: _("账户有新的划入后可以再支付。"),
    Remedy.OVER_FLOOR: _("账户余额超过应保留的数额后，超出的部分可以支付。"),
    Remedy.OPEN_ACCOUNT: _("共济人的个人账户开立并有划入后可以支付。"),
    # Most patients without one are insured as residents: nobody needs to do anything.
    Remedy.OPEN_OWN: _(
        "不影响用家人的钱支付；本人参加职工医保、个人账户有划入后，也可以用自己的账户。"
    ),
    Remedy.SPEND_OWN: _("就诊人本人的账户用完后，可以由家人支付。"),
    Remedy.RANK_FIRST: _("想由这位支付，就诊人可以把其顺位调到最前面。"),
    Remedy.SET_QUOTA: _("共济人登录本网站，在“家人”里为就诊人设共济额度后即可支付。"),
    Remedy.RAISE_QUOTA: _("共济人调高共济额度后可以再支付。"),
    Remedy.FILL_WALLET: _("近亲属转入医保钱包、本人接收后可以再支付。"),
    Remedy.PAY_IN: _("成员转入家庭共济账户后可以再支付。"),
    Remedy.CHANGE_PLACE: _("可以在“医保钱包”里把使用地改到就医的地方。"),
    Remedy.TELL_TILL: _("下次结算前请告诉收费处：要使用本人和家人的账户。"),
    Remedy.CONFIRM: _("被共济人登录本网站，在“家人”里确认后即可使用。"),
    Remedy.RENEW: _("被共济人登录本网站，在“家人”里确认续期后即可支付。"),
    Remedy.BIND_AGAIN: _("共济人可以重新办理绑定。"),
    Remedy.THAW: _("共济人恢复使用后即可支付。"),
    Remedy.RESUME: _("被共济人恢复使用后即可支付。"),
    Remedy.CORRECT: _("登记有误的，请带证明到医保窗口更正。"),
    Remedy.PAYER_INSURED: _("共济人重新参加职工医保后可以再共济。"),
    Remedy.PAYER_NORMAL: _("共济人恢复缴费后可以支付。"),
    Remedy.PATIENT_INSURED: _("就诊人参保后可以使用家人的账户。"),
    Remedy.PATIENT_TYPE: _("就诊人转为当地允许的险种后可以使用家人的账户。"),
    Remedy.PATIENT_NORMAL: _("就诊人补缴或恢复正常参保后可以使用家人的账户。"),
    Remedy.ACTIVATE: _(
        "就诊人登录本网站，在“我的医保码”里激活后即可使用；"
        "孩子和没有手机的老人由家人代为激活，也可以带证件到医保窗口激活。"
    ),
    Remedy.PAYER_ACTIVATES: _(
        "共济人登录本网站，在“我的医保码”里激活后即可支付，也可以带证件到医保窗口激活。"
    ),
    Remedy.MOVE: _("就诊人的参保地变更到共济人所在的统筹区后可以支付。"),
    Remedy.NAME_USE: _("共济人登录本网站，在“家人”里打开这份共济，修改限额时勾选这项用途。"),
    Remedy.LOWER_LEVEL: _("到 %(highest)s 级及以下机构就医，可以由家人支付。"),
}
