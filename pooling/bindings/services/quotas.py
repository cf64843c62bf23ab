"""The quota of an authorisation: how much the payer freezes, and what comes back with its end.

Where an area pays from quotas, and across provinces, an authorisation pays from its quota
alone. The money and its own rules are `funds`'; here is whose authorisation it belongs to.
"""

from collections.abc import Iterable

from django.db import transaction

from pooling.bindings.models import Binding
from pooling.bindings.services import rows
from pooling.bindings.services.rows import PAYER, State
from pooling.funds import selectors as purses
from pooling.funds import services as funds
from pooling.ledger import selectors as books
from pooling.shared.actor import Actor

_ENDING = Actor.job("bindings.end")


@transaction.atomic
def set_quota(*, binding_id: int, amount_fen: int, by: Actor, at):
    """Freeze so much for the relative as the payer, in fen, and return the quota.

    What was spent before is not counted. Raising waits after a change of phone, as raising a
    cap does. Raises NotFound, OtherSide,
    NotNow, TooSoon, and `funds.Refused` with the most that may be frozen.
    """
    binding = rows.held(binding_id, by, PAYER)
    rows.only(binding, State.ACTIVE)
    before = purses.open_quota(binding.payer_id, binding.relative_id)
    frozen_fen = before.parts.total_fen if before else 0
    if amount_fen > frozen_fen:
        rows.phone_has_settled(binding.payer_id, by, at)
    return funds.set_quota(
        payer_id=binding.payer_id,
        relative_id=binding.relative_id,
        amount_fen=amount_fen,
        by=by,
        at=at,
    )


def give_back(ended: Iterable[Binding], by: Actor, at) -> None:
    """Return what is left of the quotas of authorisations that have just ended.

    All members of these are locked. All ledger accounts are, at once and in their order,
    before the first is emptied.
    """
    ended = [binding for binding in ended if binding.bound_at is not None]
    if not ended:
        return
    running = purses.quotas_for({binding.relative_id for binding in ended})
    pairs = ((binding.payer_id, binding.relative_id) for binding in ended)
    due = [running[pair] for pair in pairs if pair in running]
    if not due:
        return
    books.locked(part for each in due for part in _accounts_of(each))
    # Staff who end an authorisation are neither of the two: it follows from the end by itself.
    follows = by if by.principal is not None else _ENDING
    for quota in due:
        funds.release_quota(quota_id=quota.pk, by=follows, at=at)


def _accounts_of(quota) -> tuple[int, ...]:
    return (*quota.personal_account.part_ids, *quota.part_ids)
