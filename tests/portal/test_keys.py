"""The two secrets of a home."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env, keys


@pytest.fixture(autouse=True)
def _made_here(monkeypatch):
    monkeypatch.delenv("PORTAL_KEY_FILE", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)


def test_both_keys_are_made_once_for_their_owner_alone(tmp_path):
    made = keys.make(tmp_path)
    assert [path.name for path in made] == ["root", "secret_key"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert made[0].parent.stat().st_mode & 0o777 == 0o700
    assert made[0].read_text().startswith("1:")
    assert keys.make(tmp_path) == []


def test_a_lost_root_key_is_not_replaced_under_data_sealed_with_it(tmp_path):
    (tmp_path / "pg18").mkdir()
    with pytest.raises(ImproperlyConfigured, match="put the key back"):
        keys.make(tmp_path)


def test_a_root_key_kept_elsewhere_is_not_made_here(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_KEY_FILE", "/run/secrets/root")
    assert [path.name for path in keys.make(tmp_path)] == ["secret_key"]


def test_the_signing_key_comes_from_outside_else_from_the_home(tmp_path, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        env.secret_key(tmp_path)
    keys.make(tmp_path)
    assert env.secret_key(tmp_path) == (tmp_path / "keys" / "secret_key").read_text()
    monkeypatch.setenv("SECRET_KEY", "given")
    assert env.secret_key(tmp_path) == "given"
