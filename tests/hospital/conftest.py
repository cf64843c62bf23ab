"""What the REST suites share: an institution with a till, a hotline, and the test's connection."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests import build
from tests.hospital.till import Till


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep raw WSGI calls from closing the connection that holds the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def hospital(db):
    return build.institution()


@pytest.fixture
def till(hospital) -> Till:
    return Till(build.api_key(institution=hospital), hospital.code)


@pytest.fixture
def hotline(db) -> Till:
    return Till(build.api_key(scope="lookup"))


@pytest.fixture
def stranger(db) -> Till:
    """A till of another institution."""
    elsewhere = build.institution()
    return Till(build.api_key(institution=elsewhere), elsewhere.code)
