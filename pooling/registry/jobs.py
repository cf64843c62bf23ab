"""What the registry does each night. Times are UTC: 18:30 there is 02:30 in Shanghai."""

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.registry import services
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
