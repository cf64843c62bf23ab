"""Staff read an area's rules: those of today with whoever set them, and every version."""

from urllib.parse import urlsplit

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from pooling.policy import selectors, wording
from pooling.policy.models import Area, RuleVersion
from pooling.shared.admin import LookUpAdmin
from pooling.shared.periods import business_date


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


@admin.register(RuleVersion)
class RuleVersionAdmin(LookUpAdmin):
    list_display = ("area", "label", "from_date", "status", "published_at", "published_by")
    list_select_related = ("area",)
    list_filter = ("status", "area")
    ordering = ("area", "-from_date")
    fields = readonly_fields = (*list_display, "clauses")

    @admin.display(description=_("条款"))
    def clauses(self, version):
        """Return what this version itself sets, in words."""
        return _table(
            (_("参数"), _("值"), _("条款"), _("来源")),
            (
                (
                    wording.TITLES[clause.name],
                    wording.show(clause.name, clause.value),
                    clause.text,
                    format_html(
                        "{} {} {}",
                        _source(clause.source),
                        clause.get_evidence_display(),
                        clause.seen_on.isoformat(),
                    ),
                )
                for clause in version.clauses.order_by("pk")
            ),
        )


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
