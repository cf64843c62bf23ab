"""The staff site: one theme with the members' pages, second factor always."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal.signin import has_second_factor


class PortalAdminSite(AdminSite):
    site_header = _("医保家庭共济 · 工作台")
    site_title = _("工作台")
    index_title = _("工作台")
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request):
        """Staff only, and only in a session that gave a second factor."""
        return super().has_permission(request) and has_second_factor(request)

    def login(self, request, extra_context=None):
        """Send to the staff door; whoever is signed in without the right to be here is told no."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({"next": request.GET.get("next") or request.get_full_path()})
        return redirect(f"{reverse('account_login')}?{query}")
