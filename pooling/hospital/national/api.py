"""The national interface, `/hsa/…`: let in, read, one unit of work, answer (ADR 0027)."""

import base64
import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.services.credentials import CodeRefused
from pooling.hospital import faults as json_faults
from pooling.hospital.models import Exchange
from pooling.hospital.national import calls, faults, gateway
from pooling.hospital.national.services import messages, persons
from pooling.hospital.national.services.files import Download
from pooling.hospital.parsing import Unreadable
from pooling.hospital.services import codes, exchanges
from pooling.hospital.services.once import Answer
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.work import unit_of_work

Outcome = Exchange.Outcome
#: A stay has thousands of items, and a statement's file comes as numbers byte by byte.
MAX_BYTES = 16 * 1024 * 1024
#: `/hsa/2207`, or one address for all, with or without the number behind it.
ADDRESS = re.compile(
    r"(?:fsi/api/rsfComIfsService/callService(?:/|$))?(?P<infno>[0-9]{4,6}[A-Z]?)?/?", re.ASCII
)


class _Sitting:
    """What the reply to a refusal needs to know of a message, so far."""

    area = ""
    at = None
    by = None


@csrf_exempt
def receive(request: HttpRequest, address: str) -> HttpResponse:
    """Answer one message, whatever its content type says."""
    found, heard = ADDRESS.fullmatch(address), exchanges.of(request)
    if found is None:
        heard.became(Outcome.INVALID, "address_unknown")
        return json_faults.answer(calls.failure(_("没有这个地址。")), 404)
    if request.method != "POST":
        heard.became(Outcome.INVALID, "method_not_allowed")
        response = json_faults.answer(calls.failure(_("这个地址只接受 POST。")), 405)
        response["Allow"] = "POST"
        return response
    sitting = _Sitting()
    try:
        raw = _bounded(request)
        infno = found["infno"] or ""
        given = _in_one_unit(request, raw, infno, sitting)
        if given is None:
            raise persons.nobody()
    except Exception as error:  # noqa: BLE001 - a till that gets no JSON cancels the visit
        return faults.answer(error, heard, area=sitting.area, at=sitting.at)
    if isinstance(given, Download):
        return _file(request, given, sitting)
    exchanges.note(heard, given)
    return json_faults.answer(given.content, given.status)


def _in_one_unit(request, raw: bytes, infno: str, sitting: _Sitting):
    try:
        return unit_of_work(lambda: _carry_out(request, raw, infno, sitting))
    except CodeRefused as refusal:
        # It took everything back with it, the trace of itself too.
        kept = {"refusal": refusal, "institution": exchanges.of(request).client.institution}
        unit_of_work(lambda: codes.keep(**kept, by=sitting.by, at=sitting.at))
        raise


def _bounded(request: HttpRequest) -> bytes:
    """Return the body. Raises Unreadable for one that is too large, by its announced length."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise Unreadable("body_without_length")
    if not length.isdecimal() or int(length) > MAX_BYTES:
        raise Unreadable("body_too_large")
    exchanges.of(request).body = raw = request.read(int(length))
    return raw


def _file(request: HttpRequest, file: Download, sitting: _Sitting) -> HttpResponse:
    """Answer 9102: the file itself, as clients save it; as JSON to those that ask for that."""
    if "application/json" in request.headers.get("Accept", ""):
        told = {"filename": file.name, "in": base64.b64encode(file.content).decode()}
        return json_faults.answer(calls.reply(sitting.area, sitting.at, calls.OK, "", told), 200)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
    return HttpResponse(file.content, content_type="application/octet-stream", headers=headers)


def _carry_out(
    request: HttpRequest, raw: bytes, infno: str, sitting: _Sitting
) -> Answer | Download | None:
    credential, at, nonce = gateway.let_in(request.META)
    by = Actor(ActorKind.CLIENT, credential.client_id, channel="hsa")
    sitting.area, sitting.at, sitting.by = credential.client.institution.area, at, by
    heard = exchanges.of(request)
    heard.client = credential.client
    return messages.hear(
        credential=credential, raw=raw, infno=infno, nonce=nonce, heard=heard, by=by, at=at
    )
