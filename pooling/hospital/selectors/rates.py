"""How well the interface did on some days: by institution, transaction and day; and why not.

Three statements whatever the days hold. Replays are our own and count for nobody.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Max

from accounts import selectors as accounts
from pooling.hospital.models import Exchange
from pooling.hospital.selectors.exchanges import midnight, within
from pooling.hospital.step_words import WORDS

#: Most days, institutions and reasons one page shows.
DAYS, PLACES, REASONS = 31, 50, 12
Outcome = Exchange.Outcome


@dataclass(frozen=True, slots=True)
class Rate:
    """What became of messages. Durations are in milliseconds."""

    name: str
    total: int = 0
    #: Refused lawfully, or for what is wrong with the message.
    refused: int = 0
    #: Gone wrong on our side.
    failed: int = 0
    unsigned: int = 0
    median_ms: int = 0
    p95_ms: int = 0
    #: The institution's code, where it is one's figures.
    code: str = ""
    #: What the transaction is called, where it is one's.
    word: str = ""

    @property
    def well(self) -> int:
        return self.total - self.refused - self.failed - self.unsigned

    def share(self, count: int) -> str:
        """Return a count's share of all messages in percent, one decimal."""
        tenths = (count * 1000 + self.total // 2) // self.total if self.total else 0
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def refused_share(self) -> str:
        return self.share(self.refused)

    @property
    def failed_share(self) -> str:
        return self.share(self.failed)


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of refusal, how often it came from how many institutions, and the latest line."""

    outcome: str
    word: str
    reason: str
    count: int
    places: int
    example: int


@dataclass(frozen=True, slots=True)
class Rates:
    """The figures of some days; `places` are the worst, `more_places` how many others there are."""

    whole: Rate
    places: list[Rate]
    more_places: int
    transactions: list[Rate]
    days: list[Rate]
    reasons: list[Reason]


_FIGURES = """
SELECT grouping(institution_id, infno, day), institution_id, infno, day, count(*),
    count(*) FILTER (WHERE outcome IN ('refused', 'invalid')),
    count(*) FILTER (WHERE outcome IN ('busy', 'unknown', 'failed')),
    count(*) FILTER (WHERE outcome = 'unsigned'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms)
FROM (
    SELECT institution_id, infno, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, outcome,
        duration_ms
    FROM hospital_exchange
    WHERE at >= %(since)s AND at < %(until)s AND replay_of_id IS NULL
        AND (%(place)s::bigint IS NULL OR institution_id = %(place)s)
) AS lines
GROUP BY GROUPING SETS ((institution_id), (infno), (day), ())
"""
#: What `grouping` says of each set: a bit for every column that is not in it.
_PLACE, _INFNO, _DAY, _WHOLE = 0b011, 0b101, 0b110, 0b111


def of_days(first: date, last: date, *, institution_id: int | None = None) -> Rates:
    """Return the figures of Shanghai's days, both included."""
    rows = _figures(first, last, institution_id)
    sets = {kind: [row[1:] for row in rows if row[0] == kind] for kind in (_PLACE, _INFNO, _DAY)}
    known = [row for row in sets[_PLACE] if row[0] is not None]
    # Worst first: what failed on our side, then what was refused.
    known.sort(key=lambda row: (-row[5], -row[4], -row[3], row[0]))
    named = accounts.institutions_by_id(row[0] for row in known[:PLACES])
    return Rates(
        _whole(rows),
        [Rate(named[row[0]].name, *row[3:], code=named[row[0]].code) for row in known[:PLACES]],
        max(0, len(known) - PLACES),
        sorted((_of_transaction(row) for row in sets[_INFNO]), key=_busiest),
        [Rate(f"{row[2]:%Y-%m-%d}", *row[3:]) for row in sorted(sets[_DAY], key=lambda r: r[2])],
        _reasons(first, last, institution_id),
    )


def of_place(institution_id: int, first: date, last: date) -> Rate:
    """Return one institution's figures of some days (one statement)."""
    return _whole(_figures(first, last, institution_id))


def _figures(first: date, last: date, institution_id: int | None) -> list[tuple]:
    asked = {
        "since": midnight(first),
        "until": midnight(last + timedelta(days=1)),
        "place": institution_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, asked)
        return cursor.fetchall()


def _whole(rows: list[tuple]) -> Rate:
    return next((Rate("", *row[4:]) for row in rows if row[0] == _WHOLE and row[4]), Rate(""))


def _of_transaction(row: tuple) -> Rate:
    return Rate(row[1] or "—", *row[3:], word=str(WORDS.get(row[1], "")))


def _busiest(rate: Rate) -> tuple:
    return (-rate.total, rate.name)


def _reasons(first: date, last: date, institution_id: int | None) -> list[Reason]:
    rows = Exchange.objects.filter(within(first, last), replay_of=None)
    rows = rows.exclude(outcome__in=Exchange.WELL)
    if institution_id is not None:
        rows = rows.filter(institution=institution_id)
    counted = rows.values_list("outcome", "reason").annotate(
        count=Count("pk"), places=Count("institution", distinct=True), example=Max("pk")
    )
    words = dict(Outcome.choices)
    return [
        Reason(outcome, str(words[outcome]), *rest)
        for outcome, *rest in counted.order_by("-count", "outcome", "reason")[:REASONS]
    ]
