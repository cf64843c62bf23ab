"""Cases for looking up, masked and recorded; what was filled in stays sealed here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.audit import wording as trail
from pooling.audit.admin import PersonalLookUpAdmin, done_by
from pooling.cases import wording
from pooling.cases.models import Case
from pooling.shared.masks import mask_name


@admin.display(description=_("申请人姓名"))
def name(row) -> str:
    return mask_name(row.member.name)


@admin.display(description=_("原因"))
def reason(row) -> str:
    return wording.reason(row.reason_code) or row.reason_code or "—"


@admin.display(description=_("自动决定的规则"))
def rule(row) -> str:
    return wording.rule(row.decided_by_rule) or "—"


@admin.display(description=_("对象类型"))
def subject(row) -> str:
    return trail.table(row.subject_type) or "—"


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
        done_by("opened_by", _("建立人")),
        done_by("submitted_by", _("提交人")),
        reason,
        "decided_at",
        done_by("decided_by", _("决定人")),
        rule,
        subject,
        "subject_id",
    )
