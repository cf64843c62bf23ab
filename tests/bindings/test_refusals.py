"""The list of refusals is closed: each has a why and a remedy, and its clause is the code's."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.functional import Promise

from pooling.bindings import refusals
from pooling.bindings.refusals import REFUSALS
from pooling.bindings.rules import Refusal
from pooling.cases.models import Case
from pooling.counter.carrying import OUT
from pooling.policy.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parents[2]
#: One of everything a refusal may bring along.
VALUES = {
    "kind": "spouse",
    "registered": "child",
    "kinds": ["spouse"],
    "model": "quota",
    "most": 1,
    "most_fen": 1,
    "cap": "cap_per_day_fen",
    "uses": ["outpatient"],
    "insutype": "390",
    "status": "2",
    "items": ["marriage_certificate"],
    "date": "2028-02-29",
    "role": "father",
    "psn_type": "13",
    "offer": "all_month",
    "caps": ["cap_per_day_fen", "cap_per_year_fen"],
    "days": 90,
    "months": 12,
}
OF_A_PAIR = {"code": "60", "word": "父亲", "years": 3, "least": 14, "on": "2026-01-01"}
#: Reasons a person chooses, or a case keeps: no rule makes them.
CHOSEN = {*OUT[Case.Kind.BIND].reasons, "more_needed", "more_answered", "more_not_brought"}


def made() -> dict[str, set[str | None]]:
    """Return code → clauses of every `Refusal(…)` in the code; None: worked out there."""
    found: dict[str, set[str | None]] = {}
    for folder in ("bindings", "counter"):
        for path in (ROOT / "pooling" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                    code, clause = node.args[0], node.args[2:] or _named(node, "clause")
                    for value in _constants(code):
                        found.setdefault(value, set()).update(_clause(clause))
    return found


def _named(node, name):
    return [each.value for each in node.keywords if each.arg == name]


def _constants(node):
    parts = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return [part.value for part in parts if isinstance(part, ast.Constant)]


def _clause(given):
    if not given:
        return {""}
    return {given[0].value if isinstance(given[0], ast.Constant) else None}


MADE = made()
SPOKEN = "\n".join(
    path.read_text("utf-8")
    for folder in ("bindings", "counter", "cases")
    for path in (ROOT / "pooling" / folder).rglob("*.py")
    if path.name != "refusals.py"
)


def test_every_refusal_in_the_code_stands_in_the_list():
    assert len(MADE) > 20
    assert set(MADE) <= set(REFUSALS)
    assert set(REFUSALS) >= CHOSEN


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_of_the_list_is_made_somewhere(code):
    assert f'"{code}"' in SPOKEN


@pytest.mark.parametrize("code", [code for code, clauses in MADE.items() if None not in clauses])
def test_the_list_names_the_clause_the_rule_names(code):
    assert MADE[code] <= {REFUSALS[code].clause, ""}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_says_why_and_what_would_change_it(code):
    words = REFUSALS[code]
    assert isinstance(words.why, Promise), "the catalogue does not find it"
    assert isinstance(words.remedy, Promise), "the catalogue does not find it"
    assert words.clause == "" or words.clause in PARAMETERS
    refusal = Refusal(code, VALUES)
    for said in (refusals.why(refusal), refusals.remedy(refusal)):
        assert re.fullmatch(r"[^%]+。", said)
    assert refusals.sentence(refusal) == refusals.why(refusal) + refusals.remedy(refusal)


def test_every_implausible_relation_has_a_sentence():
    rules = (ROOT / "pooling/kinship/rules.py").read_text("utf-8")
    found = re.findall(r'Problem\("(\w+)"', rules)
    assert "already_married" in found
    for problem in found:
        refusal = Refusal(f"implausible_{problem}", OF_A_PAIR | {"kind": "child"})
        assert "%" not in refusals.why(refusal)
        assert "请核对" in refusals.remedy(refusal)
