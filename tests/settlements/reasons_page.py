"""Write `docs/reasons.md` from the closed lists: `python -m tests.settlements.reasons_page`.

The page is checked against this by `test_reasons`, so it cannot lag behind the code.
"""

import os
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reasons.md"
TOP = """# Reasons, and what would change them

Whoever is refused, or whose relative's money did not help, hears why, by which rule, and what
would change it. There is one closed list for bills and one for authorisations; no such sentence
is made anywhere else. Codes are for programs and never change their meaning; the Chinese
sentences are those of the code, English ones stand in the catalogue (`locale/en`).

*Why* and *what would change it* are two sentences. For a bill the second is tried before it is
told: the same bill is split again with that one thing changed
(`pooling/settlements/remedies.py`), and advice that would not have helped is not given. Where the
next obstacle is then another rule, that is said too, as far as the reader may know it. See
[ADR 22](adr/0022-advice-is-tried.md).

This page is written by `python -m tests.settlements.reasons_page` and checked by a test.
"""
BILLS = """
## Of a bill

`clause` is the area's rule behind it, quoted with area, version and source. `values` are the
figures in the decision. The *discreet* sentence is for till and patient, where it differs: no
balance of anybody else.

| code | clause | values | sentence | discreet | may be changed by |
|---|---|---|---|---|---|
"""
BESIDE = """
Of a quota, a wallet and a family fund some of these say it otherwise. Where no way is named, those
of the reason above hold.

| source and code | clause | values | sentence | discreet | may be changed by |
|---|---|---|---|---|---|
"""
WAYS = """
## What may change the answer of a bill

`%(again)s` is the day from which waiting is over, worked out from the bill's own day.

| remedy | sentence |
|---|---|
"""
ELSE = """
Where nothing anybody does helps, a clause's reason says `{ruled}`, any other `{several}`.
"""
REFUSED = """
## Of an authorisation

`%(area)s` is the area whose clause it is. To somebody the registry does not know as a relative,
all that says something about the other person is `cannot_be_bound`.

| code | clause | values | why | what would change it |
|---|---|---|---|---|
"""
IMPLAUSIBLE = """
`implausible_…` says what cannot be true of two people; the sentences are those of
`pooling/kinship/wording.py`, and what would change it is always: {words}
"""


def page() -> str:
    """Return the page as the code has it now."""
    from pooling.bindings import refusals
    from pooling.settlements import remedies, wording

    bills = [
        _bill(f"`{code}`", words, remedies.FOR.get(code, ()))
        for code, words in sorted(wording.WORDS.items())
    ]
    beside = [
        _bill(f"`{source}`: `{code}`", words, remedies.FOR_SOURCE.get((source, code), ()))
        for (source, code), words in sorted(wording.OF_SOURCE.items())
    ]
    ways = [_row(f"`{each}`", words) for each, words in wording.REMEDIES.items()]
    refused = [
        _row(
            f"`{code}`",
            _code(words.clause),
            _values(words.why, words.remedy),
            words.why,
            words.remedy,
        )
        for code, words in sorted(refusals.REFUSALS.items())
    ]
    last = ELSE.format(ruled=wording.AREA_RULES, several=wording.SEVERAL)
    told = IMPLAUSIBLE.format(words=refusals.IMPLAUSIBLE)
    of_bills = [BILLS, *bills, BESIDE, *beside, WAYS, *ways, last]
    return "".join([TOP, *of_bills, REFUSED, *refused, told])


def _bill(name: str, words, ways) -> str:
    return _row(
        name,
        _code(words.clause),
        _values(words.full, words.discreet),
        words.full,
        "" if str(words.discreet) == str(words.full) else words.discreet,
        ", ".join(f"`{each}`" for each in ways),
    )


def _row(*cells) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _code(name: str) -> str:
    return f"`{name}`" if name else ""


def _values(*sentences) -> str:
    names = {name for words in sentences for name in re.findall(r"%\((\w+)\)s", str(words))}
    return ", ".join(f"`{name}`" for name in sorted(names - {"area"}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    PAGE.write_text(page(), "utf-8")
