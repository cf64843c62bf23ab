"""The usage log for members, and one decision in words."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import member_required
from pooling.bindings import selectors as authorisations
from pooling.settlements.selectors import decisions, usage
from pooling.shared.periods import business_date, month_after, month_of

MONTHS_OFFERED = 12


class Share(NamedTuple):
    """One piece of the picture of who paid: `kind` is own, payer or cash."""

    kind: str
    word: str
    fen: int
    note: str = ""


@never_cache
@member_required
def log(request):
    """Who used my money, and what was paid for me, by month."""
    today, member_id = business_date(now()), request.actor.id
    months = [month_of(today, back=back) for back in range(MONTHS_OFFERED)]
    since = _month(request.GET.get("month", ""), months)
    until = month_after(since)
    family = _family(member_id, today)
    read = usage.usage_for(member_id, since, until)
    given = [replace(row, relative=family.get(row.relative_id, row.relative)) for row in read.given]
    received = [
        replace(
            row,
            payers=tuple(
                replace(share, payer=family.get(share.payer_id, share.payer))
                for share in row.payers
            ),
        )
        for row in read.received
    ]
    page = {
        "given": given,
        "given_fen": sum(row.amount_fen - row.returned_fen for row in given),
        "received": received,
        "missed": [
            replace(row, other=family.get(row.other_id, row.other))
            for row in decisions.nothing_deducted(member_id, since)
            if row.day < until
        ],
        "months": months,
        "month": since,
    }
    return render(request, "settlements/log.html", page)


@never_cache
@member_required
def why(request, pk):
    """One bill: who could give what, what was taken, and the clause that stopped the rest."""
    decision = decisions.decision_for(request.actor.id, pk)
    family = _family(request.actor.id, business_date(now()))
    sources = tuple(
        replace(source, payer=family.get(source.payer_id, source.payer))
        for source in decision.sources
    )
    decision = replace(
        decision, sources=sources, patient=family.get(decision.patient_id, decision.patient)
    )
    page = {"decision": decision, "shares": _shares(decision)}
    return render(request, "settlements/why.html", page)


def _shares(decision) -> list[Share]:
    """Return the pieces of the picture; a payer sees the own piece only, so none is drawn."""
    if decision.role != decisions.PATIENT:
        return []
    own = Share("own", _("本人账户"), decision.own_fen)
    payers = [
        Share("payer", source.payer, source.taken_fen)
        for source in decision.sources
        if source.payer_id and source.taken_fen
    ]
    return [own, *payers, Share("cash", _("现金自付"), decision.cash_fen)]


def _month(text: str, offered: list[date]) -> date:
    """Return the month asked for, or the present one where it is not on offer."""
    return next((month for month in offered if f"{month:%Y-%m}" == text), offered[0])


def _family(member_id: int, today: date) -> dict[int, str]:
    """Return member id → name and relation of those the member shares or shared with.

    Both sides of an authorisation know each other; anybody else stays masked.
    """
    rows = [
        *authorisations.of_payer(member_id, today),
        *authorisations.of_relative(member_id, today),
    ]
    return {
        row.other_id: _("%(name)s（%(relation)s）")
        % {"name": row.other_name, "relation": row.relation}
        for row in reversed(rows)
    }
