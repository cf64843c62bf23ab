"""What the trail and the books store as codes, auditors read as words: every code has one."""

import ast
import re

from pooling.audit import act_words, wording
from pooling.cases.models import Document
from pooling.funds.services import RESULTS
from pooling.ledger import wording as ledger
from pooling.registry import wording as registry
from pooling.shared.actor import ActorKind
from tests.meta.test_tree import CODE, ROOT

TREES = {path: ast.parse(path.read_text("utf-8")) for path in CODE if path.suffix == ".py"}

STRING = re.compile('"([a-z_]+)"')


#: Every call of the code, with the function it stands in.
CALLS = [
    (path, function, node)
    for path, tree in TREES.items()
    for function in ast.walk(tree)
    if isinstance(function, ast.FunctionDef)
    for node in ast.walk(function)
    if isinstance(node, ast.Call)
]


def _package(path) -> tuple[str, ...]:
    parts = path.relative_to(ROOT).parts
    return parts[:2] if parts[0] == "pooling" else parts[:1]


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _handed_to(path, function: ast.FunctionDef, name: str, seen=frozenset()) -> set[str]:
    """Return every string that the domain's own calls hand to a function as `name`."""
    places = [each.arg for each in function.args.args]
    found = set()
    for where, around, call in CALLS:
        mine = where == path if function.name[0] == "_" else _package(where) == _package(path)
        if not mine or _called(call) != function.name or function.name in seen:
            continue
        given = next((each.value for each in call.keywords if each.arg == name), None)
        if given is None and name in places and len(call.args) > places.index(name):
            given = call.args[places.index(name)]
        if given is not None:
            found |= _strings(where, around, given, seen | {function.name})
    return found


def _strings(path, function, value, seen=frozenset()) -> set[str]:
    """Return what an expression can be: its own strings, or what the callers hand in."""
    if isinstance(value, ast.JoinedStr):
        made = {""}
        for part in value.values:
            more = part.value if isinstance(part, ast.FormattedValue) else part
            made = {one + two for one in made for two in _strings(path, function, more, seen)}
        return made
    if isinstance(value, ast.Name):
        for node in TREES[path].body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id:
                return {node.value.value}
        return _handed_to(path, function, value.id, seen)
    return {
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def verbs() -> set[str]:
    """Return every verb that the code records."""
    found = set()
    for path, function, call in CALLS:
        given = next((each.value for each in call.keywords if each.arg == "verb"), None)
        if _called(call) == "record" and given is not None:
            found |= _strings(path, function, given)
    return found


def _kinds(*doors: str) -> set[str]:
    """Return every `kind` the code posts entries or opens accounts by."""
    found = set()
    for path, function, call in CALLS:
        if _called(call) in doors:
            given = [each.value for each in call.keywords if each.arg == "kind"] + call.args[1:2]
            for value in given:
                found |= _strings(path, function, value)
    return found


def _yielded() -> set[str]:
    """Return the verbs of life events: a generator hands them on, no call."""
    tree = TREES[ROOT / "pooling/bindings/services/events.py"]
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Yield | ast.Assign)]
    first = [node.value.elts[0] for node in given if isinstance(node, ast.Yield)]
    first += [
        way.elts[0]
        for node in given
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp)
        for way in (node.value.body, node.value.orelse)
        if isinstance(way, ast.Tuple)
    ]
    return {f"bindings.{node.value}" for node in first if isinstance(node, ast.Constant)}


#: Verbs that are the name of a state, which no string in a call tells.
BY_STATE = {
    *(f"cases.document_{state}" for state in Document.ALLOWED[Document.State.RECEIVED]),
    *(f"funds.{said}_payment" for said in RESULTS),
}
VERBS = verbs() | _yielded() | BY_STATE


def test_the_search_finds_verbs_however_they_are_handed_in():
    """A literal, a helper's argument, a helper behind a helper, a constant, a generator's yield."""
    assert {
        "settlements.settle",
        "settlements.refund",
        "funds.cancel_transfer",
        "accounts.link_member",
        "bindings.halt",
    } <= VERBS


def test_every_act_on_the_trail_has_a_word_and_every_word_an_act():
    assert set(act_words.ACTS) == VERBS


def test_every_entry_and_account_of_the_books_has_a_word():
    assert set(ledger.ENTRIES) == _kinds("post", "reverse", "draft", "Draft")
    assert set(ledger.ACCOUNTS) == _kinds("open_accounts", "ensure_scheme_account")


def test_every_way_in_and_everybody_who_acts_has_a_word():
    text = "\n".join(path.read_text("utf-8") for path in CODE)
    given = set(re.findall(r'channel(?:: str)? ?= ?"(\w+)"', text))
    # How an application reaches its rules, which is no actor's channel.
    assert set(wording.CHANNELS) == given - {"online"}
    assert set(wording.ACTORS) == set(ActorKind)


def test_everything_the_nightly_walk_counts_has_a_word():
    text = (ROOT / "pooling/bindings/services/events.py").read_text("utf-8")
    counted = {key for line in re.findall(r"counts\[(.+?)\]", text) for key in STRING.findall(line)}
    assert counted | {"seen"} == set(registry.COUNTS)
