"""Carrying out again what failed through us, by the very verbs a till's own retry would run.

The message keeps institution, transaction and number, so that what protects a till from paying
twice protects here: what was done meanwhile is found, a reversal that came first stays in force,
and the till that sends its message again gets the same bytes. What no system knows is whether
the patient has paid cash meanwhile; that the page makes staff ask.
"""

from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.models import ApiClient
from pooling.audit import services as audit
from pooling.hospital import schemas
from pooling.hospital.models import Exchange, Message
from pooling.hospital.national.services import messages
from pooling.hospital.national.services.files import Download
from pooling.hospital.parsing import read_json
from pooling.hospital.selectors import exchanges
from pooling.hospital.services import tills
from pooling.hospital.services.exchanges import Heard
from pooling.hospital.services.once import Answer
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date
from pooling.shared.work import verb

#: Questions: answering one again changes nothing.
QUESTIONS = {"1101", "2001", "2101", "2206", "2303", "3201", "5203", "preview", "show"}
#: Bills of the national interface: without late reports they count on the day they are settled.
BILLS = {"2102", "2207", "2304"}


def _rest(schema, act: Callable) -> Callable:
    def carry_out(row: Exchange, raw: bytes, client: ApiClient, by: Actor, at) -> Answer:
        try:
            said = schema.model_validate(read_json(raw)) if schema else None
        except ValidationError:
            raise ReplayRefused(_("这条报文本身有误，重放没有意义。")) from None
        return act(row, said, {"client": client, "by": by, "at": at})

    return carry_out


#: Name of a REST call → how to carry it out; by the verbs of `pooling.hospital.api`.
REST = {
    "preview": _rest(schemas.BillIn, lambda row, bill, who: tills.preview(bill=bill, **who)),
    "settle": _rest(schemas.BillIn, lambda row, bill, who: tills.settle(bill=bill, **who)),
    "show": _rest(
        None,
        lambda row, _nothing, who: tills.show(client=who["client"], settlement_id=row.setl_id),
    ),
    "reverse": _rest(
        schemas.ReversalIn,
        lambda row, said, who: tills.reverse(
            settlement_id=row.setl_id, key=row.msgid, reversal=said, **who
        ),
    ),
    "reverse_message": _rest(
        schemas.ReversalByMessageIn,
        lambda row, said, who: tills.reverse_message(key=row.msgid, reversal=said, **who),
    ),
    "refund": _rest(
        schemas.RefundIn,
        lambda row, said, who: tills.refund(
            settlement_id=row.setl_id, key=row.msgid, wish=said, **who
        ),
    ),
}


class ReplayRefused(DomainError):
    """The message is not one to carry out again; nothing was tried."""

    code = "replay_refused"
    status = 409


class TakenBack(Exception):
    """Ends a rehearsal, so that everything it did is rolled back; holds what was answered."""

    def __init__(self, answer: Answer | Download | None):
        super().__init__()
        self.answer = answer


def objection_to_reading(row: Exchange) -> str:
    """Return why a message cannot even be rehearsed; empty where it can."""
    if row.client_id is None:
        return _("没有通过验签的报文不能重放：不知道是谁发的。")
    if row.client.revoked_at is not None:
        return _("这个接口客户端已停用，它的报文不再办理。")
    if row.request_sealed is None and row.infno != "show":
        return _("报文内容没有保存，请机构用原编号重发。")
    return ""


def objection(row: Exchange, *, at) -> str:
    """Return why a message may not be carried out again; empty where it may."""
    if row.replay_of_id is not None:
        return _("这本身就是一次重放，请从原报文重放。")
    if found := objection_to_reading(row):
        return found
    if row.infno in QUESTIONS:
        return ""
    if row.infno not in messages.REPEATABLE and row.infno not in REST:
        return _("这类报文没有防重保护，重放会留下机构不知道的记录。请机构重发。")
    if _done(row):
        return _("这条报文已经办成，不用重放：机构用同一编号重发，会得到原来的应答。")
    if _undone(row):
        return _("机构已经冲正了这条报文，它不再办理。")
    if row.outcome not in Exchange.OURS:
        return _("只有因本系统故障没有办成的报文才能重放。被拒绝的，请机构更正后重发。")
    late = business_date(row.at) != business_date(at)
    if row.infno in BILLS and late and not row.client.backdate_days:
        return _("那天的营业日已经过了，重放会记在今天，与机构的账对不上。请机构重新结算。")
    return ""


def _done(row: Exchange) -> bool:
    """Return whether the message is in the memory of those that were carried out."""
    if row.infno in REST:
        return Message.objects.filter(client=row.client_id, key=row.msgid).exists()
    key = f"{row.infno}:{row.msgid}"
    found = Message.objects.filter(institution=row.institution_id, key=key).exclude(infno="")
    return found.exists()


def _undone(row: Exchange) -> bool:
    """Return whether a reversal has come since, and stands in the message's way."""
    named = row.msgid if row.infno in REST else f"{row.infno}:{row.msgid}"
    reversals = Message.objects.filter(institution=row.institution_id, message_id=named)
    return reversals.filter(kind=Message.Kind.TOMBSTONE).exists()


def rehearse(*, exchange_id: int, by: Actor, at) -> None:
    """Carry a message out and take everything back. Always raises: TakenBack if it went well.

    What is only checked at a commit is checked before.
    """
    row = _row(exchange_id)
    if found := objection_to_reading(row):
        raise ReplayRefused(found)
    answer = _carry_out(row, Heard(), by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    raise TakenBack(answer)


@verb
def replay(*, exchange_id: int, heard: Heard, by: Actor, at) -> Answer | Download | None:
    """Carry a message out again for good; `heard` becomes a line of its own in the log.

    A code of an e-credential has long run out by then, and the bill is refused. Raises
    ReplayRefused, and whatever the message's own verb refuses.
    """
    row = _row(exchange_id)
    if found := objection(row, at=at):
        raise ReplayRefused(found)
    detail = {"infno": row.infno, "msgid": row.msgid}
    audit.record(verb="hospital.replay", subject=row, by=by, at=at, detail=detail)
    return _carry_out(row, heard, by=by, at=at)


def _row(exchange_id: int) -> Exchange:
    rows = Exchange.objects.select_related("client__institution")
    row = rows.filter(pk=exchange_id).first()
    if row is None:
        raise NotFound(_("日志里没有这条报文。"))
    return row


def _carry_out(row: Exchange, heard: Heard, *, by: Actor, at) -> Answer | Download | None:
    raw = exchanges.sent(row) or b""
    heard.client, heard.infno, heard.msgid, heard.body = row.client, row.infno, row.msgid, raw
    if row.infno in REST:
        return REST[row.infno](row, raw, row.client, by, at)
    credential = exchanges.credential_of(row)
    if credential is None:
        raise ReplayRefused(_("这条报文没有网关凭据。"))
    return messages.hear(
        credential=credential, raw=raw, infno=row.infno, nonce="", heard=heard, by=by, at=at
    )
