"""What people read about authorisations: every refusal says why, by which rule, and what next."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.bindings.rules import Refusal
from pooling.cases import materials
from pooling.kinship import wording as kinship_wording
from pooling.kinship.rules import Problem
from pooling.policy import wording as policy_wording
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date

REFUSALS = {
    # About the payer.
    "payer_dead": _("共济人已登记死亡，不能再办理共济。"),
    "payer_not_employee": _(
        "您没有参加职工医保，没有可以共济的个人账户。可以请参加职工医保的家人为您开通共济。"
    ),
    "payer_insurance_ended": _(
        "您的职工医保已终止，不能新开通共济；账户里的钱您本人仍可使用。重新参保后可再办理。"
    ),
    "relation_unknown": _("没有这种关系，请从列表中选择。"),
    "relation_not_allowed": _(
        "按%(area)s规定，“%(kind)s”不在可以共济的范围内。可以共济的是：%(kinds)s。"
    ),
    "in_law_not_allowed": _(
        "按%(area)s规定，配偶的父母和子女的配偶不在可以共济的范围内。"
        "可以由您的配偶为其父母、您的子女为其配偶办理。"
    ),
    "model_not_built": _(
        "%(area)s的共济方式是“%(model)s”，本系统暂未开通这种方式，请到参保地窗口或当地平台办理。"
    ),
    "max_relatives": _(
        "按%(area)s规定，一位共济人最多为 %(most)s 位家人开通。请先解除一位，再为新的家人办理。"
    ),
    # About what is asked for.
    "period_past": _("起始日期不能早于今天，请改选今天或以后的日期。"),
    "period_over": _("授权期限已经过去，不必再办理；仍要共济请重新约定期限。"),
    "period_reversed": _("截止日期必须晚于起始日期，请重新选择。"),
    "rank_impossible": _("顺位必须是 1 到 999 之间的整数。"),
    "cap_negative": _("%(cap)s不能小于 0。不想设上限请留空，填 0 表示一分也不支付。"),
    "cap_too_large": _("%(cap)s太大，请核对；不想设上限请留空。"),
    "cap_above_area": _("%(cap)s不能超过%(area)s规定的 %(most_fen)s，请填不高于此数的金额。"),
    "uses_empty": _("请至少选择一种用途；想全部停止使用，可以改为暂停。"),
    "uses_not_allowed": _("按%(area)s规定，共济资金不能用于：%(uses)s。请去掉后再提交。"),
    "not_signed": _("请先阅读并签署授权书。"),
    "text_changed": _("授权书已更新，请阅读新的文本后重新签署。"),
    "unfinished": _("还有没有填完的内容，请补充后再提交。"),
    # About the two together.
    "oneself": _("不能为自己开通共济：您本人就医时会先用自己的账户。请填写家人的信息。"),
    "relative_dead": _("登记信息显示这位家人已去世，不能开通。如有错误，请带材料到窗口更正。"),
    "blocked": _("这位家人已选择不接受您的共济申请。请先与家人商量，由家人取消后再办理。"),
    "already_bound": _("您与这位家人已有共济或正等待确认，不必重复办理，可在“家人”里查看。"),
    "relation_differs": _(
        "登记的关系是“%(registered)s”，与您选的“%(kind)s”不同。"
        "请改选登记的关系；登记有误请到窗口更正。"
    ),
    "evidence_missing": _(
        "登记数据里没有你们的关系，也没有关系承诺书。请签署承诺书，或带关系证明到窗口办理。"
    ),
    "commitment_not_accepted": _(
        "按%(area)s规定，关系须有登记数据证明，不接受承诺书。"
        "请带户口簿、结婚证或出生医学证明到窗口办理。"
    ),
    "relative_not_insured": _("这位家人目前没有参加基本医保，参保后即可办理。"),
    "insurance_not_allowed": _(
        "按%(area)s规定，参加%(insutype)s的家人不能共济。家人转换险种后可再办理。"
    ),
    "status_not_normal": _("按%(area)s规定，家人须正常参保。请家人先补缴或恢复参保，再办理。"),
    "out_of_area": _(
        "按%(area)s规定，家人须与您在同一统筹区参保。家人参保地变更到本地后可再办理。"
    ),
    "out_of_province": _("按%(area)s规定，家人须在本省参保。家人参保地变更到本省后可再办理。"),
    "needs_national_form": _(
        "你们在不同的省参保。跨省共济须用国家统一的共济额度方式，本系统暂未开通，"
        "请在国家医保服务平台办理。"
    ),
    "max_payers": _(
        "按%(area)s规定，一位家人最多由 %(most)s 位共济人支付，名额已满。"
        "请家人先在“家人”里解除一位，再办理。"
    ),
    # What a stranger is told, whatever the reason (security.md, Enumeration).
    "cannot_be_bound": _(
        "这份申请没有办成：所填信息与登记不符，或对方目前不符合条件。"
        "为保护他人信息，这里不说明具体原因。"
        "请与家人核对姓名和证件号码，或一起带证件到窗口办理。"
    ),
    "too_many_attempts": _(
        "今天为未登记关系的人提交的申请已达 %(most)s 次。请明天再试，或带关系证明到窗口办理。"
    ),
    "same_request_open": _("您已提交过同一个人的申请，正在办理，不必重复提交。"),
    # What a reviewer says.
    "papers_do_not_prove": _(
        "提交的材料不能证明你们的关系，这份申请没有通过。请换用户口簿、结婚证或出生医学证明等重新申请。"
    ),
    "papers_unreadable": _(
        "提交的材料看不清或不完整，这份申请没有通过。请重新拍照，或带原件到窗口办理。"
    ),
    "identity_not_confirmed": _(
        "没有能够确认申请人或代办人的身份，这份申请没有通过。请本人带身份证件到窗口办理。"
    ),
    "more_not_brought": _(
        "要求补正的材料没有在期限内补交，这份申请已结束。材料齐全后可以随时重新申请。"
    ),
    "more_needed": _("还缺材料：%(items)s。请在期限内补交，也可以带原件到窗口。"),
    "more_answered": _("补交的材料已收到，正在审核。"),
    # What only the desk is told.
    "unknown_person": _("没有姓名和证件号码都相符的参保人。请与证件逐字核对后再提交。"),
    "no_proof_seen": _("还没有核对过能证明关系的材料，不能通过。请先核对原件，或要求补正。"),
    "originals_missing": _("还没有核对这些原件：%(items)s。核对后再提交。"),
    "reviewer_needed": _(
        "按%(area)s规定，关系须有登记数据证明。工作人员会核对，"
        "您也可以带户口簿、结婚证或出生医学证明到窗口，办得更快。"
    ),
}

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

IMPLAUSIBLE = _("%(problem)s请核对后重填；确实无误的，请带证明到窗口办理。")

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
        "登记有误，请带证明到医保窗口更正；更正后自动恢复。"
    ),
    "release_on": _("已申请解除，%(day)s起不能再使用，在此之前照常可用。"),
    "not_begun": _("从%(day)s起可以使用。"),
    "ended_released_by_payer": _("共济人于%(day)s解除。"),
    "ended_released_by_relative": _("被共济的家人于%(day)s解除。"),
    "ended_withdrawn_by_payer": _("申请人于%(day)s撤回。"),
    "ended_refused_by_relative": _("家人于%(day)s表示不同意。"),
    "ended_blocked_by_relative": _("家人于%(day)s表示不同意。"),
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
}


def sentence(refusal: Refusal, clause=None) -> str:
    """Return a refusal in words; `clause` is the `ClauseInForce` behind it, if there is one."""
    if refusal.code.startswith("implausible_"):
        problem = Problem(refusal.code.removeprefix("implausible_"), refusal.values)
        return str(IMPLAUSIBLE) % {"problem": kinship_wording.sentence(problem)}
    words = {name: _show(name, value) for name, value in refusal.values.items()}
    # An area's name is a name; that there is none is said in the reader's language.
    named = clause is not None and clause.area_name
    words["area"] = gettext(clause.area_name) if named else gettext("系统默认")
    return str(REFUSALS[refusal.code]) % words


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


def _show(name: str, value):
    """Return one value of a refusal as people read it."""
    if name.endswith("_fen"):
        return show_yuan(value)
    shown: Mapping = {
        "kind": kind,
        "registered": kind,
        "kinds": lambda names: gettext("、").join(kind(one) for one in names),
        "uses": uses,
        "cap": lambda one: str(CAPS[one]),
        "insutype": lambda one: str(INSURANCES.get(one, one)),
        "model": lambda one: policy_wording.show("model", one),
        "items": lambda codes: gettext("、").join(materials.words(codes)),
    }
    return shown[name](value) if name in shown else value
