"""The figures of money.md's worked examples, as `docs/waterfall.md` tabulates them (yuan)."""

#: Example → who gave what from which part, in order.
LINES = {
    "1": [("Wei", "prior", 40), ("Wei", "current", 20), ("Lan", "prior", 70)],
    "2": [("Wei", "prior", 40), ("Wei", "current", 20), ("cash", "", 70)],
    "3": [("Wei", "prior", 40), ("Wei", "current", 20), ("Lan", "prior", 90), ("cash", "", 50)],
    "4": [("Wei", "prior", 40), ("Lan", "prior", 90)],
    "5": [("Wei", "prior", 30), ("Lan", "prior", 100)],
    "6": [("Lan", "prior", 70), ("Wei", "current", 20), ("Wei", "prior", 10)],
    "7": [("Wei", "prior", 40), ("Wei", "current", 20), ("Lan", "prior", 70)],
    "9": [("own", "current", 5), ("own", "prior", 10), ("Wei", "prior", 15)],
    "10": [("Wei", "prior", 40), ("Wei", "current", 20), ("cash", "", 60)],
}


def lines(example: str) -> list[tuple[str, str, int]]:
    """Return an example's lines in fen."""
    return [(who, part, yuan * 100) for who, part, yuan in LINES[example]]
