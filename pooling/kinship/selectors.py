"""Who is whose what on a day, and what speaks against a claim."""

from datetime import date

from django.db.models import Q

from pooling.kinship import rules
from pooling.kinship.models import Relation
from pooling.kinship.rules import Known, Problem


def between(member_id: int, relative_id: int, on: date) -> Relation | None:
    """Return what the relative is to the member on a day; of several the latest begun."""
    rows = Relation.objects.filter(_in_force(on), member=member_id, relative=relative_id)
    return rows.order_by("-from_date", "pk").first()


def relations_of(member_id: int, on: date) -> list[Relation]:
    """Return everybody on record as a member's relative on a day, with their member rows."""
    rows = Relation.objects.filter(_in_force(on), member=member_id).select_related("relative")
    return list(rows.order_by("code", "pk"))


def family(member_id: int) -> set[int]:
    """Return the ids of everybody ever on record as the member's relative."""
    return set(Relation.objects.filter(member=member_id).values_list("relative", flat=True))


def implausible(person, relative, code: str, on: date) -> list[Problem]:
    """Return why `relative` cannot be `person`'s `code` on a day, the record consulted.

    One statement. Both are members; wording: `kinship.wording.sentence`.
    """
    pair = {person.pk, relative.pk}
    rows = Relation.objects.filter(_in_force(on), member__in=pair).filter(
        Q(relative__in=pair) | Q(kind="spouse")
    )
    known = Known(
        kinds=frozenset(
            row.kind for row in rows if (row.member_id, row.relative_id) == (person.pk, relative.pk)
        ),
        other_spouses=frozenset(
            row.relative_id for row in rows if row.kind == "spouse" and row.relative_id not in pair
        ),
    )
    return rules.implausible(person, relative, code, on, known)


def _in_force(on: date) -> Q:
    return Q(from_date__lte=on) & (Q(to_date__isnull=True) | Q(to_date__gt=on))
