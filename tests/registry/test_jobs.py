"""What runs each night."""

from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django import app

from pooling.registry import jobs, services
from pooling.shared.periods import SHANGHAI
from tests import build


def nightly() -> dict[str, datetime]:
    """Return each daily job's next time, from noon on, in Shanghai."""
    noon = build.NOON.timestamp()
    due = {}
    for task in app.periodic_registry.periodic_tasks.values():
        clock = task.croniter
        clock.set_current(start_time=noon)
        due[task.task.name] = datetime.fromtimestamp(clock.get_next(ret_type=float), SHANGHAI)
    # Looked after all day: a worker may have died in the midst of a replay, or of any job.
    for name in ("reports.replay_more", "portal.take_up"):
        assert due.pop(name) <= build.NOON + timedelta(minutes=5)
    return due


def test_the_night_is_shanghais():
    """The scheduler counts in UTC; what is due at midnight must not wait until eight."""
    assert nightly().keys() >= {
        "bindings.expire_due",
        "portal.sweep_unverified",
        "registry.check_books",
    }
    assert all(due.hour < 6 for due in nightly().values())
    assert nightly()["bindings.expire_due"] == build.moment("2026-11-23 00:05")


@pytest.mark.django_db(transaction=True)
def test_the_books_are_checked_and_a_difference_is_an_error_in_the_log(monkeypatch, caplog):
    jobs.check_books()
    assert "books_differ" not in caplog.text
    monkeypatch.setattr(services, "check_books", lambda *, at: ["entry 7 does not add up"])
    jobs.check_books()
    assert "books_differ" in caplog.text
