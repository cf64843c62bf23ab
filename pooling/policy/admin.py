"""Staff read an area's rules: those of today with whoever set them, and every version."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from pooling.policy import selectors, wording
from pooling.policy.models import Area, Clause, RuleVersion
from pooling.shared.admin import LookUpAdmin, LookUpInline
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
        rows = selectors.explain(area.code, business_date(timezone.now()))
        body = format_html_join(
            "",
            "<tr><th scope=row>{}</th><td>{}</td><td>{} {}</td><td>{}</td></tr>",
            (
                (
                    row.title,
                    row.shown,
                    row.clause.area_name,
                    row.clause.version_label,
                    row.clause.text,
                )
                for row in rows
            ),
        )
        head = format_html_join(
            "",
            "<th scope=col>{}</th>",
            ((word,) for word in (_("参数"), _("值"), _("来自"), _("条款"))),
        )
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)


class ClauseInline(LookUpInline):
    model = Clause
    fields = readonly_fields = ("title", "shown", "text", "source", "evidence", "seen_on")

    @admin.display(description=_("参数"))
    def title(self, clause):
        return wording.TITLES[clause.name]

    @admin.display(description=_("值"))
    def shown(self, clause):
        return wording.show(clause.name, clause.value)


@admin.register(RuleVersion)
class RuleVersionAdmin(LookUpAdmin):
    list_display = ("area", "label", "from_date", "status", "published_at", "published_by")
    list_select_related = ("area",)
    list_filter = ("status", "area")
    ordering = ("area", "-from_date")
    inlines = (ClauseInline,)
