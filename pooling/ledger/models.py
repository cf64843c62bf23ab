"""Double entry. Knows no member, no hospital, no rule.

Accounts are columns of figures named by a `code` that their owner chooses. Guarded
accounts (what somebody owns) carry a running balance under a row lock; scheme
accounts carry none, because everybody would wait for that one row.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Account(models.Model):
    """A column of figures. `balance_fen` is NULL exactly where the account is not guarded."""

    code = models.CharField(_("科目代码"), max_length=80, unique=True)
    kind = models.CharField(_("种类"), max_length=24)
    guarded = models.BooleanField(_("有余额约束"))
    balance_fen = models.BigIntegerField(_("余额（分）"), null=True)

    DATA_CLASSES = classes(L2="id code kind guarded", L3b="balance_fen")

    class Meta:
        verbose_name = _("账目")
        verbose_name_plural = _("账目")
        constraints = [
            models.CheckConstraint(
                name="ledger_account_balance_iff_guarded",
                condition=Q(guarded=True, balance_fen__isnull=False)
                | Q(guarded=False, balance_fen__isnull=True),
            ),
            models.CheckConstraint(
                name="ledger_account_balance_never_negative",
                condition=Q(balance_fen__isnull=True) | Q(balance_fen__gte=0),
            ),
        ]

    def __str__(self):
        return self.code


class Entry(models.Model):
    """One movement of money, whole or not at all. Never updated, never deleted (trigger)."""

    key = models.CharField(_("业务键"), max_length=120, unique=True)
    kind = models.CharField(_("种类"), max_length=24)
    posted_at = models.DateTimeField(_("记账时间"))
    business_date = models.DateField(_("业务日期"))
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲正")
    )

    DATA_CLASSES = classes(L2="id key kind posted_at business_date reversal_of")

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = _("分录")

    def __str__(self):
        return self.key


class Posting(models.Model):
    """One line of an entry. The lines of an entry sum to zero (deferred trigger)."""

    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="postings", verbose_name=_("分录")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="postings", verbose_name=_("账目")
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    balance_after_fen = models.BigIntegerField(_("记账后余额（分）"), null=True)

    DATA_CLASSES = classes(L2="id entry", L3b="account amount_fen balance_after_fen")

    class Meta:
        verbose_name = _("分录行")
        verbose_name_plural = _("分录行")
        constraints = [
            models.CheckConstraint(
                name="ledger_posting_amount_not_zero", condition=~Q(amount_fen=0)
            ),
            models.CheckConstraint(
                name="ledger_posting_balance_after_never_negative",
                condition=Q(balance_after_fen__isnull=True) | Q(balance_after_fen__gte=0),
            ),
            models.UniqueConstraint("entry", "account", name="ledger_posting_one_line_per_account"),
        ]
        indexes = [models.Index("account", "id", name="ledger_posting_of_account")]

    def __str__(self):
        return f"{self.entry_id}/{self.account_id}"


class Checkpoint(models.Model):
    """The sum of an unguarded account's postings up to and including one posting."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="checkpoints", verbose_name=_("账目")
    )
    through_posting_id = models.BigIntegerField(_("截至行"))
    sum_fen = models.BigIntegerField(_("合计（分）"))
    taken_at = models.DateTimeField(_("时间"))

    DATA_CLASSES = classes(L2="id account through_posting_id sum_fen taken_at")

    class Meta:
        verbose_name = _("结转点")
        verbose_name_plural = _("结转点")
        constraints = [
            models.UniqueConstraint(
                "account", "through_posting_id", name="ledger_checkpoint_once_per_posting"
            )
        ]

    def __str__(self):
        return f"{self.account_id}@{self.through_posting_id}"
