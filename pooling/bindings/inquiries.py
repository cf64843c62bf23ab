"""What a member reads about a case the house opened itself: what is asked, what came of it."""

from django.utils.translation import gettext_lazy as _

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
}
_ELSE = _("工作人员正在办理，有结果会用消息通知您。")


def told(row: CaseRow) -> str:
    """Return the sentence of such a case in its present state."""
    return str(_TOLD.get((row.kind_code, row.state_code), _ELSE))
