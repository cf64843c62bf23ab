"""The words of the desk."""

from django.utils.translation import gettext_lazy as _

from pooling.cases.models import Case
from pooling.cases.wording import reason, rule

__all__ = ["reason", "rule"]

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
