"""When something below breaks, the answer still has the one shape and tells the truth."""

import json

import pytest
from django.db import OperationalError
from django.http import HttpResponseServerError

from pooling.hospital import envelope
from pooling.hospital.services import tills

pytestmark = pytest.mark.django_db


def fail(error):
    def failing(*args, **values):
        raise error

    return failing


def test_without_a_database_the_answer_is_busy(till, monkeypatch):
    monkeypatch.setattr("accounts.selectors.client_by_key", fail(OperationalError("away")))
    reply = till.get("/settlements/1")
    assert (reply.status, reply.code) == (503, "busy")


def test_a_fault_of_ours_is_500_without_its_words(till, monkeypatch):
    monkeypatch.setattr(tills, "show", fail(RuntimeError("secret words")))
    reply = till.get("/settlements/1")
    assert (reply.status, reply.code) == (500, "internal")
    assert "secret" not in reply.raw.decode()
    assert "X-Request-ID" in reply.headers


def test_a_fault_outside_the_interface_is_500_in_the_one_shape(rf):
    broken = envelope.middleware(lambda request: HttpResponseServerError("<h1>secret words</h1>"))
    response = broken(rf.get("/api/v1/settlements/1"))
    assert response.status_code == 500
    assert json.loads(response.content)["code"] == "internal"
    assert b"secret" not in response.content


def test_pages_keep_their_own_errors(rf):
    """Only what begins with /api/v1/ is the interface's to shape."""
    broken = envelope.middleware(lambda request: HttpResponseServerError("<h1>sorry</h1>"))
    assert broken(rf.get("/readyz")).content == b"<h1>sorry</h1>"
