"""What every machine answer has: a request id, a bounded body, and JSON down to the last 404."""

import re
import time
import uuid

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import bound_contextvars

from pooling.hospital import faults
from pooling.hospital.parsing import MAX_BYTES
from pooling.hospital.services import exchanges

PREFIX = "/api/v1/"
NATIONAL = "/hsa/"
#: Calls of tills; a hotline's questions stand in the trail of looks.
LOGGED = {"preview", "settle", "show", "reverse", "reverse_message", "refund"}
HEADER = "X-Request-ID"
_USABLE = re.compile(r"[0-9A-Za-z._-]{1,64}")
_SENTENCES = {
    404: ("not_found", _("没有这个地址。")),
    405: ("method_not_allowed", _("这个地址不接受此方法。")),
}
_OTHERWISE = ("refused", _("请求不能受理。"))
_BROKEN = ("internal", _("系统出错，已记录。请用同一编号再次查询或冲正。"))


def middleware(get_response):
    """Wrap machine calls. The till's own request id is kept where it is one.

    The language is the site's: a thread that showed somebody an English page before must not
    lend its language to an answer that is stored and repeated for ever.
    """

    def wrapped(request):
        started, heard = time.perf_counter_ns(), exchanges.of(request)
        given = request.headers.get(HEADER, "")
        request_id = given if _USABLE.fullmatch(given) else uuid.uuid4().hex
        language = translation.override(settings.LANGUAGE_CODE)
        with bound_contextvars(request_id=request_id), language:
            if request.path.startswith(PREFIX):
                response = _in_one_shape(_bounded(request, get_response))
            else:
                response = get_response(request)
            if _is_logged(request):
                exchanges.keep(heard, _given(response, request_id, started))
        response[HEADER] = request_id
        return response

    return wrapped


def _is_logged(request) -> bool:
    """Return whether a message belongs into the log, and name its call."""
    if request.path.startswith(NATIONAL):
        return True
    found = request.resolver_match
    if not (request.path.startswith(PREFIX) and found and found.url_name in LOGGED):
        return False
    heard = exchanges.of(request)
    heard.infno, heard.msgid = found.url_name, request.headers.get("Idempotency-Key", "")
    return True


def _given(response, request_id: str, started: int) -> exchanges.Given:
    raw = response.content
    is_json = response["Content-Type"].startswith("application/json")
    elapsed_ms = (time.perf_counter_ns() - started) // 1_000_000
    text = raw if is_json else b""
    return exchanges.Given(response.status_code, text, len(raw), elapsed_ms, request_id)


def _bounded(request, get_response):
    """Refuse a large body by its announced length, before a byte of it is read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return faults.body_problem("body_malformed")
    if "Transfer-Encoding" in request.headers:
        return faults.body_problem("body_without_length", status=411)
    if length > MAX_BYTES:
        return faults.body_problem("body_too_large", status=413)
    return get_response(request)


def _in_one_shape(response):
    """Turn what Django or ninja answer by themselves into the interface's own refusal."""
    if response.status_code < 400 or response["Content-Type"].startswith("application/json"):
        return response
    fallback = _BROKEN if response.status_code >= 500 else _OTHERWISE
    code, sentence = _SENTENCES.get(response.status_code, fallback)
    shaped = faults.problem(response.status_code, code, sentence)
    if "Allow" in response:
        shaped["Allow"] = response["Allow"]
    return shaped
