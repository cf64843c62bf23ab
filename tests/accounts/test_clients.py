"""Machine clients: who may have a key, and that nobody can read one back."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts import selectors
from accounts.models import ApiClient, Institution
from accounts.services.clients import hash_key
from pooling.audit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hospital():
    return Institution.objects.create(
        code="H36110000001", name="上饶市人民医院", area="361100", level=3, type="hospital"
    )


def make(capsys, *arguments, **options) -> str:
    """Run the command and return the key from its last line."""
    call_command("create_api_client", *arguments, **options)
    return capsys.readouterr().out.rstrip("\n").rsplit("\n", 1)[-1]


def test_a_till_gets_a_key_alone_on_the_last_line(capsys, hospital):
    key = make(capsys, "till", scope="settle", institution=hospital.code, backdate_days=3)
    assert re.fullmatch(r"[0-9a-f]{64}", key)
    client = selectors.client_by_key(hash_key(key))
    assert (client.name, client.institution, client.backdate_days) == ("till", hospital, 3)


def test_the_key_is_stored_hashed_and_nowhere_else(capsys, hospital):
    key = make(capsys, "till", scope="settle", institution=hospital.code)
    stored = ApiClient.objects.get()
    assert key.encode() not in bytes(stored.key_hash)
    assert bytes.fromhex(key) not in bytes(stored.key_hash)
    assert key not in str(list(Event.objects.values()))


def test_every_client_gets_another_key(capsys):
    assert make(capsys, "hotline", scope="lookup") != make(capsys, "kiosk", scope="lookup")


def test_making_a_client_leaves_a_trace(capsys, hospital):
    make(capsys, "till", scope="settle", institution=hospital.code)
    event = Event.objects.get(verb="accounts.create_client")
    assert (event.actor_kind, event.subject_id) == ("command", ApiClient.objects.get().pk)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"scope": "settle", "institution": "H99999999999"}, "没有这个编码的定点机构"),
        ({"scope": "settle"}, "必须属于一家定点机构"),
        ({"scope": "lookup", "backdate_days": 31}, "0 至 30 天"),
        ({"scope": "lookup", "backdate_days": -1}, "0 至 30 天"),
    ],
)
def test_a_wrong_client_is_refused_with_a_sentence(options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("create_api_client", "till", **options)
    assert not ApiClient.objects.exists()


def test_an_unknown_scope_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("create_api_client", "till", "--scope", "admin")


@pytest.mark.parametrize("name", ["", "  ", "名" * 81])
def test_a_client_without_a_usable_name_is_refused(name):
    with pytest.raises(CommandError, match="1 至 80 字"):
        call_command("create_api_client", name, scope="lookup")


def test_a_name_is_given_once(capsys):
    make(capsys, "hotline", scope="lookup")
    with pytest.raises(CommandError, match="同名"):
        call_command("create_api_client", "hotline", scope="lookup")


def test_a_revoked_key_opens_nothing(capsys):
    key = make(capsys, "hotline", scope="lookup")
    call_command("revoke_api_client", "hotline")
    assert selectors.client_by_key(hash_key(key)) is None
    with pytest.raises(CommandError, match="早已停用"):
        call_command("revoke_api_client", "hotline")


def test_revoking_an_unknown_client_is_refused():
    with pytest.raises(CommandError, match="没有这个名称"):
        call_command("revoke_api_client", "nobody")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("accounts_apiclient_backdate_at_most_30", {"scope": "lookup", "backdate_days": 31}),
        ("accounts_apiclient_settles_for_an_institution", {"scope": "settle"}),
        ("accounts_apiclient_scope_known", {"scope": "admin"}),
    ],
)
def test_the_database_refuses_what_the_verb_refuses(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        ApiClient.objects.create(
            name="till", key_hash=b"0" * 32, created_at="2026-11-22T00:00Z", **values
        )
