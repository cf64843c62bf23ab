"""The January run is killed in the midst of a page, and run again: nothing moves twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from pooling.funds import jobs
from pooling.ledger import selectors as books
from pooling.ledger.models import Entry
from tests import build

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AREA = "999900"
ROOT = Path(__file__).resolve().parents[2]
#: Two pages stand; the third is posted and not yet committed when the process dies.
DIES = """
import os, signal
import django
django.setup()
from pooling.funds import services
from pooling.shared.actor import Actor
from pooling.shared.work import database_clock, unit_of_work

def page(after, dies):
    by, at = Actor.job("test"), database_clock()
    done = services.roll_over_page(year=2027, after=after, limit=4, by=by, at=at)
    if dies:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

after = 0
for dies in (False, False, True):
    after, _moved = unit_of_work(lambda: page(after, dies))
"""


def savers(count):
    """Return people with money of this year: free, frozen for a relative, or in a fund."""
    build.area(AREA, model="quota")
    relative = build.resident(area=AREA)
    people = []
    for number in range(count):
        saver = build.employee(area=AREA)
        build.personal_account(saver, current=100_00, area=AREA)
        if number % 3 == 0:
            build.quota(saver, relative, 30_00)
        people.append(saver)
    return people


def test_killed_in_the_midst_of_a_page_and_run_again(capsys):
    people = savers(20)
    name = connection.settings_dict["NAME"]
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {
        "DATABASE_URL": f"{there}/{name}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run([sys.executable, "-c", DIES], cwd=ROOT, env=env, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert Entry.objects.filter(kind="rollover").count() == 8
    assert jobs.roll_over_all(2027, build.JOB) == 12
    call_command("roll_over", year=2027)
    assert "结转 0 户" in capsys.readouterr().out
    assert Entry.objects.filter(kind="rollover").count() == 20
    for number, saver in enumerate(people):
        assert build.holdings(saver) == (0, 70_00 if number % 3 == 0 else 100_00)
    assert books.check() == []
