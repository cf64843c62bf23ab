"""Personal accounts and what was paid into them, masked and recorded."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.audit.admin import PersonalLookUpAdmin
from pooling.funds.models import Contribution, PersonalAccount
from pooling.shared.admin import yuan
from pooling.shared.masks import mask_name
from pooling.shared.money import show_yuan


@admin.display(description=_("当年"))
def current(row) -> str:
    return show_yuan(row.current.balance_fen)


@admin.display(description=_("历年"))
def prior(row) -> str:
    return show_yuan(row.prior.balance_fen)


@admin.display(description=_("姓名"))
def name(row) -> str:
    return mask_name(row.member.name)


@admin.register(PersonalAccount)
class PersonalAccountAdmin(PersonalLookUpAdmin):
    list_display = ("member", name, "area", current, prior, "opened_on", "closed_on")
    list_select_related = ("member", "current", "prior")
    search_fields = ("=member__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display


@admin.register(Contribution)
class ContributionAdmin(PersonalLookUpAdmin):
    list_display = (
        "reference",
        "personal_account",
        "part",
        yuan("amount_fen", _("金额")),
        "business_date",
    )
    list_select_related = ("personal_account",)
    search_fields = ("=reference", "=personal_account__member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.personal_account.member_id]
