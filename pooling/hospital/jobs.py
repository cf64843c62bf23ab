"""What happens to the tills' records by themselves."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from pooling.hospital.national.services import credentials, files
from pooling.hospital.services import exchanges
from pooling.shared.work import database_clock, unit_of_work


@app.periodic(cron="40 17 * * *")  # UTC: 01:40 in Shanghai
@app.task(
    name="hospital.forget_nonces",
    queueing_lock="hospital.forget_nonces",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def forget_nonces(timestamp: int = 0) -> None:
    """Forget, each night, nonces whose signatures are too old to be let in anyway."""
    unit_of_work(lambda: credentials.forget_nonces(at=database_clock()))


@app.periodic(cron="45 17 * * *")  # UTC: 01:45 in Shanghai
@app.task(
    name="hospital.forget_files",
    queueing_lock="hospital.forget_files",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def forget_files(timestamp: int = 0) -> None:
    """Forget, each night, statements' files that nobody can fetch any more."""
    unit_of_work(lambda: files.forget_files(at=database_clock()))


@app.periodic(cron="50 17 * * *")  # UTC: 01:50 in Shanghai
@app.task(
    name="hospital.forget_exchanges",
    queueing_lock="hospital.forget_exchanges",
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def forget_exchanges(timestamp: int = 0) -> None:
    """Forget, each night, what the log has kept long enough: contents first, later the lines.

    In chunks, each a unit of work: the first night after a long halt is no long transaction.
    """
    at = database_clock()
    for forget in (exchanges.forget_contents, exchanges.forget_lines):
        while unit_of_work(lambda forget=forget: forget(at=at)) == exchanges.CHUNK:
            pass
