"""What the site itself does each night, and what it does for jobs whose worker was killed."""

from contextlib import suppress
from datetime import timedelta

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation

from accounts.services import users
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

log = structlog.get_logger(__name__)

SWEEP = Actor.job("portal.sweep_unverified")
KEPT = timedelta(days=1)
#: Hours for which a job that succeeded keeps its row.
DONE_KEPT = 30 * 24
#: Seconds without a heartbeat, of which there is one every 10 s, after which a worker is dead.
DEAD_AFTER = 60
#: So often a job is begun anew; one that kills its worker each time waits for people after that.
BEGUN_AT_MOST = 6


@app.periodic(cron="*/5 * * * *")
@app.task(name="portal.take_up", queueing_lock="portal.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int = 0) -> None:
    """Begin anew what a worker left behind that was killed in the midst: nobody else would.

    A retry strategy knows exceptions only. What a job had committed, its verb finds done.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        log.error("job_left_behind", job=job.id, task=job.task_name, attempts=job.attempts)
        if job.attempts < BEGUN_AT_MOST:
            # One like it waits already, and will do the same.
            with suppress(UniqueViolation):
                await jobs.retry_job(job)


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


@app.periodic(cron="50 19 * * *")  # UTC: 03:50 in Shanghai
@app.task(name="portal.forget_done", queueing_lock="portal.forget_done", pass_context=True)
async def forget_done(context: JobContext, timestamp: int = 0) -> None:
    """Delete the rows of jobs that succeeded a month ago; what failed stays for people to see."""
    await context.app.job_manager.delete_old_jobs(nb_hours=DONE_KEPT)
