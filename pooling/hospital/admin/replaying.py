"""Rehearsing a message, and carrying it out again: one unit of work, then a line of the log."""

import time
import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pooling.hospital import faults
from pooling.hospital.forms import ReplayForm
from pooling.hospital.models import Exchange
from pooling.hospital.national import faults as national_faults
from pooling.hospital.services import exchanges, replaying
from pooling.hospital.services.exchanges import Given, Heard
from pooling.hospital.services.once import Answer
from pooling.hospital.services.replaying import ReplayRefused, TakenBack
from pooling.shared.actor import Actor
from pooling.shared.admin import acting
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work

MAY = "hospital.replay_exchange"


def offered(request, row: Exchange) -> dict[str, Any]:
    """Return what the page of a line needs to offer a rehearsal and a replay, or say why not."""
    if not request.user.has_perm(MAY):
        return {}
    why_not = replaying.objection(row, at=database_clock())
    return {
        "may_rehearse": not replaying.objection_to_reading(row),
        "why_no_replay": why_not,
        "replay_form": None if why_not else ReplayForm(asks=asks(row)),
    }


def asks(row: Exchange) -> bool:
    """Return whether the institution has to be asked first: where money may move."""
    return row.infno not in replaying.QUESTIONS


def rehearse(request, row: Exchange) -> tuple[int, bytes]:
    """Return status and text of what the message would be answered now. Raises ReplayRefused."""
    by, at = _by(request, "rehearsal"), database_clock()
    try:
        unit_of_work(lambda: replaying.rehearse(exchange_id=row.pk, by=by, at=at))
    except ReplayRefused:
        raise
    except TakenBack as done:
        given = done.answer
        if isinstance(given, Answer):
            return given.status, given.content.encode()
        return 200, b""
    except Exception as error:  # noqa: BLE001 - what would keep a till from its answer is one
        response = _refusal(error, row, Heard(), at)
        return response.status_code, response.content
    raise AssertionError("unreachable")


def replay(request, row: Exchange) -> HttpResponse:
    """Carry the message out for good and go to the line of the log that says what came of it."""
    here = reverse("admin:hospital_exchange_change", args=[row.pk])
    form = ReplayForm(request.POST, asks=asks(row))
    if not form.is_valid():
        for field, errors in form.errors.items():
            messages.error(request, f"{form.fields[field].label} {' '.join(errors)}")
        return redirect(here)
    note, at, started = form.cleaned_data["note"], database_clock(), time.perf_counter_ns()
    heard = Heard(replay_of=row.pk, staff=request.user.pk, note=note)
    by = replace(_by(request, "replay"), purpose=note)
    try:
        given = unit_of_work(
            lambda: replaying.replay(exchange_id=row.pk, heard=heard, by=by, at=at)
        )
        status, text = _told(heard, given)
    except ReplayRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    except Exception as error:  # noqa: BLE001 - as at the till's own door
        response = _refusal(error, row, heard, at)
        status, text = response.status_code, response.content
    elapsed_ms = (time.perf_counter_ns() - started) // 1_000_000
    line = exchanges.keep(heard, Given(status, text, len(text), elapsed_ms, uuid.uuid4().hex))
    if heard.outcome in Exchange.WELL:
        messages.success(request, _("已办理。请机构用同一编号重发，会得到同样的应答。"))
    elif heard.outcome == Exchange.Outcome.UNKNOWN:
        messages.error(request, _("结果不明。请机构用同一编号重发来查清，不要再次重放。"))
    else:
        messages.error(request, _("没有办成，没有动任何款项。原因见应答。"))
    there = reverse("admin:hospital_exchange_change", args=[line]) if line else here
    return redirect(there)


def _told(heard: Heard, given) -> tuple[int, bytes]:
    if not isinstance(given, Answer):
        heard.became(Exchange.Outcome.ANSWERED)
        return 200, b""
    exchanges.note(heard, given)
    return given.status, given.content.encode()


def _refusal(error: Exception, row: Exchange, heard: Heard, at) -> HttpResponse:
    """Return the reply a till would get, and note the reason as its own door does."""
    if row.infno not in replaying.REST:
        area = row.client.institution.area
        return national_faults.answer(error, heard, area=area, at=at)
    faults.note(heard, error)
    if isinstance(error, DomainError):
        return faults.problem(error.status, error.code, error.sentence, remedy=error.remedy)
    return faults.problem(500, "internal", _("系统出错，已记录。"))


def _by(request, channel: str) -> Actor:
    return replace(acting(request), channel=channel)
