"""Staff read an area's rules; rule officers draft, edit, compare, submit and publish versions."""

from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.selectors import officials
from pooling.policy import drafts, plain_words, selectors, services
from pooling.policy.forms import ClauseForm, DraftForm, RemarkForm, StartForm, WithdrawalForm
from pooling.policy.models import Area, RuleVersion
from pooling.shared.actor import ActorKind
from pooling.shared.admin import Act, ActAdmin, LookUpAdmin, acting
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work


@admin.register(Area)
class AreaAdmin(LookUpAdmin):
    list_display = ("code", "name", "level", "parent")
    list_select_related = ("parent",)
    search_fields = ("=code", "name")
    ordering = ("code",)
    fields = readonly_fields = ("code", "name", "level", "parent", "rules_of_today")

    @admin.display(description=_("今日规则"))
    def rules_of_today(self, area):
        """Return every parameter in force with its clause, the area's own or fallen back to."""
        return _table(
            (_("参数"), _("值"), _("来自"), _("条款"), _("来源")),
            (
                (
                    row.title,
                    row.shown,
                    f"{row.clause.area_name} {row.clause.version_label}",
                    row.clause.text,
                    "—" if row.clause.is_default else _source(row.clause.source),
                )
                for row in selectors.explain(area.code, business_date(timezone.now()))
            ),
        )


WRITE, PUBLISH = "policy.write_rules", "policy.publish_rules"


def on_version(verb):
    """Return a verb of services as a button calls it: with the row instead of its id."""

    def call(row, **answers):
        return verb(version_id=row.pk, **answers)

    return call


def is_draft(version) -> bool:
    return version.status == RuleVersion.Status.DRAFT


def may_be_withdrawn(version) -> bool:
    """Return whether its day is still to come; the verb looks to the minute."""
    to_come = version.from_date > business_date(timezone.now())
    return version.status == RuleVersion.Status.PUBLISHED and to_come


def is_submitted(version) -> bool:
    return version.status == RuleVersion.Status.SUBMITTED


ACTS = {
    "submit": Act(
        _("提交发布"),
        on_version(services.submit),
        WRITE,
        _("已提交。请另一位规则管理员核对并发布。"),
        offered=is_draft,
    ),
    "set_start": Act(
        _("改生效日期"),
        on_version(services.set_start),
        WRITE,
        _("生效日期已改。"),
        StartForm,
        is_draft,
    ),
    "publish": Act(
        _("发布"),
        on_version(services.publish),
        PUBLISH,
        _("已发布，到生效日期起执行；从此不能再改。"),
        offered=is_submitted,
    ),
    "ask_withdrawal": Act(
        _("申请撤回"),
        on_version(services.ask_withdrawal),
        WRITE,
        _("已写明撤回理由。请另一位规则管理员核对；同意以前，这个版本仍会按时生效。"),
        WithdrawalForm,
        lambda version: may_be_withdrawn(version) and version.withdrawal_asked_at is None,
        grave=True,
    ),
    "withdraw": Act(
        _("同意撤回"),
        on_version(services.withdraw),
        PUBLISH,
        _("已撤回，不会生效；版本和理由保留可查。"),
        offered=lambda version: (
            may_be_withdrawn(version) and version.withdrawal_asked_at is not None
        ),
        grave=True,
    ),
    "take_back": Act(
        _("退回草稿"),
        on_version(services.take_back),
        WRITE,
        _("已退回草稿，可以继续修改。"),
        RemarkForm,
        is_submitted,
    ),
    "discard": Act(
        _("作废这份草稿"),
        on_version(services.discard),
        WRITE,
        _("草稿已作废。"),
        offered=is_draft,
        grave=True,
    ),
}


