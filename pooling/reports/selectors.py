"""Replays as pages show them, and whether stored decisions still say what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts import selectors as people
from pooling.policy import drafts, parameters
from pooling.policy import selectors as policy
from pooling.reports.models import Replay, ReplayArea, ReplayChange
from pooling.settlements import reasons
from pooling.settlements import selectors as settlements
from pooling.settlements.selectors import Stored
from pooling.shared.masks import mask_name

#: Decisions read at a time: memory stays flat however many there are.
CHUNK = 500
#: Changed settlements a page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """One area's bills before and after, in fen; `name` is its code where nobody registered it."""

    code: str
    name: str
    looked_at: int
    changed: int
    own_before_fen: int
    own_after_fen: int
    pooled_before_fen: int
    pooled_after_fen: int
    cash_before_fen: int
    cash_after_fen: int

    @property
    def shift_fen(self) -> int:
        """Return how much more relatives would have paid; below zero how much less."""
        return self.pooled_after_fen - self.pooled_before_fen


_FIGURES = [each for each in AreaFigures.__slots__ if each not in ("code", "name")]


def _area_names() -> dict[str, str]:
    """Return area code → name; the nation's rules split the bills of who is insured nowhere."""
    return policy.area_names() | {parameters.NATION: str(_("没有参保"))}


def by_area(replay_id: int) -> list[AreaFigures]:
    """Return the figures of a replay, the area in which most money shifts first."""
    names = _area_names()
    rows = ReplayArea.objects.filter(replay=replay_id).values_list("area", *_FIGURES)
    figures = [AreaFigures(code, names.get(code, code), *rest) for code, *rest in rows]
    return sorted(figures, key=lambda row: (-abs(row.shift_fen), row.code))


def total(rows: list[AreaFigures]) -> AreaFigures:
    """Return the figures of all areas together."""
    sums = [sum(getattr(row, name) for row in rows) for name in _FIGURES]
    return AreaFigures("", "", *sums)


@dataclass(frozen=True, slots=True)
class Side:
    """What the first differing source gave, or would have given, and why."""

    fen: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One settlement that would come out otherwise, people masked. Amounts in fen.

    `before` and `after` are None where only the parts of an account differ.
    """

    id: int
    settlement_id: int
    day: date
    area: str
    patient: str
    source: str
    before: Side | None
    after: Side | None
    pooled_before_fen: int
    pooled_after_fen: int
    cash_before_fen: int
    cash_after_fen: int
    member_ids: tuple[int, ...]


def changes(replay_id: int, *, after: int = 0) -> tuple[list[ChangeRow], bool]:
    """Return changed settlements of a replay after a row's id, and whether there are more."""
    rows = list(_changes(replay_id).filter(pk__gt=after)[: PAGE + 1])
    shown, areas = rows[:PAGE], _area_names()
    payers = people.by_ids({row.before["payer"] for row in shown if row.before} - {None})
    return [_change(row, areas, payers) for row in shown], len(rows) > PAGE


def _changes(replay_id: int):
    rows = ReplayChange.objects.filter(replay=replay_id).order_by("pk")
    # Decisions are some kilobytes each and not shown.
    return rows.select_related("settlement__patient").defer(
        "settlement__decision", "settlement__family_snapshot", "settlement__buyer_sealed"
    )


def _change(row: ReplayChange, areas: dict[str, str], payers) -> ChangeRow:
    patient, first = row.settlement.patient, row.before
    source, payer = "", None
    if first:
        payer = payers.get(first["payer"])
        source = settlements.source_word(first["source"])
        source += f" {mask_name(payer.name)}" if payer else ""
    return ChangeRow(
        id=row.pk,
        settlement_id=row.settlement_id,
        day=row.business_date,
        area=areas.get(row.area, row.area),
        patient=mask_name(patient.name),
        source=source,
        before=side(row.before),
        after=side(row.after),
        pooled_before_fen=row.pooled_before_fen,
        pooled_after_fen=row.pooled_after_fen,
        cash_before_fen=row.cash_before_fen,
        cash_after_fen=row.cash_after_fen,
        member_ids=(patient.pk, *([payer.pk] if payer else [])),
    )


def side(told: dict[str, Any] | None) -> Side | None:
    """Return one side of a difference in words that tell no balance of anybody."""
    if told is None:
        return None
    return Side(told["taken_fen"], reasons.discreet(told["reason"], told["values"], told["source"]))


def listed(replay_id: int) -> int:
    """Return how many changed settlements are listed one by one."""
    return ReplayChange.objects.filter(replay=replay_id).count()


def for_file(replay_id: int) -> Iterator[ReplayChange]:
    """Yield the changed settlements of a replay, nobody's name among them."""
    return ReplayChange.objects.filter(replay=replay_id).order_by("pk").iterator(500)


def is_outdated(replay: Replay) -> bool:
    """Return whether the version was edited after the replay took its rules."""
    return drafts.frozen(replay.version_id)["clauses"] != replay.rules["clauses"]


def last_quarter(today: date) -> tuple[date, date]:
    """Return first and last day of the calendar quarter before a day's."""
    this = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last = this - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def decisions_made_again() -> Iterator[tuple[int, bool]]:
    """Yield every settlement's id and whether its decision, made again, is the stored one.

    From its stored input alone, under its own rules: amounts, each source considered with
    reason, values and clause, and every line. Two statements a chunk.
    """
    last = 0
    while chunk := settlements.stored_after(last, most=CHUNK):
        for stored, lines in chunk:
            yield stored.id, _is_the_same(stored, lines)
        last = chunk[-1][0].id


def _is_the_same(stored: Stored, lines: list[tuple]) -> bool:
    try:
        outcome = settlements.again(stored.decision)
    except (KeyError, ValueError):
        return False
    made = [settlements.told(line) for line in outcome.lines]
    return stored.tells(outcome) and made == lines
