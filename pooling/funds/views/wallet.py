"""The wallet: what is in it, what is under way, and sending money to a near relative's."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import fresh_code_required, member_required
from pooling.funds import services, wallet_guide
from pooling.funds.forms import PlaceForm, RelativeForm, SendForm
from pooling.funds.relatives import Relative
from pooling.policy import selectors as policy
from pooling.shared.asking import ask, ask_twice, carry_out
from pooling.shared.errors import NotFound
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date

#: What may be done about a transfer by one press, and what is said then.
ANSWERS = {
    "accept": (services.accept, _("已接收，钱到了医保钱包里。")),
    "decline": (services.decline, _("没有接收，钱已退回转出人。")),
    "cancel": (services.cancel, _("已撤回，钱回到原来的地方。")),
}


@member_required
@require_GET
def wallet(request):
    """My wallet, those I keep for others, and every transfer with its state."""
    at = now()
    page = {"page": wallet_guide.page(request.actor.id, at), "today": business_date(at)}
    return render(request, "funds/wallet.html", page)


@member_required
@require_http_methods(["GET", "POST"])
def open_wallet(request):
    """Open a wallet for oneself, or for a near relative who does not sign in."""
    at, member_id = now(), request.actor.id
    others = wallet_guide.to_open_for(member_id, business_date(at))
    own = [Relative(member_id, "", gettext("本人"))] if wallet_guide.has_none(member_id) else []
    form = RelativeForm(request.POST or None, relatives=[*own, *others])
    return ask(
        request,
        form,
        template="funds/open_wallet.html",
        page={"others": others, "today": business_date(at)},
        verb=lambda: services.open_wallet(
            owner_id=form.cleaned_data["relative"], by=request.actor, at=now()
        ),
        done=lambda: gettext("已开通：%(name)s的医保钱包。") % {"name": form.label},
        to="funds:wallet",
    )


@member_required
@require_http_methods(["GET", "POST"])
def place(request):
    """Use the own wallet elsewhere, where its present place allows that."""
    at = now()
    row = wallet_guide.own(request.actor.id, business_date(at))
    form = PlaceForm(request.POST or None, areas=policy.area_choices())
    return ask(
        request,
        form,
        template="funds/place.html",
        page={"wallet": row, "today": business_date(at)},
        verb=lambda: services.change_place(
            wallet_id=row.id, area=form.cleaned_data["area"], by=request.actor, at=now()
        ),
        done=lambda: gettext("使用地已变更。"),
        to="funds:wallet",
    )


@member_required
@require_POST
def close(request):
    """Close the own wallet, which is empty."""
    row = wallet_guide.own(request.actor.id, business_date(now()))
    carry_out(
        request,
        lambda: services.close_wallet(wallet_id=row.id, by=request.actor, at=now()),
        _("医保钱包已注销。"),
    )
    return redirect("funds:wallet")


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def send(request, source):
    """Send money from the own account or wallet; the limits stand before the form."""
    if source not in ("account", "wallet"):
        raise Http404
    at, from_wallet = now(), source == "wallet"
    guide = wallet_guide.sending(request.actor.id, from_wallet, at)
    form = SendForm(request.POST or None, relatives=guide.receivers, most_fen=guide.most_fen)

    def verb():
        return services.send(
            sender_id=request.actor.id,
            receiver_id=form.cleaned_data["relative"],
            amount_fen=form.cleaned_data["amount"],
            from_wallet=from_wallet,
            by=request.actor,
            at=now(),
        )

    def follows():
        amount_fen = form.cleaned_data["amount"]
        return {
            "label": form.label,
            "amount_fen": amount_fen,
            "rest_fen": guide.held_fen - amount_fen,
        }

    def done():
        told = {"amount": show_yuan(form.cleaned_data["amount"]), "name": form.label}
        return gettext("已转出 %(amount)s，等%(name)s接收。") % told

    page = {"guide": guide, "source": source, "today": business_date(at)}
    return ask_twice(
        request,
        form,
        check="funds/send_check.html",
        follows=follows,
        template="funds/send.html",
        page=page,
        verb=verb,
        done=done,
        to="funds:wallet",
    )


@member_required
@require_POST
def answer(request, pk, verb):
    """Accept or decline what was sent; take back what nobody answered."""
    if verb not in ANSWERS:
        raise Http404
    if not wallet_guide.may_answer(request.actor.id, pk):
        raise NotFound(_("没有找到这笔转账。"))
    act, done = ANSWERS[verb]
    carry_out(request, lambda: act(transfer_id=pk, by=request.actor, at=now()), done)
    return redirect("funds:wallet")
