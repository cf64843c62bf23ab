"""The words of documents and examples are those of the code."""

import re

import pytest

from tests.meta.test_models import OURS
from tests.meta.test_tree import CODE, FILES, ROOT

CODE_TEXT = "\n".join(path.read_text("utf-8") for path in CODE)
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
#: Chinese, English, in the code, source.
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", GLOSSARY, re.M)
TERMS = [row for row in ROWS if row[0] not in {"Chinese"} and row[2] != "—"]
ASKED = re.compile(
    r"""(?:read\.\w+|required|environ\.get)\(\s*"([A-Z_]+)\""""
    r"""|environ\[\s*"([A-Z_]+)"|"([A-Z_]+)"\ (?:not\ )?in\ os\.environ"""
)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term[2])
def test_a_word_of_the_glossary_is_found_in_the_code(term):
    word = term[2].strip("`")
    assert re.search(rf"{re.escape(word)}(?![a-z])", CODE_TEXT)


def test_a_term_has_one_name_and_a_name_one_term():
    chinese = [row[0] for row in TERMS]
    assert len(chinese) == len(set(chinese))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_has_its_word(model):
    assert f"`{model.__name__}`" in GLOSSARY


def test_the_example_names_every_variable_that_is_read_and_no_other():
    told = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    found = {name for names in ASKED.findall(CODE_TEXT) for name in names if name}
    assert found - {"PATH_INFO", "DJANGO_SETTINGS_MODULE"} == told


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path.name}: {target}"
        for path in FILES
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
