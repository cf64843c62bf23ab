"""The family fund: founding, inviting, joining, paying in, the order of use, leaving, closing."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import fresh_code_required, member_required
from pooling.funds import fund_guide, services
from pooling.funds.forms import AmountForm, RelativeForm
from pooling.shared.asking import ask, ask_twice, carry_out
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date


@member_required
@require_GET
def fund(request):
    """Who is in it, what it holds and what of that is mine; or what it takes to have one."""
    at = now()
    page = {
        "page": fund_guide.page(request.actor.id, at),
        "me": request.actor.id,
        "today": business_date(at),
    }
    return render(request, "funds/fund.html", page)


@member_required
@require_POST
def found(request):
    """Found a fund; nothing is paid in by that."""
    done = _("家庭共济账户已建立。接下来邀请家人、转入钱。")
    carry_out(
        request,
        lambda: services.found(founder_id=request.actor.id, by=request.actor, at=now()),
        done,
    )
    return redirect("funds:fund")


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def invite(request):
    """Ask a relative to join, as the founder."""
    today = business_date(now())
    founded = fund_guide.founded(request.actor.id)
    choices = fund_guide.to_invite(request.actor.id, today)
    form = RelativeForm(request.POST or None, relatives=choices)
    return ask(
        request,
        form,
        template="funds/invite.html",
        page={"choices": choices, "today": today},
        verb=lambda: services.invite(
            fund_id=founded.pk,
            member_id=form.cleaned_data["relative"],
            by=request.actor,
            at=now(),
        ),
        done=lambda: gettext("已邀请%(name)s。") % {"name": form.label},
        to="funds:fund",
    )


@member_required
@require_POST
def answer(request, pk, verb):
    """Join the fund one is invited to, or say no."""
    if verb not in ("join", "decline"):
        raise Http404
    invited = fund_guide.invited(request.actor.id, pk)
    me = {"fund_id": invited.fund_id, "member_id": request.actor.id, "by": request.actor}
    if verb == "join":
        carry_out(request, lambda: services.join(**me, at=now()), _("您已加入家庭共济账户。"))
    else:
        carry_out(request, lambda: services.leave(**me, at=now()), _("您没有接受邀请。"))
    return redirect("funds:fund")


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def pay_in(request):
    """Move money from the own account into the own share; the most stands before the form."""
    at = now()
    mine, _row = fund_guide.mine(request.actor.id)
    guide = fund_guide.paying_in(request.actor.id, at)
    form = AmountForm(request.POST or None, most_fen=guide.most_fen)

    def follows():
        amount_fen = form.cleaned_data["amount"]
        return {"amount_fen": amount_fen, "rest_fen": guide.held_fen - amount_fen}

    return ask_twice(
        request,
        form,
        check="funds/pay_in_check.html",
        follows=follows,
        template="funds/pay_in.html",
        page={"guide": guide, "today": business_date(at)},
        verb=lambda: services.pay_in(
            fund_id=mine.pk,
            member_id=request.actor.id,
            amount_fen=form.cleaned_data["amount"],
            by=request.actor,
            at=now(),
        ),
        done=lambda: (
            gettext("已转入 %(amount)s。") % {"amount": show_yuan(form.cleaned_data["amount"])}
        ),
        to="funds:fund",
    )


@member_required
@require_POST
def order(request, member_id, place):
    """Put a contributor at a place of the order in which shares are used, as the founder."""
    founded = fund_guide.founded(request.actor.id)
    ordered = fund_guide.in_order(founded.pk, member_id, place)
    carry_out(
        request,
        lambda: services.set_order(
            fund_id=founded.pk, member_ids=ordered, by=request.actor, at=now()
        ),
        _("顺序已修改，下一笔起按新顺序。"),
    )
    return redirect("funds:fund")


@member_required
@require_http_methods(["GET", "POST"])
def leave(request, member_id):
    """Say what comes back, then leave; or let somebody go, as the founder."""
    shown, seat = fund_guide.leaving(request.actor.id, member_id, business_date(now()))
    if request.method == "POST":
        return _with_code(
            request,
            lambda: services.leave(
                fund_id=shown.id, member_id=member_id, by=request.actor, at=now()
            ),
            _("已办理，没有用完的钱退回了本人的个人账户。"),
        )
    return render(request, "funds/leave.html", {"fund": shown, "seat": seat})


@member_required
@require_http_methods(["GET", "POST"])
def close(request):
    """Say what comes back to whom, then close the fund, as its founder."""
    founded = fund_guide.founded(request.actor.id)
    if request.method == "POST":
        return _with_code(
            request,
            lambda: services.close_fund(fund_id=founded.pk, by=request.actor, at=now()),
            _("家庭共济账户已注销，没有用完的钱退回了各人。"),
        )
    shown, _seat = fund_guide.leaving(request.actor.id, request.actor.id, business_date(now()))
    return render(request, "funds/close.html", {"fund": shown})


@fresh_code_required
def _with_code(request, verb, done):
    """Carry out what ends something, with a fresh code."""
    carry_out(request, verb, done)
    return redirect("funds:fund")
