"""Cases for looking up, masked and recorded; what was filled in stays sealed here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.audit.admin import PersonalLookUpAdmin
from pooling.cases.models import Case
from pooling.shared.masks import mask_name


@admin.display(description=_("申请人姓名"))
def name(row) -> str:
    return mask_name(row.member.name)


@admin.register(Case)
class CaseAdmin(PersonalLookUpAdmin):
    list_display = ("number", "kind", "state", "member", name, "submitted_at", "due_at")
    list_filter = ("state", "kind")
    list_select_related = ("member",)
    search_fields = ("=number", "=member__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = (
        *list_display,
        "opened_at",
        "opened_by",
        "submitted_by",
        "reason_code",
        "decided_at",
        "decided_by",
        "decided_by_rule",
        "subject_type",
        "subject_id",
    )
