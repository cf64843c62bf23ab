"""What the registry does each night. Times are UTC: 18:30 there is 02:30 in Shanghai."""

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.registry import due, services
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

log = structlog.get_logger(__name__)


@app.periodic(cron="30 18 * * *")
@app.task(
    name="registry.check_books",
    queueing_lock="registry.check_books",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def check_books(timestamp: int = 0) -> None:
    """Add up all books again; whatever differs is a notice to staff, and an error in the log."""
    for difference in unit_of_work(lambda: services.check_books(at=database_clock())):
        log.error("books_differ", difference=str(difference))


@app.periodic(cron="35 16 * * *")  # UTC: 00:35 in Shanghai
@app.task(
    name="registry.run_due",
    queueing_lock="registry.run_due",
    retry=RetryStrategy(max_attempts=6, exponential_wait=60),
)
def run_due(timestamp: int = 0) -> None:
    """Carry life events through each night; a worker that dies goes on where it stood."""
    today = business_date(database_clock())
    log.info("run_due", on=today.isoformat(), **due.run(today, today=today))
