"""The closed list of refusals of an authorisation, in words: why not, and what would change it.

A code has one row here, whoever is told and wherever. *Why* says what stands against it and by
whose rule; *remedy* who can do what about it and from when, or that nobody can. They are two
sentences so that a page, a clerk and a program can tell them apart. `docs/reasons.md` lists them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.bindings import wording
from pooling.bindings.rules import Refusal
from pooling.cases import materials
from pooling.kinship import wording as kinship_wording
from pooling.kinship.rules import Problem
from pooling.policy import wording as policy_wording
from pooling.policy.rules import ClauseInForce, Rules
from pooling.shared.errors import both
from pooling.shared.money import show_yuan


class Words(NamedTuple):
    """One refusal in words; `clause` is the area's rule behind it, where it is always the same."""

    why: Any
    remedy: Any
    clause: str = ""


REFUSALS: dict[str, Words] = {
    # -- about the payer ------------------------------------------------------------
    "payer_dead": Words(
        _("共济人已登记死亡，不能再办理共济。"),
        _("登记有误，请家属带证明到医保窗口更正。"),
    ),
    "payer_not_employee": Words(
        _("您没有参加职工医保，没有可以共济的个人账户。"),
        _("可以请参加职工医保的家人为您开通共济。"),
    ),
    "payer_insurance_ended": Words(
        _("您的职工医保已终止，不能新开通共济；账户里的钱您本人仍可使用。"),
        _("重新参加职工医保后可以再办理。"),
    ),
    "relation_unknown": Words(_("没有这种关系。"), _("请从列表中选择。")),
    "relation_not_allowed": Words(
        _("按%(area)s规定，“%(kind)s”不在可以共济的范围内。"),
        _("可以共济的是：%(kinds)s。"),
        "relations",
    ),
    "in_law_not_allowed": Words(
        _("按%(area)s规定，配偶的父母和子女的配偶不在可以共济的范围内。"),
        _("可以由您的配偶为其父母、您的子女为其配偶办理。"),
        "relations",
    ),
    "model_pooled_transfer": Words(
        _("%(area)s不直接使用个人账户，而是先把钱转入家庭共济账户，再由成员使用。"),
        _("请打开“家庭共济账户”页面（/fund/），建立账户、邀请家人，再转入。"),
        "model",
    ),
    "model_wallet": Words(
        _("%(area)s不直接使用个人账户，而是先把钱转到家人的医保钱包，由家人使用。"),
        _("请打开“医保钱包”页面（/wallet/），转给家人。"),
        "model",
    ),
    "max_relatives": Words(
        _("按%(area)s规定，一位共济人最多为 %(most)s 位家人开通，名额已满。"),
        _("请先解除一位，再为新的家人办理。"),
        "max_relatives_per_payer",
    ),
    "payer_type_excluded": Words(
        _("按%(area)s规定，“%(psn_type)s”的个人账户不能给家人用。"),
        _("人员类别登记有误，请到医保窗口更正。"),
        "excluded_payer_types",
    ),
    "payer_is_relative": Words(
        _("按%(area)s规定，正在用家人账户的人，不能再为别人共济。"),
        _("请先在“家人”里解除您收到的共济，再办理。"),
        "payer_may_be_relative",
    ),
    "max_per_role": Words(
        _("按%(area)s规定，“%(role)s”最多为 %(most)s 位开通，名额已满。"),
        _("请先解除一位，再办理。"),
        "max_per_role",
    ),
    "max_lifetime": Words(
        _("按%(area)s规定，一生最多为 %(most)s 位不同的家人开通，解除了的也算，名额已满。"),
        _("可以再为从前开通过的家人办理；其他家人可以请另一位亲属为其开通。"),
        "max_relatives_lifetime",
    ),
    "max_changes": Words(
        _("按%(area)s规定，开通和解除一年一共最多 %(most)s 次，今年的次数已满。"),
        _("%(date)s起可以再开通；解除和停用不受影响。"),
        "max_changes_per_year",
    ),
    "rebind_too_soon": Words(
        _("按%(area)s规定，与同一位家人的共济结束后，满 %(days)s 天才能再次开通。"),
        _("%(date)s起可以再办理。"),
        "rebind_wait_days",
    ),
    "release_locked": Words(
        _("按%(area)s规定，开通后 %(days)s 天内不能解除。"),
        _("%(date)s起可以解除；现在就不想用，可以先停止使用，马上生效。"),
        "lock_days",
    ),
    # -- about what is asked for ----------------------------------------------------
    "period_past": Words(_("起始日期不能早于今天。"), _("请改选今天或以后的日期。")),
    "period_over": Words(_("授权期限已经过去，不必再办理。"), _("仍要共济请重新约定期限。")),
    "period_reversed": Words(_("截止日期必须晚于起始日期。"), _("请重新选择日期。")),
    "rank_impossible": Words(_("这个顺位不能用。"), _("请填 1 到 999 之间的整数。")),
    "cap_negative": Words(_("%(cap)s不能小于 0。"), _("不想设上限请留空；填 0 表示一分也不支付。")),
    "cap_too_large": Words(_("%(cap)s太大。"), _("请核对；不想设上限请留空。")),
    "cap_above_area": Words(
        _("%(cap)s不能超过%(area)s规定的 %(most_fen)s。"), _("请填不高于此数的金额。")
    ),
    "uses_empty": Words(
        _("没有选择任何用途。"), _("请至少选择一种；想全部停止使用，可以改为暂停。")
    ),
    "uses_not_allowed": Words(
        _("按%(area)s规定，共济资金不能用于：%(uses)s。"), _("请去掉后再提交。"), "uses"
    ),
    "end_required": Words(
        _("按%(area)s规定，须约定到哪一天为止。"), _("请填写截止日期。"), "end_date_required"
    ),
    "validity_too_long": Words(
        _("按%(area)s规定，一次开通最长 %(months)s 个月。"),
        _("请把截止日期定在%(date)s或更早；到期可以重新开通。"),
        "max_validity_months",
    ),
    "cap_not_offered": Words(
        _("按%(area)s规定，“%(offer)s”不能由本人设定。"), _("请留空。"), "caps_offered"
    ),
    "cap_required": Words(
        _("按%(area)s规定，须至少设一项限额。"), _("请填写其中一项：%(caps)s。"), "caps_required"
    ),
    "not_signed": Words(_("授权书还没有签署。"), _("请先阅读并签署授权书。")),
    "text_changed": Words(_("授权书已更新。"), _("请阅读新的文本后重新签署。")),
    "unfinished": Words(_("还有没有填完的内容。"), _("请补充后再提交。")),
    # -- about the two together -----------------------------------------------------
    "oneself": Words(
        _("不能为自己开通共济：您本人就医时会先用自己的账户。"), _("请填写家人的信息。")
    ),
    "relative_dead": Words(
        _("登记信息显示这位家人已去世，不能开通。"), _("登记有误，请带材料到医保窗口更正。")
    ),
    "blocked": Words(
        _("这位家人已选择不接受您的共济申请。"), _("请先与家人商量，由家人取消后再办理。")
    ),
    "already_bound": Words(
        _("您与这位家人已有共济或正等待确认，不必重复办理。"), _("可以在“家人”里查看。")
    ),
    "relation_differs": Words(
        _("登记的关系是“%(registered)s”，与您选的“%(kind)s”不同。"),
        _("请改选登记的关系；登记有误请到医保窗口更正。"),
    ),
    "evidence_missing": Words(
        _("登记数据里没有你们的关系，也没有关系承诺书。"),
        _("请签署承诺书，或带关系证明到医保窗口办理。"),
        "evidence_accepted",
    ),
    "registry_not_enough": Words(
        _("按%(area)s规定，“%(kind)s”的关系只有登记数据还不够。"),
        _("请签署承诺书，或带关系证明到医保窗口办理。"),
        "evidence_accepted",
    ),
    "commitment_not_accepted": Words(
        _("按%(area)s规定，“%(kind)s”的关系须有证明，不接受承诺书。"),
        _("请带户口簿、结婚证或出生医学证明到医保窗口办理。"),
        "evidence_accepted",
    ),
    "relative_not_insured": Words(_("这位家人目前没有参加基本医保。"), _("家人参保后即可办理。")),
    "insurance_not_allowed": Words(
        _("按%(area)s规定，参加%(insutype)s的家人不能共济。"),
        _("家人转换险种后可以再办理。"),
        "patient_types",
    ),
    "status_not_normal": Words(
        _("按%(area)s规定，家人须正常参保。"),
        _("请家人先补缴或恢复参保，再办理。"),
        "patient_status_normal",
    ),
    "relative_type_excluded": Words(
        _("按%(area)s规定，“%(psn_type)s”不能用家人的账户。"),
        _("人员类别登记有误，请家人到医保窗口更正。"),
        "excluded_relative_types",
    ),
    "relative_is_payer": Words(
        _("按%(area)s规定，正在为别人共济的人，不能再用别人的账户；这位家人正在为别人共济。"),
        _("请这位家人先解除自己给出的共济，再办理。"),
        "payer_may_be_relative",
    ),
    "out_of_area": Words(
        _("按%(area)s规定，家人须与您在同一统筹区参保。"),
        _("家人参保地变更到本地后可以再办理。"),
        "scope",
    ),
    "out_of_province": Words(
        _("按%(area)s规定，家人须在本省参保。"),
        _("家人参保地变更到本省后可以再办理。"),
        "scope",
    ),
    "needs_national_form": Words(
        _("你们在不同的省参保，跨省只能用国家统一的共济额度方式，现行规则还不支持。"),
        _("家人参保地变更到本省后可以再办理。"),
        "quota_across_provinces",
    ),
    "max_payers": Words(
        _("按%(area)s规定，一位家人最多由 %(most)s 位共济人支付，名额已满。"),
        _("请家人先在“家人”里解除一位，再办理。"),
        "max_payers_per_relative",
    ),
    # -- what a stranger is told, whatever the reason (security.md, Enumeration) -------
    "cannot_be_bound": Words(
        _(
            "这份申请没有办成：所填信息与登记不符，或对方目前不符合条件。"
            "为保护他人信息，这里不说明具体原因。"
        ),
        _("请与家人核对姓名和证件号码，或一起带证件到医保窗口办理。"),
    ),
    "too_many_attempts": Words(
        _("今天为未登记关系的人提交的申请已达 %(most)s 次。"),
        _("请明天再试，或带关系证明到医保窗口办理。"),
    ),
    "same_request_open": Words(
        _("您已提交过同一个人的申请，正在办理。"), _("不必重复提交，办好后会通知您。")
    ),
    # -- what a reviewer says -------------------------------------------------------
    "papers_do_not_prove": Words(
        _("提交的材料不能证明你们的关系，这份申请没有通过。"),
        _("请换用户口簿、结婚证或出生医学证明等重新申请。"),
    ),
    "papers_unreadable": Words(
        _("提交的材料看不清或不完整，这份申请没有通过。"),
        _("请重新拍照，或带原件到医保窗口办理。"),
    ),
    "identity_not_confirmed": Words(
        _("没有能够确认申请人或代办人的身份，这份申请没有通过。"),
        _("请本人带身份证件到医保窗口办理。"),
    ),
    "more_not_brought": Words(
        _("要求补正的材料没有在期限内补交，这份申请已结束。"),
        _("材料齐全后可以随时重新申请。"),
    ),
    "more_needed": Words(_("还缺材料：%(items)s。"), _("请在期限内补交，也可以带原件到医保窗口。")),
    "more_answered": Words(_("补交的材料已收到，正在审核。"), _("您不必再做什么。")),
    # -- what only the desk is told -------------------------------------------------
    "unknown_person": Words(
        _("没有姓名和证件号码都相符的参保人。"), _("请与证件逐字核对后再提交。")
    ),
    "no_proof_seen": Words(
        _("还没有核对过能证明关系的材料，不能通过。"), _("请先核对原件，或要求补正。")
    ),
    "originals_missing": Words(_("还没有核对这些原件：%(items)s。"), _("请核对后再提交。")),
    "reviewer_needed": Words(
        _("按%(area)s规定，这种关系须核对证明材料，工作人员正在核对。"),
        _("您也可以带户口簿、结婚证或出生医学证明到医保窗口，办得更快。"),
        "evidence_accepted",
    ),
}

