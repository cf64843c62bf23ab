"""Staff look up who is whose what, masked; every page is recorded."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pooling.audit.admin import NamedLookUpAdmin
from pooling.kinship import wording
from pooling.kinship.models import Relation
from pooling.shared.masks import mask_name


@admin.display(description=_("姓名"))
def member_name(row) -> str:
    return mask_name(row.member.name)


@admin.display(description=_("亲属姓名"))
def relative_name(row) -> str:
    return mask_name(row.relative.name)


@admin.display(description=_("姓名（全名）"))
def member_in_full(row) -> str:
    return row.member.name


@admin.display(description=_("亲属全名"))
def relative_in_full(row) -> str:
    return row.relative.name


@admin.display(description=_("关系"))
def word(row) -> str:
    return wording.word(row.code)


@admin.register(Relation)
class RelationAdmin(NamedLookUpAdmin):
    """The number of the proof stays unseen: it identifies a paper, and so a family."""

    in_full = {member_name: member_in_full, relative_name: relative_in_full}

    list_display = (
        "member",
        member_name,
        "relative",
        relative_name,
        word,
        "evidence",
        "from_date",
        "to_date",
    )
    list_select_related = ("member", "relative")
    search_fields = ("=member__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def members_of(self, row):
        return [row.member_id, row.relative_id]
