"""The trail, for auditors; and what every page about people leaves in it."""

from collections.abc import Iterable

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.utils.translation import gettext_lazy as _

from pooling.audit.models import Event, Look
from pooling.audit.services import look
from pooling.shared.admin import LookUpAdmin, acting
from pooling.shared.work import database_clock, unit_of_work


class PersonalLookUpAdmin(LookUpAdmin):
    """A look-up of rows about people: every page shown is itself recorded, one row a page."""

    def members_of(self, row) -> Iterable[int]:
        """Return the ids of the members a row is about."""
        return [row.member_id]

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            self._record(request, shown["cl"].result_list, shown["cl"].list_display)
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            fields = flatten_fieldsets(self.get_fieldsets(request, obj))
            self._record(request, [obj], fields)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _record(self, request, rows, fields) -> None:
        members = {member for row in rows for member in self.members_of(row)}
        names = [getattr(field, "__name__", field) for field in fields]
        if members:
            unit_of_work(
                lambda: look(
                    page=request.path,
                    member_ids=members,
                    fields=names,
                    by=acting(request),
                    at=database_clock(),
                )
            )


@admin.display(description=_("操作者"))
def actor(row) -> str:
    """Show who acted as it is stored: kind and id, never a name."""
    return f"{row.actor_kind}:{row.actor_id if row.actor_id is not None else row.purpose}"


@admin.register(Event)
class EventAdmin(LookUpAdmin):
    list_display = ("at", actor, "verb", "subject_type", "subject_id", "channel")
    ordering = ("-pk",)
    search_fields = ("=verb", "=subject_type", "=subject_id", "=actor_id")


@admin.register(Look)
class LookAdmin(LookUpAdmin):
    list_display = ("at", actor, "page", "people", "purpose", "channel")
    ordering = ("-pk",)
    search_fields = ("=page", "=actor_id")

    @admin.display(description=_("人数"))
    def people(self, row) -> int:
        return len(row.member_ids)
