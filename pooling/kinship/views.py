"""My code, and those of the relatives in my 亲情账户: pages to hold under a scanner.

The code comes anew by itself, with a script by `htmx` and without one by a refresh of the page.
"""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import barcodes, tokens
from accounts.access import member_required, require_fresh_code
from pooling.audit import services as audit
from pooling.kinship import selectors
from pooling.kinship.services import caring
from pooling.shared import crypto
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date
from pooling.shared.rows import NOBODY, row_number
from pooling.shared.work import database_clock, unit_of_work

#: What a press on the page does, whether it is about an entry, and what is said then.
PRESSED = {
    "activate": (caring.activate, False, _("医保电子凭证已激活，可以出示医保码了。")),
    "reissue": (caring.reissue, False, _("已换新。原来的医保码不能再用。")),
    "end": (caring.end_own, False, _("已停用。要再用时，随时可以重新激活。")),
    "agree": (caring.agree, True, _("您已同意由这位家人出示您的医保码。")),
    "end_link": (caring.end, True, _("已结束，不能再出示医保码。")),
}
#: What takes something away is done at once.
AT_ONCE = {"end", "end_link"}


@member_required
@require_http_methods(["GET", "POST"])
def mine(request):
    """My code, whose codes I may show, who may show mine, and what tills refused."""
    if request.method == "POST":
        return _press(request)
    at = database_clock()
    held = selectors.credential(request.actor.id)
    shown = _drawn(held.number, at) if held else None
    if request.htmx:
        return render(request, "care/_code.html", {"shown": shown})
    page = selectors.care_page(request.actor.id, business_date(at))
    return render(request, "care/mine.html", {"shown": shown, "held": held, "page": page})


@member_required
@require_http_methods(["GET", "POST"])
def relative(request, link_id):
    """Show the code of a relative in my 亲情账户; its owner sees in their log that I did."""
    at = database_clock()
    entry = selectors.entry(request.actor.id, link_id, business_date(at))
    if request.method == "POST":
        if response := require_fresh_code(request):
            return response
        verb = caring.activate_for
        _carry_out(
            request,
            lambda: verb(
                relative_id=entry.relative_id,
                promised="promised" in request.POST,
                by=request.actor,
                at=now(),
            ),
            _("医保电子凭证已激活，可以出示医保码了。"),
        )
        return redirect("care:relative", link_id)
    shown = _drawn(entry.number, at) if entry.usable and entry.activated else None
    if request.htmx:
        return render(request, "care/_code.html", {"shown": shown})
    if shown:
        what = {"page": "care.relative", "fields": ["e_credential"], "by": request.actor, "at": at}
        unit_of_work(lambda: audit.look(member_ids=[entry.relative_id], **what))
    return render(request, "care/relative.html", {"shown": shown, "entry": entry})


@member_required
@require_http_methods(["GET", "POST"])
def add(request):
    """Choose whose code I want to show, from the relatives the registry proves."""
    if request.method == "POST":
        number = row_number(request.POST.get("relative", "")) or NOBODY
        if response := require_fresh_code(request, relative=number):
            return response
        done = _carry_out(
            request,
            lambda: caring.add(
                relative_id=number,
                promised="promised" in request.POST,
                by=request.actor,
                at=now(),
            ),
            _("已添加。孩子的点开就能出示，没有激活的可以代为激活；成年家人的，等本人同意。"),
        )
        return redirect("care:mine" if done else "care:add")
    choices = selectors.to_care_for(request.actor.id, business_date(now()))
    chosen = row_number(request.GET.get("relative", ""))
    page = {
        "choices": choices,
        "chosen": chosen,
        "promise": any(row[3] == selectors.PROMISE for row in choices),
    }
    return render(request, "care/add.html", page)


@require_GET
def keys(request):
    """Answer the public keys by which anybody can check a code without asking us."""
    found = crypto.public_keys(tokens.PURPOSE)
    listed = [
        {"key_id": key_id, "algorithm": "Ed25519", "public_key": raw.hex()}
        for key_id, raw in found.items()
    ]
    return JsonResponse(
        {"keys": listed, "step_seconds": tokens.STEP_SECONDS, "steps": tokens.STEPS}
    )


def _press(request):
    name = request.POST.get("verb", "")
    if name not in PRESSED:
        return redirect("care:mine")
    if name not in AT_ONCE and (response := require_fresh_code(request)):
        return response
    act, about_entry, done = PRESSED[name]
    values = {"by": request.actor, "at": now()}
    if about_entry:
        values["link_id"] = row_number(request.POST.get("entry", "")) or NOBODY
    _carry_out(request, lambda: act(**values), done)
    return redirect("care:mine")


def _carry_out(request, verb, done) -> bool:
    """Run a verb in one unit of work; say what came of it."""
    try:
        unit_of_work(verb)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _drawn(number: int, at) -> dict:
    """Return both forms of the code of this moment, drawn, and when the next one comes."""
    digits = tokens.digits(number, at)
    return {
        "qr": barcodes.qr(tokens.token(number, at), label=_("医保码二维码")),
        "barcode": barcodes.code128(digits, label=_("医保码条形码")),
        "digits": " ".join(digits[place : place + 4] for place in range(0, 20, 4)),
        "seconds": tokens.seconds_left(at),
    }
