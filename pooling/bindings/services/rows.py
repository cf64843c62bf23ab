"""How a binding is held, moved and told about; every verb of the package begins and ends here."""

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import refusals, selectors
from pooling.bindings.models import Binding
from pooling.bindings.rules import Refusal
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date

PAYER, RELATIVE = "payer", "relative"
State = Binding.State


class Refused(DomainError):
    """A rule stands against it; `rule` is the clause of the area, where there is one."""

    code = "binding_refused"

    @classmethod
    def because(cls, refusal: Refusal, rules=None, **more) -> "Refused":
        """Return the refusal in words, with the clause behind it quoted from `rules`."""
        why, remedy, clause = refusals.told(refusal, rules)
        return cls(
            why, remedy=remedy, code=refusal.code, rule=clause, details=refusal.values, **more
        )


class NotNow(DomainError):
    """The binding is not in a state from which this can be done."""

    code = "binding_state"
    status = 409


class OtherSide(DomainError):
    """Only the other of the two may do this."""

    code = "binding_other_side"
    status = 403


class TooSoon(DomainError):
    """Limits cannot be raised shortly after the phone changed; lowering always can."""

    code = "phone_changed_lately"
    status = 403


def held(binding_id: int, by: Actor, *sides: str) -> Binding:
    """Lock both members, then the binding, and return it if `by` is on one of the sides.

    Raises NotFound where it is absent or nobody's business of theirs, OtherSide where only
    the other of the two may.
    """
    asker = by.principal
    found = selectors.owned(asker, binding_id)
    people.locked([found.payer_id, found.relative_id])
    binding = selectors.locked([binding_id])[binding_id]
    mine = PAYER if asker == binding.payer_id else RELATIVE
    if mine not in sides:
        sentence = _("只有共济人可以这样做。") if mine == RELATIVE else _("只有家人可以这样做。")
        raise OtherSide(sentence)
    return binding


def only(binding: Binding, state) -> None:
    """Refuse unless the binding is in this state."""
    if binding.state != state:
        raise _not_now(binding)


def _not_now(binding: Binding) -> NotNow:
    sentence = _("这份授权现在的状态是“%(state)s”，不能这样办理。")
    return NotNow(sentence % {"state": State(binding.state).label})


def area_of(payer_id: int, at) -> str:
    """Return the payer's area, present or last: its rules count. The payer is locked already."""
    payer = people.locked([payer_id])[payer_id]
    return people.standings([payer], business_date(at))[payer_id].employee_area


def rules_of(binding: Binding, at):
    """Return the rules in force for a binding today."""
    return policy.in_force(area_of(binding.payer_id, at), business_date(at))


def activate(binding: Binding, first_day, at) -> None:
    """Make a proposed binding active from a day on."""
    _move(binding, State.ACTIVE)
    binding.bound_at, binding.from_date = at, first_day


def end(binding: Binding, state, cause: str, by: Actor, at) -> None:
    """End a binding and say why."""
    _move(binding, state)
    binding.ended_at, binding.ended_by, binding.ended_cause = at, by.principal, cause
    binding.halted_for = ""


ENDING = ("state", "ended_at", "ended_by", "ended_cause", "halted_for")


def _move(binding: Binding, state) -> None:
    """The one place where a stored binding changes its state."""
    if state not in Binding.ALLOWED[State(binding.state)]:
        raise _not_now(binding)
    binding.state = state


def write(binding: Binding, verb: str, fields, by: Actor, at, **detail) -> Binding:
    """Save the fields and leave the trace."""
    binding.save(update_fields=list(fields))
    audit.record(verb=f"bindings.{verb}", subject=binding, by=by, at=at, detail=detail)
    return binding


def tell(binding: Binding, *, kind: str, at, to=(PAYER, RELATIVE), **values) -> None:
    """Tell one side or both, in the same neutral words."""
    notices.enqueue(messages(binding, kind=kind, to=to, **values), at=at)


def messages(binding: Binding, *, kind: str, to=(PAYER, RELATIVE), **values) -> list[Message]:
    """Return what one side or both are to be told."""
    sides = {PAYER: binding.payer_id, RELATIVE: binding.relative_id}
    values = {"payer": binding.payer_id, "relative": binding.relative_id} | values
    link = f"/family/{binding.pk}/"
    return [Message(kind=kind, member_id=sides[side], values=values, link=link) for side in to]


def phone_has_settled(payer_id: int, by: Actor, at) -> None:
    """Refuse soon after the phone changed: whoever has it now may not be the payer."""
    if until := people.phone_unsettled_until(payer_id, by, at):
        raise TooSoon(
            _("手机号变更后 72 小时内不能调高限额；调低不受影响。请稍后再调。"),
            details={"until": until.isoformat()},
        )
