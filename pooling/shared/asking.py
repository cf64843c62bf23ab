"""Ask, say what follows, and only then do it: for pages on which money moves."""

from collections.abc import Callable
from contextlib import contextmanager

from django.contrib import messages
from django.shortcuts import redirect, render

from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.work import unit_of_work


def carry_out(request, verb: Callable, done) -> None:
    """Do it and say so; a refusal becomes a message, absence the page for what is not there."""
    try:
        unit_of_work(verb)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, done)


@contextmanager
def refusals_shown(form):
    """Show in a form what a verb refuses, and go on; absence keeps a page of its own."""
    try:
        yield
    except DomainError as error:
        if error.status == 404:
            raise
        refuse(form, error)


def ask(request, form, *, template: str, page: dict, verb: Callable, done: Callable, to: str):
    """Show a form and carry it out; a refusal is shown over the form, with its rule.

    `verb` and `done` (the words when it is done) are called once the form is clean.
    """
    page = page | {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            unit_of_work(verb)
        except DomainError as error:
            if error.status == 404:
                raise
            return render(request, template, page | {"refused": error})
        messages.success(request, done())
        return redirect(to)
    return render(request, template, page)


def ask_twice(request, form, *, check: str, follows: Callable[[], dict], page: dict, **more):
    """Like `ask`, but between the form and the deed stands a page that says what follows.

    `check` is its template, `follows` what it needs beside the form's own values.
    """
    if request.method == "POST" and "sure" not in request.POST and form.is_valid():
        return render(request, check, page | {"form": form} | follows())
    return ask(request, form, page=page, **more)
