"""What happens to members' money by itself; each page or run is one unit of work.

Times are UTC: 21:00 there is 05:00 in Shanghai.
"""

from functools import partial

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.funds import services
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
