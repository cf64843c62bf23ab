"""Which verb a transaction is, and which are kept: those that move money, or can be undone."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from pooling.audit import services as audit
from pooling.hospital.models import Message, TillCredential
from pooling.hospital.national import calls, dictionary, gateway
from pooling.hospital.national.calls import Call
from pooling.hospital.national.services import (
    bills,
    fees,
    files,
    persons,
    reversing,
    signing,
    statements,
    visits,
)
from pooling.hospital.services.exchanges import Heard
from pooling.hospital.services.once import Answer, Envelope, IdempotencyConflict, once
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.work import verb

Kind = Message.Kind


class TransactionUnknown(DomainError):
    """There is no such transaction here."""

    code = "transaction_unknown"


#: Answered afresh each time.
AFRESH: dict[str, Callable[..., dict | None]] = {
    "9001": signing.sign_in,
    "9002": signing.sign_out,
    "1101": persons.look_up,
    "2001": persons.entitlement,
    "2201": visits.register,
    "2202": visits.cancel,
    "2203": visits.describe,
    "2203A": visits.describe,
    "2204": fees.upload,
    "2205": fees.take_back,
    "2206": bills.preview,
    "2101": bills.preview,
    "2301": fees.upload,
    "2302": fees.take_back,
    "2303": bills.preview,
    "2402": visits.discharge,
    "2404": visits.cancel,
    "2405": visits.undo_discharge,
    "3201": statements.compare,
    "3202": files.compare,
    "5203": statements.show,
    "9101": files.upload,
}
#: Written down before they are carried out, and answered the same for ever.
KEPT: dict[str, tuple[Kind, Callable[..., dict]]] = {
    "2102": (Kind.SETTLEMENT, bills.settle),
    "2207": (Kind.SETTLEMENT, bills.settle),
    "2304": (Kind.SETTLEMENT, bills.settle),
    "2103": (Kind.REVERSAL, bills.reverse),
    "2208": (Kind.REVERSAL, bills.reverse),
    "2305": (Kind.REVERSAL, bills.reverse),
    "2401": (Kind.ADMISSION, visits.admit),
}
REVERSING = "2601"
DOWNLOAD = "9102"
#: What a second try may be told: the same answer.
REPEATABLE = {*KEPT, REVERSING}
KNOWN = {*AFRESH, *REPEATABLE, DOWNLOAD}


def hear(
    *,
    credential: TillCredential,
    raw: bytes,
    infno: str,
    nonce: str,
    heard: Heard,
    by: Actor,
    at,
) -> Answer | files.Download | None:
    """Read a message that a credential signed, check it, and carry it out.

    `infno` is the address's. `heard` learns what the log wants to know. Raises Unreadable,
    Invalid, GatewayRefused, TransactionUnknown, NotFound, and what `carry_out` raises.
    """
    institution = credential.client.institution
    message = calls.envelope(raw, infno)
    heard.infno, heard.msgid = message["infno"], message["msgid"]
    if message["infno"] not in KNOWN:
        raise TransactionUnknown(_unknown(message["infno"]))
    if message["fixmedins_code"] != institution.code:
        raise NotFound(_("报文的定点医药机构编号不是这个凭据的机构。"))
    repeatable = message["infno"] in REPEATABLE
    gateway.spend(credential, nonce, raw, repeatable=repeatable, at=at)
    call = Call(
        credential=credential,
        infno=message["infno"],
        msgid=message["msgid"],
        area=message["insuplc_admdvs"] or institution.area,
        operator=message["opter"],
        nodes=dictionary.read(message["infno"], gateway.opened(credential, message)),
        sent_at=message["inf_time"],
    )
    return carry_out(call=call, by=by, at=at)


@verb
def carry_out(*, call: Call, by: Actor, at) -> Answer | files.Download | None:
    """Carry a message out, or repeat what it was answered; None where nobody was found.

    A msgid that was used for another input is refused, and that is written down: two patients
    must never get one answer. Raises what the transaction's verb refuses.
    """
    try:
        if call.infno == REVERSING:
            return reversing.reverse_message(call=call, by=by, at=at)
        if call.infno in KEPT:
            return _keep(call, by, at)
    except IdempotencyConflict as refusal:
        audit.record(
            verb="hospital.msgid_reused",
            subject=call.institution,
            by=by,
            at=at,
            detail={"infno": call.infno, "msgid": call.msgid},
        )
        told = calls.failure(str(refusal), area=call.area, at=at)
        return Answer(200, told, refused=refusal.code)
    if call.infno == DOWNLOAD:
        return files.download(call=call, by=by, at=at)
    output = AFRESH[call.infno](call=call, by=by, at=at)
    return None if output is None else Answer(200, calls.success(call, output, at))


def _keep(call: Call, by: Actor, at) -> Answer:
    kind, act = KEPT[call.infno]
    named = "" if kind == Kind.REVERSAL else call.key
    envelope = Envelope(call.client, call.key, kind, call.fingerprint, named, call.infno)
    return once(
        envelope,
        lambda: Answer(200, calls.success(call, act(call=call, by=by, at=at), at)),
        at=at,
    )


def _unknown(infno: str) -> str:
    """Return the words for a transaction there is not."""
    return _("没有这个交易编号：%(infno)s") % {"infno": infno[:6] or "—"}
