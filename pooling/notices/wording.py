"""The sentence of every kind of notice, the same for whoever reads it.

People are given by id and named when read: masked, and `您` for the reader, so that one
neutral sentence serves both sides. What is said of a visit is amount, day and kind of place.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.shared.money import show_yuan

#: Keys of `values` that hold a member's id.
PEOPLE = ("payer", "relative")

SENTENCES = {
    # bindings
    "binding_proposed": _(
        "%(payer)s申请为%(relative)s开通家庭共济，等待%(relative)s确认；确认前不会动用任何钱。"
    ),
    "binding_active": _("%(payer)s为%(relative)s开通的家庭共济已生效。"),
    "binding_refused": _("%(relative)s没有同意%(payer)s提出的家庭共济。"),
    "binding_withdrawn": _("%(payer)s撤回了为%(relative)s开通家庭共济的申请。"),
    "binding_not_confirmed": _(
        "%(payer)s为%(relative)s提出的家庭共济没有在期限内确认，已自动结束。"
    ),
    "binding_frozen": _("%(payer)s为%(relative)s开通的家庭共济，已由%(payer)s暂停使用。"),
    "binding_thawed": _("%(payer)s为%(relative)s开通的家庭共济，已由%(payer)s恢复使用。"),
    "binding_declined": _("%(payer)s为%(relative)s开通的家庭共济，已由%(relative)s停用。"),
    "binding_resumed": _("%(payer)s为%(relative)s开通的家庭共济，已由%(relative)s恢复使用。"),
    "binding_limits_changed": _("%(payer)s为%(relative)s开通的家庭共济，限额或期限已调整。"),
    "binding_rank_changed": _(
        "%(payer)s为%(relative)s开通的家庭共济，支付顺位改为第 %(rank)s 位。"
    ),
    "binding_release_due": _(
        "%(payer)s为%(relative)s开通的家庭共济已申请解除，%(from_day)s起不能再使用。"
    ),
    "binding_released": _("%(payer)s为%(relative)s开通的家庭共济已解除，不能再使用。"),
    "binding_expired": _("%(payer)s为%(relative)s开通的家庭共济期限已到，不能再使用。"),
    # Life events. Why is told on the page behind sign-in: a message may be read by anybody.
    "binding_ended_by_event": _(
        "%(payer)s为%(relative)s开通的家庭共济，因登记信息变化已结束，不能再使用。点开可以看到说明。"
    ),
    "binding_halted": _(
        "%(payer)s为%(relative)s开通的家庭共济，因登记信息变化暂时不能使用。点开可以看到怎样恢复。"
    ),
    "binding_back": _("%(payer)s为%(relative)s开通的家庭共济已恢复，可以照常使用。"),
    "relative_turned_14": _(
        "%(relative)s已满 14 周岁。从现在起，%(relative)s看病用到共济时，"
        "%(payer)s只看到金额和月份。"
    ),
    "relative_turned_16": _(
        "%(relative)s已满 16 周岁。家庭共济照常；%(relative)s可以自己登录查看、停用或解除。"
    ),
    "relative_turned_18": _(
        "%(relative)s已满 18 周岁。从现在起，%(relative)s看病用到共济时，%(payer)s能看到日期、"
        "金额和机构类别，看不到病情；%(relative)s可以随时停用。"
    ),
    "renewal_asked": _(
        "%(relative)s已满 %(age)s 周岁。请%(relative)s在%(date)s前确认，"
        "是否继续使用%(payer)s的家庭共济。"
    ),
    "binding_renewed": _("%(relative)s已确认继续使用%(payer)s的家庭共济。"),
    "payer_caps_changed": _("您对全部家人的共济总限额已调整。"),
    # applications
    "application_refused": _(
        "您提交的家庭共济申请没有办成。点开可以看到说明，以及接下来可以怎么做。"
    ),
    "application_waiting": _("您提交的家庭共济申请须由工作人员核对，办好后会再通知您。"),
    "application_more": _(
        "您提交的家庭共济申请还缺材料，请在%(date)s前补交。点开可以看到要补什么、怎样补。"
    ),
    "somebody_asked": _(
        "%(payer)s申请为您开通家庭共济。没有您需要做的事；如不愿再收到，可以设为不接受。"
    ),
    # what the house looks into
    "proof_asked": _(
        "您开通的家庭共济被抽中核查，请在%(date)s前上传关系证明。点开可以看到要传什么、怎样传。"
    ),
    "commitment_confirmed": _("您开通的家庭共济核查完毕，照常使用。"),
    # premiums asked back
    "premium_claim_paid": _(
        "您申请报销的保费已通过，从您的账户支付 %(amount_fen)s，将转到您填的银行账户。"
    ),
    "premium_claim_refused": _("您申请报销的保费没有通过，没有动用任何钱。点开可以看到原因。"),
    "premium_claim_more": _(
        "您申请报销的保费还缺材料，请在%(date)s前补交。点开可以看到要补什么、怎样补。"
    ),
    "premium_claim_at_window": _(
        "窗口收到了用您的账户报销保费的申请，须由另一位工作人员核对。不是您或家人去办的，请点开撤回。"
    ),
    # settlements
    "settlement": _(
        "%(date)s的费用已结算：本人账户 %(own_fen)s，家人共济 %(pooled_fen)s，现金 %(cash_fen)s。"
    ),
    "settlement_patient_missed": _(
        "%(date)s的费用没有用到家人的共济资金，现金支付 %(cash_fen)s。点开可以看到原因和依据。"
    ),
    "settlement_payer": _(
        "%(relative)s于%(date)s在%(place)s的费用，从您的账户支付 %(amount_fen)s。"
    ),
    "settlement_payer_month": _("%(relative)s在%(month)s的费用，从您的账户支付 %(amount_fen)s。"),
    "settlement_share": _(
        "%(relative)s于%(date)s在%(place)s的费用，从您转入家庭共济账户的钱里支付 %(amount_fen)s。"
    ),
    "settlement_share_month": _(
        "%(relative)s在%(month)s的费用，从您转入家庭共济账户的钱里支付 %(amount_fen)s。"
    ),
    "settlement_payer_missed": _(
        "%(relative)s于%(date)s在%(place)s的费用没有用到您的账户。点开可以看到原因和依据。"
    ),
    "settlement_payer_missed_month": _("%(relative)s在%(month)s有一笔费用没有用到您的账户。"),
    "settlement_returned": _("%(date)s的费用退回 %(amount_fen)s。"),
    "settlement_payer_returned": _(
        "%(relative)s于%(date)s在%(place)s的费用，退回您的账户 %(amount_fen)s。"
    ),
    "settlement_payer_returned_month": _(
        "%(relative)s在%(month)s的费用，退回您的账户 %(amount_fen)s。"
    ),
    "settlement_share_returned": _(
        "%(relative)s于%(date)s在%(place)s的费用，退回您转入家庭共济账户的钱 %(amount_fen)s。"
    ),
    "settlement_share_returned_month": _(
        "%(relative)s在%(month)s的费用，退回您转入家庭共济账户的钱 %(amount_fen)s。"
    ),
    "settlement_suspense": _("有 %(amount_fen)s 应退回的款项暂时不能入账，已转给工作人员办理。"),
    "suspense_cleared": _("此前暂时不能入账的 %(amount_fen)s 已由工作人员办结。"),
    # payouts
    "payout_proposed": _(
        "有人在窗口申请提取%(payer)s的个人账户，提取后账户注销。如不是您办理的，请马上联系经办机构。"
    ),
    "payout_refused": _("提取%(payer)s个人账户的申请没有批准，没有动用任何钱。"),
    "payout_approved": _(
        "提取%(payer)s个人账户的申请已批准，共 %(amount_fen)s，将付到登记的银行账户；账户已注销。"
    ),
    "payout_paid": _("从%(payer)s个人账户提取的 %(amount_fen)s 已付到登记的银行账户。"),
    "payout_failed": _(
        "从%(payer)s个人账户提取的 %(amount_fen)s 没有付成。请带身份证件和银行账户到窗口更正。"
    ),
    "payout_returned": _(
        "从%(payer)s个人账户提取的 %(amount_fen)s 被银行退回，已转给工作人员办理。"
    ),
    # quotas, wallets, family funds
    "quota_set": _("%(payer)s给%(relative)s的共济额度现为 %(amount_fen)s。"),
    "quota_released": _(
        "%(payer)s给%(relative)s的共济额度已取消，"
        "没有用完的 %(amount_fen)s 退回%(payer)s的个人账户。"
    ),
    "wallet_opened": _("%(relative)s的医保钱包已开通。"),
    "wallet_place_changed": _("%(relative)s的医保钱包使用地已变更。"),
    "transfer_sent": _(
        "%(payer)s向%(relative)s的医保钱包转账 %(amount_fen)s，等待接收；"
        "到%(date)s清早还没有接收的，会退回。"
    ),
    "transfer_accepted": _(
        "%(payer)s向%(relative)s的医保钱包转账 %(amount_fen)s，%(relative)s已接收。"
    ),
    "transfer_refused": _(
        "%(payer)s向%(relative)s的医保钱包转账 %(amount_fen)s，%(relative)s没有接收，已退回。"
    ),
    "transfer_cancelled": _(
        "%(payer)s向%(relative)s的医保钱包转账 %(amount_fen)s，已由%(payer)s撤回。"
    ),
    "transfer_returned": _(
        "%(payer)s向%(relative)s的医保钱包转账 %(amount_fen)s，没有在期限内接收，已退回。"
    ),
    "fund_founded": _("%(payer)s建立了家庭共济账户。"),
    "fund_invited": _("%(payer)s邀请%(relative)s加入家庭共济账户，等待%(relative)s确认。"),
    "fund_joined": _("%(relative)s已加入%(payer)s的家庭共济账户。"),
    "fund_left": _("%(relative)s已不在%(payer)s的家庭共济账户里。"),
    "fund_paid_in": _("%(payer)s向家庭共济账户转入 %(amount_fen)s。"),
    "fund_returned": _("家庭共济账户里%(payer)s没有用完的 %(amount_fen)s 已退回。"),
    "fund_closed": _("%(payer)s的家庭共济账户已注销，没有用完的钱退回各人。"),
    # e-credentials
    "code_refused": _("有%(place)s使用您的医保码没有成功，没有动用任何钱。点开可以看到说明。"),
    "credential_activated": _("%(relative)s的医保电子凭证已激活。"),
    "credential_ended": _("%(relative)s的医保电子凭证已停用，原来的医保码不能再用。"),
    "care_added": _(
        "%(payer)s把%(relative)s加入了亲情账户，可以出示%(relative)s的医保码，不付钱。"
    ),
    "care_asked": _(
        "%(payer)s想把%(relative)s加入亲情账户，等待%(relative)s同意；同意前不能出示医保码。"
    ),
    "care_agreed": _("%(relative)s已同意由%(payer)s出示医保码。"),
    "care_ended": _("%(payer)s的亲情账户里不再有%(relative)s，不能再出示其医保码。"),
    "credential_activated_at_window": _(
        "%(relative)s的医保电子凭证已在医保窗口激活。不是您或家人去办的，请马上停用，并告诉我们。"
    ),
    "credential_ended_at_window": _(
        "%(relative)s的医保电子凭证已在医保窗口停用，原来的医保码不能再用。"
    ),
    "care_added_at_window": _(
        "医保窗口核对证件后，把%(relative)s加入了%(payer)s的亲情账户：%(payer)s可以出示"
        "%(relative)s的医保码，不付钱。"
    ),
    "care_agreed_at_window": _("%(relative)s已在医保窗口同意由%(payer)s出示医保码，不付钱。"),
    "care_ended_at_window": _(
        "医保窗口已把%(relative)s从%(payer)s的亲情账户里移除，不能再出示其医保码。"
    ),
    "code_case_waiting": _("窗口收到了医保码的申请，须由另一位工作人员核对，办好后会再通知您。"),
    "code_case_more": _(
        "在窗口提交的医保码申请还缺材料，请在%(date)s前补交。点开可以看到要补什么、怎样补。"
    ),
    "code_case_refused": _("在窗口提交的医保码申请没有办成。点开可以看到原因。"),
    # staff
    "books_differ": _("账务核对发现 %(count)s 处不一致，请立即查看。系统不会自行更正。"),
}

#: A notice from a newer version of the system still says that there is something.
UNKNOWN = _("您有一条新消息，请点开查看。")


def sentence(kind: str, values: Mapping, reader_id: int | None, names: Mapping[int, str]) -> str:
    """Return a notice in the reader's language; `names` maps member ids to masked names."""
    if kind not in SENTENCES:
        return str(UNKNOWN)
    words = {key: _show(key, value, reader_id, names) for key, value in values.items()}
    told = str(SENTENCES[kind]) % words
    # A sentence may begin with `you`; a Chinese one has no capitals to get wrong.
    return told[:1].upper() + told[1:]


def _show(key: str, value, reader_id, names):
    if key in PEOPLE:
        return gettext("您") if value == reader_id else names.get(value, "")
    if key.endswith("_fen"):
        return show_yuan(value) if value is not None else gettext("不限")
    if key in ("date", "from_day"):
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    if key == "month":
        return date_format(date.fromisoformat(f"{value}-01"), "YEAR_MONTH_FORMAT")
    if key == "place":
        return str(dict(Institution.Type.choices).get(value, gettext("定点机构")))
    return value
