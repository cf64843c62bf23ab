"""Journeys begin with nobody having tried anything yet."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

# As long as an action may take (`context`): a busy machine is slow, and only a failure waits.
expect.set_options(timeout=60_000)


@pytest.fixture(autouse=True)
def _forget_attempts(transactional_db):
    cache.clear()
