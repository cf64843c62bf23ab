"""The home page, and the page that stands where a session was."""

from dataclasses import dataclass
from datetime import date

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from pooling.bindings import selectors as authorisations
from pooling.bindings.models import Binding
from pooling.cases import selectors as cases
from pooling.funds import selectors as funds
from pooling.policy import selectors as policy
from pooling.shared.periods import business_date


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a personal account; `shared` says whether relatives may be paid from it."""

    word: str
    fen: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Purse:
    """A personal account as its owner sees it."""

    area: str
    total_fen: int
    parts: tuple[Part, ...]
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that waits for this member."""

    title: str
    note: str
    address: str


@never_cache
def home(request):
    """Signed out: what this is. Signed in: money first, one thing to do, what happened last."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "portal/welcome.html")
    if user.is_staff:
        return redirect("admin:index")
    if user.member_id is None:
        return redirect("identity")
    on = business_date(timezone.now())
    page = {
        "name": user.member.name,
        "purses": purses(user.member_id, on),
        "to_dos": to_dos(user.member_id, on),
    }
    return render(request, "portal/home.html", page)


def purses(member_id: int, on: date) -> list[Purse]:
    """Return a member's personal accounts; those closed and empty are history, not money."""
    names = policy.area_names()
    shown = []
    for account in funds.of_member(member_id):
        total = account.current.balance_fen + account.prior.balance_fen
        if account.closed_on is not None and account.closed_on <= on and not total:
            continue
        prior_only = policy.in_force(account.area, on).value("shareable_parts") == "prior"
        parts = (
            Part(_("今年划入"), account.current.balance_fen, not prior_only),
            Part(_("往年结余"), account.prior.balance_fen, True),
        )
        area = names.get(account.area, account.area)
        shown.append(Purse(area, total, parts, account.closed_on))
    return shown


def to_dos(member_id: int, on: date) -> list[ToDo]:
    """Return what waits for the member: authorisations to confirm, applications to finish."""
    confirm = [
        ToDo(
            _("%(name)s 想为您开通共济") % {"name": row.other_name},
            _("请您确认同意或不同意"),
            f"/family/{row.id}/",
        )
        for row in authorisations.of_relative(member_id, on)
        if row.state_code == Binding.State.PROPOSED
    ]
    open_cases = [case for case in cases.for_member(member_id) if case.state_code in _OPEN]
    return confirm + [
        ToDo(
            f"{case.kind} · {case.state}",
            _("没填完的都保存着，点这里接着填") if case.state_code == "draft" else case.number,
            f"/cases/{case.number}/",
        )
        for case in open_cases
    ]


_OPEN = ("draft", "submitted", "waiting")


def session_ended(request, reason=""):
    """Say that the session is over and nothing is lost; also what a stale form gets."""
    return render(request, "portal/session_ended.html", status=403 if reason else 200)
