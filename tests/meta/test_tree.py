"""The house keeps its shape: names, sizes, and who may do what where."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: At the top nothing else; a new folder is a decision.
TOP = {
    *(".ci", ".env.example", ".gitignore", "Makefile", "README.md", "manage.py", "pyproject.toml"),
    *("requirements.txt", "accounts", "benchmarks", "deploy", "docs", "locale", "pooling"),
    *("portal", "static", "templates", "tests"),
}
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "managers", "signals"}
FOLDERS = {
    "admin",
    "formats",
    "migrations",
    "national",
    "management",
    "models",
    "data",
    "templatetags",
    "services",
    "selectors",
    "views",
}
CODE_FILES = 400
SERVICE_LINES = 70
#: Roles that fill a folder where one file is too small.
SPLIT = {"admin", "services", "selectors", "views"}
EDGES = {"views", "admin", "api"}
MONEY = ("ledger", "funds", "policy", "bindings", "settlements", "hospital")
#: Words by which a machine or an unfinished thought gives itself away; put together here so
#: that this file is not its own first finding.
_WORDS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "/wo" + "rk/", "/ro" + "ot/"]
GIVEAWAYS = re.compile("|".join(_WORDS))


def _listed() -> list[Path]:
    """Return the files of the repository: those git has, or would take."""
    ask = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    said = subprocess.run(
        [*ask, "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in said.split("\0") if name and (path := ROOT / name).is_file()]


FILES = _listed()
CODE = [
    path
    for path in FILES
    if path.suffix == ".py"
    and path.relative_to(ROOT).parts[0] in {"accounts", "pooling", "portal"}
    and "migrations" not in path.parts
]
DOMAINS = sorted(path.parent for path in CODE if path.name == "apps.py")


def here(path: Path) -> str:
    return str(path.relative_to(ROOT))


def role(path: Path) -> str:
    """Return the part a file plays: its name, or its folder's where a role was split."""
    return path.parent.name if path.parent.name in SPLIT else path.stem


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_nothing_new_stands_at_the_top():
    assert {path.relative_to(ROOT).parts[0] for path in FILES} <= TOP


def test_every_domain_stands_in_the_import_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    outer, inner = contracts["contracts"][:2]
    ordered = {name for layer in outer["layers"] for name in layer.split(" | ")}
    domains = {here(folder).replace("/", ".") for folder in DOMAINS}
    assert domains == ordered
    assert domains - {"portal", "pooling.shared"} == set(inner["containers"])


def test_no_file_is_named_after_nothing():
    assert [here(path) for path in CODE if path.stem in NO_NAMES] == []


def test_folders_inside_a_domain_are_the_known_ones():
    found = {
        here(path.parent)
        for path in CODE
        for domain in DOMAINS
        if path.parent.parent == domain and path.parent not in DOMAINS
        if path.parent.name not in FOLDERS
    }
    assert found == set()


def test_files_stay_short_enough_to_be_read():
    long = {here(path): len(path.read_text("utf-8").splitlines()) for path in CODE}
    assert {name: count for name, count in long.items() if count > CODE_FILES} == {}


def test_a_verb_fits_on_a_screen():
    long = [
        f"{here(path)}:{node.lineno} {node.name}"
        for path in CODE
        if role(path) == "services"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        if node.end_lineno - node.lineno + 1 > SERVICE_LINES
    ]
    assert long == []


def test_edges_ask_selectors_and_never_a_manager():
    asked = [
        f"{here(path)}:{node.lineno}"
        for path in CODE
        if role(path) in EDGES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert asked == []


def test_a_domain_queries_its_own_tables_alone():
    """Others name a model for its type or its choices; `.objects` stays at home."""
    strayed = []
    for path in CODE:
        parsed = tree(path)
        foreign = {
            name.asname or name.name
            for node in ast.walk(parsed)
            if isinstance(node, ast.ImportFrom) and _is_foreign(node.module or "", path)
            for name in node.names
        }
        strayed += [
            f"{here(path)}:{node.lineno}"
            for node in ast.walk(parsed)
            if isinstance(node, ast.Attribute) and node.attr == "objects"
            if isinstance(node.value, ast.Name) and node.value.id in foreign
        ]
    assert strayed == []


def _is_foreign(module: str, path: Path) -> bool:
    """Return whether a module holds tables of ours, but not of the file's own domain."""
    domain, models, _file = module.partition(".models")
    ours = domain.split(".")[0] in {"accounts", "pooling", "portal"}
    return bool(models) and ours and not here(path).startswith(f"{domain.replace('.', '/')}/")


def test_business_happens_in_verbs_not_behind_the_scenes():
    """No signals of models, no `save()` override, no `save_model`."""
    hidden = [
        f"{here(path)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "save_model", "delete_model"}
    ]
    assert hidden == []
    imports = [here(path) for path in CODE if "django.db.models.signals" in path.read_text("utf-8")]
    assert imports == []


def test_no_float_comes_near_money():
    """Nobody calls `float` or keeps one; where money is counted there is not even a `0.5`."""
    found = [
        f"{here(path)}:{node.lineno}"
        for path in CODE
        if path.relative_to(ROOT).parts[0] in {"accounts", "pooling"}
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
        or (isinstance(node, ast.Attribute) and node.attr == "FloatField")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float) and counts(path))
    ]
    assert found == []


def counts(path: Path) -> bool:
    """Return whether the file belongs to a domain that counts money."""
    return here(path).startswith(tuple(f"pooling/{name}/" for name in MONEY))


def test_every_verb_is_told_who_and_when():
    """Public functions of services that are transactions take `by=` and `at=` by keyword."""
    lacking = [
        f"{here(path)}:{node.lineno} {node.name}"
        for path in CODE
        if role(path) == "services"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if any(ast.unparse(mark).startswith("transaction.atomic") for mark in node.decorator_list)
        if not {"at"} <= {argument.arg for argument in node.args.kwonlyargs}
    ]
    assert lacking == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix != ".po"], ids=here)
def test_no_machine_and_no_unfinished_thought_is_left_in(path):
    if "vendor" in path.parts:
        return
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    found = GIVEAWAYS.search(text)
    assert found is None, found.group()


#: What a page is asked at once, whether or not it has come in yet.
ASKED_AT_ONCE = {
    *("inner_text", "text_content", "title", "is_visible", "is_hidden", "is_checked"),
    *("is_enabled", "is_disabled"),
}


def test_journeys_wait_for_what_they_look_at():
    """A click returns before the next page is whole: `expect`, `says` and `read` wait for it."""
    hasty = [
        f"{path.name}:{node.lineno} {node.attr}"
        for path in sorted((ROOT / "tests" / "journeys").glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ASKED_AT_ONCE
    ]
    assert hasty == []
