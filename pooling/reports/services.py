"""Trying a draft of rules on stored decisions: asked for, carried on in chunks, stopped.

Every chunk is one transaction that locks its replay, looks at the next decisions and writes
figures and place down together. Whoever is killed in the midst loses that chunk and nothing
else; the next one goes on where the place says. No chunk remembers anything of the last.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from pooling.audit import services as audit
from pooling.policy import drafts as policy
from pooling.policy import parameters
from pooling.policy.rules import Version
from pooling.reports import replaying
from pooling.reports.models import Replay, ReplayArea, ReplayChange
from pooling.settlements import selectors as settlements
from pooling.settlements.selectors import Stored
from pooling.settlements.sources import Clause, from_json
from pooling.settlements.waterfall import Outcome, split
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

Status = Replay.Status
UNFINISHED = (Status.WAITING, Status.RUNNING)
#: Decisions a transaction: some megabytes of JSON, well under a second.
CHUNK = 200
#: Changed settlements that are listed one by one; all of them are counted.
LISTED = 5_000
JOB = "reports.replay_more"


class CannotReplay(DomainError):
    """A period or a version that cannot be tried."""

    code = "cannot_replay"


@transaction.atomic
def start(*, version_id: int, since: date, until: date, by: Actor, at: datetime) -> Replay:
    """Ask what a version would have made of the decisions of `[since, until)`.

    The rules are frozen as they are now; the work is a job's.
    """
    rules = policy.frozen(version_id)
    if since >= until:
        reversed_ = _("结束日期不能早于开始日期。")
        raise CannotReplay(reversed_, details={"until": reversed_})
    if since > business_date(at):
        raise CannotReplay(_("试算的是已经结算的账单，开始日期不能在今天以后。"))
    if Replay.objects.filter(version=version_id, status__in=UNFINISHED).exists():
        raise CannotReplay(_("这个版本正在试算，请等它结束，或先停止。"))
    replay = Replay.objects.create(
        version_id=version_id,
        rules=rules,
        since=since,
        until=until,
        day=since,
        up_to_id=settlements.newest_id(),
        asked_at=at,
        asked_by=by.name,
    )
    detail = {"version": version_id, "since": f"{since}", "until": f"{until}"}
    audit.record(verb="reports.start", subject=replay, by=by, at=at, detail=detail)
    wake()
    return replay


def wake() -> None:
    """See that a job carries on; one that waits already will do."""
    try:
        with transaction.atomic():
            jobs.configure_task(JOB, queueing_lock=JOB).defer()
    except AlreadyEnqueued:
        return


@transaction.atomic
def stop(*, replay_id: int, by: Actor, at: datetime) -> Replay:
    """End a replay before its time; the figures so far stay."""
    replay = Replay.objects.select_for_update(no_key=True).filter(pk=replay_id).first()
    if replay is None:
        raise NotFound(_("没有这次试算。"))
    if replay.status not in UNFINISHED:
        raise CannotReplay(_("这次试算已经结束。"))
    _move(replay, Status.STOPPED)
    replay.finished_at = at
    replay.save(update_fields=["status", "finished_at"])
    audit.record(verb="reports.stop", subject=replay, by=by, at=at)
    return replay


@transaction.atomic
def record_export(*, replay_id: int, by: Actor, at: datetime) -> None:
    """Record that the list of changed settlements leaves as a file."""
    replay = Replay.objects.get(pk=replay_id)
    detail = {"rows": replay.changes.count()}
    audit.record(verb="reports.record_export", subject=replay, by=by, at=at, detail=detail)


@transaction.atomic
def replay_more(*, by: Actor, at: datetime) -> bool:
    """Look at the next decisions of the oldest unfinished replay; False where none is left.

    A replay that another worker holds is left to it.
    """
    waiting = Replay.objects.select_for_update(no_key=True, skip_locked=True)
    replay = waiting.filter(status__in=UNFINISHED).order_by("pk").first()
    if replay is None:
        return False
    if replay.status == Status.WAITING:
        _move(replay, Status.RUNNING)
        replay.total = settlements.count_stored(replay.since, replay.until, up_to=replay.up_to_id)
    rows = settlements.stored_on(
        replay.day, after=replay.after_id, up_to=replay.up_to_id, most=CHUNK
    )
    if rows:
        _look_at(replay, rows)
    if len(rows) == CHUNK:
        replay.after_id = rows[-1].id
    else:
        replay.day, replay.after_id = replay.day + timedelta(days=1), 0
    if replay.day >= replay.until:
        _move(replay, Status.DONE)
        replay.finished_at = at
        audit.record(verb="reports.finish", subject=replay, by=by, at=at)
    replay.save()
    return True


def _look_at(replay: Replay, rows: list[Stored]) -> None:
    """Split each decision of a chunk again, under its own rules and under the draft's."""
    trial = _Trial(policy.thawed(replay.rules))
    figures = {row.area: row for row in replay.areas.all()}
    room = max(0, LISTED - replay.changed)
    changes = []
    for stored in rows:
        replay.seen += 1
        if not any(trial.has_say(area) for area in stored.areas):
            continue
        replay.concerned += 1
        both = trial.split(stored)
        if both is None or not stored.tells(both.before):
            # Counted and shown, never compared: its figures would be about something else.
            replay.unlike += 1
            continue
        row = figures.setdefault(stored.bill_area, ReplayArea(replay=replay, area=stored.bill_area))
        _add(row, both)
        if replaying.differ(both.before, both.after):
            replay.changed += 1
            changes.append(_change(replay, stored, both))
    for row in figures.values():
        row.pk = None  # found again by replay and area, new or not, in one statement
    ReplayArea.objects.bulk_create(
        figures.values(),
        update_conflicts=True,
        unique_fields=["replay", "area"],
        update_fields=_FIGURES,
    )
    ReplayChange.objects.bulk_create(changes[:room])


