"""Institutions: who signs for each, when it last spoke, and how that went."""

from urllib.parse import urlencode

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.hospital.admin.exchanges import TONES
from pooling.hospital.selectors import places
from pooling.hospital.step_words import titled
from pooling.policy.selectors import area_names
from pooling.shared.admin import LookUpAdmin
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock


@admin.register(Institution)
class InstitutionAdmin(LookUpAdmin):
    """Its page says more to whoever may see the log of messages."""

    change_form_template = "hospital/institution.html"
    list_display = ("code", "name", "area", "level", "type")
    list_filter = ("type", "level")
    search_fields = ("=code", "name")
    search_help_text = _("编码或名称")
    ordering = ("code",)
    fields = readonly_fields = list_display

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {"title": self.opts.verbose_name, "subtitle": None}
        if obj is not None:
            context["area_name"] = area_names().get(obj.area, "")
        if obj is not None and request.user.has_perm("hospital.view_exchange"):
            place = places.of_institution(obj, business_date(database_clock()))
            days = {"first": place.first_day.isoformat(), "last": place.last_day.isoformat()}
            context |= {
                "place": place,
                "tone": place.last and TONES[place.last.outcome],
                "transaction": place.last and titled(place.last.infno),
                "query": urlencode({"institution_code": obj.code} | days),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
