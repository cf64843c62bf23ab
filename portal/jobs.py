"""What the site itself does each night."""

from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.services import users
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

SWEEP = Actor.job("portal.sweep_unverified")
KEPT = timedelta(days=1)


@app.periodic(cron="35 19 * * *")  # UTC: 03:35 in Shanghai
@app.task(
    name="portal.sweep_unverified",
    queueing_lock="portal.sweep_unverified",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def sweep_unverified(timestamp: int = 0) -> None:
    """Delete users made for a typed phone whose code never came back within a day."""
    at = database_clock()
    unit_of_work(lambda: users.sweep_unverified(before=at - KEPT, by=SWEEP, at=at))
