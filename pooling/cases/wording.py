"""Why a case waits and what decided it alone, as stored, in words."""

from django.utils.translation import gettext_lazy as _

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

#: Why a case waits for somebody at the counter.
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


def rule(code: str) -> str:
    """Return a rule that decided alone in words; nothing where a person decided."""
    return str(RULES.get(code, code))


def reason(code: str) -> str:
    """Return why a case waits at the counter, where its domain has no sentence for it."""
    return str(REASONS.get(code, ""))
