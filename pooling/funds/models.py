"""Which ledger accounts hold whose money: personal accounts, quotas, wallets, family funds.

Settlements name their sources by ledger account, so that a new kind of fund needs no new
kind of line. Whatever may go back to a personal account keeps its two parts apart.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.funds.columns import (
    TwoParts,
    closes_after_opening,
    foreign,
    ledger_account,
    one_of_two,
)
from pooling.funds.payouts import BankFile, Payee, Payment, Payout  # noqa: F401 - tables, too
from pooling.funds.rules import Parts
from pooling.shared.privacy import classes


class PersonalAccount(TwoParts, models.Model):
    """A member's personal account in one pooling area, in two parts.

    `current` holds this year's contributions, `prior` those of earlier years. The first
    contribution opens the account.
    """

    member = foreign("accounts.Member", _("参保人"), "personal_accounts")
    area = models.CharField(_("统筹区"), max_length=6)
    current = ledger_account(_("当年部分"))
    prior = ledger_account(_("历年部分"))
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
                condition=~Q(current=F("prior")),
            ),
            models.CheckConstraint(
                name="funds_personalaccount_closes_after_opening",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self):
        return f"{self.member_id}@{self.area}"

    def is_open(self, on) -> bool:
        """Return whether the account may be used on a day: open until the day it closes.

        The day it opened does not bind: a contribution dated tomorrow is in the ledger today.
        """
        return self.closed_on is None or self.closed_on > on


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


class Quota(TwoParts, models.Model):
    """What a payer froze of a personal account for one relative: still the payer's money.

    It keeps the parts it was frozen from, so that the rest returns to the part of the same
    name. Nobody but the relative's bills takes from it.
    """

    personal_account = foreign(PersonalAccount, _("个人账户"), "quotas")
    relative = foreign("accounts.Member", _("被共济人"), "quotas_received")
    current = ledger_account(_("当年部分"))
    prior = ledger_account(_("历年部分"))
    opened_at = models.DateTimeField(_("设立时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    #: Counts its movements, to give each a key of its own.
    changes = models.PositiveIntegerField(_("变更次数"), default=0)

    DATA_CLASSES = classes(
        L2="id opened_at closed_at changes", L3b="personal_account relative current prior"
    )

    class Meta:
        verbose_name = _("共济额度")
        verbose_name_plural = _("共济额度")
        constraints = [
            models.UniqueConstraint(
                "personal_account",
                "relative",
                name="funds_quota_one_open_per_pair",
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="funds_quota_parts_differ", condition=~Q(current=F("prior"))
            ),
            closes_after_opening("funds_quota_closes_after_opening"),
        ]

    def __str__(self):
        return f"{self.personal_account_id}→{self.relative_id}"


class Wallet(models.Model):
    """A member's wallet of the 2025 form: money that was given to its owner for good.

    `area` is the place of use. `opened_by` is the member who opened it, the owner or, for
    somebody who does not sign in, a near relative; empty where the registry stated it.
    """

    owner = foreign("accounts.Member", _("参保人"), "wallets")
    ledger_account = ledger_account(_("账目"))
    area = models.CharField(_("使用地"), max_length=6)
    opened_at = models.DateTimeField(_("开通时间"))
    opened_by = models.BigIntegerField(_("开通人"), null=True)
    closed_at = models.DateTimeField(_("注销时间"), null=True)

    DATA_CLASSES = classes(L2="id opened_at closed_at", L3b="owner ledger_account area opened_by")

    class Meta:
        verbose_name = _("医保钱包")
        verbose_name_plural = _("医保钱包")
        constraints = [
            models.UniqueConstraint(
                "owner", name="funds_wallet_one_open_each", condition=Q(closed_at__isnull=True)
            ),
            closes_after_opening("funds_wallet_closes_after_opening"),
        ]

    def __str__(self):
        return str(self.owner_id)


class FamilyFund(models.Model):
    """A family's common money in one area. Each contributor's share stands on its own.

    So the order in which shares are used, and what goes back to whom, need no arithmetic
    (ADR 0024).
    """

    founder = foreign("accounts.Member", _("创建人"), "funds_founded")
    area = models.CharField(_("统筹区"), max_length=6)
    opened_at = models.DateTimeField(_("建立时间"))
    closed_at = models.DateTimeField(_("注销时间"), null=True)

    DATA_CLASSES = classes(L2="id opened_at closed_at", L3b="founder area")

    class Meta:
        verbose_name = _("家庭共济账户")
        verbose_name_plural = _("家庭共济账户")
        constraints = [closes_after_opening("funds_familyfund_closes_after_opening")]

    def __str__(self):
        return f"{self.founder_id}@{self.area}"


class FundMember(TwoParts, models.Model):
    """Somebody invited to a fund; a member from `joined_at` to `left_at`.

    The three fields of the share are empty until the first money comes in. `personal_account`
    is where it came from and where its rest goes; `rank` is the order in which shares are used.
    """

    fund = foreign(FamilyFund, _("家庭共济账户"), "members")
    member = foreign("accounts.Member", _("成员"), "fund_memberships")
    rank = models.PositiveSmallIntegerField(_("使用顺序"))
    personal_account = foreign(PersonalAccount, _("个人账户"), "fund_shares", null=True)
    current = ledger_account(_("当年部分"), null=True)
    prior = ledger_account(_("历年部分"), null=True)
    invited_at = models.DateTimeField(_("邀请时间"))
    joined_at = models.DateTimeField(_("加入时间"), null=True)
    left_at = models.DateTimeField(_("退出时间"), null=True)

    DATA_CLASSES = classes(
        L2="id invited_at joined_at left_at",
        L3b="fund member rank personal_account current prior",
    )

    class Meta:
        verbose_name = _("家庭共济账户成员")
        verbose_name_plural = _("家庭共济账户成员")
        constraints = [
            models.UniqueConstraint(
                "member",
                name="funds_fundmember_one_fund_each",
                condition=Q(joined_at__isnull=False, left_at__isnull=True),
            ),
            models.UniqueConstraint(
                "fund",
                "member",
                name="funds_fundmember_once_in_a_fund",
                condition=Q(left_at__isnull=True),
            ),
            models.CheckConstraint(
                name="funds_fundmember_share_whole_or_none",
                condition=Q(personal_account__isnull=True, current__isnull=True, prior__isnull=True)
                | Q(
                    personal_account__isnull=False,
                    current__isnull=False,
                    prior__isnull=False,
                    joined_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="funds_fundmember_invited_joined_left",
                condition=(Q(joined_at__isnull=True) | Q(joined_at__gte=F("invited_at")))
                & (Q(left_at__isnull=True) | Q(left_at__gte=F("invited_at")))
                & (
                    Q(left_at__isnull=True)
                    | Q(joined_at__isnull=True)
                    | Q(left_at__gte=F("joined_at"))
                ),
            ),
        ]

    def __str__(self):
        return f"{self.fund_id}/{self.member_id}"

    @property
    def parts(self) -> Parts:
        """What lies in the share; nothing before the first money."""
        return Parts() if self.personal_account_id is None else super().parts


class Transfer(models.Model):
    """Money from a personal account or a wallet to a near relative's wallet, or into a fund.

    What was taken from which part is kept, so that it can go back there. One to a wallet
    lies in the sender's account in flight until it is answered or the night is over; one
    into a fund is there at once.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("待接收")
        ACCEPTED = "accepted", _("已到账")
        RETURNED = "returned", _("逾期退回")
        REFUSED = "refused", _("对方拒收")
        CANCELLED = "cancelled", _("已撤回")

    ALLOWED = {
        State.PENDING: {State.ACCEPTED, State.RETURNED, State.REFUSED, State.CANCELLED},
        State.ACCEPTED: set(),
        State.RETURNED: set(),
        State.REFUSED: set(),
        State.CANCELLED: set(),
    }

    sender = foreign("accounts.Member", _("转出人"), "transfers_sent")
    personal_account = foreign(PersonalAccount, _("个人账户"), null=True)
    from_wallet = foreign(Wallet, _("转出钱包"), null=True)
    to_wallet = foreign(Wallet, _("转入钱包"), "received", null=True)
    to_share = foreign(FundMember, _("转入份额"), "received", null=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    #: Of the amount, what was taken from each part of the personal account.
    prior_fen = models.BigIntegerField(_("其中历年（分）"), default=0)
    current_fen = models.BigIntegerField(_("其中当年（分）"), default=0)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PENDING)
    sent_on = models.DateField(_("转出日期"))
    sent_at = models.DateTimeField(_("转出时间"))
    #: From this moment on it can no longer be accepted and goes back.
    returns_at = models.DateTimeField(_("退回时间"), null=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)

    DATA_CLASSES = classes(
        L2="id state sent_on sent_at returns_at ended_at",
        L3b="sender personal_account from_wallet to_wallet to_share amount_fen prior_fen "
        "current_fen",
    )

    class Meta:
        verbose_name = _("转账")
        verbose_name_plural = _("转账")
        constraints = [
            models.CheckConstraint(
                name="funds_transfer_state_known",
                condition=Q(state__in=["pending", "accepted", "returned", "refused", "cancelled"]),
            ),
            models.CheckConstraint(
                name="funds_transfer_from_one_place",
                condition=one_of_two("personal_account", "from_wallet"),
            ),
            models.CheckConstraint(
                name="funds_transfer_to_one_place",
                condition=one_of_two("to_wallet", "to_share"),
            ),
            models.CheckConstraint(
                name="funds_transfer_parts_are_the_amount",
                condition=Q(amount_fen__gt=0, prior_fen__gte=0, current_fen__gte=0)
                & (
                    Q(from_wallet__isnull=False, prior_fen=0, current_fen=0)
                    | Q(
                        personal_account__isnull=False,
                        amount_fen=F("prior_fen") + F("current_fen"),
                    )
                ),
            ),
            models.CheckConstraint(
                name="funds_transfer_ended_unless_pending",
                condition=Q(state="pending", ended_at__isnull=True, to_share__isnull=True)
                | (~Q(state="pending") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="funds_transfer_to_a_wallet_can_return",
                condition=one_of_two("returns_at", "to_share"),
            ),
        ]
        indexes = [
            models.Index("sender", "sent_on", name="funds_transfer_of_sender"),
            models.Index("returns_at", name="funds_transfer_pending", condition=Q(state="pending")),
        ]

    def __str__(self):
        return str(self.pk)


class Deposit(models.Model):
    """What the registry says a wallet or a share held, by its own reference."""

    reference = models.CharField(_("流水号"), max_length=60, unique=True)
    wallet = foreign(Wallet, _("医保钱包"), "deposits", null=True)
    share = foreign(FundMember, _("份额"), "deposits", null=True)
    #: The members' numbers as the row named them, to know a repetition by.
    members = models.TextField(_("成员"), blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    business_date = models.DateField(_("业务日期"))
    entry = foreign("ledger.Entry", _("分录"))

    DATA_CLASSES = classes(
        L2="id reference business_date entry", L3b="wallet share members amount_fen"
    )

    class Meta:
        verbose_name = _("登记存入")
        verbose_name_plural = _("登记存入")
        constraints = [
            models.CheckConstraint(
                name="funds_deposit_amount_positive", condition=Q(amount_fen__gt=0)
            ),
            models.CheckConstraint(
                name="funds_deposit_into_one_place", condition=one_of_two("wallet", "share")
            ),
        ]

    def __str__(self):
        return self.reference
