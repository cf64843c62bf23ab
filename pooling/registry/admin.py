"""What the nightly walk did, for looking up."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.audit import act_words
from pooling.registry import wording
from pooling.registry.models import DueRun
from pooling.shared.admin import LookUpAdmin


@admin.display(description=_("结果"))
def outcome(row) -> str:
    """Show what happened how often; `bindings` names its own acts."""
    words = {key: wording.COUNTS.get(key) or act_words.act(f"bindings.{key}") for key in row.counts}
    return gettext("、").join(f"{words[key]} {often}" for key, often in row.counts.items()) or "—"


@admin.register(DueRun)
class DueRunAdmin(LookUpAdmin):
    list_display = ("on", "started_at", "finished_at", outcome)
    fields = readonly_fields = ("on", "started_at", "finished_at", "after_id", outcome)
    ordering = ("-pk",)
