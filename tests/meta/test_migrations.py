"""Migrations: one end for each app, none missing, every one of ours can be undone."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OURS = [
    config.label
    for config in apps.get_app_configs()
    if config.name.split(".")[0] in {"accounts", "pooling", "portal"}
]
LOADER = MigrationLoader(None)


@pytest.mark.parametrize("label", [label for label in OURS if label in LOADER.migrated_apps])
def test_one_end_for_each_app(label):
    assert len(LOADER.graph.leaf_nodes(label)) == 1


@pytest.mark.django_db
def test_none_is_missing():
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert "No changes detected" in said.getvalue()


@pytest.mark.parametrize(
    "key", sorted(key for key in LOADER.disk_migrations if key[0] in OURS), ids="-".join
)
def test_every_step_can_be_undone(key):
    for operation in LOADER.disk_migrations[key].operations:
        assert operation.reversible, operation.describe()