#: What cannot be true of two people; `kinship.wording` has the sentences.
IMPLAUSIBLE = _("请核对后重填；确实无误的，请带证明到医保窗口办理。")


def why(refusal: Refusal, clause=None) -> str:
    """Return what stands against it; `clause` is the `ClauseInForce` behind it, if any."""
    if refusal.code.startswith("implausible_"):
        problem = Problem(refusal.code.removeprefix("implausible_"), refusal.values)
        return kinship_wording.sentence(problem)
    return str(REFUSALS[refusal.code].why) % _shown(refusal, clause)


def remedy(refusal: Refusal, clause=None) -> str:
    """Return who can do what about it, and when."""
    if refusal.code.startswith("implausible_"):
        return str(IMPLAUSIBLE)
    return str(REFUSALS[refusal.code].remedy) % _shown(refusal, clause)


class Told(NamedTuple):
    """A refusal in words, and the clause behind it as it is in force."""

    why: str
    remedy: str
    clause: ClauseInForce | None

    @property
    def sentence(self) -> str:
        """Return both, where there is room for one text only."""
        return both(self.why, self.remedy)


def told(refusal: Refusal, rules: Rules | None) -> Told:
    """Return a refusal in words with the clause behind it, quoted from an area's rules."""
    clause = rules.clause(refusal.clause) if rules is not None and refusal.clause else None
    return Told(why(refusal, clause), remedy(refusal, clause), clause)


