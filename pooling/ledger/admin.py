"""The books, for auditors. Nothing here changes anything."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.ledger import wording
from pooling.ledger.models import Account, Checkpoint, Entry, Posting
from pooling.shared.admin import LookUpAdmin, LookUpInline, yuan

amount = yuan("amount_fen", _("金额"))
balance_after = yuan("balance_after_fen", _("记账后余额"))


@admin.display(description=_("种类"), ordering="kind")
def kind(row) -> str:
    words = wording.ENTRIES if isinstance(row, Entry) else wording.ACCOUNTS
    return str(words.get(row.kind, row.kind))


@admin.register(Account)
class AccountAdmin(LookUpAdmin):
    list_display = ("code", kind, "guarded", yuan("balance_fen", _("余额")))
    list_filter = ("guarded",)
    search_fields = ("^code",)
    ordering = ("pk",)
    fields = ("code", kind, "guarded", yuan("balance_fen", _("余额")))
    readonly_fields = fields


class LineInline(LookUpInline):
    model = Posting
    fields = readonly_fields = ("account", amount, balance_after)
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("account")


@admin.register(Entry)
class EntryAdmin(LookUpAdmin):
    list_display = ("key", kind, "business_date", "posted_at")
    search_fields = ("=key",)
    ordering = ("-pk",)
    fields = readonly_fields = ("key", kind, "business_date", "posted_at", "reversal_of")
    inlines = (LineInline,)


@admin.register(Posting)
class PostingAdmin(LookUpAdmin):
    list_display = ("entry", "account", amount, balance_after)
    list_select_related = ("entry", "account")
    search_fields = ("=account__code", "=entry__key")
    ordering = ("-pk",)
    fields = readonly_fields = ("entry", "account", amount, balance_after)


@admin.register(Checkpoint)
class CheckpointAdmin(LookUpAdmin):
    list_display = ("account", "through_posting_id", yuan("sum_fen", _("合计")), "taken_at")
    list_select_related = ("account",)
    ordering = ("-pk",)
    fields = ("account", "through_posting_id", yuan("sum_fen", _("合计")), "taken_at")
    readonly_fields = fields