@admin.register(RuleVersion)
class RuleVersionAdmin(ActAdmin):
    """Versions of rules: drafted and edited clause by clause here, published by a second person."""

    change_form_template = "policy/version.html"
    change_list_template = "policy/versions.html"
    list_display = ("area", "label", "from_date", "status", "published_at")
    list_select_related = ("area",)
    list_filter = ("status", "area")
    ordering = ("area", "-from_date")
    fields = readonly_fields = (*list_display, "published_by")
    acts = ACTS

    def get_urls(self):
        view, name = self.admin_site.admin_view, "policy_ruleversion"
        return [
            path("draft/", view(self.draft_view), name=f"{name}_draft"),
            path("<int:pk>/clause/<slug:clause>/", view(self.clause_view), name=f"{name}_clause"),
            path("<int:pk>/unset/<slug:clause>/", view(self.unset_view), name=f"{name}_unset"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        may = {"may_write": request.user.has_perm(WRITE)}
        return super().changelist_view(request, (extra_context or {}) | may)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        sections = drafts.compare(obj.pk)
        context |= {
            "title": str(obj),
            "subtitle": None,
            "tone": TONES[obj.status],
            "sections": sections,
            "changing": [row for each in sections for row in each.rows if row.changes],
            "people": self._people(obj),
            "by_me": acting(request).name in obj.editors,
            "asked_by_me": acting(request).name == obj.withdrawal_asked_by,
            "may_edit": is_draft(obj) and request.user.has_perm(WRITE),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def draft_view(self, request):
        """Open a draft, empty or as a copy of what is in force."""
        self._may_write(request)
        form = DraftForm(request.POST or None, initial={"area_code": request.GET.get("area", "")})
        if request.method == "POST" and form.is_valid():
            by = acting(request)
            try:
                version = unit_of_work(
                    lambda: services.draft(**form.cleaned_data, by=by, at=database_clock())
                )
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("草稿已建立。现在逐条修改；没有发布以前什么也不会变。"))
                return redirect(self._page(version))
        return self._page_of(request, "policy/draft.html", _("起草规则"), form=form)

    def clause_view(self, request, pk: int, clause: str):
        """Set one clause of a draft, with a widget that fits the parameter and its source."""
        self._may_write(request)
        version = self._draft(request, pk)
        row = drafts.clause_row(pk, clause)
        initial = {"evidence": "OFFICIAL", "seen_on": business_date(timezone.now())}
        if not row.clause.is_default:
            initial |= {name: getattr(row.clause, name) for name in _QUOTED}
        form = ClauseForm(
            request.POST or None, name=clause, value=row.clause.value, initial=initial
        )
        if request.method == "POST" and form.is_valid():
            quoted = {name: form.cleaned_data[name] for name in _QUOTED}
            try:
                unit_of_work(
                    lambda: services.set_clause(
                        version_id=pk,
                        name=clause,
                        value=form.value(),
                        **quoted,
                        by=acting(request),
                        at=database_clock(),
                    )
                )
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("“%(title)s”已保存在草稿里。") % {"title": row.title})
                return redirect(self._page(version))
        other = drafts.falls_back_to(pk, clause)
        page = {
            "form": form,
            "row": row,
            "original": version,
            "fallback": plain_words.sentence(clause, other.value),
            "fallback_from": drafts.said_by(other),
        }
        return self._page_of(request, "policy/clause.html", row.title, **page)

    @method_decorator(require_POST)
    def unset_view(self, request, pk: int, clause: str):
        """Take one clause out of a draft; say what counts instead."""
        self._may_write(request)
        version = self._draft(request, pk)
        try:
            unit_of_work(
                lambda: services.unset_clause(
                    version_id=pk, name=clause, by=acting(request), at=database_clock()
                )
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            row = drafts.clause_row(pk, clause)
            told = {"title": row.title, "who": row.after_from, "says": row.after}
            messages.success(request, _("“%(title)s”已去掉，沿用%(who)s：%(says)s") % told)
        return redirect(self._page(version))

    def _draft(self, request, pk: int):
        """Return a version that may be edited; an unknown or settled one is not there."""
        version = self.get_object(request, str(pk))
        if version is None or not is_draft(version):
            raise Http404
        return version

    def _people(self, version) -> dict[str, str]:
        """Return who wrote and who published, by user name."""
        others = (version.published_by, version.withdrawal_asked_by, version.withdrawn_by)
        names = [*version.editors, *others]
        ids = {name: int(name.removeprefix("staff:")) for name in names if _is_staff(name)}
        known = officials(ids.values())
        users = {name: known[pk].username for name, pk in ids.items() if pk in known}
        return {
            "editors": [users.get(name, name) for name in version.editors],
            "asker": users.get(version.withdrawal_asked_by, version.withdrawal_asked_by),
            "withdrawer": users.get(version.withdrawn_by, version.withdrawn_by),
            "publisher": users.get(version.published_by, _loaded(version.published_by)),
        }

    def _may_write(self, request) -> None:
        if not (self.has_view_permission(request) and request.user.has_perm(WRITE)):
            raise PermissionDenied

    def _page_of(self, request, template: str, title, **more):
        each = self.admin_site.each_context(request)
        page = {**each, "opts": self.opts, "title": title, **more}
        return TemplateResponse(request, template, page)


_QUOTED = ("source", "text", "evidence", "seen_on")
TONES = {
    "draft": "info",
    "submitted": "warn",
    "published": "good",
    "discarded": "ended",
    "withdrawn": "bad",
}


def _loaded(name: str) -> str:
    """Say in words that a version came from files; any other name stands as it is."""
    return _("由规则文件载入") if name.startswith(f"{ActorKind.COMMAND}:") else name


def _is_staff(name: str) -> bool:
    return name.startswith("staff:")


def _table(head, rows):
    cells = format_html_join("", "<th scope=col>{}</th>", ((word,) for word in head))
    body = format_html_join(
        "",
        "<tr><th scope=row>{}</th>{}</tr>",
        (
            (first, format_html_join("", "<td>{}</td>", ((cell,) for cell in rest)))
            for first, *rest in rows
        ),
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", cells, body)


def _source(source: str):
    """Return a source as a link named by its host, or as the document's title."""
    host = urlsplit(source).hostname
    return format_html('<a href="{}" rel="noreferrer">{}</a>', source, host) if host else source
