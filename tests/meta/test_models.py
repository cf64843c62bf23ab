"""What every table of the house has in common."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from accounts.models import User
from pooling.shared.admin import ActAdmin

ROOT = Path(__file__).resolve().parents[2]
OURS = [
    model
    for model in apps.get_models()
    if model.__module__.split(".")[0] in {"accounts", "pooling", "portal"}
]
LEVELS = {"L1", "L2", "L3a", "L3b", "L4"}
#: These admins act, and act only by verbs (`ActAdmin`); every other one looks up.
ACTING = {"policy", "reports", "hospital", "counter"}
#: One act alone beside them: who was shut out by mistyped passwords is let in again.
ACTING_ALONE = {User: {"let-in-again"}}


def named(model) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", OURS, ids=named)
def test_every_field_states_how_sensitive_it_is(model):
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    classes = getattr(model, "DATA_CLASSES", {})
    assert fields <= set(classes) | {"id"}
    assert set(classes) <= fields | {field.name for field in model._meta.get_fields()} | {"id"}
    assert set(classes.values()) <= LEVELS


@pytest.mark.parametrize("model", OURS, ids=named)
def test_who_did_it_has_when(model):
    names = {field.name for field in model._meta.concrete_fields}
    alone = {
        name
        for name in names
        if name.endswith("_by") and name.removesuffix("_by") + "_at" not in names
    }
    assert alone == set()


@pytest.mark.parametrize("model", OURS, ids=named)
def test_money_is_whole_fen(model):
    for field in model._meta.concrete_fields:
        assert not isinstance(field, models.FloatField | models.DecimalField)
        if field.name.endswith("_fen"):
            assert isinstance(field, models.IntegerField)


PAGES = [(model, page) for model, page in admin.site._registry.items() if model in OURS]


@pytest.mark.parametrize(("model", "page"), PAGES, ids=lambda each: type(each).__name__)
def test_admins_look_up(model, page, rf):
    """Even a superuser adds, changes and deletes nothing: verbs do, where there are any."""
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    if isinstance(page, ActAdmin):
        alone = ACTING_ALONE.get(model)
        assert set(page.acts) == alone if alone else model._meta.app_label in ACTING


@pytest.mark.parametrize(("model", "page"), PAGES, ids=lambda each: type(each).__name__)
def test_a_list_is_asked_by_nothing_but_its_filters(model, page, rf):
    """Rows that come and go with `?password__startswith=` would spell out what no page shows."""
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    columns = {field.name for field in model._meta.concrete_fields}
    of_others = {
        f"{field.name}__{other.name}"
        for field in model._meta.concrete_fields
        if field.is_relation
        for other in field.related_model._meta.concrete_fields
    }
    hidden = (columns | of_others) - {*page.list_filter}
    asked = {f"{name}{way}" for name in hidden for way in ("", "__gt", "__isnull")}
    asked |= {f"{name}{way}" for name in columns for way in ("__startswith", "__regex")}
    assert not {each for each in asked if page.lookup_allowed(each, "p", request)}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "page"), PAGES, ids=lambda each: type(each).__name__)
def test_every_filter_beside_a_list_works(model, page, rf):
    def asked(query: str):
        request = rf.get(f"/admin/{query}")
        request.user = User(is_superuser=True, is_staff=True, is_active=True)
        return page.get_changelist_instance(request)

    shown = asked("")
    for each in shown.filter_specs:
        for choice in each.choices(shown):
            asked(choice["query_string"])


def _laws() -> list[str]:
    """Return the names of every law of our tables: Django's and those of our own SQL."""
    laws = {each.name for model in OURS for each in model._meta.constraints}
    for path in (path for path in ROOT.glob("**/migrations/*") if ".venv" not in path.parts):
        if path.suffix in {".py", ".sql"}:
            text = path.read_text("utf-8")
            for said in (
                r"CONSTRAINT\s*=\s*'(\w+)'",
                r"ADD CONSTRAINT\s+(\w+)",
                r"_refuse\('(\w+)'",
                r"TRIGGER\s+(\w+_append_only)",
            ):
                laws |= set(re.findall(said, text))
    return sorted(laws)


SAID = "\n".join(
    path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py") if "meta" not in path.parts
)


@pytest.mark.parametrize("law", _laws())
def test_every_law_is_named_in_a_test_that_breaks_it(law):
    assert re.search(rf"\b{law}\b", SAID), f"no test names {law}"
