"""Columns and laws that several tables about e-credentials share."""

from django.db import models
from django.db.models import Q


def person(word, related_name: str = "+", **options) -> models.ForeignKey:
    """Return a reference to a member."""
    return models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name=related_name, verbose_name=word, **options
    )


def place(word) -> models.ForeignKey:
    """Return a reference to a designated institution."""
    return models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=word
    )


def has_moment_and_name(act: str, *, law: str) -> models.CheckConstraint:
    """Return the law that `<act>_at` and `<act>_by` are there together or not at all."""
    neither = Q(**{f"{act}_at__isnull": True, f"{act}_by": ""})
    both = Q(**{f"{act}_at__isnull": False}) & ~Q(**{f"{act}_by": ""})
    return models.CheckConstraint(name=law, condition=neither | both)


def one_live(fields: list[str], *, law: str) -> models.UniqueConstraint:
    """Return the law that of these only one has not ended."""
    return models.UniqueConstraint(fields=fields, condition=Q(ended_at__isnull=True), name=law)
