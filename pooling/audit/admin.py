"""The trail, for auditors; and what every page about people leaves in it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.utils import flatten, flatten_fieldsets, label_for_field
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pooling.audit import act_words, wording
from pooling.audit.forms import PurposeForm
from pooling.audit.models import Event, Look
from pooling.audit.services import look
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.admin import LookUpAdmin, acting
from pooling.shared.work import unit_of_work

PURPOSE_SECONDS = 30 * 60
#: Session key: scope → what was said, and when.
_PURPOSES = "purposes_said"
_KEPT = 20


class Recorded:
    """Rows about people: every page shown is itself recorded, one row a page."""

    def members_of(self, row) -> Iterable[int]:
        """Return the ids of the members a row is about."""
        return [row.member_id]

    def looking(self, request, row=None) -> Actor:
        """Return who looks, and what for if they said so."""
        return acting(request)

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            self._record(request, shown["cl"].result_list, shown["cl"].list_display)
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            fields = flatten_fieldsets(self.get_fieldsets(request, obj))
            self._record(request, [obj], fields, by=self.looking(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _record(self, request, rows, fields, by: Actor | None = None) -> None:
        members = {member for row in rows for member in self.members_of(row)}
        names = [getattr(field, "__name__", field) for field in fields]
        if members:
            unit_of_work(
                lambda: look(
                    page=request.path,
                    member_ids=members,
                    fields=names,
                    by=by or self.looking(request),
                    at=timezone.now(),
                )
            )


class PersonalLookUpAdmin(Recorded, LookUpAdmin):
    """A look-up of rows about people."""


class PurposeFirst(Recorded):
    """Rows about people that are shown only to who said what for. Goes before the admin's base.

    Said once, a purpose opens the table for half an hour; with `purpose_per_row` it opens
    one row, and the list, which then has to be harmless, stays open to all. A page that
    masks by itself sets `closed_until_said = False`, asks `purpose(request, row)` and
    includes `admin/_purpose.html`.

    A list stays masked. On the page of one row what `in_full` names (masked column → the same
    unmasked) is shown as it is once a purpose was said, and the look records that very column.
    """

    purpose_per_row = False
    closed_until_said = True
    in_full: Mapping[Callable, Callable] = {}

    def purpose(self, request, row=None) -> str:
        """Return the purpose in force for the table or row, or nothing."""
        said, when = request.session.get(_PURPOSES, {}).get(self._scope(row and row.pk), ("", 0))
        return said if timezone.now().timestamp() - when <= PURPOSE_SECONDS else ""

    def looking(self, request, row=None) -> Actor:
        return replace(acting(request), purpose=self.purpose(request, row))

    def get_fields(self, request, obj=None):
        return self._as_said(super().get_fields(request, obj), request, obj)

    def get_readonly_fields(self, request, obj=None):
        return self._as_said(super().get_readonly_fields(request, obj), request, obj)

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.fields = self._as_said(inline.fields, request, obj)
            inline.readonly_fields = self._as_said(inline.readonly_fields, request, obj)
        return inlines

    def _as_said(self, fields, request, row):
        if row is None or not self.purpose(request, row):
            return fields
        return [self.in_full.get(field, field) for field in fields or ()]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_purpose"
        view = self.admin_site.admin_view(self.purpose_view)
        address = "<int:pk>/purpose/" if self.purpose_per_row else "purpose/"
        return [path(address, view, name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        if self.purpose_per_row or not self._is_closed(request):
            return super().changelist_view(request, extra_context)
        return self._ask(request, PurposeForm(), request.get_full_path())

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id) if self.purpose_per_row else None
        if self._is_closed(request, row):
            return self._ask(request, PurposeForm(), request.get_full_path(), row)
        if not self.closed_until_said and not (self.purpose_per_row and row is None):
            extra_context = self._part(request, row) | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_POST)
    def purpose_view(self, request, pk: int | None = None):
        """Keep what was said in the session and go on to the page that asked."""
        row = self.get_object(request, str(pk)) if pk is not None else None
        if pk is not None and row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        goal = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(goal, {request.get_host()}, request.is_secure()):
            goal = reverse("admin:index")
        form = PurposeForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form, goal, row)
        kept = request.session.get(_PURPOSES, {})
        kept[self._scope(pk)] = (form.stated, timezone.now().timestamp())
        # A clerk's day of cases must not make the session grow without end.
        newest = sorted(kept.items(), key=lambda item: -item[1][1])[:_KEPT]
        request.session[_PURPOSES] = dict(newest)
        return redirect(goal)

    def _scope(self, pk) -> str:
        return f"{self.opts.label_lower}:{pk}" if self.purpose_per_row else self.opts.label_lower

    def _is_closed(self, request, row=None) -> bool:
        """Return whether to ask first; who may not look at all is refused further in."""
        if not self.closed_until_said or (self.purpose_per_row and row is None):
            return False
        return self.has_view_permission(request, row) and not self.purpose(request, row)

    def _ask(self, request, form, goal: str, row=None):
        page = {
            **self.admin_site.each_context(request),
            **self._part(request, row),
            "title": self.opts.verbose_name_plural,
            "opts": self.opts,
            "purpose_form": form,
            "purpose_next": goal,
        }
        return TemplateResponse(request, "admin/purpose.html", page)

    def _part(self, request, row=None) -> dict:
        """Return what `admin/_purpose.html` needs."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_purpose"
        return {
            "purpose": wording.purpose(self.purpose(request, row)),
            "purpose_form": PurposeForm(),
            "purpose_next": request.get_full_path(),
            "purpose_url": reverse(
                f"{self.admin_site.name}:{name}", args=[row.pk] if self.purpose_per_row else []
            ),
        }


