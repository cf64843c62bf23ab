"""What happens to cases by themselves; each run is one unit of work."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.cases import services
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

EXPIRE = Actor.job("cases.expire_more")


@app.periodic(cron="20 0 * * *")
@app.task(
    name="cases.expire_more",
    queueing_lock="cases.expire_more",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5),
)
def expire_more(timestamp: int = 0) -> None:
    """Refuse, each night, what nobody completed in time."""
    while unit_of_work(lambda: services.expire_more(by=EXPIRE, at=database_clock())):
        pass
