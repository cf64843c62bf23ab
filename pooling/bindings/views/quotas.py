"""The quota of an authorisation, as its payer sets it: what it means stands before the button."""

from django.http import Http404
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_required, require_fresh_code
from pooling.bindings import selectors, services
from pooling.bindings.forms import QuotaForm
from pooling.bindings.services.rows import PAYER
from pooling.funds import quota_guide
from pooling.shared.asking import ask_twice
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date

#: Raising takes a fresh code; whoever wants money back should not be kept waiting for one.
WAYS = ("raise", "lower")


@member_required
@require_http_methods(["GET", "POST"])
def quota(request, pk, way):
    """Freeze more for the relative, or take some or all of it back."""
    if way not in WAYS:
        raise Http404
    today = business_date(now())
    row = selectors.get_for(request.actor.id, pk, today)
    if row.side != PAYER:
        raise services.OtherSide(_("只有共济人可以这样做。"))
    if way == "raise" and (response := require_fresh_code(request)):
        return response
    guide = quota_guide.for_payer(request.actor.id, row.other_id, today)
    form = QuotaForm(request.POST or None, guide=guide, way=way)

    def follows():
        amount_fen = form.cleaned_data["amount"]
        moved_fen = amount_fen - guide.left_fen
        return {
            "amount_fen": amount_fen,
            "moved_fen": abs(moved_fen),
            "rest_fen": guide.own_fen - moved_fen,
        }

    return ask_twice(
        request,
        form,
        check="bindings/quota_check.html",
        follows=follows,
        template="bindings/quota.html",
        page={"binding": row, "quota": guide, "way": way, "today": today},
        verb=lambda: services.set_quota(
            binding_id=pk, amount_fen=form.cleaned_data["amount"], by=request.actor, at=now()
        ),
        done=lambda: (
            gettext("共济额度现为 %(amount)s，从下一笔起按新额度。")
            % {"amount": show_yuan(form.cleaned_data["amount"])}
        ),
        to=f"/family/{pk}/",
    )
