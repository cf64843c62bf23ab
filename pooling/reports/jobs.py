"""Replays are carried on here, a while at a time, so that other jobs get their turn."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.reports import services
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

REPLAY = Actor.job(services.JOB)
#: Chunks of one turn: some seconds. What is left waits behind other jobs.
TURN = 50


@app.periodic(cron="*/5 * * * *")
@app.task(
    name=services.JOB,
    queueing_lock=services.JOB,
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def replay_more(timestamp: int = 0) -> None:
    """Carry replays on; every five minutes too, for a worker may have died in the midst."""
    for _chunk in range(TURN):
        if not unit_of_work(lambda: services.replay_more(by=REPLAY, at=database_clock())):
            return
    unit_of_work(services.wake)
