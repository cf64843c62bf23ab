"""What the two may do with an authorisation while it runs, and how it ends.

Stopping use counts at the till at once; a release follows the area's clause. A settlement
takes the same locks in the same order, so that whichever commits first is what the other sees.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import counting, rules, selectors
from pooling.bindings.models import Binding, PayerCap
from pooling.bindings.rules import Limits, Overall, Refusal
from pooling.bindings.services import quotas, rows
from pooling.bindings.services.rows import PAYER, RELATIVE, NotNow, Refused
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date

State = Binding.State


class NotAllowedToRelease(DomainError):
    """The area leaves releasing to the other of the two."""

    code = "release_not_yours"
    status = 403


@transaction.atomic
def freeze(*, binding_id: int, by: Actor, at) -> Binding:
    """Stop use as the payer; counts at the till at once and ends nothing."""
    return _stop(binding_id, PAYER, "frozen", "freeze", "binding_frozen", by, at)


@transaction.atomic
def thaw(*, binding_id: int, by: Actor, at) -> Binding:
    """Allow use again as the payer."""
    return _go_on(binding_id, PAYER, "frozen", "thaw", "binding_thawed", by, at)


@transaction.atomic
def decline(*, binding_id: int, by: Actor, at) -> Binding:
    """Stop use as the relative; counts at the till at once and ends nothing."""
    return _stop(binding_id, RELATIVE, "declined", "decline", "binding_declined", by, at)


@transaction.atomic
def resume(*, binding_id: int, by: Actor, at) -> Binding:
    """Allow use again as the relative."""
    return _go_on(binding_id, RELATIVE, "declined", "resume", "binding_resumed", by, at)


@transaction.atomic
def release(*, binding_id: int, by: Actor, at) -> Binding:
    """End the binding, by either side the area allows, from when the area's clause says."""
    binding = rows.held(binding_id, by, PAYER, RELATIVE)
    rows.only(binding, State.ACTIVE)
    if binding.release_asked_at is not None:
        raise NotNow(_("已经申请解除，到生效日会自动结束，不必重复办理。"), code="release_asked")
    side = PAYER if by.principal == binding.payer_id else RELATIVE
    area = rows.rules_of(binding, at)
    if side not in area.value("release_by"):
        clause = area.clause("release_by")
        sentence = _("按规定须由另一方解除。您可以先停止使用，再请对方办理。")
        raise NotAllowedToRelease(sentence, rule=clause)
    today = business_date(at)
    for refusal in counting.of_release(business_date(binding.bound_at), area.values(), today):
        raise Refused.because(refusal, area)
    binding.release_asked_at, binding.release_asked_by = at, by.principal
    day = rules.release_day(area.value("release_counts"), today)
    asked = ["release_asked_at", "release_asked_by"]
    if day is None:
        rows.end(binding, State.RELEASED, f"released_by_{side}", by, at)
        rows.write(binding, "release", [*asked, *rows.ENDING], by, at, side=side)
        quotas.give_back([binding], by, at)
        rows.tell(binding, kind="binding_released", at=at)
    else:
        binding.release_on = day
        rows.write(binding, "ask_release", [*asked, "release_on"], by, at, side=side)
        rows.tell(binding, kind="binding_release_due", at=at, from_day=day.isoformat())
    return binding


@transaction.atomic
def expire_due(*, by: Actor, at, limit: int = 500) -> int:
    """End what is due and return how many; run again until it returns 0.

    Due are: periods over, releases whose day has come, proposals nobody confirmed in time.
    """
    today = business_date(at)
    found = selectors.due(today, at - rules.CONFIRM_WITHIN, limit=limit)
    people.locked({pk for row in found for pk in (row.payer_id, row.relative_id)})
    held = selectors.locked([row.pk for row in found]).values()
    ended = [binding for binding in held if _expire(binding, today, by, at)]
    quotas.give_back(ended, by, at)
    return len(ended)


def _expire(binding: Binding, today, by: Actor, at) -> bool:
    """End one binding if, now that it is locked, it still is due."""
    if binding.state == State.PROPOSED:
        over = binding.to_date is not None and binding.to_date <= today
        if not over and binding.signed_at > at - rules.CONFIRM_WITHIN:
            return False
        state, cause, kind = State.EXPIRED, "not_confirmed", "binding_not_confirmed"
    elif binding.state != State.ACTIVE:
        return False
    elif binding.release_on is not None and binding.release_on <= today:
        asked_by_payer = binding.release_asked_by == binding.payer_id
        cause = "released_by_payer" if asked_by_payer else "released_by_relative"
        state, kind = State.RELEASED, "binding_released"
    elif binding.to_date is not None and binding.to_date <= today:
        state, cause, kind = State.EXPIRED, "expired", "binding_expired"
    else:
        return False
    rows.end(binding, state, cause, by, at)
    rows.write(binding, "expire", rows.ENDING, by, at, cause=cause)
    rows.tell(binding, kind=kind, at=at)
    return True


