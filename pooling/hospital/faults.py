"""How the REST interface says no: one shape, a code for machines, a sentence for people."""

import json
import logging

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from pooling.hospital.models import Exchange
from pooling.hospital.national.dictionary import Invalid
from pooling.hospital.parsing import Unreadable
from pooling.hospital.services import exchanges
from pooling.hospital.services.exchanges import Heard
from pooling.policy.parameters import NEVER_USES
from pooling.settlements import uses
from pooling.shared.errors import DomainError
from pooling.shared.money import yuan_from_fen

log = logging.getLogger(__name__)

Outcome = Exchange.Outcome
BODIES = {
    "body_malformed": _("报文不是合法的 UTF-8 JSON。请用 UTF-8 编码（不是 GBK），不要压缩。"),
    "body_duplicate_name": _("报文里有重复的字段名。"),
    "body_missing": _("缺少报文。"),
    "body_without_length": _("请用 Content-Length 说明报文长度，不要分块传输。"),
    "body_too_large": _("报文超过 64 KB。"),
}
FIELDS = {
    "missing": _("必填。"),
    "extra_forbidden": _("没有这个字段。"),
    "amount": _("应为不小于零、最多两位小数的金额（元）。"),
    "amount_zero": _("金额应大于零。"),
    "moment": _("应为带时区的 ISO 8601 时间，如 2026-11-22T10:30:00+08:00。"),
    "day": _("应为 YYYY-MM-DD 的日期。"),
    "flag": _("应为 0、1 或 2。"),
    "patient": _("应为 psn_no，或 cert_no 与 name，或 e_credential，只选其一。"),
    "string_pattern_mismatch": _("应为 1 至 64 个可见 ASCII 字符，不含空格和逗号。"),
    "string_too_long": _("太长。"),
    "string_too_short": _("不能为空。"),
    "text": _("不能为空，也不能含控制字符。"),
    "enum": _("没有这个取值。"),
}
_ELSE = _("类型或格式不对。")
#: Longest name of an unknown field that we repeat.
_SHOWN = 64


def answer(content: str, status: int) -> HttpResponse:
    """Return a JSON answer; nothing of it may be kept on the way."""
    raw = content.encode("utf-8", "replace")
    return HttpResponse(
        raw,
        status=status,
        content_type="application/json; charset=utf-8",
        # Without its length the server would send it in chunks.
        headers={"Cache-Control": "no-store", "Content-Length": str(len(raw))},
    )


def problem(
    status: int, code: str, sentence, *, remedy="", rule=None, details=None
) -> HttpResponse:
    """Return a refusal: `{"code", "message", "remedy"?, "rule"?, "details"?}`."""
    body = {"code": code, "message": str(sentence)}
    if remedy:
        body["remedy"] = str(remedy)
    if rule:
        body["rule"] = rule
    if details:
        body["details"] = details
    response = answer(json.dumps(body, ensure_ascii=False, default=str), status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def body_problem(code: str, *, status: int = 400) -> HttpResponse:
    """Return the refusal of a body that could not be read at all."""
    return problem(status, code, BODIES[code])


def note(heard: Heard, error: Exception) -> None:
    """Write down what kept a message from being carried out: codes, and nothing it said."""
    if isinstance(error, HttpError):
        error = error.__cause__ or error
    if isinstance(error, DomainError):
        heard.became(_outcome(error), error.code)
    elif isinstance(error, Invalid):
        heard.became(Outcome.INVALID, f"{error.why} {error.place}")
    elif isinstance(error, Unreadable):
        heard.became(Outcome.INVALID, error.code)
    elif isinstance(error, ValidationError):
        first = error.errors[0]
        # The path of an unknown field is the sender's own words.
        known = "" if first["type"] == "extra_forbidden" else ".".join(map(str, first["loc"][2:]))
        heard.became(Outcome.INVALID, f"{first['type']} {known}".strip())
    elif isinstance(error, HttpError | Http404):
        heard.became(Outcome.INVALID, "refused")
    else:
        away = isinstance(error, OperationalError | InterfaceError)
        heard.unreachable = away and getattr(error.__cause__, "sqlstate", None) is None
        heard.became(Outcome.FAILED, "database_away" if away else type(error).__name__)


def _outcome(error: DomainError) -> Outcome:
    if error.status == 401:
        return Outcome.UNSIGNED
    if error.status == 503:
        return Outcome.UNKNOWN if error.code == "outcome_unknown" else Outcome.BUSY
    return Outcome.REFUSED


def install(api: NinjaAPI) -> None:
    """Teach the interface to answer every refusal, lawful or not, in the one shape."""
    handlers = {
        DomainError: _domain,
        ValidationError: _fields,
        HttpError: _http,
        Http404: _absent,
        OperationalError: _database_away,
        InterfaceError: _database_away,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, _noted(handler))


def _noted(handler):
    """Return the handler, after a line of the log was told what it handles."""

    def handle(request, error: Exception) -> HttpResponse:
        note(exchanges.of(request), error)
        return handler(request, error)

    return handle


def _domain(request, refusal: DomainError) -> HttpResponse:
    return problem(
        refusal.status,
        refusal.code,
        refusal.sentence,
        remedy=refusal.remedy,
        rule=refusal.rule,
        details=_in_yuan(refusal.details),
    )


def _in_yuan(details: dict) -> dict:
    """Return a refusal's details with amounts as every answer gives them: yuan as text."""
    return {
        name.removesuffix("_fen"): yuan_from_fen(value) if name.endswith("_fen") else value
        for name, value in details.items()
    }


def _fields(request, error: ValidationError) -> HttpResponse:
    details = {}
    for each in error.errors:
        # ninja puts where it was found and the view's parameter name before the path
        where, *path = each["loc"]
        path = path[1:] if where == "body" else path
        if not path and each["type"] == "missing":
            return body_problem("body_missing")
        field = ".".join(str(step)[:_SHOWN] for step in path) or "body"
        details[field] = _sentence(each["type"])
    field, sentence = next(iter(details.items()))
    message = _("字段 %(field)s：%(problem)s") % {"field": field, "problem": sentence}
    return problem(422, "invalid_field", message, details=details)


def _sentence(problem: str) -> str:
    forbidden = problem.removeprefix("use_never_")
    if forbidden in NEVER_USES:
        return uses.never(forbidden)
    return str(FIELDS.get(problem, _ELSE))


def _http(request, error: HttpError) -> HttpResponse:
    """ninja hides why a body could not be read behind a plain 400."""
    if isinstance(error.__cause__, Unreadable):
        return body_problem(error.__cause__.code)
    if error.status_code == 401:
        return problem(401, "unauthorized", _("请用 Authorization: Bearer 出示有效的密钥。"))
    return problem(error.status_code, "refused", _("请求不能受理。"))


def _absent(request, error: Http404) -> HttpResponse:
    return problem(404, "not_found", _("没有这个地址。"))


def _database_away(request, error: Exception) -> HttpResponse:
    """Nothing was committed: an unknown outcome has its own error."""
    log.error("database not available: %s", type(error).__name__)
    return problem(503, "busy", _("系统暂时繁忙，请稍后再试。本次没有动任何款项。"))


def _unexpected(request, error: Exception) -> HttpResponse:
    log.exception("unexpected failure", exc_info=error)
    return problem(500, "internal", _("系统出错，已记录。请用同一编号再次查询或冲正。"))
