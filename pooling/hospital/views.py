"""The simulator: a visit at a till, message by message, in the sandbox."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from pooling.hospital import sandbox
from pooling.hospital.forms import WalkForm
from pooling.hospital.national import conformance, numbers
from pooling.hospital.step_words import WORDS
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse


@never_cache
def simulator(request):
    """Show the walk and, by POST, take it. Where people's money is real, for staff alone."""
    if not (settings.DEMO or request.user.has_perm("hospital.view_message")):
        raise Http404
    form = WalkForm(request.POST or None)
    steps = []
    if request.method == "POST" and form.is_valid():
        try:
            steps = [_shown(each) for each in sandbox.walk(**form.cleaned_data)]
        except DomainError as refusal:
            refuse(form, refusal)
    whole = bool(steps) and not any(step["breaches"] for step in steps)
    page = {"form": form, "steps": steps, "whole": whole, "walked": sandbox.SHOWN}
    return render(request, "hospital/simulator.html", page)


def _shown(exchange) -> dict:
    return {
        "infno": exchange.step.split()[0],
        "words": WORDS[exchange.step],
        "breaches": exchange.breaches,
        "status": exchange.status,
        "sent": _indented(exchange.sent),
        "answer": _indented(exchange.answer),
    }


def _indented(raw: bytes) -> str:
    """Return JSON as people read it, each amount as it was written; else the text itself."""
    told = conformance.read(raw)
    return raw.decode(errors="replace") if told is None else numbers.indented(told)
