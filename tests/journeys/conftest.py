"""Journeys begin with nobody having tried anything yet."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _forget_attempts(transactional_db):
    cache.clear()
