"""A load of contributions is killed in the midst of a chunk, and loaded again: nothing doubles."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from pooling.funds.models import Contribution
from pooling.ledger import selectors as books
from pooling.ledger.models import Entry
from tests import build
from tests.registry.test_load_registry import load, write

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
#: Two chunks stand; the third is posted and not yet committed when the process dies.
DIES = """
import os, signal, sys
from dataclasses import replace
import django
django.setup()
from django.core.management import call_command
from pooling.registry import services

kind, chunks = services.KINDS["contributions.csv"], []

def dies(rows, **given):
    loaded = kind.load(rows, **given)
    chunks.append(rows)
    if len(chunks) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return loaded

services.KINDS["contributions.csv"] = replace(kind, load=dies, chunk=4)
call_command("load_registry", sys.argv[1])
"""


def test_killed_in_the_midst_of_a_chunk_and_loaded_again(tmp_path):
    savers = [build.employee(psn_no=f"P-{number:02d}") for number in range(20)]
    rows = [
        f"C-{number:02d},{saver.psn_no},361100,current,{number + 1}.00,2026-01-01"
        for number, saver in enumerate(savers)
    ]
    write(tmp_path, "contributions.csv", *rows)
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {
        "DATABASE_URL": f"{there}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run(
        [sys.executable, "-c", DIES, str(tmp_path)], cwd=ROOT, env=env, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert Contribution.objects.count() == Entry.objects.count() == 8
    assert "新增 12，更正 0，未变 8，拒绝 0" in load(tmp_path)
    assert "新增 0，更正 0，未变 20，拒绝 0" in load(tmp_path)
    assert [sum(build.holdings(saver)) for saver in savers] == [
        (number + 1) * 100 for number in range(20)
    ]
    assert books.check() == []
