"""Authorisations, and who was kept from asking, for looking up: masked and recorded."""

from django.contrib import admin
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from pooling.audit.admin import NamedLookUpAdmin
from pooling.bindings.models import Binding, Block, PayerCap
from pooling.kinship import selectors as kinship
from pooling.kinship import wording as kinship_wording
from pooling.policy.wording import KINDS
from pooling.shared.admin import yuan
from pooling.shared.masks import mask_name
from pooling.shared.periods import business_date


@admin.display(description=_("共济人姓名"))
def payer_name(row) -> str:
    return mask_name(row.payer.name)


@admin.display(description=_("被共济人姓名"))
def relative_name(row) -> str:
    return mask_name(row.relative.name)


@admin.display(description=_("共济人全名"))
def payer_in_full(row) -> str:
    return row.payer.name


@admin.display(description=_("被共济人全名"))
def relative_in_full(row) -> str:
    return row.relative.name


@admin.display(description=_("关系"))
def relation(row) -> str:
    return kinship_wording.word(row.relation_code)


@admin.display(description=_("登记数据今日所证明的关系"))
def proven(row) -> str:
    tie = kinship.proven_between(row.payer_id, row.relative_id, business_date(now()))
    return f"{KINDS[tie.kind]}：{kinship_wording.path(tie)}" if tie else ""


class _OfTwo(NamedLookUpAdmin):
    """Rows about a payer and a relative."""

    in_full = {payer_name: payer_in_full, relative_name: relative_in_full}

    list_select_related = ("payer", "relative")
    search_fields = ("=payer__psn_no", "=relative__psn_no")
    ordering = ("-pk",)

    def members_of(self, row):
        return [row.payer_id, row.relative_id]


@admin.register(Binding)
class BindingAdmin(_OfTwo):
    list_display = (
        "id",
        "payer",
        payer_name,
        "relative",
        relative_name,
        relation,
        "state",
        "rank",
        "from_date",
        "to_date",
    )
    list_filter = ("state", "proof")
    fields = readonly_fields = (
        *list_display[1:],
        "proof",
        proven,
        "bound_at",
        yuan("cap_per_settlement_fen", _("每次上限")),
        yuan("cap_per_day_fen", _("每日上限")),
        yuan("cap_per_month_fen", _("每月上限")),
        yuan("cap_per_year_fen", _("每年上限")),
        "uses",
        "signed_at",
        "text_version",
        "text_hash",
        "frozen_at",
        "declined_at",
        "release_asked_at",
        "release_on",
        "ended_at",
        "ended_cause",
    )


@admin.register(Block)
class BlockAdmin(_OfTwo):
    list_display = ("relative", relative_name, "payer", payer_name, "blocked_at")
    fields = readonly_fields = list_display


@admin.register(PayerCap)
class PayerCapAdmin(NamedLookUpAdmin):
    in_full = {payer_name: payer_in_full}
    list_display = (
        "payer",
        payer_name,
        yuan("cap_per_day_fen", _("每日上限")),
        yuan("cap_per_month_fen", _("每月上限")),
        yuan("cap_per_year_fen", _("每年上限")),
    )
    list_select_related = ("payer",)
    search_fields = ("=payer__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.payer_id]
