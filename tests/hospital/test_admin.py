"""What staff see of the tills: every message, nobody's money, and no button."""

from copy import copy

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiClient
from pooling.hospital.models import Message
from tests import build

pytestmark = pytest.mark.django_db

TABLES = ("hospital_message", "accounts_apiclient")


@pytest.fixture
def administrator(client):
    """The browser of somebody who keeps the system running."""
    build.signed_in_staff(client, username="zhao.system", role="system_admin")
    return client


@pytest.fixture
def message(hospital, till):
    return Message.objects.create(
        client=ApiClient.objects.get(),
        key="m1",
        kind="settlement",
        institution=hospital,
        message_id="m1",
        fingerprint="f" * 64,
        status=201,
        answer='{"balance_after": "987.65"}',
        received_at=build.NOON,
    )


@pytest.mark.parametrize("table", TABLES)
def test_nothing_can_be_added_changed_or_deleted(administrator, message, table):
    row = ApiClient.objects.get() if table == "accounts_apiclient" else message
    assert administrator.get(reverse(f"admin:{table}_changelist")).status_code == 200
    assert administrator.get(reverse(f"admin:{table}_add")).status_code == 403
    assert administrator.get(reverse(f"admin:{table}_delete", args=[row.pk])).status_code == 403
    assert administrator.post(reverse(f"admin:{table}_change", args=[row.pk])).status_code == 403


def test_a_message_shows_no_amount(administrator, message):
    page = administrator.get(reverse("admin:hospital_message_change", args=[message.pk]))
    assert "m1" in page.content.decode()
    assert "987.65" not in page.content.decode()


def test_a_client_shows_no_key(administrator, till):
    client = ApiClient.objects.get()
    page = administrator.get(reverse("admin:accounts_apiclient_change", args=[client.pk]))
    assert client.name in page.content.decode()
    assert bytes(client.key_hash).hex() not in page.content.decode()


def test_the_list_of_messages_costs_the_same_however_long(administrator, message):
    costs = []
    administrator.get(reverse("admin:hospital_message_changelist"))  # learns content types
    for _length in ("one", "many"):
        with CaptureQueriesContext(connection) as statements:
            administrator.get(reverse("admin:hospital_message_changelist"))
        costs.append(len(statements))
        twins = [copy(message) for _each in range(20)]
        for number, twin in enumerate(twins):
            twin.pk, twin.key, twin.message_id = None, f"k{number}", f"n{number}"
        Message.objects.bulk_create(twins, ignore_conflicts=True)
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("hospital_message_once_per_key", {"message_id": "another"}),
        ("hospital_message_once_per_institution", {"key": "another", "kind": "tombstone"}),
    ],
)
def test_the_database_keeps_one_row_a_message(message, constraint, values):
    twin = {
        "client": message.client,
        "key": message.key,
        "kind": message.kind,
        "institution": message.institution,
        "message_id": message.message_id,
        "fingerprint": "0" * 64,
        "received_at": build.NOON,
    } | values
    with pytest.raises(IntegrityError, match=constraint):
        Message.objects.create(**twin)
