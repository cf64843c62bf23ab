"""Somebody takes their log home: written down, because from then on nobody can mask it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from pooling.audit import services as audit
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError


class TooManyRows(DomainError):
    """More than one file takes."""

    code = "too_many_rows"


@transaction.atomic
def record_export(
    *,
    member: Member,
    kind: str,
    rows: int,
    most: int,
    since: date,
    until: date,
    by: Actor,
    at,
) -> None:
    """Record that a member's log over `[since, until)` leaves as a file. Raises TooManyRows."""
    if rows > most:
        raise TooManyRows(
            _("这段时间有 %(rows)s 笔记录，一次最多导出 %(most)s 笔。请缩小月份范围，分几次导出。")
            % {"rows": f"{rows:,}", "most": f"{most:,}"}
        )
    detail = {"kind": kind, "rows": rows, "since": f"{since:%Y-%m}", "until": f"{until:%Y-%m}"}
    audit.record(verb="settlements.record_export", subject=member, by=by, at=at, detail=detail)
