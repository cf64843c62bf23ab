"""The home page, and the page that stands where a session was."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from pooling.bindings import drafts
from pooling.bindings import selectors as authorisations
from pooling.bindings.models import Binding
from pooling.bindings.selectors import BindingRow
from pooling.cases import selectors as cases
from pooling.funds import overview
from pooling.funds import selectors as funds
from pooling.funds.overview import Overview
from pooling.notices import selectors as notices
from pooling.policy import selectors as policy
from pooling.settlements import selectors as settlements
from pooling.settlements.privacy import TOLD_AT_MOST_FEN
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date
from portal.templatetags.portal_parts import cn_date

SHOWN_USES = 5
SHOWN_DAYS = 365
#: Employee insurance that runs or pauses: there is an account to share, or soon will be.
INSURED = {"1", "2"}


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
    #: Frozen for relatives as quotas.
    frozen_fen: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What one relative makes available to the member, shown up to `TOLD_AT_MOST_FEN`."""

    binding_id: int
    name: str
    relation: str
    fen: int
    or_more: bool


@dataclass(frozen=True, slots=True)
class LastUse:
    """A line of the usage log, short: who, where, when, how much; `address` says why."""

    title: str
    note: str
    amount_fen: int
    address: str
    sort_key: str


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
    received = authorisations.of_relative(user.member_id, on)
    beside = overview.of(user.member, on)
    held = purses(user.member_id, beside, on)
    page = {
        "name": user.member.name,
        "today": on,
        "purses": held,
        "may_pay": bool(held) or drafts.employee_status(user.member_id, on) in INSURED,
        "beside": beside,
        "to_dos": to_dos(user.member_id, received, beside),
        "offers": offers(user.member_id, received, on),
        "uses": last_uses(user.member_id, on),
    }
    return render(request, "portal/home.html", page)


def purses(member_id: int, beside: Overview, on: date) -> list[Purse]:
    """Return a member's personal accounts; those closed and empty are history, not money."""
    names = policy.area_names()
    shown = []
    for account in funds.of_member(member_id):
        total = account.parts.total_fen
        frozen = beside.frozen_fen.get(account.pk, 0)
        if account.closed_on is not None and account.closed_on <= on and not total + frozen:
            continue
        prior_only = policy.in_force(account.area, on).value("shareable_parts") == "prior"
        parts = (
            Part(_("今年划入"), account.current.balance_fen, not prior_only),
            Part(_("往年结余"), account.prior.balance_fen, True),
        )
        area = names.get(account.area, account.area)
        shown.append(Purse(area, total, parts, account.closed_on, frozen))
    return shown


def offers(member_id: int, received: list[BindingRow], on: date) -> list[Offer]:
    """Return what each relative could give today, in the order they would be asked."""
    rows = {row.id: row for row in received}
    return [
        Offer(
            binding_id,
            rows[binding_id].other_name,
            rows[binding_id].relation,
            min(fen, TOLD_AT_MOST_FEN),
            fen > TOLD_AT_MOST_FEN,
        )
        for binding_id, _payer_id, fen in settlements.available_from_relatives(member_id, on)
        if binding_id in rows
    ]


def last_uses(member_id: int, on: date) -> list[LastUse]:
    """Return the newest lines of both sides of the log: what I gave and what was paid for me."""
    since = on - timedelta(days=SHOWN_DAYS)
    log = settlements.usage_for(member_id, since, limit=SHOWN_USES * 2)
    # Two people of one family share a mask; what they are to the reader tells them apart.
    words = {who.id: f"{who.relation} {who.name}" for who in authorisations.family(member_id, on)}
    given = [
        LastUse(
            _("%(name)s 用了您的钱") % {"name": words.get(row.relative_id, row.relative)},
            " · ".join(filter(None, [row.place, cn_date(row.day) or row.month, back(row)])),
            -row.amount_fen,
            f"/usage/{row.uid}/",
            str(row.day or row.month),
        )
        for row in log.given
    ]
    own = [
        LastUse(
            f"{row.use} · {row.place}",
            " · ".join(
                [
                    cn_date(row.business_time),
                    _("家人付 %(pooled)s，现金 %(cash)s")
                    % {"pooled": show_yuan(row.pooled_fen), "cash": show_yuan(row.cash_fen)},
                    *([] if row.status_code == "settled" else [row.status]),
                ]
            ),
            row.personal_part_fen,
            f"/usage/{row.uid}/",
            str(business_date(row.business_time)),
        )
        for row in log.received
    ]
    return sorted(given + own, key=lambda use: use.sort_key, reverse=True)[:SHOWN_USES]


def back(row) -> str:
    """Say what went back of a line, if anything."""
    if not row.returned_fen:
        return ""
    return _("已退回 %(yuan)s") % {"yuan": show_yuan(row.returned_fen)}


def to_dos(member_id: int, received: list[BindingRow], beside: Overview) -> list[ToDo]:
    """Return what waits for the member: to confirm, to answer, to read, to finish."""
    confirm = [
        ToDo(
            _("%(name)s 想为您开通共济") % {"name": row.other_name},
            _("请您确认同意或不同意"),
            f"/family/{row.id}/",
        )
        for row in received
        if row.state_code == Binding.State.PROPOSED
    ]
    unread = notices.unread_count(member_id)
    messages = [
        ToDo(
            ngettext("%(count)s 条新消息", "%(count)s 条新消息", unread) % {"count": unread},
            _("谁用了您的账户、为您付了多少、申请的结果"),
            "/inbox/",
        )
    ]
    open_cases = [case for case in cases.for_member(member_id) if case.state_code in _OPEN]
    return (
        confirm
        + _to_activate(received)
        + _to_answer(beside)
        + (messages if unread else [])
        + [
            ToDo(
                f"{case.kind} · {case.state}",
                _("没填完的都保存着，点这里接着填") if case.state_code == "draft" else case.number,
                f"/cases/{case.number}/",
            )
            for case in open_cases
        ]
    )


def _to_activate(received: list[BindingRow]) -> list[ToDo]:
    if not any("activate" in row.may for row in received):
        return []
    note = _("激活后，家人的账户才能为您支付")
    return [ToDo(_("激活医保电子凭证"), note, reverse("care:mine"))]


def _to_answer(beside: Overview) -> list[ToDo]:
    """Return the transfers and invitations that wait for the member's word."""
    waiting = []
    if beside.arriving:
        words = ngettext("%(count)s 笔转账等您接收", "%(count)s 笔转账等您接收", beside.arriving)
        title = words % {"count": beside.arriving}
        waiting.append(ToDo(title, _("到时没有接收，会退回转出人"), "/wallet/"))
    if beside.invited:
        title = _("家人邀请您加入家庭共济账户")
        waiting.append(ToDo(title, _("请您确认加入或不加入"), "/fund/"))
    return waiting


_OPEN = ("draft", "submitted", "waiting", "more")


def session_ended(request, reason=""):
    """Say that the session is over and nothing is lost; also what a stale form gets.

    Only staff are sent here without a reason (`StaffSessionMiddleware`): their door comes first.
    """
    staff = not reason or request.path.startswith(("/admin/", "/staff/"))
    status = 403 if reason else 200
    return render(request, "portal/session_ended.html", {"staff": staff}, status=status)
