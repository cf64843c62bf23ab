"""docs/waterfall.md says what the tests have tried."""

import re
from pathlib import Path

from tests.settlements import worked

PAGE = Path(__file__).parents[2] / "docs" / "waterfall.md"
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| (\d+) \|$", re.MULTILINE)


def written(lines: str, cash: str) -> list[tuple[str, str, int]]:
    """Read `Wei prior 40, wallet 30` and the cash column as the tests write them.

    A refund walks backwards: there cash stands first, in its place among the lines.
    """
    parts = [part.split() for part in lines.split(",")]
    read = [(who, " ".join(part), int(yuan)) for who, *part, yuan in parts]
    return read + ([("cash", "", int(cash))] if int(cash) else [])


def test_the_page_shows_the_figures_the_examples_reproduce():
    table = {number: written(lines, cash) for number, lines, cash in ROW.findall(PAGE.read_text())}
    assert table == worked.LINES
