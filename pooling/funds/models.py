"""Personal accounts: which ledger accounts hold whose money.

Quotas, family funds and wallets join here; settlements already name their sources by
ledger account, so that a new kind of fund needs no new kind of line.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class PersonalAccount(models.Model):
    """A member's personal account in one pooling area, in two parts.

    `current` holds this year's contributions, `prior` those of earlier years. The first
    contribution opens the account.
    """

    member = models.ForeignKey(
        "accounts.Member",
        models.PROTECT,
        related_name="personal_accounts",
        verbose_name=_("参保人"),
    )
    area = models.CharField(_("统筹区"), max_length=6)
    current = models.OneToOneField(
        "ledger.Account", models.PROTECT, related_name="+", verbose_name=_("当年部分")
    )
    prior = models.OneToOneField(
        "ledger.Account", models.PROTECT, related_name="+", verbose_name=_("历年部分")
    )
    opened_on = models.DateField(_("开户日期"))
    closed_on = models.DateField(_("销户日期"), null=True)

    DATA_CLASSES = classes(L2="id", L3b="member area current prior opened_on closed_on")

    class Meta:
        verbose_name = _("个人账户")
        verbose_name_plural = _("个人账户")
        constraints = [
            models.UniqueConstraint("member", "area", name="funds_personalaccount_one_per_area"),
            models.CheckConstraint(
                name="funds_personalaccount_parts_differ",
                condition=~Q(current=models.F("prior")),
            ),
            models.CheckConstraint(
                name="funds_personalaccount_closes_after_opening",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("opened_on")),
            ),
        ]

    def __str__(self):
        return f"{self.member_id}@{self.area}"

    def is_open(self, on) -> bool:
        """Return whether the account may be used on a day: open until the day it closes.

        The day it opened does not bind: a contribution dated tomorrow is in the ledger today.
        """
        return self.closed_on is None or self.closed_on > on

    @property
    def part_ids(self) -> tuple[int, int]:
        """The ledger accounts of both parts."""
        return (self.current_id, self.prior_id)


class Contribution(models.Model):
    """What the registry paid in, by its own reference; the ledger entry carries the money."""

    reference = models.CharField(_("流水号"), max_length=60, unique=True)
    personal_account = models.ForeignKey(
        PersonalAccount, models.PROTECT, related_name="contributions", verbose_name=_("个人账户")
    )
    part = models.CharField(_("部分"), max_length=7)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    business_date = models.DateField(_("业务日期"))
    entry = models.ForeignKey(
        "ledger.Entry", models.PROTECT, related_name="+", verbose_name=_("分录")
    )

    DATA_CLASSES = classes(
        L2="id reference business_date entry", L3b="personal_account part amount_fen"
    )

    class Meta:
        verbose_name = _("划入")
        verbose_name_plural = _("划入")
        constraints = [
            models.CheckConstraint(
                name="funds_contribution_amount_positive", condition=Q(amount_fen__gt=0)
            ),
            models.CheckConstraint(
                name="funds_contribution_part_known", condition=Q(part__in=["current", "prior"])
            ),
        ]

    def __str__(self):
        return self.reference
