"""What the nightly walk did, for looking up."""

from django.contrib import admin

from pooling.registry.models import DueRun
from pooling.shared.admin import LookUpAdmin


@admin.register(DueRun)
class DueRunAdmin(LookUpAdmin):
    list_display = ("on", "started_at", "finished_at", "counts")
    fields = ("on", "started_at", "finished_at", "after_id", "counts")
    ordering = ("-pk",)
