"""What happens to cases and their papers by themselves."""

from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.cases import documents, services
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

EXPIRE = Actor.job("cases.expire_more")
#: Longer than any transaction that may still come to speak of a file.
LEFT_ALONE = timedelta(days=1)


@app.periodic(cron="20 16 * * *")  # UTC: 00:20 in Shanghai
@app.task(
    name="cases.expire_more",
    queueing_lock="cases.expire_more",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5),
)
def expire_more(timestamp: int = 0) -> None:
    """Refuse, each night, what nobody completed in time; each case is one unit of work."""
    while unit_of_work(lambda: services.expire_more(by=EXPIRE, at=database_clock())):
        pass


@app.periodic(cron="50 19 * * *")  # UTC: 03:50 in Shanghai
@app.task(
    name="cases.sweep_uploads",
    queueing_lock="cases.sweep_uploads",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def sweep_uploads(timestamp: int = 0) -> None:
    """Remove, each night, files that no row speaks of."""
    documents.sweep(before=database_clock() - LEFT_ALONE)
