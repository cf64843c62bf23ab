"""Reading the log: by what somebody at a telephone can tell us, and never the whole of it."""

import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from accounts import selectors as accounts
from accounts.models import Member
from pooling.hospital.models import Exchange, TillCredential
from pooling.hospital.national import conformance, gateway
from pooling.hospital.national.dictionary import Invalid
from pooling.hospital.national.gateway import GatewayRefused
from pooling.hospital.parsing import Unreadable
from pooling.shared import crypto
from pooling.shared.periods import SHANGHAI

PAGE = 50
#: Of one message that names many people, so many are written down as looked at.
_PEOPLE = 20
_NUMBERS = ("certno", "cert_no", "mdtrt_cert_no", "psn_cert_no")
_NAMES = ("psn_name", "name")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for; empty values do not matter. Days are Shanghai's, both included."""

    msgid: str = ""
    setl_id: int | None = None
    institution_id: int | None = None
    infno: str = ""
    outcome: str = ""
    reason: str = ""
    first: date | None = None
    last: date | None = None


def find(asked: Asked, *, before: int | None = None) -> tuple[list[Exchange], bool]:
    """Return one page of lines, latest first, and whether there are more; two statements at most.

    `before` is the last line of the page above. Nothing is counted, and every question has an
    index (`tests/hospital/test_exchange_pages.py`).
    """
    rows = _matching(asked).select_related("institution", "claimed__institution")
    rows = rows.defer("request_sealed", "answer_sealed").order_by("-at", "-pk")
    if before is not None:
        above = Exchange.objects.filter(pk=before).values_list("at", "pk").first()
        if above is None:
            return [], False
        rows = rows.filter(TupleLessThan(Tuple("at", "pk"), above))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def _matching(asked: Asked) -> QuerySet[Exchange]:
    wanted = within(asked.first, asked.last)
    exact = {
        "msgid": asked.msgid,
        "setl_id": asked.setl_id,
        "infno": asked.infno,
        "outcome": asked.outcome,
        "reason": asked.reason,
    }
    wanted &= Q(**{name: value for name, value in exact.items() if value})
    if asked.institution_id is not None:
        # What nobody signed belongs to nobody; but somebody's key stood on it.
        unsigned = asked.outcome == Exchange.Outcome.UNSIGNED
        whose = "claimed__institution" if unsigned else "institution"
        wanted &= Q(**{whose: asked.institution_id})
    if asked.outcome and asked.outcome not in Exchange.WELL:
        wanted &= ~Q(outcome__in=Exchange.WELL)  # the index of these
    return Exchange.objects.filter(wanted)


def within(first: date | None, last: date | None) -> Q:
    """Return the condition that a line is of these days, both included."""
    wanted = Q()
    if first is not None:
        wanted &= Q(at__gte=midnight(first))
    if last is not None:
        wanted &= Q(at__lt=midnight(last + timedelta(days=1)))
    return wanted


def midnight(day: date) -> datetime:
    """Return the moment a day of Shanghai begins."""
    return datetime.combine(day, time(), SHANGHAI)


def sent(row: Exchange) -> bytes | None:
    """Return the body of a message as it came; None where it is not kept. Raises CannotOpen."""
    return _opened(row, "request_sealed")


def answered(row: Exchange) -> bytes | None:
    """Return what a message was answered; None where that is not kept. Raises CannotOpen."""
    return _opened(row, "answer_sealed")


def _opened(row: Exchange, column: str) -> bytes | None:
    sealed = getattr(row, column)
    if sealed is None:
        return None
    place = {"table": "hospital_exchange", "column": column, "uid": row.uid}
    return zlib.decompress(crypto.unseal_bytes(bytes(sealed), **place))


def credential_of(row: Exchange) -> TillCredential | None:
    """Return the credential that signed a message of the national interface."""
    rows = TillCredential.objects.select_related("client__institution")
    return rows.filter(client=row.client_id).first() if row.client_id else None


def read(row: Exchange) -> tuple[Any, Any]:
    """Return message and answer as JSON values, an encrypted input opened; None for neither."""
    told, reply = (
        None if raw is None else conformance.read(raw) for raw in (sent(row), answered(row))
    )
    if isinstance(told, dict) and isinstance(told.get("input"), str):
        told |= {"input": _plain(row, told)}
    return told, reply


def _plain(row: Exchange, message: dict) -> Any:
    credential = credential_of(row)
    try:
        return gateway.opened(credential, {"cainfo": ""} | message) if credential else "***"
    except (Invalid, Unreadable, GatewayRefused):
        return "***"  # never shown as it stands: it may be anything


def people(*contents: Any) -> list[Member]:
    """Return the members whom a message or its answer names, by number of the authority or law."""
    numbers: dict[str, None] = {}
    identities: dict[tuple[str, str], None] = {}
    for each in contents:
        _gather(each, numbers, identities)
    found = {}
    for psn_no in list(numbers)[:_PEOPLE]:
        found[psn_no] = accounts.by_psn_no(psn_no)
    for identity in list(identities)[:_PEOPLE]:
        found[identity] = accounts.by_identity(*identity)
    return list({each.pk: each for each in found.values() if each is not None}.values())


def _gather(value: Any, numbers: dict, identities: dict) -> None:
    if isinstance(value, list):
        for each in value:
            _gather(each, numbers, identities)
    if not isinstance(value, dict):
        return
    psn_no = value.get("psn_no")
    if isinstance(psn_no, str) and psn_no:
        numbers.setdefault(psn_no)
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), "")
    for key in _NUMBERS:
        if name and isinstance(value.get(key), str) and value[key]:
            identities.setdefault((value[key], name))
    for each in value.values():
        _gather(each, numbers, identities)