def sentence(refusal: Refusal, clause=None) -> str:
    """Return both, where there is room for one text only."""
    return both(why(refusal, clause), remedy(refusal, clause))


def _shown(refusal: Refusal, clause) -> dict[str, Any]:
    words = {name: _show(name, value) for name, value in refusal.values.items()}
    # An area's name is a name; that there is none is said in the reader's language.
    named = clause is not None and clause.area_name
    words["area"] = gettext(clause.area_name) if named else gettext("系统默认")
    return words


def _show(name: str, value):
    """Return one value of a refusal as people read it."""
    if name.endswith("_fen"):
        return show_yuan(value)
    shown: Mapping = {
        "kind": wording.kind,
        "registered": wording.kind,
        "kinds": lambda names: gettext("、").join(wording.kind(one) for one in names),
        "uses": wording.uses,
        "role": lambda one: str(policy_wording.ROLES[one]),
        "psn_type": lambda one: policy_wording.show("excluded_payer_types", [one]),
        "offer": lambda one: str(policy_wording.OWN_CAPS[one]),
        "caps": lambda names: gettext("、").join(str(wording.CAPS[one]) for one in names),
        "cap": lambda one: str(wording.CAPS[one]),
        "insutype": lambda one: str(wording.INSURANCES.get(one, one)),
        "model": lambda one: policy_wording.show("model", one),
        "items": lambda codes: gettext("、").join(materials.words(codes)),
        "date": lambda day: date_format(date.fromisoformat(day), "DATE_FORMAT"),
    }
    return shown[name](value) if name in shown else value
