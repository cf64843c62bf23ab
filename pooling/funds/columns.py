"""Fields and laws that several tables of this domain share."""

from django.db import models
from django.db.models import F, Q

from pooling.funds.rules import Parts


class TwoParts:
    """Money that keeps earlier years' apart from this one's: a ledger account each."""

    @property
    def part_ids(self) -> tuple[int, int]:
        """The ledger accounts of both parts."""
        return (self.current_id, self.prior_id)

    @property
    def parts(self) -> Parts:
        """What lies in both, as their ledger accounts were read: unlocked, for showing."""
        return Parts(self.prior.balance_fen, self.current.balance_fen)


def ledger_account(words, **more) -> models.OneToOneField:
    """Return the field of a ledger account that holds money of this row and of no other."""
    return models.OneToOneField(
        "ledger.Account", models.PROTECT, related_name="+", verbose_name=words, **more
    )


def foreign(to, words, related_name: str = "+", **more) -> models.ForeignKey:
    """Return a field that names a row which stays as long as this one."""
    return models.ForeignKey(
        to, models.PROTECT, related_name=related_name, verbose_name=words, **more
    )


def closes_after_opening(name: str) -> models.CheckConstraint:
    """Return the law that `closed_at` is not before `opened_at`."""
    return models.CheckConstraint(
        name=name,
        condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
    )


def one_of_two(one: str, other: str) -> Q:
    """Return the condition that exactly one of two fields is filled."""
    return Q(**{f"{one}__isnull": True, f"{other}__isnull": False}) | Q(
        **{f"{one}__isnull": False, f"{other}__isnull": True}
    )
