"""Whose money lies where, masked and recorded."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.audit import wording
from pooling.audit.admin import PersonalLookUpAdmin, done_by
from pooling.funds.models import (
    BankFile,
    Contribution,
    Deposit,
    FamilyFund,
    FundMember,
    Payee,
    Payment,
    Payout,
    PersonalAccount,
    Quota,
    Transfer,
    Wallet,
)
from pooling.shared.admin import LookUpAdmin, yuan
from pooling.shared.masks import mask_cert_no, mask_name
from pooling.shared.money import show_yuan


def _held(field: str, description):
    """Return a column with what lies in a ledger account of the row; a dash without one."""

    @admin.display(description=description)
    def shown(row) -> str:
        held = getattr(row, field)
        return "—" if held is None else show_yuan(held.balance_fen)

    shown.__name__ = field
    return shown


@admin.display(description=_("开通人"))
def opened_by(row) -> str:
    """Return who opened a wallet: a member, the owner or whoever acted for them."""
    return wording.actor(f"member:{row.opened_by}") if row.opened_by else "—"


proposed_by, decided_by = (
    done_by("proposed_by", _("提出人")),
    done_by("decided_by", _("决定人")),
)
current, prior = _held("current", _("当年")), _held("prior", _("历年"))


@admin.display(description=_("姓名"))
def name(row) -> str:
    return mask_name(row.member.name)


@admin.display(description=_("个人账户"))
def account(row) -> str:
    """Name an account by its owner's number and area: nobody at the desk knows row ids."""
    held = row.personal_account
    return f"{held.member.psn_no} · {held.area}"


@admin.register(PersonalAccount)
class PersonalAccountAdmin(PersonalLookUpAdmin):
    list_display = ("member", name, "area", current, prior, "opened_on", "closed_on")
    list_select_related = ("member", "current", "prior")
    search_fields = ("=member__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display


@admin.display(description=_("部分"))
def part(row) -> str:
    return str({"current": _("当年"), "prior": _("历年")}[row.part])


@admin.register(Contribution)
class ContributionAdmin(PersonalLookUpAdmin):
    list_display = (
        "reference",
        account,
        part,
        yuan("amount_fen", _("金额")),
        "business_date",
    )
    list_select_related = ("personal_account__member",)
    search_fields = ("=reference", "=personal_account__member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.personal_account.member_id]


@admin.register(Quota)
class QuotaAdmin(PersonalLookUpAdmin):
    list_display = (account, "relative", current, prior, "opened_at", "closed_at")
    list_select_related = ("personal_account__member", "relative", "current", "prior")
    search_fields = ("=personal_account__member__psn_no", "=relative__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.personal_account.member_id, row.relative_id]


@admin.register(Wallet)
class WalletAdmin(PersonalLookUpAdmin):
    balance = _held("ledger_account", _("余额"))
    list_display = ("owner", "area", balance, "opened_at", opened_by, "closed_at")
    list_select_related = ("owner", "ledger_account")
    search_fields = ("=owner__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.owner_id]


@admin.register(FamilyFund)
class FamilyFundAdmin(PersonalLookUpAdmin):
    list_display = ("id", "founder", "area", "opened_at", "closed_at")
    list_select_related = ("founder",)
    search_fields = ("=founder__psn_no", "=members__member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.founder_id]


@admin.register(FundMember)
class FundMemberAdmin(PersonalLookUpAdmin):
    list_display = ("fund", "rank", "member", current, prior, "invited_at", "joined_at", "left_at")
    list_select_related = ("fund", "member", "current", "prior")
    search_fields = ("=fund__pk", "=member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display


@admin.register(Transfer)
class TransferAdmin(PersonalLookUpAdmin):
    list_display = (
        "id",
        "sender",
        "to_wallet",
        "to_share",
        yuan("amount_fen", _("金额")),
        "state",
        "sent_at",
        "ended_at",
    )
    list_select_related = ("sender", "to_wallet", "to_share")
    search_fields = ("=pk", "=sender__psn_no", "=to_wallet__owner__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        receiver = row.to_wallet.owner_id if row.to_wallet else row.to_share.member_id
        return [row.sender_id, receiver]


@admin.register(Deposit)
class DepositAdmin(PersonalLookUpAdmin):
    list_display = ("reference", "wallet", "share", yuan("amount_fen", _("金额")), "business_date")
    list_select_related = ("wallet", "share")
    search_fields = ("=reference",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.wallet.owner_id if row.wallet else row.share.member_id]


@admin.display(description=_("姓名"))
def payee_name(row) -> str:
    return mask_name((row.payee if isinstance(row, Payment) else row).name)


@admin.display(description=_("金额"))
def paid_out(row) -> str:
    return show_yuan(row.amount_fen) if row.entry_id else "—"


@admin.display(description=_("金额"))
def to_pay(payment) -> str:
    return yuan("amount_fen", "")(payment.payee)


@admin.display(description=_("银行账号"))
def bank_account(row) -> str:
    return mask_cert_no(row.bank_account)


@admin.display(description=_("付款编号"))
def reference(payment):
    return payment.reference


@admin.display(description=_("文件名"))
def file_name(bank_file):
    return bank_file.name


@admin.display(description=_("指纹（SM3）"))
def fingerprint(bank_file):
    return bank_file.sm3


@admin.register(Payout)
class PayoutAdmin(PersonalLookUpAdmin):
    list_display = (
        "id", account, "reason", "event_on", paid_out, "state", "proposed_at",
        "decided_at",
    )  # fmt: skip
    list_filter = ("state", "reason")
    list_select_related = ("personal_account__member",)
    search_fields = ("=pk", "=personal_account__member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, "papers", proposed_by, decided_by)

    def members_of(self, row):
        return [row.personal_account.member_id]


@admin.register(Payee)
class PayeeAdmin(PersonalLookUpAdmin):
    list_display = (
        "payout", "rank", payee_name, "member", "numerator", "denominator",
        yuan("amount_fen", _("金额")),
    )  # fmt: skip
    list_select_related = ("payout__personal_account", "member")
    search_fields = ("=payout__pk", "=member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        owner = row.payout.personal_account.member_id
        return [owner] if row.member_id is None else [owner, row.member_id]


@admin.register(Payment)
class PaymentAdmin(PersonalLookUpAdmin):
    list_display = (
        reference, "payee", payee_name, to_pay, "state", "bank", bank_account, "bank_file",
        "number", "paid_at", "undone_at",
    )  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("payee__payout__personal_account", "bank_file")
    search_fields = ("=pk", "=payee__payout__pk", "=bank_file__pk")
    ordering = ("-pk",)
    fields = readonly_fields = (
        *list_display, "proposed_at", proposed_by, "decided_at", decided_by,
    )  # fmt: skip

    def members_of(self, row):
        return [row.payee.payout.personal_account.member_id]


@admin.register(BankFile)
class BankFileAdmin(LookUpAdmin):
    list_display = (
        file_name, "area", "lines", yuan("total_fen", _("合计")), "made_at", "written_at",
        fingerprint,
    )  # fmt: skip
    search_fields = ("=pk", "=area")
    ordering = ("-pk",)
    fields = readonly_fields = list_display
