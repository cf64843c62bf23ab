"""What happens to authorisations later, by the job worker; each run is one unit of work."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.bindings.services import applications, using
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

DECIDE = Actor.job("bindings.decide")
EXPIRE = Actor.job("bindings.expire_due")
_AGAIN = RetryStrategy(max_attempts=6, exponential_wait=5)


@app.task(name="bindings.decide", retry=_AGAIN)
def decide(case_id: int) -> None:
    """Decide an application that was submitted about somebody not registered as relative."""
    unit_of_work(lambda: applications.decide(case_id=case_id, by=DECIDE, at=database_clock()))


@app.periodic(cron="5 16 * * *")  # UTC: five past midnight in Shanghai
@app.task(name="bindings.expire_due", queueing_lock="bindings.expire_due", retry=_AGAIN)
def expire_due(timestamp: int = 0) -> None:
    """End, shortly after midnight, what is due; a day that was missed is made up for."""
    while unit_of_work(lambda: using.expire_due(by=EXPIRE, at=database_clock())):
        pass
