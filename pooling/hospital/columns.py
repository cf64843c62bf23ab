"""Two texts beside each other, for a terminal. Pure."""

import unicodedata

NARROWEST = 30


def side_by_side(left: str, right: str, *, width: int) -> list[str]:
    """Return lines of two columns, each wrapped; what is longer goes on alone."""
    column = max(NARROWEST, (width - 3) // 2)
    one, two = _wrapped(left, column), _wrapped(right, column)
    rows = max(len(one), len(two))
    one += [""] * (rows - len(one))
    two += [""] * (rows - len(two))
    pairs = zip(one, two, strict=True)
    return [f"{a}{' ' * (column - _wide(a))} | {b}".rstrip() for a, b in pairs]


def _wrapped(text: str, column: int) -> list[str]:
    lines = []
    for line in text.splitlines():
        start, taken = 0, 0
        for place, letter in enumerate(line):
            size = _wide(letter)
            if taken + size > column:
                lines.append(line[start:place])
                start, taken = place, 0
            taken += size
        lines.append(line[start:])
    return lines


def _wide(text: str) -> int:
    """Return the cells a terminal gives a text: Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
