"""Applying, one thing a page. What is filled in lives in a case on the server, never here.

Relation → person → limits and period → sign → check → result. Every page can be left and
found again, on another phone or at a window; going back changes nothing.
"""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fresh_code_required, member_required
from pooling.bindings import drafts, wording
from pooling.bindings.forms import PersonForm, RelationForm, SignForm, TermsForm
from pooling.bindings.rules import Signing
from pooling.bindings.services import applications
from pooling.cases import selectors as cases
from pooling.shared.asking import refusals_shown
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date
from pooling.shared.work import unit_of_work

#: The pages of an application, in order: their names and what the steps are called.
PAGES = ("relation", "person", "limits", "sign", "check")


def _names() -> dict[str, str]:
    return {
        "relation": _("选择关系"),
        "person": _("填写家人信息"),
        "limits": _("设定限额和期限"),
        "sign": _("签署授权"),
        "check": _("核对并提交"),
    }


@member_required
@require_http_methods(["GET", "POST"])
def start(request):
    """Ask what for, say what is needed; open an application or take up the unfinished one."""
    wrong = wording.WRONG_DOOR.get(request.GET.get("want"))
    if wrong:
        return render(request, "bindings/wrong_door.html", {"sentence": wrong})
    if request.method == "POST":
        case = unit_of_work(lambda: applications.start(by=request.actor, at=now()))
        return redirect("bindings:relation", case.number)
    told = drafts.start(request.actor.id, business_date(now()))
    return render(request, "bindings/start.html", {"told": told})


@member_required
@require_http_methods(["GET", "POST"])
def relation(request, number):
    """他或她是您的什么人？"""
    draft = _Draft(request, number)
    choices = drafts.relation_choices(request.actor.id, business_date(now()))
    form = RelationForm(request.POST or None, choices=choices, initial=draft.filled.get("relation"))
    barred = dict.fromkeys(choice.why_not for choice in choices if choice.why_not)
    none_open = all(choice.why_not for choice in choices)
    return draft.step(
        "relation", form, lambda: form.cleaned_data, barred=list(barred), none_open=none_open
    )


@member_required
@require_http_methods(["GET", "POST"])
def person(request, number):
    """Who is it? Name and number."""
    draft = _Draft(request, number)
    form = PersonForm(request.POST or None, initial=draft.filled.get("person"))
    return draft.step("person", form, lambda: form.cleaned_data)


@member_required
@require_http_methods(["GET", "POST"])
def limits(request, number):
    """How much, for what and until when; everything may be left empty."""
    draft = _Draft(request, number)
    guide = drafts.limits_guide(request.actor.id, business_date(now()))
    stored = dict(draft.filled.get("limits", {}))
    if stored.get("uses") is None:
        stored["uses"] = guide.ticked
    form = TermsForm(request.POST or None, guide=guide, initial=stored)
    return draft.step("limits", form, form.answers)


@member_required
@fresh_code_required
@require_http_methods(["GET", "POST"])
def sign(request, number):
    """The text, word for word, and the signature; a fresh code was given just before."""
    draft = _Draft(request, number)
    shown = draft.shown
    current = {"version": shown.text_version, "hash": shown.text_hash}
    form = SignForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        signing = Signing(form.cleaned_data["version"], form.cleaned_data["hash"], now())
        with refusals_shown(form):
            unit_of_work(
                lambda: applications.sign(
                    case_id=draft.shown.case_id, signing=signing, by=request.actor, at=now()
                )
            )
            return redirect("bindings:check", number)
    return draft.page("sign", form, text=shown.text)


@member_required
@require_http_methods(["GET", "POST"])
def check(request, number):
    """All answers on one page, each with 修改; then hand it in."""
    draft = _Draft(request, number)
    form = None
    if request.method == "POST":
        try:
            unit_of_work(
                lambda: applications.submit(case_id=draft.shown.case_id, by=request.actor, at=now())
            )
        except DomainError as error:
            return draft.page("check", form, refused=error, rows=draft.rows())
        return redirect("bindings:case", number)
    return draft.page("check", form, rows=draft.rows())


@member_required
@require_http_methods(["GET", "POST"])
def case(request, number):
    """The result and how far it is: number, what happens next; taking it back."""
    told = drafts.progress(request.actor.id, number, business_date(now()))
    if request.method == "POST":
        case_id = told.case.id
        unit_of_work(lambda: applications.withdraw(case_id=case_id, by=request.actor, at=now()))
        return redirect("bindings:case", number)
    if told.case.state_code == "draft" and told.case.kind_code == "premium" and told.case.filled:
        return redirect("cases:proof", number)
    if told.case.state_code == "draft" and told.case.kind_code == "bind":
        return redirect("bindings:relation", number)
    return render(request, "bindings/case.html", {"case": told.case, "told": told})


class _Draft:
    """One member's unfinished application as the pages show it."""

    def __init__(self, request, number):
        self.request = request
        case_id = cases.by_number(request.actor.id, number).id
        self.number = number
        self.shown = drafts.draft(request.actor.id, case_id, business_date(now()))
        self.filled = self.shown.values

    def step(self, name, form, values, **more):
        """Show a page of questions, or keep its answers and go on."""
        if self.request.method == "POST" and form.is_valid():
            with refusals_shown(form):
                unit_of_work(
                    lambda: applications.answer(
                        case_id=self.shown.case_id,
                        step=name,
                        values=values(),
                        by=self.request.actor,
                        at=now(),
                    )
                )
                return redirect(self._next(name))
        return self.page(name, form, **more)

    def page(self, name, form, **more):
        place = PAGES.index(name)
        back = self._address(PAGES[place - 1]) if place else reverse("bindings:start")
        page = {
            "form": form,
            "draft": self.shown,
            "step": place + 1,
            "steps": len(PAGES),
            "name": _names()[name],
            "back": back,
        }
        return render(self.request, f"bindings/{name}.html", page | more)

    def rows(self):
        """Return the answers to check, each with the address where it is changed."""
        return [(line, self._address(line.step) + "?from=check") for line in self.shown.lines]

    def _next(self, name) -> str:
        """Go on; whoever came to change one answer signs again and is back at the check."""
        if self.request.GET.get("from") == "check":
            return self._address("sign")
        return self._address(PAGES[PAGES.index(name) + 1])

    def _address(self, page) -> str:
        return reverse(f"bindings:{page}", args=[self.number])
