"""The staff site: one theme with the members' pages, second factor always."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import roles
from pooling.counter import selectors as cases
from pooling.notices import selectors as notices
from pooling.notices.services import mark_read
from pooling.shared.admin import acting
from pooling.shared.work import unit_of_work
from portal.signin import has_second_factor

#: The order in which work meets the domains.
ORDER = (
    "counter",
    "cases",
    "registry",
    "accounts",
    "kinship",
    "bindings",
    "settlements",
    "funds",
    "policy",
    "reports",
    "hospital",
    "notices",
    "ledger",
    "audit",
)
ROLE_WORDS = {
    roles.CLERK: _("窗口经办"),
    roles.REVIEWER: _("审核"),
    roles.AUDITOR: _("审计"),
    roles.POLICY_ADMIN: _("政策管理"),
    roles.SYSTEM_ADMIN: _("系统管理"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on the desk, and the list behind it."""

    word: str
    number: int
    tone: str
    address: str


class PortalAdminSite(AdminSite):
    site_header = _("医保家庭共济 · 工作台")
    site_title = _("工作台")
    index_title = _("工作台")
    site_url = None

    def register(self, model_or_iterable, admin_class=None, **options):
        """Take in our own tables only: packages' pages are English and edit what they show."""
        models = (
            model_or_iterable if hasattr(model_or_iterable, "__iter__") else [model_or_iterable]
        )
        ours = [model for model in models if model.__module__.split(".")[0] in _HOUSE]
        super().register(ours, admin_class, **options)

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

    def each_context(self, request):
        names = request.user.groups.values_list("name", flat=True) if request.user.pk else ()
        role = _("、").join(str(ROLE_WORDS.get(name, name)) for name in names)
        return super().each_context(request) | {"role": role}

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        rank = {label: place for place, label in enumerate(ORDER)}
        return sorted(apps, key=lambda app: rank.get(app["app_label"], len(rank)))

    def index(self, request, extra_context=None):
        """Say what waits, and what the house told its staff of late: it is read by that."""
        at = timezone.now()
        inbox = notices.inbox_of_user(request.user.pk)
        told = [row for row in inbox if row.created_at > at - _LATE]
        if any(row.is_new for row in told):
            newest = told[0].id
            unit_of_work(lambda: mark_read(up_to=newest, by=acting(request), at=at))
        context = {"figures": figures(request.user), "told": told[:SHOWN]}
        return super().index(request, context | (extra_context or {}))


_HOUSE = {"accounts", "pooling", "portal"}
#: How many notices to staff the desk shows, and how old ones.
SHOWN, _LATE = 3, timedelta(days=7)


def figures(user) -> list[Figure]:
    """Return what waits, for those who may see it."""
    if not user.has_perm("cases.view_case"):
        return []
    counted = cases.counts("", timezone.now())
    address = _list_of("counter_deskcase")
    return [
        Figure(_("待审核"), counted["waiting"], "warn" if counted["waiting"] else "good", address),
        Figure(_("超过期限"), counted["late"], "bad" if counted["late"] else "good", address),
    ]


def _list_of(model: str) -> str:
    try:
        return reverse(f"admin:{model}_changelist")
    except NoReverseMatch:
        return ""
