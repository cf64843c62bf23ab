"""Which authorisations something concerns that neither of the two did: rows for walk and desk."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q

from accounts import selectors as people
from pooling.bindings.models import Binding
from pooling.bindings.selectors import locked, with_edges


def next_to_follow(after_id: int, on: date, *, limit: int) -> list[Binding]:
    """Return the next authorisations by id that events may concern, with both people, unlocked.

    Open ones; and those that ended before the lot was drawn on their commitment letter.
    """
    undrawn = Q(proof=Binding.Proof.COMMITMENT, sampled__isnull=True, bound_at__isnull=False)
    rows = Binding.objects.filter(Q(state__in=Binding.OPEN) | undrawn, pk__gt=after_id)
    rows = with_edges(rows.select_related("payer", "relative"), on)
    return list(rows.order_by("pk")[:limit])


def locked_to_follow(binding_ids: Iterable[int], on: date) -> list[Binding]:
    """Lock these and return them with both people, as they are now (one statement)."""
    rows = Binding.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=binding_ids)
    rows = with_edges(rows.select_related("payer", "relative"), on)
    return list(rows.order_by("pk"))


def open_of_pair(one_id: int, other_id: int, kinds: Iterable[str] | None) -> list[Binding]:
    """Return what two people agreed either way, unlocked; None = whatever they are related by."""
    sides = Q(payer_id=one_id, relative_id=other_id) | Q(payer_id=other_id, relative_id=one_id)
    rows = Binding.objects.filter(sides, state__in=Binding.OPEN)
    if kinds is not None:
        rows = rows.filter(relation_kind__in=list(kinds))
    return list(rows.order_by("pk"))


def with_people_locked(binding_id: int) -> Binding:
    """Lock the two people, then the authorisation, and return it, open or ended."""
    found = Binding.objects.get(pk=binding_id)
    people.locked([found.payer_id, found.relative_id])
    return locked([binding_id])[binding_id]


def with_people(binding_id: int) -> Binding:
    """Return an authorisation, open or ended, with both people, for the desk."""
    return Binding.objects.select_related("payer", "relative").get(pk=binding_id)


def to_renew(relative_id: int) -> list[Binding]:
    """Return what a relative is asked to say again, with the payers, the nearest day first."""
    rows = Binding.objects.filter(
        relative=relative_id, state=Binding.State.ACTIVE, renew_before__isnull=False
    )
    return list(rows.select_related("payer").order_by("renew_before", "pk"))


def letters_drawn() -> dict[int, str]:
    """Return the commitment letters the lot fell on, by id, with the area of whoever signed."""
    return dict(Binding.objects.filter(sampled=True).values_list("pk", "payer_area"))


def letters_by_area() -> dict[str, int]:
    """Return how many commitment letters the lot was drawn on, by area (one statement)."""
    rows = Binding.objects.filter(sampled__isnull=False).values("payer_area")
    return {row["payer_area"]: row["letters"] for row in rows.annotate(letters=Count("pk"))}