@transaction.atomic
def change_limits(*, binding_id: int, limits: Limits, by: Actor, at) -> Binding:
    """Set caps, uses and end anew as the payer; raising waits after a change of phone."""
    binding = rows.held(binding_id, by, PAYER)
    rows.only(binding, State.ACTIVE)
    area = rows.rules_of(binding, at)
    start = max(binding.from_date, business_date(at))
    before = rules.limits_of(binding)
    if before == limits:
        return binding
    for refusal in rules.of_limits(
        limits, area.values(), from_date=start, since=binding.from_date, before=before
    ):
        raise Refused.because(refusal, area)
    if rules.raises(before, limits, area.value("uses_opt_in")):
        rows.phone_has_settled(binding.payer_id, by, at)
    for name in rules.CAPS:
        setattr(binding, name, getattr(limits, name))
    binding.to_date = limits.to_date
    binding.uses = None if limits.uses is None else list(limits.uses)
    caps = {name: [getattr(before, name), getattr(limits, name)] for name in rules.CAPS}
    rows.write(binding, "change_limits", [*rules.CAPS, "to_date", "uses"], by, at, caps=caps)
    rows.tell(binding, kind="binding_limits_changed", at=at)
    return binding


@transaction.atomic
def set_rank(*, binding_id: int, rank: int, by: Actor, at) -> list[Binding]:
    """Put a payer at a place in the relative's order; the others close ranks, 1, 2, 3, …."""
    asker = by.principal
    found = selectors.owned(asker, binding_id)
    if found.relative_id != asker:
        raise rows.OtherSide(_("顺位由家人本人决定，共济人不能调整。"))
    people.locked([found.relative_id])
    others = {row.pk for row in selectors.of_patient(found.relative_id, business_date(at))}
    held = selectors.locked(others)
    if binding_id not in held:
        raise NotNow(_("这份授权已经结束，不能调整顺位。"))
    if not 1 <= rank <= len(held):
        raise Refused.because(Refusal("rank_impossible"))
    order = sorted(held.values(), key=selectors.in_rank)
    order.remove(held[binding_id])
    order.insert(rank - 1, held[binding_id])
    for place, binding in enumerate(order, start=1):
        if binding.rank != place:
            binding.rank = place
            rows.write(binding, "set_rank", ["rank"], by, at, rank=place)
            rows.tell(binding, kind="binding_rank_changed", at=at, rank=place)
    return order


@transaction.atomic
def set_payer_caps(*, by: Actor, at, **caps: int | None) -> PayerCap:
    """Set the payer's own caps over all relatives (`rules.Overall`), all of them at once.

    Empty or left out = none, 0 = nothing.
    """
    payer_id = by.principal
    payer = people.locked([payer_id])[payer_id]
    on = business_date(at)
    area = policy.in_force(people.standings([payer], on)[payer_id].employee_area, on)
    asked = Overall(**caps)
    row = PayerCap.objects.filter(payer_id=payer_id).first() or PayerCap(payer_id=payer_id)
    before = {name: getattr(row, name) for name in rules.OVERALL}
    after = {name: getattr(asked, name) for name in rules.OVERALL}
    if before == after:
        return row
    for refusal in rules.of_overall(asked, area.values(), Overall(**before)):
        raise Refused.because(refusal, area)
    if rules.raises_caps(before, after):
        rows.phone_has_settled(payer_id, by, at)
    for name, fen in after.items():
        setattr(row, name, fen)
    row.save()
    detail = {name: [before[name], after[name]] for name in after}
    audit.record(verb="bindings.set_payer_caps", subject=row, by=by, at=at, detail=detail)
    told = Message(kind="payer_caps_changed", member_id=payer_id, values=after, link="/family/")
    notices.enqueue([told], at=at)
    return row


def _stop(binding_id, side, flag, verb, kind, by, at) -> Binding:
    binding = rows.held(binding_id, by, side)
    rows.only(binding, State.ACTIVE)
    if getattr(binding, f"{flag}_at") is not None:
        raise NotNow(_("已经停止使用了，不必重复操作。"), code="already_stopped")
    setattr(binding, f"{flag}_at", at)
    setattr(binding, f"{flag}_by", by.principal)
    rows.write(binding, verb, [f"{flag}_at", f"{flag}_by"], by, at)
    rows.tell(binding, kind=kind, at=at)
    return binding


def _go_on(binding_id, side, flag, verb, kind, by, at) -> Binding:
    binding = rows.held(binding_id, by, side)
    rows.only(binding, State.ACTIVE)
    if getattr(binding, f"{flag}_at") is None:
        raise NotNow(_("没有停止使用，不需要恢复。"), code="not_stopped")
    setattr(binding, f"{flag}_at", None)
    setattr(binding, f"{flag}_by", None)
    rows.write(binding, verb, [f"{flag}_at", f"{flag}_by"], by, at)
    rows.tell(binding, kind=kind, at=at)
    return binding
