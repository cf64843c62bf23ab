"""Questions about authorisations. The asker comes first; absent and not yours are the same."""

from collections.abc import Iterable

from pooling.bindings.models import Binding


def of_patient(patient_id: int) -> list[Binding]:
    """Return every binding of a patient that has not ended, by primary key, unlocked."""
    return list(
        Binding.objects.filter(relative_id=patient_id, state__in=Binding.OPEN).order_by("pk")
    )


def locked(binding_ids: Iterable[int]) -> dict[int, Binding]:
    """Lock bindings by primary key and return them by id (one statement)."""
    rows = Binding.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=binding_ids)
    return {row.pk: row for row in rows.order_by("pk")}
