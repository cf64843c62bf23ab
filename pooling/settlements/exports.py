"""The usage log as a file: the page's columns, one row a bill, CSV or XLSX.

Whoever opens the file uses a spreadsheet, which takes a cell that begins like a formula for
one: such text gets an apostrophe in front, in either format, since files are converted.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from pooling.settlements.selectors.usage import BillRow, PaidRow
from pooling.shared.money import show_yuan, yuan_from_fen
from pooling.shared.periods import SHANGHAI

#: As many rows as one file takes: both formats open at once on an old machine.
MOST = 5_000
#: Full-width signs count as well: spreadsheets set to Chinese or Japanese read them so.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_BOM = "\ufeff"

#: Text, or fen; None is an empty cell.
Cell = str | int | None
Row = tuple[Cell, ...]


def header() -> Row:
    """Return the names of the columns; amounts are in yuan."""
    return (
        _("类别"),
        _("时间"),
        _("就诊人"),
        _("地点"),
        _("用途"),
        _("个人负担（元）"),
        _("从我的账户支付（元）"),
        _("家人支付（元）"),
        _("支付的家人"),
        _("现金（元）"),
        _("已退回（元）"),
        _("状态"),
    )


def rows(
    log: Iterable[PaidRow | BillRow], *, name: str, called: Callable[[int, str], str]
) -> Iterator[Row]:
    """Yield the log's rows as cells; `name` is the member's, `called(id, masked)` a relative's."""
    for row in log:
        yield _given(row, called) if isinstance(row, PaidRow) else _received(row, name, called)


def _given(row: PaidRow, called) -> Row:
    """What a payer may know and no more: of a hidden visit the month, and no place."""
    return (
        _("家人用了我的钱"),
        f"{row.day:%Y-%m-%d}" if row.day else row.month,
        called(row.relative_id, row.relative),
        row.place,
        row.premium or None,
        None,
        row.amount_fen,
        None,
        None,
        None,
        row.returned_fen,
        row.status,
    )


def _received(row: BillRow, name: str, called) -> Row:
    payers = (
        f"{called(share.payer_id, share.payer)} {show_yuan(share.amount_fen)}"
        for share in row.payers
    )
    return (
        _("我的就医和买药"),
        f"{row.business_time.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        name,
        row.institution,
        " · ".join(filter(None, (row.use, row.premium))),
        row.personal_part_fen,
        row.own_fen,
        row.pooled_fen,
        _("；").join(payers),
        row.cash_fen,
        row.refunded_fen,
        row.status,
    )


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text


def as_csv(found: Iterable[Row]) -> Iterator[str]:
    """Yield a CSV file line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow(header())
    for row in found:
        yield writer.writerow(
            yuan_from_fen(cell) if isinstance(cell, int) else harmless(str(cell or ""))
            for cell in row
        )


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_xlsx(found: Iterable[Row]) -> bytes:
    """Return an XLSX file. Made in memory: no name is written to a temporary file."""
    file = BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(_("使用记录"))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.write_row(0, 0, header(), bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header()) - 1, 18)
        for line, row in enumerate(found, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(line, column, Decimal(cell).scaleb(-2), money)
                elif cell:
                    sheet.write_string(line, column, harmless(str(cell)))
    return file.getvalue()
