"""What happens to members' money by itself; each page or run is one unit of work.

Times are UTC: 21:00 there is 05:00 in Shanghai.
"""

import os
from functools import partial
from pathlib import Path

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.funds import outgoing, services
from pooling.funds.models import BankFile
from pooling.shared.actor import Actor
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

RETURN = Actor.job("funds.return_due")
ROLL_OVER = Actor.job("funds.roll_over")
_AGAIN = RetryStrategy(max_attempts=6, exponential_wait=5)


def bring_back(by: Actor) -> int:
    """Return every transfer nobody accepted in time; how many there were."""
    returned = 0
    while of_run := unit_of_work(lambda: services.return_due(by=by, at=database_clock())):
        returned += of_run
    return returned


def roll_over_all(year: int, by: Actor, advance=lambda moved: None) -> int:
    """Roll over every account, a transaction a page; killed anywhere, it is run again whole."""
    moved, after = 0, 0
    while (page := unit_of_work(partial(_page, year, after, by))) is not None:
        after, of_page = page
        moved += of_page
        advance(of_page)
    return moved


def _page(year: int, after: int, by: Actor):
    return services.roll_over_page(year=year, after=after, by=by, at=database_clock())


def write_bank_files(folder: Path, by: Actor, made=lambda file: None) -> None:
    """Put what waits to be paid into a file for each area, and write it; `made` is told of each.

    Putting together, writing and noting that it is written are three steps. Killed between
    them, the next run writes the same file again first: no payment is in two files.
    """
    for file in outgoing.unwritten_files():
        _write(file, folder, by)
        made(file)
    for area in outgoing.areas_with_payments():
        while file := unit_of_work(partial(_put_together, area, by)):
            _write(file, folder, by)
            made(file)


def _put_together(area: str, by: Actor) -> BankFile | None:
    return services.make_bank_file(area=area, by=by, at=database_clock())


def _write(file: BankFile, folder: Path, by: Actor) -> None:
    """Write a file whole or not at all, for its owner's eyes only."""
    part = folder / f".{file.name}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(services.bank_file_bytes(file_id=file.pk))
        out.flush()
        os.fsync(out.fileno())
    part.replace(folder / file.name)
    unit_of_work(lambda: services.mark_written(file_id=file.pk, by=by, at=database_clock()))


@app.periodic(cron="*/15 21-23 * * *")
@app.task(name="funds.return_due", queueing_lock="funds.return_due", retry=_AGAIN)
def return_due(timestamp: int = 0) -> None:
    """Bring back, before six in the morning, what was not accepted; a missed run is made up for."""
    bring_back(RETURN)


@app.periodic(cron="10 16 * * *")  # ten past midnight
@app.task(name="funds.roll_over", queueing_lock="funds.roll_over", retry=_AGAIN)
def roll_over(timestamp: int = 0) -> None:
    """Begin the new year in January; every other night of the month finds it done."""
    today = business_date(database_clock())
    if today.month == 1:
        roll_over_all(today.year, ROLL_OVER)