class NamedLookUpAdmin(PurposeFirst, PersonalLookUpAdmin):
    """A look-up of rows about people, masked; one row's page opens names to who said what for."""

    purpose_per_row = True
    closed_until_said = False
    change_form_template = "admin/named_change_form.html"


def done_by(field: str, description):
    """Return a column that words an actor stored as `<kind>:<id>`; a dash for none."""

    @admin.display(description=description)
    def shown(row) -> str:
        stored = getattr(row, field)
        return wording.actor(stored) if stored else "—"

    shown.__name__ = field
    return shown


def in_words(page: str) -> tuple[str, dict[str, str]]:
    """Return what a page that was looked at is called, and its fields' names in words.

    The words are those the looker had before them: a field is called what the staff page calls
    its column, so that nothing has to be kept in step. What is no column has a word of the house.
    """
    words = {name: str(word) for name, word in wording.FIELDS.items()}
    if page in wording.PAGES:
        return str(wording.PAGES[page]), words
    parts = page.strip("/").split("/")
    try:
        model = apps.get_model(*parts[1:3])
        desk = admin.site.get_model_admin(model)
    except (LookupError, TypeError, ValueError, NotRegistered):
        return gettext("工作台"), words
    shown = flatten([*desk.list_display, *desk.readonly_fields, *(desk.fields or ())])
    shown += flatten_fieldsets(desk.fieldsets or ())
    shown += getattr(desk, "in_full", {}).values()
    words |= {
        getattr(field, "__name__", field): str(label_for_field(field, model, desk))
        for field in shown
    }
    return str(model._meta.verbose_name_plural), words


def _actor(row) -> Actor:
    return Actor(row.actor_kind, row.actor_id, purpose=row.purpose)


class TraceAdmin(LookUpAdmin):
    """Lines of the trail: codes in words; who acted is an office and a number, never a name."""

    ordering = ("-pk",)
    list_display_links = ("at",)

    @admin.display(description=_("操作者"))
    def actor(self, row) -> str:
        return wording.actor(_actor(row).name)

    @admin.display(description=_("代办对象"))
    def behalf(self, row) -> str:
        return "—" if row.on_behalf_of is None else wording.actor(f"member:{row.on_behalf_of}")

    @admin.display(description=_("渠道"), ordering="channel")
    def where(self, row) -> str:
        return wording.channel(row.channel) or "—"

    @admin.display(description=_("目的"), ordering="purpose")
    def what_for(self, row) -> str:
        """Jobs and commands keep their own name where people keep a purpose."""
        said = row.actor_kind not in (ActorKind.JOB, ActorKind.COMMAND)
        return (wording.purpose(row.purpose) if said else "") or "—"


@admin.register(Event)
class EventAdmin(TraceAdmin):
    list_display = ("at", "actor", "act", "subject", "subject_id", "where")
    fields = (
        *("at", "actor", "behalf", "where", "what_for"),
        *("act", "subject", "subject_id", "detail", "stored"),
    )
    readonly_fields = fields
    search_fields = ("=verb", "=subject_type", "=subject_id", "=actor_id")
    search_help_text = _("动作（如“结算”）、对象编号或操作者编号")

    def get_search_results(self, request, queryset, search_term):
        """Find acts by their words too: nobody knows what the code calls them."""
        verbs = act_words.called(search_term.strip()) if search_term.strip() else []
        if verbs:
            return queryset.filter(verb__in=verbs), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("动作"), ordering="verb")
    def act(self, row) -> str:
        return act_words.act(row.verb)

    @admin.display(description=_("系统内代码"))
    def stored(self, row) -> str:
        return f"{row.verb} · {row.subject_type} · {_actor(row).name}"

    @admin.display(description=_("对象类型"), ordering="subject_type")
    def subject(self, row) -> str:
        return wording.table(row.subject_type)


@admin.register(Look)
class LookAdmin(TraceAdmin):
    list_display = ("at", "actor", "page_name", "people", "what_for", "where")
    fields = (
        *("at", "actor", "behalf", "where", "what_for"),
        *("page_name", "page", "field_names", "member_ids"),
    )
    readonly_fields = fields
    search_fields = ("=page", "=actor_id")
    search_help_text = _("页面地址或操作者编号")

    @admin.display(description=_("人数"))
    def people(self, row) -> int:
        return len(row.member_ids)

    @admin.display(description=_("看了哪里"), ordering="page")
    def page_name(self, row) -> str:
        return in_words(row.page)[0]

    @admin.display(description=_("看了哪些"))
    def field_names(self, row) -> str:
        _page, words = in_words(row.page)
        return gettext("、").join(dict.fromkeys(words.get(name, name) for name in row.fields))
