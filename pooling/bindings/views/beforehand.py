"""能不能绑: an answer before anybody applies, for everybody; nothing is stored."""

from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from pooling.bindings import beforehand, wording
from pooling.bindings.forms import CanBindForm
from pooling.policy import selectors as policy
from pooling.shared.periods import business_date


@require_GET
def can_bind(request):
    """Say whether this relation would be allowed here at this age, and how it is done."""
    areas = policy.area_choices()
    # A link from an area's rules fills in the area; only a pressed button asks.
    asked = "relation" in request.GET
    form = CanBindForm(request.GET if asked else None, areas=areas, initial=request.GET.dict())
    page = {"form": form, "tab": "bind"}
    if asked and form.is_valid():
        question, today = form.question(), business_date(now())
        page |= {
            "answer": beforehand.answer(question, today),
            "relation": wording.relation(question.code),
            "today": today,
        }
    return render(request, "bindings/can_bind.html", page)
