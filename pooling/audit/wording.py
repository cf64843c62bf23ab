"""What looking was for, who acted and where, in words.

A stated purpose is kept as `<code> <what exactly>`, an actor as `<kind>:<id>`.
"""

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.shared.actor import ActorKind

#: The closed list staff choose from; the sentence behind it is theirs.
PURPOSES = {
    "handling": _("办理本人的申请"),
    "enquiry": _("答复本人的咨询"),
    "dispute": _("核查有疑问的扣款"),
    "complaint": _("处理投诉举报"),
    "audit": _("审计检查"),
    "legal": _("依法协助调查"),
}

#: Where there is no table with columns, and what is shown there.
PAGES = {
    "care.relative": _("亲情账户：打开医保码"),
    "rest:balance": _("查询余额"),
    "rest:lookup": _("查询人员编号"),
    "hsa:1101": _("就医购药：核对身份和参保"),
    "hsa:2001": _("就医购药：核对待遇"),
    "hsa:5203": _("就医购药：查询结算"),
    "counter.find": _("窗口按证件号码查找"),
    "counter.renew": _("窗口办理到龄重新确认"),
    "counter.papers": _("查看上传的证明材料"),
    "reports.changes": _("试算规则时列出的结算"),
}
FIELDS = {
    "name": _("姓名"),
    "name:masked": _("隐去名字的姓名"),
    "cert_no": _("证件号码"),
    "authorisation": _("共济授权和期限"),
    "bill": _("结算日期、金额和支付来源"),
    "e_credential": _("医保码"),
    "papers": _("证明材料"),
    "psn_no": _("人员编号"),
    "own": _("本人账户余额"),
    "frozen": _("冻结金额"),
    "wallet": _("钱包余额"),
    "available_from_relatives": _("家人能为我付"),
    "enrolment": _("参保登记"),
    "relation": _("关系"),
    "limits": _("限额和期限"),
    "agent": _("代办人"),
    "answers": _("申请里填写的内容"),
    "masked": _("遮盖后的内容"),
    "number": _("编号"),
    "state": _("状态"),
    # By the names of the national interface.
    "psn_name": _("姓名"),
    "certno": _("证件号码"),
    "brdy": _("出生日期"),
    "insuinfo": _("参保信息"),
    "insutype": _("险种"),
    "balc": _("账户余额"),
    "setlinfo": _("结算金额和支付来源"),
}


def purpose(stored: str) -> str:
    """Return a stated purpose in words; what was never chosen from the list stands as it is."""
    code, _space, what = stored.partition(" ")
    if code not in PURPOSES:
        return stored
    if not what:
        return str(PURPOSES[code])
    return gettext("%(purpose)s：%(what)s") % {"purpose": PURPOSES[code], "what": what}


ACTORS = {
    ActorKind.MEMBER: _("参保人 %(id)s"),
    ActorKind.STAFF: _("工作人员 %(id)s"),
    ActorKind.CLIENT: _("接口客户端 %(id)s"),
    ActorKind.JOB: _("系统自动处理"),
    ActorKind.COMMAND: _("管理命令"),
}

CHANNELS = {
    "portal": _("网上"),
    "admin": _("工作台"),
    "counter": _("窗口"),
    "rest": _("REST 接口"),
    "hsa": _("国家医保接口"),
    "job": _("后台作业"),
    "command": _("管理命令"),
    "registry": _("登记数据载入"),
    "sandbox": _("接口演练"),
}


def actor(stored: str) -> str:
    """Return who acted, from `member:12` or `job:nightly`: an office and a number, no name."""
    kind, _colon, number = stored.partition(":")
    return str(ACTORS[kind]) % {"id": number} if kind in ACTORS else stored


def channel(stored: str) -> str:
    """Return where it happened."""
    return str(CHANNELS.get(stored, stored))


def table(label: str) -> str:
    """Return what a table's rows are called, from `app.model`; of one since gone, the label."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
