"""The usage log for members, one decision in words, and what a bill would come to."""

from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import fresh_code_required, member_required
from pooling.bindings import selectors as authorisations
from pooling.cases import selectors as cases
from pooling.policy import selectors as policy
from pooling.settlements import beforehand, exports, services, waterfall
from pooling.settlements.forms import CanPayForm, ClaimForm, EstimateForm, UsageForm
from pooling.settlements.selectors import decisions, months, usage
from pooling.settlements.selectors import premiums as premium_rows
from pooling.settlements.services import claims
from pooling.shared.asking import refusals_shown
from pooling.shared.periods import business_date, month_of
from pooling.shared.work import database_clock, unit_of_work

MONTHS_DRAWN = 12
#: Rows of each side on the page; whoever has more narrows the months, or exports.
ROWS = 100


class Share(NamedTuple):
    """One piece of the picture of who paid: `kind` is own, payer or cash."""

    kind: str
    word: str
    fen: int
    note: str = ""


@member_required
def log(request):
    """Who used my money, and what was paid for me; a year at a glance."""
    member_id = request.actor.id
    form, part, family = _asked(request)
    read = named(usage.usage_for(member_id, part.since, part.until, ROWS, part.only), family)
    year = months.by_month(member_id, form.months[:MONTHS_DRAWN])
    last_month = month_of(part.until, back=1)
    page = {
        "form": form,
        "part": part,
        "last_month": last_month,
        "one_month": part.since == last_month,
        "months": (
            ("since", form["since"].label, part.since),
            ("until", form["until"].label, last_month),
        ),
        "choices": [form[name] for name in ("relative", "payer", "place")],
        "shown": ROWS,
        "query": request.GET.urlencode(),
        "read": read,
        "given_fen": sum(row.amount_fen - row.returned_fen for row in read.given),
        "missed": decisions.nothing_deducted(
            member_id, part.since, part.until, part.only, known=family
        ),
        "no_payer": not any(who.pays_me for who in family.values())
        and any(row.cash_fen for row in read.received),
        "year": year,
        "has_year": any(row.own_fen or row.given_fen or row.received_fen for row in year),
    }
    return render(request, "settlements/log.html", page)


def named(read: usage.Usage, family) -> usage.Usage:
    """Return the log with the family's names in it; anybody else stays masked."""
    return replace(
        read,
        given=[
            replace(row, relative=str(family.get(row.relative_id, row.relative)))
            for row in read.given
        ],
        received=[replace(row, payers=_named(row.payers, family)) for row in read.received],
    )


def _named(shares, family):
    return tuple(
        replace(share, payer=str(family.get(share.payer_id, share.payer))) for share in shares
    )


@member_required
@fresh_code_required
@require_GET
def export(request):
    """Say what the file will hold before it leaves; the fresh code is asked for here."""
    form, part, _family = _asked(request)
    rows = usage.count(request.actor.id, *part)
    page = {
        "part": part,
        "last_month": month_of(part.until, back=1),
        "narrowed": form.is_narrowed(),
        "rows": rows,
        "most": exports.MOST,
        "too_many": rows > exports.MOST,
        "query": request.GET.urlencode(),
    }
    return render(request, "settlements/export.html", page)


