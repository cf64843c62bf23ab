"""The closed list of reasons of a decision, in words: what stopped it, what would change it.

Two tellings each. *Full* is for the payer whose money it is and for auditors: it may name
balances. *Discreet* is for the till and for the patient: the clause and the way out, never
what somebody else's account holds or how others used it.
"""

from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pooling.bindings.usability import Unusable
from pooling.settlements.models import Use
from pooling.settlements.waterfall import Reason
from pooling.shared.money import show_yuan


class Words(NamedTuple):
    """One reason's two tellings; `discreet` is the full one where that gives nothing away."""

    full: Any
    discreet: Any


def _same(sentence) -> Words:
    return Words(sentence, sentence)


WORDS: dict[str, Words] = {
    # -- what happened --------------------------------------------------------------
    Reason.COVERED: _same(_("已付清当时尚需支付的部分。")),
    Reason.NOTHING_TO_PAY: _same(_("这张账单没有个人负担，无需动用账户。")),
    Reason.ALREADY_COVERED: _same(_("没有轮到：前面的来源已付清账单。")),
    Reason.REST_IS_OWN_PAID: _same(
        _("没有轮到：余下的 %(own_paid)s 是全自费，本统筹区规定账户不支付全自费，须付现金。")
    ),
    Reason.ONE_PAYER: _same(
        _(
            "没有轮到：本统筹区规定一次结算只由一位家人支付，前一位已经支付。"
            "想由这位支付，请把其顺位调到前面。"
        )
    ),
    Reason.CASH_ONLY: _same(
        _("收费处这次选择了不使用个人账户。下次结算前请告诉收费处要使用账户支付。")
    ),
    Reason.OWN_ONLY: _same(
        _("收费处这次选择了只用本人账户。要用家人的账户，请在结算前告诉收费处。")
    ),
    # -- the own account ------------------------------------------------------------
    Reason.OWN_MISSING: _same(_("本人没有个人账户。职工医保第一笔划入时开立。")),
    Reason.OWN_CLOSED: _same(_("本人的个人账户已经销户。")),
    Unusable.PATIENT_DEAD: _same(
        _("登记显示就诊人已经去世，从去世当日起账户不再支付。登记有误请到医保窗口更正。")
    ),
    # -- the payer's money ----------------------------------------------------------
    Reason.EMPTY: _same(_("账户没有余额。有新的划入后可以支付。")),
    Reason.GIVEN_WHOLE: Words(
        _("账户余额 %(balance)s 已全部用上，仍不够付清。有新的划入后可以再支付。"),
        _("账户已尽其所有，仍不够付清。"),
    ),
    Reason.FLOOR: Words(
        _("统筹区规定账户须保留 %(floor)s，当时余额 %(balance)s，超出部分才可共济。"),
        _("统筹区规定共济人的账户须保留 %(floor)s，超出部分才可共济。账户有新的划入后可以再支付。"),
    ),
    Reason.PART: Words(
        _(
            "统筹区规定只有历年部分可以共济：历年 %(prior)s 已用上，"
            "当年 %(current)s 要到下一年转为历年后才可共济。"
        ),
        _("统筹区规定只有历年部分可以共济，这部分已经用完。当年部分下一年转为历年后可以共济。"),
    ),
    # -- what the payer limited -----------------------------------------------------
    Reason.CAP_SETTLEMENT: _same(
        _("共济人设定每次最多支付 %(cap)s。想多付，请共济人调高每次上限。")
    ),
    Reason.CAP_DAY: _same(
        _("共济人设定每日最多支付 %(cap)s，当日已用 %(used)s。次日恢复，或请共济人调高。")
    ),
    Reason.CAP_MONTH: _same(
        _("共济人设定每月最多支付 %(cap)s，当月已用 %(used)s。下月恢复，或请共济人调高。")
    ),
    Reason.CAP_YEAR: _same(
        _("共济人设定每年最多支付 %(cap)s，当年已用 %(used)s。下一年恢复，或请共济人调高。")
    ),
    Reason.CAP_PAYER_DAY: Words(
        _("共济人为全部家人设定每日合计 %(cap)s，当日已用 %(used)s。次日恢复，或请调高总限额。"),
        _("共济人为全部家人设定的每日总限额已到。次日恢复，或请共济人调高。"),
    ),
    Reason.CAP_PAYER_YEAR: Words(
        _("共济人为全部家人设定每年合计 %(cap)s，当年已用 %(used)s。下一年恢复，或请调高总限额。"),
        _("共济人为全部家人设定的每年总限额已到。下一年恢复，或请共济人调高。"),
    ),
    # -- what the payer's area limited ----------------------------------------------
    Reason.AREA_PAYER_DAY: Words(
        _("统筹区规定一位共济人每日最多支付 %(cap)s，当日已用 %(used)s。次日恢复。"),
        _("统筹区规定一位共济人每日最多支付 %(cap)s，已经到限。次日恢复。"),
    ),
    Reason.AREA_PAYER_YEAR: Words(
        _("统筹区规定一位共济人每年最多支付 %(cap)s，当年已用 %(used)s。下一年恢复。"),
        _("统筹区规定一位共济人每年最多支付 %(cap)s，已经到限。下一年恢复。"),
    ),
    Reason.AREA_RELATIVE_YEAR: Words(
        _("统筹区规定每位家人每年最多使用共济 %(cap)s，已经到限。下一年恢复。"),
        _("统筹区规定每位家人每年最多使用共济 %(cap)s，当年已用 %(used)s。下一年恢复。"),
    ),
    Reason.AREA_USE_YEAR: _same(
        _("统筹区规定这类用途每年最多支付 %(cap)s，当年已用 %(used)s。下一年恢复。")
    ),
    # -- why an authorisation is not usable ------------------------------------------
    Unusable.PROPOSED: _same(_("这份共济授权还在等被共济人确认。确认后即可使用。")),
    Unusable.RELEASED: _same(_("这份共济授权已解除。需要时可以重新绑定。")),
    Unusable.NOT_BEGUN: _same(_("这份共济授权从 %(date)s 起才生效。")),
    Unusable.EXPIRED: _same(_("这份共济授权到 %(date)s 已到期。需要时可以重新绑定。")),
    Unusable.FROZEN: _same(_("共济人已暂停使用。共济人恢复后即可支付。")),
    Unusable.DECLINED: _same(_("被共济人选择了停用这位家人的账户。被共济人恢复后即可支付。")),
    Unusable.PAYER_DEAD: _same(_("共济人的账户自其登记去世之日起不再支付。请到医保窗口咨询。")),
    Unusable.RELATION_ENDED: _same(
        _("按登记，双方当日已不是这份共济所依据的亲属关系。登记有误，请带证明到医保窗口更正。")
    ),
    Unusable.RENEWAL_DUE: _same(
        _("这份共济授权须由被共济人在 %(date)s 前确认续期，还没有确认。确认后即可支付。")
    ),
    Unusable.PAYER_MOVED: _same(
        _("共济人的参保地已变更，按授权时统筹区的规定这份共济不再使用。可以重新绑定。")
    ),
    Unusable.PATIENT_MOVED: _same(
        _("就诊人的参保地已变更，按共济人统筹区的规定这份共济不再使用。可以重新绑定。")
    ),
    Unusable.PAYER_HAS_NO_ACCOUNT: _same(_("共济人没有个人账户。开立并有划入后可以支付。")),
    Unusable.PAYER_ACCOUNT_CLOSED: _same(_("共济人的个人账户已经销户。")),
    Unusable.PAYER_INSURANCE_ENDED: _same(
        _("共济人的职工医保已经终止。重新参保后可以再共济；余额仍可由共济人本人使用。")
    ),
    Unusable.PAYER_PAUSED: _same(
        _("共济人的职工医保处于暂停，统筹区规定暂停期间不能共济。恢复缴费后可以支付。")
    ),
    Unusable.PATIENT_NOT_INSURED: _same(
        _("就诊人当日没有参加基本医疗保险。参保后可以使用家人的账户。")
    ),
    Unusable.PATIENT_TYPE: _same(_("共济人的统筹区不允许为就诊人所参险种的家人共济。")),
    Unusable.PATIENT_NOT_NORMAL: _same(
        _("就诊人的参保状态不正常。恢复正常参保后可以使用家人的账户。")
    ),
    Unusable.OUT_OF_SCOPE: _same(
        _("就诊人的参保地（%(patient_area)s）不在共济人统筹区（%(payer_area)s）允许的范围内。")
    ),
    Unusable.OTHER_PROVINCE: _same(
        _(
            "双方参保地（%(payer_area)s、%(patient_area)s）不在同一省份，"
            "跨省共济须先设共济额度，目前尚未开通。"
        )
    ),
    Unusable.NEEDS_QUOTA: _same(_("共济人的统筹区不直接扣划个人账户，所用的方式目前尚未开通。")),
    Unusable.USE_NOT_IN_AREA: _same(_("共济人的统筹区不允许共济用于%(use)s。")),
    Unusable.USE_NOT_IN_BINDING: _same(
        _("共济人没有同意用于%(use)s。共济人可以在授权中增加这项用途。")
    ),
    Unusable.LEVEL: _same(
        _(
            "共济人的统筹区规定居民医保门诊只能在 %(highest)s 级及以下机构共济，"
            "这家机构是 %(level)s 级。"
        )
    ),
}


def full(code: str, values: dict[str, Any]) -> str:
    """Return the sentence for the payer and for auditors, with every figure."""
    return str(WORDS[code].full) % _shown(values)


def discreet(code: str, values: dict[str, Any]) -> str:
    """Return the sentence for the till and the patient: no balance of anybody else."""
    return str(WORDS[code].discreet) % _shown(values)


def _shown(values: dict[str, Any]) -> dict[str, str]:
    """Return a decision's figures as people read them; `cap_fen` is shown as `cap`."""
    shown = {}
    for name, value in values.items():
        if name.endswith("_fen"):
            shown[name.removesuffix("_fen")] = show_yuan(value)
        elif name == "use":
            shown[name] = str(Use(value).label)
        elif name == "date":
            shown[name] = date_format(date.fromisoformat(value), "DATE_FORMAT")
        else:
            shown[name] = str(value)
    return shown
