"""What a member reads about a case the house opened itself: what is asked, what came of it."""

from django.utils.translation import gettext_lazy as _

from pooling.bindings.refusals import REFUSALS
from pooling.cases.models import Case
from pooling.cases.selectors import CaseRow

State, Kind = Case.State, Case.Kind

_TOLD = {
    (Kind.AUDIT, State.WAITING): _(
        "您签过的关系承诺书被抽中核查，工作人员正在办理。共济照常使用。您也可以先上传关系证明。"
    ),
    (Kind.AUDIT, State.MORE): _(
        "您签过的关系承诺书被抽中核查。请上传能证明关系的材料，如户口簿、结婚证或出生医学证明。"
        "到期没有上传，由工作人员按现有材料办理。"
    ),
    (Kind.AUDIT, State.APPROVED): _("核查完毕，关系属实，共济照常使用。"),
    (Kind.AUDIT, State.REFUSED): _(
        "核查完毕：承诺书所写的亲属关系不成立，这份共济已结束。"
        "已经用掉的钱由工作人员另行处理。不同意的，请带证明到医保窗口。"
    ),
    (Kind.MISUSE, State.WAITING): _(
        "关系不成立期间用掉的钱，工作人员正在办理，会与您联系。系统不会自行扣款。"
    ),
    (Kind.MISUSE, State.MORE): _("关系不成立期间用掉的钱，工作人员正在办理，请按要求补充材料。"),
    (Kind.MISUSE, State.APPROVED): _("关系不成立期间用掉的钱，工作人员已办结。"),
    (Kind.EVENT, State.WAITING): _(
        "窗口收到了更正登记的材料，正由另一位工作人员审核。有疑问请到医保窗口。"
    ),
    (Kind.EVENT, State.APPROVED): _("登记已按材料更正。有误的，请带证明到医保窗口。"),
    (Kind.EVENT, State.REFUSED): _("登记没有更正。"),
    (Kind.PREMIUM, State.DRAFT): _("窗口正在为您办理保费报销，还没有提交。"),
    (Kind.PREMIUM, State.WAITING): _(
        "报销申请已提交，工作人员核对缴费凭证后，从您的账户支付到您填的银行账户。办好后会用消息通知您。"
        "不是您或家人去办的，请马上撤回。"
    ),
    (Kind.PREMIUM, State.MORE): _("缴费凭证看不清或不全，请按要求补交。"),
    (Kind.PREMIUM, State.APPROVED): _(
        "已通过，款项转到您填的银行账户，到账时间以银行为准。在“使用记录”里可以看到从账户付了多少。"
    ),
    (Kind.PREMIUM, State.REFUSED): _("没有通过，没有动用任何钱。可以带缴费凭证到医保窗口询问。"),
    (Kind.PREMIUM, State.WITHDRAWN): _("已撤回，没有动用任何钱。"),
    (Kind.CREDENTIAL, State.DRAFT): _("窗口正在为您办理医保电子凭证，还没有提交。"),
    (Kind.CREDENTIAL, State.WAITING): _(
        "窗口收到了您的医保电子凭证申请，由另一位工作人员核对材料，办好后会用消息通知您。"
        "不是您或家人去办的，请马上撤回。"
    ),
    (Kind.CREDENTIAL, State.MORE): _("医保电子凭证的申请还缺材料，请补交，也可以带原件到窗口。"),
    (Kind.CREDENTIAL, State.APPROVED): _("已办好。在“我的医保码”里可以看到现在的情况。"),
    (Kind.CREDENTIAL, State.REFUSED): _("没有办成，原来的情况没有变。可以带材料到窗口重新申请。"),
    (Kind.CREDENTIAL, State.WITHDRAWN): _("已撤回，原来的情况没有变。"),
    (Kind.CARE, State.DRAFT): _("窗口正在为您办理亲情账户，还没有提交。"),
    (Kind.CARE, State.WAITING): _(
        "窗口收到了您的亲情账户申请，由另一位工作人员核对材料，办好后会用消息通知您。"
        "不是您或家人去办的，请马上撤回。"
    ),
    (Kind.CARE, State.MORE): _("亲情账户的申请还缺材料，请补交，也可以带原件到窗口。"),
    (Kind.CARE, State.APPROVED): _(
        "已办好。谁可以出示您的医保码，在“我的医保码”里可以看到，随时可以结束。"
    ),
    (Kind.CARE, State.REFUSED): _("没有办成，没有人能出示您的医保码。可以带材料到窗口重新申请。"),
    (Kind.CARE, State.WITHDRAWN): _("已撤回，没有人能出示您的医保码。"),
}
#: What an applicant may take back before it is decided, besides a relative's binding.
TAKEN_BACK = (Kind.PREMIUM, Kind.CREDENTIAL, Kind.CARE)
#: Why a premium was not given back (`settlements.services.claims.TURNED_DOWN`).
PREMIUM_REFUSED = {
    "receipt_unreadable": _("缴费凭证看不清。"),
    "receipt_differs": _("缴费凭证与填写的内容不一致。"),
    "not_a_premium": _("凭证上的费用不是可以报销的保费。"),
    "more_not_brought": _("补正期限已过，没有收到缴费凭证。"),
}
_ELSE = _("工作人员正在办理，有结果会用消息通知您。")


def told(row: CaseRow) -> str:
    """Return the sentence of such a case in its present state."""
    sentence = str(_TOLD.get((row.kind_code, row.state_code), _ELSE))
    why = None
    if row.state_code == State.REFUSED and row.kind_code == Kind.PREMIUM:
        why = PREMIUM_REFUSED.get(row.reason_code)
    elif row.state_code == State.REFUSED and row.kind_code in (Kind.EVENT, *TAKEN_BACK):
        why = REFUSALS[row.reason_code].why if row.reason_code in REFUSALS else None
    return f"{why}{sentence}" if why else sentence
