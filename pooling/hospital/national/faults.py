"""How the national interface says no: HTTP 200, `infcode` -1, and a sentence naming the field.

Only two things have another shape: who was not let in gets the gateway's own 401 body, and an
outcome nobody knows, or a database that is away, is a 503, which clients try again.
"""

import json
import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from pooling.hospital import faults
from pooling.hospital.national import calls
from pooling.hospital.national.dictionary import Invalid
from pooling.hospital.national.gateway import GatewayRefused
from pooling.hospital.parsing import Unreadable
from pooling.hospital.services.exchanges import Heard
from pooling.settlements.services import BusinessTimeOutOfWindow
from pooling.shared.errors import DomainError

log = logging.getLogger(__name__)

PROBLEMS = {
    "missing": _("不能为空"),
    "type": _("类型不对"),
    "number": _("应为数字"),
    "digits": _("位数超出 N(%(limit)s)"),
    "text": _("含有不能使用的字符"),
    "long": _("超过 %(limit)s 个字符"),
    "code": _("没有这个代码，可用：%(limit)s"),
    "moment": _("应为 yyyy-MM-dd 或 yyyy-MM-dd HH:mm:ss"),
    "object": _("应为 JSON 对象"),
    "rows": _("超过 %(limit)s 行"),
    "differs": _("与地址中的 %(limit)s 不一致"),
    "encrypted": _("应为 JSON 对象；本凭据没有启用加密报文"),
    "plain": _("本凭据已启用加密报文，应为 SM4 加密后的 Base64 文本"),
    "undecipherable": _("不能用约定的 SM4 密钥解密"),
}
#: What cannot be read; here a body may be longer.
BODIES = faults.BODIES | {"body_too_large": _("报文超过 16 MB。")}
#: The dictionary's own name of the field.
LATE = "交易时间"
AWAY = _("系统暂时繁忙，请稍后再试。本次没有动任何款项。")
BROKEN = _("系统出错，已记录。请用原报文编号再次发送，或冲正。")


def answer(error: Exception, heard: Heard, *, area: str, at) -> HttpResponse:
    """Return the reply to whatever kept a message from being carried out."""
    faults.note(heard, error)
    if isinstance(error, GatewayRefused):
        heard.claimed, heard.client = error.claimed and error.claimed.client, None
        body = {"code": 401, "message": str(error.sentence)}
        return faults.answer(json.dumps(body, ensure_ascii=False), 200)
    status, sentence = _said(error)
    return faults.answer(calls.failure(sentence, area=area, at=at), status)


def _said(error: Exception) -> tuple[int, str]:
    if isinstance(error, Invalid):
        return 200, _field(error)
    if isinstance(error, Unreadable):
        return 200, str(BODIES[error.code])
    if isinstance(error, BusinessTimeOutOfWindow):
        return 200, f"inf_time（{LATE}）：{error}"
    if isinstance(error, DomainError):
        return (503 if error.status == 503 else 200), str(error)
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database not available: %s", type(error).__name__)
        return 503, str(AWAY)
    log.exception("unexpected failure", exc_info=error)
    return 500, str(BROKEN)


def _field(error: Invalid) -> str:
    """Return `data.psn_no（人员编号）：不能为空`."""
    problem = str(PROBLEMS[error.why])
    if error.limit:
        problem %= {"limit": error.limit}
    named = f"{error.place}（{error.name}）" if error.name else error.place
    return f"{named}：{problem}"
