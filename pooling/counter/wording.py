"""The words of the desk."""

from django.utils.translation import gettext_lazy as _

from pooling.cases.models import Case

TABS = {
    "waiting": _("待审核"),
    "more": _("补正中"),
    "draft": _("草稿"),
    "late": _("超时"),
    "mine": _("我受理的"),
}

#: State → how a tag looks (`portal_parts.tag`).
TONES = {
    Case.State.DRAFT: "ended",
    Case.State.SUBMITTED: "info",
    Case.State.WAITING: "warn",
    Case.State.MORE: "paused",
    Case.State.APPROVED: "good",
    Case.State.REFUSED: "bad",
    Case.State.WITHDRAWN: "ended",
}

#: Trail verbs about a case, in words.
STEPS = {
    "cases.open": _("建立"),
    "cases.update_answers": _("填写"),
    "cases.name_agent": _("登记代办人"),
    "cases.note_originals": _("核对原件"),
    "cases.submit": _("提交"),
    "cases.wait": _("转人工审核"),
    "cases.ask_more": _("要求补正"),
    "cases.answer_more": _("补交材料"),
    "cases.hand_in": _("上传材料"),
    "cases.propose": _("提出办理意见"),
    "cases.turn_back": _("退回办理意见"),
    "cases.approve": _("通过"),
    "cases.refuse": _("不通过"),
    "cases.withdraw": _("撤回"),
    "cases.print_receipt": _("打印回执"),
    "cases.void_receipt": _("作废回执"),
}

#: Rules that decide alone, as `decided_by_rule` names them.
RULES = {
    "evidence_accepted:registry": _("登记数据已证明关系，按“认可的关系依据”直接生效"),
    "evidence_accepted:commitment": _("当地接受关系承诺书，按“认可的关系依据”直接生效"),
    "bindings.decide": _("按绑定条件自动核对，未通过"),
    "more_time": _("补正期限已过，自动结束"),
    "payout": _("个人账户经两人办理提取，这笔款项一并付出"),
    "identity_shown": _("本人到窗口，证件原件与登记相符，直接激活"),
    "code_ended": _("停用、移除一经要求当场生效"),
    "e_credential_family_evidence:registry": _(
        "登记数据已证明亲属关系，按“家人代为激活：认可的关系依据”直接激活"
    ),
    "e_credential_family_evidence:commitment": _(
        "当地接受承诺书，按“家人代为激活：认可的关系依据”直接激活"
    ),
    "care_evidence:registry": _("登记数据已证明亲属关系，按“亲情账户：认可的关系依据”直接生效"),
    "care_evidence:commitment": _("当地接受承诺书，按“亲情账户：认可的关系依据”直接生效"),
}

REASONS = {
    "account_closed": _("应退回的个人账户已销户，款项暂挂。"),
    "commitment_sampled": _("承诺书被抽中核查。请先要求上传关系证明，再提出核查结论。"),
    "commitment_disproved": _("承诺书所写的亲属关系不成立，共济已结束。"),
    "money_used": _("关系不成立期间用掉的钱。系统不会自行扣款，请与当事人办理后写明结果。"),
    "event_reported": _("窗口核对过原件，请另一位工作人员审核后更正登记。"),
    "premium_to_check": _("请核对缴费凭证：先采信凭证，再通过；通过时从申请人的账户支付。"),
    "code_papers": _("请核对材料原件，由受理人以外的人决定。"),
    "more_needed": _("已要求当事人上传材料。"),
    "more_answered": _("材料已补交。"),
    "more_unanswered": _("到期没有补交材料，请按现有材料办理。"),
    "wallet_closed": _("应退回的医保钱包已注销，款项暂挂。"),
    "owner_dead": _("账户所有人已登记死亡，款项暂挂。"),
    "payout_returned": _("个人账户提取的款项被银行退回，款项暂挂。"),
}

#: What somebody may come for about a code (`code_papers`).
WANTS = {
    "activate": _("激活医保电子凭证"),
    "end": _("停用医保电子凭证（手机丢了，或码被别人看到）"),
    "show": _("让家人在手机上出示我的医保码（亲情账户）"),
    "unshow": _("从亲情账户里移除"),
}

#: Whether what a case about a code brought about still counts, as word and tone.
NOW = {True: (_("现在有效"), "good"), False: (_("现在已停用或不能出示"), "ended")}

#: Where money in suspense may go (`settlements.services.clearing`).
WAYS = {
    "account": _("退回本人账户（已销户的重新开户）"),
    "payout": _("已支付给继承人或银行账户"),
}

#: What looking into a commitment letter may come to (`registry.auditing`).
FINDINGS = {
    "confirmed": _("属实：关系有证明"),
    "disproved": _("不属实：关系不成立"),
}

#: How money used without right may have been seen to; none of them moves money.
OUTCOMES = {
    "repaid_outside": _("已在系统外退还"),
    "referred": _("已移送有关部门"),
    "waived": _("不再追究"),
}

#: What a window may put right in the registry (`registry.corrections`).
EVENTS = {
    "death": _("去世"),
    "divorce": _("离婚"),
    "disproof": _("两人的关系不属实"),
}

#: How somebody said at the window that an authorisation shall go on; the trail keeps the key.
SAID = {
    "in_person": _("本人到窗口，当面表示继续使用"),
    "guardian": _("由监护人陪同到窗口，本人表示继续使用"),
    "at_home": _("工作人员上门，本人当面表示继续使用"),
}

ACTORS = {"member": _("申请人本人"), "job": _("系统"), "client": _("定点机构")}


def rule(code: str) -> str:
    """Return a rule that decided alone in words; nothing where a person decided."""
    return str(RULES.get(code, code))


def reason(code: str) -> str:
    """Return why a case waits at the counter, where its domain has no sentence for it."""
    return str(REASONS.get(code, ""))


def by_window(by: str) -> bool:
    """Return whether somebody of the staff did it, by the name as stored in `x_by`."""
    return by.partition(":")[0] == "staff"


def came(by: str) -> str:
    """Return which way a case came, by who handed it in."""
    kind = by.partition(":")[0]
    ways = {"member": _("网上"), "staff": _("窗口")}
    return str(ways.get(kind, _("系统")))


def actor(event) -> str:
    """Return who took a step, without a name."""
    return str(ACTORS.get(event.actor_kind, _("工作人员")))
