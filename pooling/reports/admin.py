"""Trying rules before they count: ask, watch it go, read what would have come out otherwise."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pooling.audit.services import look
from pooling.reports import exports, selectors, services
from pooling.reports.forms import ReplayForm
from pooling.reports.models import Replay
from pooling.shared.admin import Act, ActAdmin, acting
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.periods import business_date
from pooling.shared.rows import NOBODY, row_number
from pooling.shared.work import database_clock, unit_of_work

START = "reports.start_replay"
TONES = {"waiting": "warn", "running": "info", "done": "good", "stopped": "ended"}
#: Areas drawn; the table has all of them.
DRAWN = 12


def _stop(replay, **who):
    return services.stop(replay_id=replay.pk, **who)


def is_unfinished(replay) -> bool:
    return replay.status in services.UNFINISHED


@admin.display(description=_("规则版本"))
def version(replay) -> str:
    return f"{replay.version.area} {replay.version.label}"


@admin.display(description=_("进度"))
def progress(replay) -> str:
    return f"{replay.seen:,} / {replay.total:,}"


@admin.register(Replay)
class ReplayAdmin(ActAdmin):
    """Each look at the list of changed settlements is recorded: it shows masked people."""

    change_form_template = "reports/replay.html"
    change_list_template = "reports/replays.html"
    list_display = ("asked_at", version, "since", "until", "status", progress, "changed")
    list_select_related = ("version__area",)
    ordering = ("-pk",)
    fields = readonly_fields = list_display
    acts = {
        "stop": Act(
            _("停止试算"),
            _stop,
            START,
            _("已停止。到此为止的数字保留。"),
            offered=is_unfinished,
            grave=True,
        )
    }

    def get_urls(self):
        view, name = self.admin_site.admin_view, "reports_replay"
        return [
            path("start/", view(self.start_view), name=f"{name}_start"),
            path("<int:pk>/csv/", view(self.csv_view), name=f"{name}_csv"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        may = {"may_start": request.user.has_perm(START)}
        return super().changelist_view(request, (extra_context or {}) | may)

    def start_view(self, request):
        """Choose a version and a period; the work itself is a job's."""
        if not (self.has_view_permission(request) and request.user.has_perm(START)):
            raise PermissionDenied
        since, until = selectors.last_quarter(business_date(timezone.now()))
        initial = {"version": request.GET.get("version"), "since": since, "until": until}
        form = ReplayForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            asked = form.cleaned_data
            try:
                replay = unit_of_work(
                    lambda: services.start(
                        version_id=asked["version"],
                        since=asked["since"],
                        until=asked["until"] + timedelta(days=1),
                        by=acting(request),
                        at=database_clock(),
                    )
                )
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("试算已排队。可以离开本页，稍后回来看结果。"))
                return redirect(self._page(replay))
        each = self.admin_site.each_context(request)
        page = {**each, "opts": self.opts, "title": _("试算规则"), "form": form}
        return TemplateResponse(request, "reports/start.html", page)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        areas = selectors.by_area(obj.pk)
        rows, more = selectors.changes(obj.pk, after=_after(request))
        self._record(request, rows)
        listed = selectors.listed(obj.pk)
        context |= {
            "title": _("规则试算"),
            "subtitle": None,
            "tone": TONES[obj.status],
            "unfinished": is_unfinished(obj),
            "last_day": obj.until - timedelta(days=1),
            "areas": areas,
            "total": selectors.total(areas),
            "drawn": [
                (row.name, row.pooled_before_fen, row.pooled_after_fen) for row in areas[:DRAWN]
            ],
            "cut": max(0, len(areas) - DRAWN),
            "changes": rows,
            "next_after": rows[-1].id if more else None,
            "listed": listed,
            "is_cut": listed < obj.changed,
            "outdated": selectors.is_outdated(obj),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def csv_view(self, request, pk: int):
        """Return the changed settlements as CSV; that they leave is recorded."""
        replay = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if not self.has_view_permission(request):
            raise PermissionDenied
        if replay is None:
            raise Http404
        unit_of_work(
            lambda: services.record_export(replay_id=pk, by=acting(request), at=database_clock())
        )
        response = StreamingHttpResponse(
            exports.as_csv(selectors.for_file(pk)), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="replay-{pk}.csv"'
        return response

    def _record(self, request, rows) -> None:
        members = {member for row in rows for member in row.member_ids}
        if members:
            unit_of_work(
                lambda: look(
                    page="reports.changes",
                    member_ids=members,
                    fields=["name:masked", "bill"],
                    by=acting(request),
                    at=database_clock(),
                )
            )


def _after(request) -> int:
    """Return the row after which the list goes on; 0 for whatever is no number."""
    return row_number(request.GET.get("after", "")) or NOBODY
