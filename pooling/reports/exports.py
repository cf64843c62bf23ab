"""The changed settlements of a replay as CSV: ids, days, amounts and reasons; nobody's name."""

import csv
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from pooling.reports import selectors
from pooling.reports.models import ReplayChange
from pooling.settlements import selectors as settlements
from pooling.settlements.exports import harmless
from pooling.shared.money import yuan_from_fen

_BOM = "\ufeff"
_AMOUNTS = (
    "own_before_fen",
    "own_after_fen",
    "pooled_before_fen",
    "pooled_after_fen",
    "cash_before_fen",
    "cash_after_fen",
)


def header() -> tuple[str, ...]:
    """Return the names of the columns; amounts are in yuan."""
    return (
        _("结算编号"),
        _("业务日期"),
        _("参保地代码"),
        _("原本人账户"),
        _("试算本人账户"),
        _("原共济"),
        _("试算共济"),
        _("原现金"),
        _("试算现金"),
        _("首个不同的来源"),
        _("原支付"),
        _("原因（原）"),
        _("试算支付"),
        _("原因（试算）"),
    )


def as_csv(rows: Iterable[ReplayChange]) -> Iterator[str]:
    """Yield a CSV file line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow(header())
    for row in rows:
        yield writer.writerow([*_bill(row), *_first(row)])


def _bill(row: ReplayChange) -> list:
    amounts = (yuan_from_fen(getattr(row, name)) for name in _AMOUNTS)
    return [row.settlement_id, row.business_date.isoformat(), row.area, *amounts]


def _first(row: ReplayChange) -> list[str]:
    before, after = selectors.side(row.before), selectors.side(row.after)
    if before is None or after is None:
        return ["", "", "", "", ""]
    return [
        settlements.source_word(row.before["source"]),
        yuan_from_fen(before.fen),
        harmless(before.sentence),
        yuan_from_fen(after.fen),
        harmless(after.sentence),
    ]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text
