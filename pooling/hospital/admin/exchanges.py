"""The log of the tills' messages: found by number, settlement or day, read masked."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pooling.audit.admin import PurposeFirst, Recorded
from pooling.audit.services import look
from pooling.hospital.admin import replaying
from pooling.hospital.admin.tills import SEES_AMOUNTS
from pooling.hospital.forms import LATELY, ExchangeSearch, RatesForm
from pooling.hospital.masking import HIDDEN, masked
from pooling.hospital.models import Exchange
from pooling.hospital.national import conformance, numbers
from pooling.hospital.selectors import exchanges, rates
from pooling.hospital.selectors.rates import Rate
from pooling.hospital.services.replaying import ReplayRefused
from pooling.hospital.step_words import WORDS, titled
from pooling.shared.admin import LookUpAdmin
from pooling.shared.crypto import CannotOpen
from pooling.shared.forms import row_before
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

Outcome = Exchange.Outcome
#: Transactions drawn; the table has all of them.
DRAWN = 10
LEGEND = [
    ("well", _("已办理")),
    ("refused", _("拒绝或有误")),
    ("failed", _("本系统故障")),
    ("unsigned", _("未通过验签")),
]
TONES = {
    Outcome.ANSWERED: "good",
    Outcome.REPEATED: "good",
    Outcome.REFUSED: "warn",
    Outcome.INVALID: "warn",
    Outcome.UNSIGNED: "bad",
    Outcome.BUSY: "bad",
    Outcome.UNKNOWN: "bad",
    Outcome.FAILED: "bad",
}


@admin.display(description=_("报文与应答（已遮盖）"))
def contents_masked(row) -> str:
    """Only named in the trail: the page itself shows both side by side."""
    return ""


@admin.display(description=_("报文与应答"))
def contents(row) -> str:
    return ""


@admin.register(Exchange)
class ExchangeAdmin(PurposeFirst, LookUpAdmin):
    """The list names nobody. A line's contents are masked until somebody says what for."""

    change_form_template = "hospital/exchange.html"
    purpose_per_row = True
    closed_until_said = False
    fields = (
        "at",
        "outcome",
        "reason",
        "infno",
        "msgid",
        "setl_id",
        "institution",
        "client",
        "claimed",
        "status",
        "duration_ms",
        "request_size",
        "answer_size",
        "request_id",
        "replay_of",
        "staff",
        "note",
    )
    readonly_fields = (*fields, contents_masked, contents)

    def get_queryset(self, request):
        related = ("institution", "client", "claimed", "staff")
        return super().get_queryset(request).select_related(*related)

    def get_urls(self):
        view, name = self.admin_site.admin_view, "hospital_exchange"
        return [
            path("rates/", view(self.rates_view), name=f"{name}_rates"),
            path("<int:pk>/rehearse/", view(self.rehearse_view), name=f"{name}_rehearse"),
            path("<int:pk>/replay/", view(self.replay_view), name=f"{name}_replay"),
            *super().get_urls(),
        ]

    def rates_view(self, request):
        """Show how the interface did on some days: how much was refused, how much broke."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = business_date(database_clock())
        lately = {"first": f"{today - timedelta(days=LATELY - 1)}", "last": f"{today}"}
        form = RatesForm(request.GET or lately)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("接口成功率"),
            "form": form,
        }
        if form.is_valid():
            place = form.institution
            found = rates.of_days(
                form.cleaned_data["first"],
                form.cleaned_data["last"],
                institution_id=place and place.pk,
            )
            page |= {"rates": found, "drawn": drawn(found.transactions[:DRAWN]), "legend": LEGEND}
            page |= {"cut": max(0, len(found.transactions) - DRAWN)}
            days = {name: form.cleaned_data[name].isoformat() for name in ("first", "last")}
            page["days"] = urlencode(days)
        return TemplateResponse(request, "hospital/rates.html", page)

    @method_decorator(require_POST)
    def rehearse_view(self, request, pk: int):
        """Show what a message would be answered now; everything it does is rolled back."""
        row = self._row_to_replay(request, pk)
        try:
            status, text = replaying.rehearse(request, row)
        except ReplayRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:hospital_exchange_change", row.pk)
        would = conformance.read(text)
        named = self._look(request, row, would)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("试办结果"),
            "original": row,
            "status": status,
            "reply": as_text(would, named=named),
        }
        return TemplateResponse(request, "hospital/rehearsal.html", page)

    @method_decorator(require_POST)
    def replay_view(self, request, pk: int):
        """Carry a message out again for good."""
        return replaying.replay(request, self._row_to_replay(request, pk))

    def _row_to_replay(self, request, pk: int) -> Exchange:
        wanted = (replaying.MAY, SEES_AMOUNTS)
        if not (self.has_view_permission(request) and request.user.has_perms(wanted)):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        return row

    def changelist_view(self, request, extra_context=None):
        """Show one page of what was asked for. Nothing is counted: there may be millions."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExchangeSearch(request.GET, today=business_date(database_clock()))
        before, rows, more = row_before(request), [], False
        if form.is_valid():
            rows, more = exchanges.find(form.asked(), before=before)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.opts.verbose_name_plural,
            "form": form,
            "rows": [(row, TONES[row.outcome], WORDS.get(row.infno, "")) for row in rows],
            "more": rows[-1].pk if more else None,
            "query": _without_before(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "hospital/exchanges.html", page)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            sees = request.user.has_perm(SEES_AMOUNTS)
            context |= {
                "title": self.opts.verbose_name,
                "subtitle": None,
                "tone": TONES[obj.outcome],
                "transaction": titled(obj.infno),
                "sees": sees,
                **(replaying.offered(request, obj) if sees else {}),
                **(self._contents(request, obj) if sees else {}),
            }
        # Not Recorded's: a look here is at what the message says, and not at the line.
        return super(Recorded, self).render_change_form(
            request, context, add, change, form_url, obj
        )

    def _contents(self, request, row: Exchange) -> dict:
        """Return message and answer as this asker may see them; the look is written down."""
        try:
            told, reply = exchanges.read(row)
        except CannotOpen:
            return {"damaged": True}
        named = self._look(request, row, told, reply)
        return {"told": as_text(told, named=named), "reply": as_text(reply, named=named)}

    def _look(self, request, row: Exchange, *told) -> bool:
        """Write down whose data are shown; return whether by name, which takes a purpose."""
        named = bool(self.purpose(request, row))
        members = [each.pk for each in exchanges.people(*told)]
        if members:
            shown = contents if named else contents_masked
            unit_of_work(
                lambda: look(
                    page=reverse("admin:hospital_exchange_change", args=[row.pk]),
                    member_ids=members,
                    fields=[shown.__name__],
                    by=self.looking(request, row),
                    at=database_clock(),
                )
            )
        return named


def drawn(rows: list[Rate]) -> list[tuple]:
    """Return figures as `parted_chart` draws them."""
    return [
        (
            row.name,
            _("%(total)s 条，拒 %(refused)s%%，障 %(failed)s%%")
            % {
                "total": f"{row.total:,}",
                "refused": row.refused_share,
                "failed": row.failed_share,
            },
            [
                ("well", row.well),
                ("refused", row.refused),
                ("failed", row.failed),
                ("unsigned", row.unsigned),
            ],
        )
        for row in rows
    ]


def as_text(told, *, named: bool = False) -> str:
    """Return a message as people read it, masked; empty where it is not kept."""
    if told is None:
        return ""
    try:
        return numbers.indented(masked(told, named=named))
    except RecursionError:
        return HIDDEN


def _without_before(request) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()