@member_required
@fresh_code_required
@require_GET
def export_file(request, kind: str):
    """The log as a file; the CSV streams, so that the first line leaves before the last is read."""
    _form, part, family = _asked(request)
    count, member = usage.count(request.actor.id, *part), request.user.member
    unit_of_work(
        lambda: services.record_export(
            member=member,
            kind=kind,
            rows=count,
            most=exports.MOST,
            since=part.since,
            until=month_of(part.until, back=1),
            by=request.actor,
            at=database_clock(),
        )
    )
    # What is settled while the file is under way does not make it longer than it may be.
    found = exports.rows(
        islice(usage.whole(member.pk, *part), exports.MOST),
        name=member.name,
        called=lambda pk, masked: str(family.get(pk, masked)),
    )
    if kind == "csv":
        response = StreamingHttpResponse(
            exports.as_csv(found), content_type="text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(exports.as_xlsx(found), content_type=_XLSX)
    name = f"usage-{part.since:%Y-%m}-{month_of(part.until, back=1):%Y-%m}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request):
    """Return the form, the part of the log it asks for, and the asker's family."""
    family = authorisations.shared_with(request.actor.id)
    today = business_date(now())
    form = UsageForm(request.GET, member_id=request.actor.id, family=family, today=today)
    return form, form.part(), family


@member_required
def why(request, uid):
    """One bill: who could give what, what was taken, and the clause that stopped the rest."""
    decision = decisions.decision_for(request.actor.id, uid)
    family = authorisations.shared_with(request.actor.id)
    patient = str(family.get(decision.patient_id, decision.patient))
    decision = replace(decision, sources=_named(decision.sources, family), patient=patient)
    bound = any(row.payer_id for row in decision.sources)
    alone = decision.role == decisions.PATIENT and not bound
    from_account_fen = decision.paid_fen - decision.fund_fen
    page = {
        "decision": decision,
        "shares": _shares(decision),
        "somebody_bound": bound,
        # Not a line of nothing for who gave of the family fund alone.
        "from_account_fen": from_account_fen if from_account_fen or not decision.fund_fen else None,
        # Nobody was bound then: perhaps they went through the other door.
        "no_payer": alone and decision.cash_fen > 0,
    }
    return render(request, "settlements/why.html", page)


def _shares(decision) -> list[Share]:
    """Return the pieces of the picture; a payer sees the own piece only, so none is drawn."""
    return _pieces(decision, decision.sources) if decision.role == decisions.PATIENT else []


def _pieces(paid, sources) -> list[Share]:
    """Return who paid what; together it is the whole personal part."""
    taken = {code: _taken(sources, code) for code in ("wallet", "family_fund")}
    word = _("本人账户和医保钱包") if taken["wallet"] else _("本人账户")
    own = Share("own", word, paid.own_fen)
    # One piece, whoever paid it in: what each did is theirs.
    fund = [Share("payer", _("家庭共济账户"), taken["family_fund"])] if taken["family_fund"] else []
    payers = [
        Share("payer", source.payer, source.taken_fen)
        for source in sources
        if source.payer_id and source.taken_fen and source.source_code not in taken
    ]
    return [own, *fund, *payers, Share("cash", _("现金自付"), paid.cash_fen)]


def _taken(sources, code: str) -> int:
    return sum(source.taken_fen for source in sources if source.source_code == code)


@require_GET
def can_pay(request):
    """能不能用: a bill that was made up, from typed figures; no sign-in, nothing is stored."""
    areas, today = policy.area_choices(), business_date(now())
    asked = "personal" in request.GET
    form = CanPayForm(request.GET if asked else None, areas=areas, initial=request.GET.dict())
    page = {"form": form, "tab": "pay"}
    if asked and form.is_valid():
        question = form.question(today)
        given = beforehand.given(question)
        outcome = waterfall.split(given)
        names = {1: _("第一位家人"), 2: _("第二位家人")}
        rows = [
            decisions.source_row(given, item, names.get(item.payer, ""), decisions.STAFF)
            for item in outcome.considered
        ]
        page |= _would_pay(outcome, rows) | {"on": question.on}
    return render(request, "settlements/can_pay.html", page)


@member_required
@require_GET
def estimate(request):
    """预估: what a visit today would come to with the member's real family; nothing is kept."""
    asked = "personal" in request.GET
    form = EstimateForm(request.GET if asked else None)
    page = {"form": form, "tab": "mine"}
    if asked and form.is_valid():
        today = business_date(now())
        told = services.estimate(patient_id=request.actor.id, charge=form.charge(today))
        sources = decisions.told_to_patient(told.decision, told.members)
        rows = _named(sources, authorisations.shared_with(request.actor.id))
        page |= _would_pay(told, rows) | {"on": today}
    return render(request, "settlements/estimate.html", page)


@member_required
@require_GET
def premiums(request):
    """保费: whose may be paid from which account here, how it is done, and what is paid."""
    today = business_date(now())
    page = {"people": premium_rows.of_family(request.actor.id, today), "today": today}
    return render(request, "settlements/premiums.html", page)


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def claim_premium(request):
    """Ask a premium back that was paid out of pocket; the receipt is handed in next."""
    today = business_date(now())
    family = premium_rows.of_family(request.actor.id, today)
    form = ClaimForm(request.POST or None, family=family, today=today, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            case = unit_of_work(
                lambda: claims.begin(wish=form.wish(), by=request.actor, at=database_clock())
            )
            [receipt] = cases.documents_of(case.pk)
            return redirect("cases:document", case.number, receipt.id)
    page = {"form": form, "possible": bool(form.fields["insured"].choices), "today": today}
    return render(request, "settlements/claim_premium.html", page)


def _would_pay(outcome, rows) -> dict:
    """Return the answer for the page: who would pay what, and why."""
    return {
        "outcome": outcome,
        "total_fen": outcome.own_fen + outcome.pooled_fen + outcome.cash_fen,
        "sources": rows,
        "shares": _pieces(outcome, rows),
        "has_payer": any(row.payer_id or row.source_code == "family_fund" for row in rows),
    }
