"""Pages about authorisations that run: the family, one relative, and what may be done."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import fresh_code_required, member_required
from pooling.bindings import drafts, selectors, services, wording
from pooling.bindings.forms import LimitsForm, OverallForm
from pooling.bindings.selectors import BindingRow
from pooling.bindings.services.rows import PAYER
from pooling.funds import quota_guide
from pooling.shared.asking import carry_out, refusals_shown
from pooling.shared.periods import business_date
from pooling.shared.work import unit_of_work

#: Verbs of one press and what is said when they are done. What binds more has its own page.
PRESSED = {
    "freeze": (services.freeze, _("已暂停。从现在起，这位家人不能再用您的账户。")),
    "thaw": (services.thaw, _("已恢复使用。")),
    "decline": (services.decline, _("已停用。从现在起，您就医时不再用这个账户。")),
    "resume": (services.resume, _("已恢复使用。")),
    "confirm": (services.confirm, _("您已同意。从现在起，您就医时可以用家人的账户。")),
    "refuse": (services.refuse, _("您没有同意，这份申请已结束。")),
    "renew": (services.renew, _("已确认继续使用。")),
    "withdraw": (services.withdraw, _("申请已撤回。")),
}


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody in the drawing of a family; `waiting` where nothing can be used yet or now."""

    name: str
    word: str
    generation: int
    waiting: bool


def _drawn(rows: Iterable[BindingRow]) -> list[Kin]:
    """Return everybody once with whom something is shared, both ways; what has ended is gone."""
    kin: dict[int, Kin] = {}
    for row in rows:
        if row.is_open and (row.other_id not in kin or kin[row.other_id].waiting):
            waiting = row.state_code != "active"
            kin[row.other_id] = Kin(row.other_name, row.relation, row.generation, waiting)
    return list(kin.values())


@member_required
def family(request):
    """Everybody the member shares with, both ways, and what has ended."""
    today, member_id = business_date(now()), request.actor.id
    given = selectors.of_payer(member_id, today)
    received = selectors.of_relative(member_id, today)
    page = {
        "drawn": _drawn([*given, *received]),
        "given": given,
        "may_share": bool(given) or drafts.employee_status(member_id, today) != "",
        "received": received,
        "overall": selectors.payer_caps(member_id),
        "blocked": selectors.blocked_by(member_id),
    }
    return render(request, "bindings/family.html", page)


@member_required
def binding(request, pk):
    """One authorisation: state and causes, limits, what I may do, its history."""
    today = business_date(now())
    row = selectors.get_for(request.actor.id, pk, today)
    page = {
        "binding": row,
        "grounds": drafts.grounds(request.actor.id, row, today),
        "history": selectors.history(request.actor.id, pk),
        "uses": wording.uses(row.uses or ()),
        "unnamed": wording.uses(row.unnamed),
        "quota": _quota(request.actor.id, row, today),
        "today": today,
    }
    return render(request, "bindings/binding.html", page)


def _quota(reader_id: int, row: selectors.BindingRow, today):
    """Return what each side may know of the quota; once it has ended there is none."""
    if not row.is_open:
        return None
    if row.side == PAYER:
        return quota_guide.for_payer(reader_id, row.other_id, today)
    return quota_guide.for_relative(row.other_id, reader_id, today)


@member_required
@require_POST
def press(request, pk, verb):
    """Carry out a verb of one press."""
    if verb not in PRESSED:
        raise Http404
    act, done = PRESSED[verb]
    carry_out(request, lambda: act(binding_id=pk, by=request.actor, at=now()), done)
    return redirect("bindings:binding", pk)


@member_required
@require_http_methods(["GET", "POST"])
def release(request, pk):
    """Say what a release means and from when it counts, then do it."""
    if request.method == "POST":
        return _release(request, pk)
    row = selectors.get_for(request.actor.id, pk, business_date(now()))
    counts = drafts.release_counts(request.actor.id, pk, business_date(now()))
    return render(request, "bindings/release.html", {"binding": row, "counts": counts})


@fresh_code_required
def _release(request, pk):
    done = _("解除已办理。")
    carry_out(request, lambda: services.release(binding_id=pk, by=request.actor, at=now()), done)
    return redirect("bindings:binding", pk)


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def change_limits(request, pk):
    """Other limits, another end, other uses for an authorisation that runs."""
    today = business_date(now())
    row = selectors.get_for(request.actor.id, pk, today)
    if row.side != PAYER:
        raise services.OtherSide(_("只有共济人可以这样做。"))
    guide = drafts.limits_guide(request.actor.id, today, since=row.from_date)
    stored = {name: getattr(row, name) for name in LimitsForm.base_fields}
    stored["uses"] = row.uses or guide.ticked
    form = LimitsForm(request.POST or None, guide=guide, initial=stored)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            unit_of_work(
                lambda: services.change_limits(
                    binding_id=pk, limits=form.limits(), by=request.actor, at=now()
                )
            )
            messages.success(request, _("限额已修改，从下一笔起按新限额。"))
            return redirect("bindings:binding", pk)
    return render(request, "bindings/change_limits.html", {"binding": row, "form": form})


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def overall(request):
    """A payer's own limits over all relatives together."""
    form = OverallForm(
        request.POST or None,
        most=drafts.overall_guide(request.actor.id, business_date(now())),
        initial=asdict(selectors.payer_caps(request.actor.id)),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            unit_of_work(lambda: services.set_payer_caps(**form.caps(), by=request.actor, at=now()))
            messages.success(request, _("总限额已修改，从下一笔起按新限额。"))
            return redirect("bindings:family")
    return render(request, "bindings/overall.html", {"form": form})


@member_required
@require_POST
def rank(request, pk, place):
    """Put a payer at a place of the relative's own order."""
    done = _("顺序已修改，下一笔起按新顺序。")
    carry_out(
        request,
        lambda: services.set_rank(binding_id=pk, rank=place, by=request.actor, at=now()),
        done,
    )
    return redirect("bindings:family")


@member_required
@require_POST
def block(request, member_id, verb):
    """Keep somebody from asking, or let them ask again."""
    acts = {
        "block": (services.block, _("已设置：不再接受这个人的申请。")),
        "unblock": (services.unblock, _("已取消：这个人可以再次申请。")),
    }
    if verb not in acts:
        raise Http404
    act, done = acts[verb]
    carry_out(request, lambda: act(payer_id=member_id, by=request.actor, at=now()), done)
    return redirect("bindings:family")
