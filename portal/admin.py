"""The staff site: title and sign-in."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    site_header = _("医保家庭共济 · 工作台")
    site_title = _("工作台")
    index_title = _("首页")
