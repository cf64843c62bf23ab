"""A payer as the rules look at them: their own insurance and what they gave before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pooling.bindings import counting
from pooling.bindings.facts import Asker
from pooling.bindings.models import Binding


def asker(
    standing, found: Iterable[Binding], relative_id: int | None, takes: tuple[str, ...], on: date
) -> Asker:
    """Return the payer, asking for one relative; `found` is what `selectors.around` found."""
    me = standing.member_id
    given = [row for row in found if row.payer_id == me]
    taken = [row for row in given if row.state in Binding.OPEN]
    return Asker(
        member_id=me,
        # A death the registry knows of stands, even when the day asked about lies before it.
        dead=standing.died_on is not None,
        employee_status=standing.employee_status,
        area=standing.employee_area,
        relatives=len(taken),
        psn_type=standing.psn_type,
        roles=counting.roles(taken),
        takes=takes,
        # What is only proposed lets nobody pay yet: a stranger's proposal bars nobody.
        paid_for=any(row.relative_id == me and row.state == Binding.State.ACTIVE for row in found),
        past=counting.past(given, relative_id, on),
    )


def before_naming(standing, found: list[Binding], on: date) -> Asker:
    """Return the payer as they stand before they have said whom they mean.

    What then stands against them does so whoever is named. A lifetime's number that is
    reached does not while there is somebody who may be bound again.
    """
    payer = asker(standing, found, None, (), on)
    given = [row for row in found if row.payer_id == standing.member_id]
    known = {row.relative_id for row in given if row.bound_at is not None}
    still = {row.relative_id for row in given if row.state in Binding.OPEN}
    return replace(payer, past=replace(payer.past, bound_before=bool(known - still)))
