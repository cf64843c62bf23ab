"""What people read about authorisations; what stands against one is said in `refusals`."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.kinship import wording as kinship_wording
from pooling.policy import wording as policy_wording
from pooling.shared.periods import business_date

#: What people call a relation, where the standard's own word is a clerk's.
RELATIONS = {
    "11": _("丈夫"),
    "12": _("妻子"),
    "51": _("父亲"),
    "52": _("母亲"),
    "20": _("儿子"),
    "30": _("女儿"),
    "71": _("哥哥"),
    "73": _("弟弟"),
    "75": _("姐姐"),
    "77": _("妹妹"),
    "61": _("祖父（爷爷）"),
    "62": _("祖母（奶奶）"),
    "63": _("外祖父（外公）"),
    "64": _("外祖母（外婆）"),
}

#: What people come for that this portal's pooling does not do: the other door, named.
WRONG_DOOR = {
    "code": _(
        "家庭共济只付钱，不能在您手机上出示家人的医保码。要出示家人的码，"
        "请办亲情账户；亲情账户不付钱。"
    ),
    "bills": _(
        "家庭共济只让您看到家人用了您多少钱，看不到家人的全部费用。"
        "要看家人的年度费用，请在国家医保服务平台里添加亲情账户；亲情账户不付钱。"
    ),
}

#: What is wrong with an identity number, by the reasons of `accounts.identity`.
IDENTITY = {
    "cert_type_unknown": _("请选择证件类型。"),
    "length": _("证件号码的位数不对，请对照证件逐位核对。"),
    "characters": _("证件号码里有不该出现的字符，请对照证件逐位核对。"),
    "check_digit": _("证件号码的校验位不符，通常是输错了一位，请对照证件逐位核对。"),
    "date": _("证件号码里的出生日期不存在，请对照证件逐位核对。"),
    "future": _("证件号码里的出生日期还没有到，请对照证件逐位核对。"),
}

CAPS = {
    "cap_per_settlement_fen": _("每次上限"),
    "cap_per_day_fen": _("每日上限"),
    "cap_per_month_fen": _("每月上限"),
    "cap_per_year_fen": _("每年上限"),
}

INSURANCES = {"310": _("职工医保"), "390": _("居民医保")}

PROOFS = {
    "registry": _("登记数据已证明关系"),
    "commitment": _("共济人签署了关系承诺书"),
    "documented": _("工作人员核对了关系证明"),
    "confirmed": _("家人本人已确认"),
}

STATES = {
    "proposed": _("待家人确认"),
    "active": _("使用中"),
    "stopped": _("已暂停"),
    "unrelated": _("暂不能用"),
    "to_activate": _("待激活凭证"),
    "ending": _("使用中，即将解除"),
    "not_begun": _("尚未开始"),
    "refused": _("家人未同意"),
    "withdrawn": _("已撤回"),
    "released": _("已解除"),
    "expired": _("已到期"),
}

#: Why it cannot be used now, or when that will be, by whom, and what can be done.
CAUSES = {
    "proposed_to_payer": _("%(day)s提出，等待家人在自己的账号里确认；15 天内没有确认会自动结束。"),
    "proposed_to_relative": _("%(day)s提出，请您确认或拒绝；确认前不会用到任何一方的钱。"),
    "frozen_to_payer": _("您于%(day)s暂停使用，随时可以恢复。"),
    "frozen_to_relative": _("共济人于%(day)s暂停使用；恢复须由共济人办理。"),
    "declined_to_payer": _("家人于%(day)s停用；恢复须由家人办理。"),
    "declined_to_relative": _("您于%(day)s停用，随时可以恢复。"),
    "unrelated": _(
        "按现在的登记，你们已不是这份授权所依据的亲属关系，所以不能使用。"
        "登记有误，请带证明到医保窗口更正。"
    ),
    "relative_activates_to_relative": _(
        "您还没有激活医保电子凭证。按当地规定，激活后家人的账户才能为您支付。"
    ),
    "relative_activates_to_payer": _(
        "家人还没有激活医保电子凭证。按当地规定，激活后才能使用您的账户。"
        "孩子和没有手机的老人，可以由您代为激活，也可以带证件到医保窗口激活。"
    ),
    "payer_activates_to_payer": _(
        "您还没有激活医保电子凭证。按当地规定，激活后家人才能使用您的账户。"
    ),
    "payer_activates_to_relative": _(
        "共济人还没有激活医保电子凭证。按当地规定，激活后您才能使用这个账户。"
    ),
    "release_on": _("已申请解除，%(day)s起不能再使用，在此之前照常可用。"),
    "not_begun": _("从%(day)s起可以使用。"),
    "ended_released_by_payer": _("共济人于%(day)s解除。"),
    "ended_released_by_relative": _("被共济的家人于%(day)s解除。"),
    "ended_withdrawn_by_payer": _("申请人于%(day)s撤回。"),
    "ended_refused_by_relative": _("家人于%(day)s表示不同意。"),
    "ended_blocked_by_relative": _("家人于%(day)s表示不同意。"),
    "renew_to_relative": _(
        "您已到须由本人确认的年龄。要继续用这份共济，请在%(day)s前点“继续使用”；"
        "到期没有确认，就不能再使用。"
    ),
    "renew_to_payer": _("等待家人在%(day)s前确认是否继续使用；到期没有确认，就不能再使用。"),
    "halted_payer_insurance_ended": _("共济人的职工医保已终止，暂时不能使用；重新参保后自动恢复。"),
    "halted_payer_paused": _("共济人的职工医保处于暂停，暂时不能使用；恢复缴费后自动恢复。"),
    "halted_relative_insurance_ended": _(
        "被共济的家人没有参加基本医保，暂时不能使用；参保后自动恢复。"
    ),
    "halted_relative_paused": _(
        "被共济的家人参保状态不正常，暂时不能使用；恢复正常参保后自动恢复。"
    ),
    "halted_renewal_unanswered": _("到期没有确认续期，现在不能使用；家人确认后马上恢复。"),
    "ended_payer_died": _(
        "登记显示共济人已经去世，%(day)s结束。登记有误，请带身份证件到医保窗口更正。"
    ),
    "ended_relative_died": _(
        "登记显示被共济的家人已经去世，%(day)s结束。登记有误，请带身份证件到医保窗口更正。"
    ),
    "ended_marriage_ended": _(
        "按登记，这份授权所依据的婚姻关系已经结束，%(day)s结束。登记有误，请带证明到医保窗口更正。"
    ),
    "ended_relation_ended": _(
        "按登记，你们已不是这份授权所依据的亲属关系，%(day)s结束。"
        "登记有误，请带证明到医保窗口更正。"
    ),
    "ended_payer_insurance_ended": _(
        "共济人的职工医保已终止，按统筹区规定%(day)s结束。重新参保后可以再开通。"
    ),
    "ended_relative_insurance_ended": _(
        "被共济的家人没有参加基本医保，按统筹区规定%(day)s结束。参保后可以再开通。"
    ),
    "ended_payer_moved": _(
        "共济人的参保地已变更，按原统筹区规定%(day)s结束。可以按新参保地的规定再开通。"
    ),
    "ended_relative_moved": _(
        "被共济的家人参保地已变更，按统筹区规定%(day)s结束。条件符合时可以再开通。"
    ),
    "ended_renewal_unanswered": _("家人没有在期限内确认续期，%(day)s结束。需要时可以再开通。"),
    "ended_relation_disproved": _(
        "经核实，你们不是这份授权所写的亲属关系，%(day)s结束。不同意的，请带证明到医保窗口。"
    ),
    "ended_commitment_disproved": _(
        "经核查，承诺书所写的亲属关系不成立，%(day)s结束。不同意的，请带证明到医保窗口。"
    ),
    "ended_expired": _("授权期限已到，%(day)s结束。"),
    "ended_not_confirmed": _("家人没有在期限内确认，%(day)s结束。"),
}

#: Trail verbs in words, for the history both sides may read.
HISTORY = {
    "bindings.authorise": _("开通"),
    "bindings.propose": _("提出，等待家人确认"),
    "bindings.confirm": _("家人确认，开通"),
    "bindings.refuse": _("家人未同意"),
    "bindings.withdraw": _("共济人撤回"),
    "bindings.freeze": _("共济人暂停使用"),
    "bindings.thaw": _("共济人恢复使用"),
    "bindings.decline": _("家人停用"),
    "bindings.resume": _("家人恢复使用"),
    "bindings.change_limits": _("调整限额"),
    "bindings.set_rank": _("家人调整支付顺位"),
    "bindings.ask_release": _("申请解除"),
    "bindings.release": _("解除"),
    "bindings.expire": _("到期结束"),
    "bindings.end_by_event": _("因登记信息变化结束"),
    "bindings.halt": _("因登记信息变化暂时不能使用"),
    "bindings.go_on": _("登记信息恢复，可以使用"),
    "bindings.turn": _("家人到达 14、16 或 18 周岁，已告知双方"),
    "bindings.ask_renewal": _("请家人确认是否继续"),
    "bindings.renew": _("家人确认继续"),
}


def cause(code: str, *, day: date | datetime) -> str:
    """Return one cause of a binding's present state in words."""
    on = business_date(day) if isinstance(day, datetime) else day
    return str(CAUSES[code]) % {"day": date_format(on, "DATE_FORMAT")}


def relation(code: str) -> str:
    """Return what people call a relation; the standard's word where they have no other."""
    return str(RELATIONS.get(code) or kinship_wording.word(code))


def kind(name: str) -> str:
    """Return the word of a relation kind."""
    return str(policy_wording.KINDS.get(name, name))


def uses(names) -> str:
    """Return uses as a list in words."""
    return gettext("、").join(str(policy_wording.USES.get(name, name)) for name in names)
