"""The tables of payouts: the decision, to whom, each try to pay, and the file a bank was given.

Four rows of one story: a `Payout` is proposed and decided by two people and empties an
account; a `Payee` gets a share of it; a `Payment` is one try to pay them through a bank; a
`BankFile` is the list of tries a bank was handed at once (ADR 0032).
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.funds.columns import foreign
from pooling.policy import payout_words
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes

#: A premium asked back: paid to the bank like the rest, but its account goes on.
PREMIUM = "premium"
_REASONS = {**payout_words.CASES, PREMIUM: _("保费报销")}


def _decided_by_another(name: str) -> models.CheckConstraint:
    """Return the law of four eyes: who decides never proposed."""
    return models.CheckConstraint(
        name=name, condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
    )


def _decided_unless_proposed(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(state="proposed", decided_at__isnull=True, decided_by="")
        | (~Q(state="proposed") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
    )


class Payout(models.Model):
    """A personal account paid out for one of the lawful reasons, whole, and closed by it.

    `event_on` is the day the reason rests on: of death, of the end of insurance, or the one the
    papers name. The amounts are empty until the decision fixes them under lock; `suspense_fen`
    is what had come back after an earlier closing and goes along.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审核")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    ALLOWED = {
        State.PROPOSED: {State.APPROVED, State.REFUSED},
        State.APPROVED: set(),
        State.REFUSED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    personal_account = foreign("funds.PersonalAccount", _("个人账户"), "payouts")
    reason = models.CharField(_("情形"), max_length=20, choices=list(_REASONS.items()))
    event_on = models.DateField(_("发生日期"))
    #: Codes of `parameters.PAYOUT_PAPERS`: the originals the proposer held in hand.
    papers = models.JSONField(_("已核材料"), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.CharField(_("提出人"), max_length=64)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decided_by = models.CharField(_("决定人"), max_length=64, blank=True)
    #: What the reviewer wrote, for colleagues; it may name people.
    remark_sealed = models.BinaryField(null=True)
    prior_fen = models.BigIntegerField(_("历年（分）"), null=True)
    current_fen = models.BigIntegerField(_("当年（分）"), null=True)
    suspense_fen = models.BigIntegerField(_("暂挂（分）"), null=True)
    entry = foreign("ledger.Entry", _("分录"), null=True)

    remark = sealed_text("remark")

    DATA_CLASSES = classes(
        L2="id uid state proposed_at proposed_by decided_at decided_by entry",
        L3a="remark_sealed",
        L3b="personal_account reason event_on papers prior_fen current_fen suspense_fen",
    )

    class Meta:
        verbose_name = _("账户提取")
        verbose_name_plural = _("账户提取")
        constraints = [
            models.CheckConstraint(
                name="funds_payout_state_known",
                condition=Q(state__in=["proposed", "approved", "refused"]),
            ),
            models.CheckConstraint(
                name="funds_payout_reason_known", condition=Q(reason__in=list(_REASONS))
            ),
            models.UniqueConstraint(
                "personal_account",
                name="funds_payout_one_proposed_an_account",
                condition=Q(state="proposed") & ~Q(reason=PREMIUM),
            ),
            _decided_unless_proposed("funds_payout_decided_names_who_and_when"),
            _decided_by_another("funds_payout_decider_is_not_proposer"),
            models.CheckConstraint(
                name="funds_payout_amounts_once_approved",
                condition=Q(
                    state="approved",
                    entry__isnull=False,
                    prior_fen__gte=0,
                    current_fen__gte=0,
                    suspense_fen__gte=0,
                )
                | (
                    ~Q(state="approved")
                    & Q(
                        entry__isnull=True,
                        prior_fen__isnull=True,
                        current_fen__isnull=True,
                        suspense_fen__isnull=True,
                    )
                ),
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def amount_fen(self) -> int:
        """All that was paid out; nothing before the decision."""
        return (self.prior_fen or 0) + (self.current_fen or 0) + (self.suspense_fen or 0)


class Payee(models.Model):
    """Who gets which share of a payout: the owner the whole, or each heir theirs.

    The shares of a payout add up to one exactly; `amount_fen` follows at the decision.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    payout = foreign(Payout, _("账户提取"), "payees")
    rank = models.PositiveSmallIntegerField(_("次序"))
    #: Set where the payee is insured here and can be told.
    member = foreign("accounts.Member", _("参保人"), null=True)
    name_sealed = models.BinaryField()
    numerator = models.PositiveIntegerField(_("份额分子"), default=1)
    denominator = models.PositiveIntegerField(_("份额分母"), default=1)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)

    name = sealed_text("name")

    DATA_CLASSES = classes(
        L2="id uid payout rank",
        L3a="name_sealed",
        L3b="member numerator denominator amount_fen",
    )

    class Meta:
        verbose_name = _("收款人")
        verbose_name_plural = _("收款人")
        constraints = [
            models.UniqueConstraint("payout", "rank", name="funds_payee_rank_once"),
            models.CheckConstraint(
                name="funds_payee_share_of_one",
                condition=Q(numerator__gt=0, denominator__gte=F("numerator")),
            ),
            models.CheckConstraint(
                name="funds_payee_amount_not_negative",
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0),
            ),
        ]

    def __str__(self):
        return f"{self.payout_id}-{self.rank}"


class BankFile(models.Model):
    """Payments handed to the bank at once. The file itself is made from them again at will.

    `sm3` is of its bytes: what is written twice is the same twice, or is not written.
    """

    area = models.CharField(_("统筹区"), max_length=6)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.CharField(_("生成人"), max_length=64)
    lines = models.PositiveIntegerField(_("笔数"))
    total_fen = models.BigIntegerField(_("合计（分）"))
    sm3 = models.CharField("SM3", max_length=64, blank=True)
    #: When the file was on the disk for good; empty = to be written, again if need be.
    written_at = models.DateTimeField(_("写出时间"), null=True)

    DATA_CLASSES = classes(L2="id area made_at made_by lines total_fen sm3 written_at")

    class Meta:
        verbose_name = _("银行代付文件")
        verbose_name_plural = _("银行代付文件")
        constraints = [
            models.CheckConstraint(
                name="funds_bankfile_pays_something", condition=Q(lines__gt=0, total_fen__gt=0)
            ),
            models.CheckConstraint(
                name="funds_bankfile_has_sm3",
                condition=Q(sm3="", written_at__isnull=True) | Q(sm3__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """The file's name, by which the bank knows it again."""
        return f"payouts-{self.area}-{self.pk:06d}.csv"


class Payment(models.Model):
    """One try to pay a payee through a bank. A try that failed is followed by another.

    Which bank account was tried stays with the try, so that an old file says what it said.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        READY = "ready", _("待送银行")
        SENT = "sent", _("已送银行")
        PAID = "paid", _("已支付")
        FAILED = "failed", _("未付成")
        RETURNED = "returned", _("已退汇")
        DROPPED = "dropped", _("已作罢")

    ALLOWED = {
        State.PROPOSED: {State.READY, State.DROPPED},
        State.READY: {State.SENT},
        State.SENT: {State.PAID, State.FAILED, State.RETURNED},
        State.PAID: {State.RETURNED},
        State.FAILED: set(),
        State.RETURNED: set(),
        State.DROPPED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    payee = foreign(Payee, _("收款人"), "payments")
    number = models.PositiveSmallIntegerField(_("第几次"))
    bank = models.CharField(_("开户银行"), max_length=60)
    bank_account_sealed = models.BinaryField()
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.CharField(_("提出人"), max_length=64)
    decided_at = models.DateTimeField(_("复核时间"), null=True)
    decided_by = models.CharField(_("复核人"), max_length=64, blank=True)
    bank_file = foreign(BankFile, _("银行代付文件"), "payments", null=True)
    line = models.PositiveIntegerField(_("行号"), null=True)
    paid_at = models.DateTimeField(_("支付回盘时间"), null=True)
    #: When the bank said that it did not come to pass, or came back.
    undone_at = models.DateTimeField(_("失败或退汇回盘时间"), null=True)
    #: In the bank's words.
    cause_sealed = models.BinaryField(null=True)

    bank_account = sealed_text("bank_account")
    cause = sealed_text("cause")

    DATA_CLASSES = classes(
        L2="id uid number state proposed_at proposed_by decided_at decided_by bank_file line "
        "paid_at undone_at",
        L3a="bank_account_sealed cause_sealed",
        L3b="payee bank",
    )

    class Meta:
        verbose_name = _("代付")
        verbose_name_plural = _("代付")
        constraints = [
            models.CheckConstraint(
                name="funds_payment_state_known",
                condition=Q(
                    state__in=[
                        *("proposed", "ready", "sent", "paid", "failed", "returned", "dropped")
                    ]
                ),
            ),
            models.UniqueConstraint("payee", "number", name="funds_payment_numbered_once"),
            models.UniqueConstraint(
                "payee",
                name="funds_payment_one_under_way",
                condition=~Q(state__in=["failed", "dropped"]),
            ),
            models.UniqueConstraint("bank_file", "line", name="funds_payment_line_once"),
            _decided_unless_proposed("funds_payment_decided_names_who_and_when"),
            _decided_by_another("funds_payment_decider_is_not_proposer"),
            models.CheckConstraint(
                name="funds_payment_sent_in_a_file",
                condition=Q(
                    state__in=["sent", "paid", "failed", "returned"],
                    bank_file__isnull=False,
                    line__isnull=False,
                )
                | (
                    ~Q(state__in=["sent", "paid", "failed", "returned"])
                    & Q(bank_file__isnull=True, line__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="funds_payment_answered_has_moment",
                condition=Q(state="paid", paid_at__isnull=False, undone_at__isnull=True)
                | Q(state="failed", paid_at__isnull=True, undone_at__isnull=False)
                | Q(state="returned", undone_at__isnull=False)
                | (
                    ~Q(state__in=["paid", "failed", "returned"])
                    & Q(paid_at__isnull=True, undone_at__isnull=True)
                ),
            ),
        ]
        indexes = [
            models.Index("payee", name="funds_payment_ready", condition=Q(state="ready")),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """What the bank's answer names this try by."""
        return f"TQ{self.pk:010d}"