@dataclass(frozen=True, slots=True)
class _Both:
    """One bill split under its own rules and under the draft's."""

    before: Outcome
    after: Outcome


@dataclass(slots=True)
class _Trial:
    """A draft tried on one chunk; what it would change where and when is worked out once."""

    draft: Version
    _known: dict[tuple[str, date], dict[str, Clause]] = field(default_factory=dict)

    def has_say(self, area: str) -> bool:
        return self.draft.area_code in parameters.chain(area)

    def split(self, stored: Stored) -> _Both | None:
        """Return both outcomes, or None for a decision that cannot be made again."""
        try:
            given = from_json(stored.decision["input"])
            before = split(given)
        except (KeyError, ValueError):
            return None
        instead = {area: self._instead(area, stored.on) for area in given.rules}
        other = replaying.with_clauses(given, instead)
        return _Both(before, before if other is given else split(other))

    def _instead(self, area: str, on: date) -> dict[str, Clause]:
        if (area, on) not in self._known:
            changes = policy.would_change(self.draft, area, on)
            self._known[area, on] = {
                name: Clause(
                    name=name,
                    value=clause.value,
                    area=clause.area_code,
                    version=clause.version_label,
                    source=clause.source,
                    text=clause.text,
                )
                for name, clause in changes.items()
            }
        return self._known[area, on]


_AMOUNTS = ("own", "pooled", "cash")
_FIGURES = [
    "looked_at",
    "changed",
    *(f"{name}_{when}_fen" for name in _AMOUNTS for when in ("before", "after")),
]


def _amounts(both: _Both) -> dict[str, int]:
    return {
        f"{name}_{when}_fen": getattr(getattr(both, when), f"{name}_fen")
        for name in _AMOUNTS
        for when in ("before", "after")
    }


def _add(row: ReplayArea, both: _Both) -> None:
    row.looked_at += 1
    row.changed += replaying.differ(both.before, both.after)
    for name, fen in _amounts(both).items():
        setattr(row, name, getattr(row, name) + fen)


def _change(replay: Replay, stored: Stored, both: _Both) -> ReplayChange:
    first = replaying.first_difference(both.before, both.after)
    return ReplayChange(
        replay=replay,
        settlement_id=stored.id,
        area=stored.bill_area,
        business_date=stored.on,
        before=replaying.told(first.before),
        after=replaying.told(first.after),
        **_amounts(both),
    )


def _move(replay: Replay, status: str) -> None:
    if status not in Replay.ALLOWED[Status(replay.status)]:
        raise CannotReplay(_("这次试算已经结束。"))
    replay.status = status
