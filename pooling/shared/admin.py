"""What every admin of the house is built on: looking up, and acting by named verbs.

The admin never edits rows. `LookUpAdmin` shows them and refuses the rest, superusers
included; `ActAdmin` adds buttons, each of which calls one verb of a domain's services.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.money import show_yuan
from pooling.shared.work import database_clock, unit_of_work

#: What the links of Django's filters say after a field's name.
_ASKED = ("", "__exact", "__in", "__isnull", "__gte", "__lt", "__id__exact")


def yuan(field: str, description):
    """Return an admin column that shows an amount in fen as `¥1,234.50`; a dash for none."""

    @admin.display(description=description, ordering=field)
    def shown(row):
        amount_fen = getattr(row, field)
        # Not None: pages of single rows would print the word.
        return "—" if amount_fen is None else show_yuan(amount_fen)

    shown.__name__ = field
    return shown


def acting(request) -> Actor:
    """Return who acts on an admin page: the signed-in member of staff, nobody else."""
    return Actor(ActorKind.STAFF, request.user.pk, channel="admin")


class LookUp:
    """Rows are shown and nothing else, whoever asks."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class LookUpInline(LookUp, admin.TabularInline):
    """Rows shown under the row they belong to."""

    extra = 0
    show_change_link = False


class LookUpAdmin(LookUp, admin.ModelAdmin):
    """A list and a page for each row."""

    actions = None
    list_per_page = 50
    #: The whole table is never counted for the sake of "of 5,000,000", nor by what may narrow it.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request, extra_context=None):
        """Head the list with what it is a list of; Django's own title reads as an instruction."""
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, title | (extra_context or {}))

    def lookup_allowed(self, lookup, value, request):
        """Let a list be asked by nothing but the filters beside it.

        Django lets every column of the table be asked: rows that come and go with
        `?password__startswith=` or `?birth_date=` spell out what no page shows.
        """
        return any(lookup in {f"{name}{way}" for way in _ASKED} for name in self.list_filter)


@dataclass(frozen=True, slots=True)
class Act:
    """One verb button.

    `call(row, *, by, at, **answers)` is the service verb; `answers` are the cleaned
    fields of `form`, where there is one. `offered` says for which rows the button is shown;
    the verb guards itself all the same.
    """

    label: str
    call: Callable
    permission: str
    done: str
    form: type[forms.Form] | None = None
    offered: Callable[[object], bool] = lambda row: True
    grave: bool = False


class ActAdmin(LookUpAdmin):
    """A look-up with verbs: buttons that POST to `<pk>/act/<verb>/`, one service call each."""

    acts: Mapping[str, Act] = {}
    change_form_template = "admin/act_change_form.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        view = self.admin_site.admin_view(self.act_view)
        return [path("<int:pk>/act/<slug:verb>/", view, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def act_view(self, request, pk: int, verb: str):
        """Carry out one verb and go back to the row with what came of it."""
        if verb not in self.acts:
            raise Http404
        act = self.acts[verb]
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and request.user.has_perm(act.permission)):
            raise PermissionDenied
        form = act.form(request.POST, prefix=verb) if act.form else None
        if form is not None and not form.is_valid():
            for field, errors in form.errors.items():
                label = form.fields[field].label if field in form.fields else ""
                messages.error(request, " ".join(filter(None, [str(label or ""), *errors])))
        else:
            self._carry_out(request, act, row, form.cleaned_data if form else {})
        return redirect(self._page(row))

    def _carry_out(self, request, act: Act, row, answers: dict) -> None:
        by = acting(request)
        try:
            unit_of_work(lambda: act.call(row, by=by, at=database_clock(), **answers))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(act.done))

    def _page(self, row) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(f"{self.admin_site.name}:{name}", args=[row.pk])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["acts"] = [
            {
                "verb": verb,
                "label": act.label,
                "grave": act.grave,
                "url": f"{self._page(obj).removesuffix('change/')}act/{verb}/",
                "form": act.form(prefix=verb) if act.form else None,
            }
            for verb, act in self.acts.items()
            if obj is not None and request.user.has_perm(act.permission) and act.offered(obj)
        ]
        return super().render_change_form(request, context, add, change, form_url, obj)
