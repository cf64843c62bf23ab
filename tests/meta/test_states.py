"""`docs/states.md` says what the code does, and a state changes in one place only."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "states.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
MODELS = [
    model for model in apps.get_models() if hasattr(model, "ALLOWED") and not model._meta.proxy
]


def written(section):
    """Return state → (word, next states) from a section's table."""
    rows = re.findall(r"^\| (\w+) \| (\S+) \| (.+?) \|$", section, re.M)
    return {
        state: (word, set() if after == "—" else set(after.split(", ")))
        for state, word, after in rows
        if state != "state"
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_page_matches_the_table_of_allowed_moves(model):
    coded = {
        str(state.value): (str(state.label), {str(after.value) for after in allowed})
        for state, allowed in model.ALLOWED.items()
    }
    assert written(SECTIONS[model._meta.label]) == coded


def test_every_section_is_a_model_with_states():
    assert set(SECTIONS) == {model._meta.label for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_state_is_in_the_table(model):
    states = type(next(iter(model.ALLOWED)))
    assert set(model.ALLOWED) == set(states)


def test_states_are_assigned_by_move_alone():
    """Outside `_move`, nobody writes `row.state = …` or `row.status = …`."""
    loose = []
    for folder in ("accounts", "pooling", "portal"):
        for path in (ROOT / folder).rglob("*.py"):
            for function, node in _assignments(ast.parse(path.read_text("utf-8"))):
                if function != "_move":
                    loose.append(f"{path.relative_to(ROOT)}:{node.lineno} in {function}")
    assert loose == []


def _assignments(tree):
    """Yield (function, node) for every assignment to an attribute called state or status."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                yield from ((function.name, node) for leaf in ast.walk(target) if _is_state(leaf))


def _is_state(leaf):
    """Return whether this is a row's state; an exception's own HTTP status is none."""
    if not isinstance(leaf, ast.Attribute) or leaf.attr not in ("state", "status"):
        return False
    return getattr(leaf.value, "id", "") != "self"
