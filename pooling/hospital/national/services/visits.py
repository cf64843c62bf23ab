"""A visit from registration to its end, without money: 2201–2203A, 2401, 2402, 2404, 2405."""

import json
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from pooling.audit import services as audit
from pooling.hospital.models import ClearingLine, FeeLine, Visit
from pooling.hospital.national import dictionary, moments
from pooling.hospital.national.calls import Call
from pooling.hospital.national.people import insured, named
from pooling.hospital.national.services import showing
from pooling.shared import crypto
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date
from pooling.shared.queries import insert
from pooling.shared.rows import NOBODY, row_number
from pooling.shared.work import verb

Kind, State = Visit.Kind, Visit.State
#: Of a visit's fields these are plain; all others are what was found and done there.
_PLAIN = {"psn_no", "mdtrt_id", "insutype", "begntime", "endtime", "ipt_otp_no", "ipt_no"}


class NotNow(DomainError):
    """The visit is not in a state in which this can be done."""

    code = "visit_state"


@verb
def register(*, call: Call, by: Actor, at) -> dict:
    """2201: begin an outpatient visit. Raises NotFound and PersonDiffers."""
    node = call.nodes["data"]
    visit = begin(call, node, Kind.OUTPATIENT, number=node["ipt_otp_no"], by=by, at=at)
    told = {"mdtrt_id": str(visit.pk), "psn_no": node["psn_no"], "ipt_otp_no": visit.number}
    return {"data": dictionary.complete("2201", "data", told)}


@verb
def admit(*, call: Call, by: Actor, at) -> dict:
    """2401: begin a stay. Raises NotFound and PersonDiffers."""
    node = call.nodes["mdtrtinfo"]
    visit = begin(call, node, Kind.INPATIENT, number=node["ipt_no"], by=by, at=at)
    return {"result": dictionary.complete("2401", "result", {"mdtrt_id": str(visit.pk)})}


def begin(call: Call, node: dict, kind: str, *, number: str | None, by: Actor, at) -> Visit:
    """Open a visit of whoever the message names, and encrypt what it tells beside that."""
    patient = named(node)
    showing.take(call, node, patient, by=by, at=at)
    insured(
        accounts.enrolments_of(patient.pk, business_date(at)), node["insutype"], business_date(at)
    )
    visit = Visit(
        institution=call.institution,
        patient=patient,
        kind=kind,
        message_id=call.key,
        number=number or "",
        insutype=node["insutype"],
        opened_at=at,
        begun_at=moments.read(node["begntime"], at),
    )
    visit.key_text = crypto.make_data_key()
    _tell(visit, call)
    insert([visit])
    audit.record(verb="hospital.open_visit", subject=visit, by=by, at=at, detail={"kind": kind})
    return visit


@verb
def cancel(*, call: Call, by: Actor, at) -> dict:
    """2202 and 2404: undo a registration. Raises NotNow while fees or settlements stand."""
    withdraw(held(call, call.nodes["data"]), by=by, at=at)
    return {}


def withdraw(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Cancel a locked visit. Raises NotNow."""
    if FeeLine.objects.filter(visit=visit).exists() or settled(visit):
        raise NotNow(_("这次就诊还有费用明细或结算，请先撤销结算和费用明细。"))
    _move(visit, State.CANCELLED)
    visit.save(update_fields=["state"])
    audit.record(verb="hospital.cancel_visit", subject=visit, by=by, at=at)


@verb
def describe(*, call: Call, by: Actor, at) -> dict:
    """2203 and 2203A: what the patient has. Kept encrypted; nothing of it decides money."""
    visit = held(call, call.nodes["mdtrtinfo"])
    must_be(visit, State.OPEN)
    _tell(visit, call)
    visit.save(update_fields=["details"])
    audit.record(verb="hospital.describe_visit", subject=visit, by=by, at=at)
    return {}


@verb
def discharge(*, call: Call, by: Actor, at) -> dict:
    """2402: end a stay. Raises NotNow."""
    node = call.nodes["dscginfo"]
    visit = held(call, node, Kind.INPATIENT)
    _move(visit, State.DISCHARGED)
    visit.ended_at = moments.read(node["endtime"], at)
    _tell(visit, call)
    visit.save(update_fields=["state", "ended_at", "details"])
    audit.record(verb="hospital.discharge", subject=visit, by=by, at=at)
    return {}


@verb
def undo_discharge(*, call: Call, by: Actor, at) -> dict:
    """2405: take a discharge back. Raises NotNow once the stay is settled."""
    visit = held(call, call.nodes["data"], Kind.INPATIENT)
    if settled(visit):
        raise NotNow(_("这次住院已经结算，请先撤销结算。"))
    _move(visit, State.OPEN)
    visit.ended_at = None
    visit.save(update_fields=["state", "ended_at"])
    audit.record(verb="hospital.undo_discharge", subject=visit, by=by, at=at)
    return {}


def held(call: Call, node: dict, kind: str | None = None) -> Visit:
    """Lock and return the visit a message names, with its patient. Raises NotNow once cancelled.

    Raises NotFound: absent, another institution's, another patient's are all the same.
    """
    return _standing(_find(call, node, kind, lock=True))


def look_at(call: Call, node: dict, kind: str | None = None) -> Visit:
    """Return what `held` does, unlocked: for trying out."""
    return _standing(_find(call, node, kind, lock=False))


def remembered(call: Call, node: dict) -> Visit:
    """Return the visit a message names, cancelled ones too, unlocked. Raises NotFound."""
    return _find(call, node, None, lock=False)


def _standing(visit: Visit) -> Visit:
    if visit.state == State.CANCELLED:
        raise NotNow(_("这次就诊已经取消。"))
    return visit


def _find(call: Call, node: dict, kind: str | None, *, lock: bool) -> Visit:
    number = row_number(node["mdtrt_id"]) or NOBODY
    rows = Visit.objects.select_related("patient")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    visit = rows.filter(pk=number, institution=call.institution).first()
    if visit is None or visit.patient.psn_no != node["psn_no"] or kind not in (None, visit.kind):
        raise NotFound(_("没有这次就诊，请核对就诊ID与人员编号。"))
    return visit


def settled(visit: Visit) -> bool:
    """Return whether a settlement of the visit stands that was not reversed."""
    lines = ClearingLine.objects.filter(visit=visit)
    gone = lines.filter(returned=True).values("settlement")
    return lines.filter(returned=False).exclude(settlement__in=gone).exists()


def must_be(visit: Visit, state: str) -> None:
    if visit.state != state:
        raise NotNow(_("这次就诊现在的状态（%(state)s）不能这样办理。") % {"state": _word(visit)})


def _word(visit: Visit) -> str:
    return str(State(visit.state).label)


def _tell(visit: Visit, call: Call) -> None:
    """Encrypt what this message says of the visit into what earlier ones said."""
    known = json.loads(visit.opened(visit.details, bound=visit.uid)) if visit.details else {}
    for node, values in call.nodes.items():
        if isinstance(values, list):
            known[node] = values
        else:
            told = {key: value for key, value in values.items() if value and key not in _PLAIN}
            known[node] = known.get(node, {}) | told
    text = json.dumps(known, ensure_ascii=False, default=str)
    visit.details = visit.closed(text, bound=visit.uid)


def _move(visit: Visit, state: str) -> None:
    """The one place where a stored visit changes its state."""
    if state not in Visit.ALLOWED[State(visit.state)]:
        raise NotNow(_("这次就诊现在的状态（%(state)s）不能这样办理。") % {"state": _word(visit)})
    visit.state = state
