"""2601: undo a message whose answer never arrived, by that message's own number."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from pooling.hospital.models import ClearingLine, Message, Visit
from pooling.hospital.national import calls
from pooling.hospital.national.calls import Call
from pooling.hospital.national.services import bills, visits
from pooling.hospital.services.once import Answer, Envelope, claim, once, remember
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound

Kind = Message.Kind
#: Nothing else can be undone this way.
REVERSIBLE = ("2102", "2207", "2304", "2401")


class NotReversible(DomainError):
    """The original is a transaction that 2601 does not undo."""

    code = "not_reversible"


def reverse_message(*, call: Call, by: Actor, at) -> Answer:
    """Undo a message. Before its original it leaves a tombstone that refuses it for good.

    Runs inside the verb that carries messages out, which may catch a conflict and go on.
    Raises NotReversible, NotFound for another patient's, and what undoing refuses.
    """
    node = call.nodes["data"]
    if node["oinfno"] not in REVERSIBLE:
        raise NotReversible(_("冲正只用于 2102、2207、2304、2401。"))
    original = f"{node['oinfno']}:{node['omsgid']}"
    undo = _undo(call, original)
    absent = Answer(200, calls.success(call, {}, at))
    if undo is None:
        # Waits for an original under way; whichever row is in first decides.
        row = claim(_envelope(call, Kind.TOMBSTONE, original), at=at)
        if row is not None:
            return remember(row, absent, secret=True)
        undo = _undo(call, original)

    def carry_out() -> Answer:
        if undo is None:  # an earlier tombstone, under another msgid
            return absent
        return Answer(200, calls.success(call, undo(by, at), at))

    return once(_envelope(call, Kind.REVERSAL), carry_out, at=at)


def _envelope(call: Call, kind: Kind, message_id: str = "") -> Envelope:
    return Envelope(call.client, call.key, kind, call.fingerprint, message_id, call.infno)


def _undo(call: Call, original: str) -> Callable[[Actor, object], dict] | None:
    """Return what undoes a message, or None where it has left nothing."""
    if original.startswith("2401:"):
        return _undo_admission(call, original)
    line = (
        ClearingLine.objects.filter(
            institution=call.institution,
            settlement__message_id=original,
            returned=False,
        )
        .select_related("visit__patient")
        .first()
    )
    if line is None:
        return None
    _must_be_of(line.visit, call)

    def undo(by: Actor, at) -> dict:
        visit = visits.held(call, _named(line.visit))
        return bills.give_back(call, visit, line, by=by, at=at)

    return undo


def _undo_admission(call: Call, original: str) -> Callable[[Actor, object], dict] | None:
    rows = Visit.objects.filter(institution=call.institution, message_id=original)
    visit = rows.select_related("patient").first()
    if visit is None:
        return None
    _must_be_of(visit, call)

    def undo(by: Actor, at) -> dict:
        visits.withdraw(visits.held(call, _named(visit)), by=by, at=at)
        return {}

    return undo


def _named(visit: Visit) -> dict[str, str]:
    return {"mdtrt_id": str(visit.pk), "psn_no": visit.patient.psn_no}


def _must_be_of(visit: Visit, call: Call) -> None:
    """Refuse a patient who is not the original's: a tired hand mixes two receipts up."""
    if visit.patient.psn_no != call.nodes["data"]["psn_no"]:
        raise NotFound(_("原交易不属于这个人员编号。"))
