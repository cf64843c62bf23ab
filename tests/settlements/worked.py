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
    "8": [("Wei-quota", "prior", 40), ("Wei-quota", "current", 10), ("Lan", "prior", 20)],
    "9": [("own", "current", 5), ("own", "prior", 10), ("Wei", "prior", 15)],
    "10": [("Wei", "prior", 40), ("Wei", "current", 20), ("cash", "", 60)],
    "11": [("Wei-quota", "prior", 30)],
    "12": [("Wei-quota", "prior", 25), ("Lan", "prior", 5)],
    "13": [("Wei-quota", "prior", 20), ("Lan", "prior", 10)],
    "14": [("Wei-quota", "prior", 30), ("cash", "", 40)],
    "15": [("Wei-quota", "prior", 15), ("Lan", "prior", 15)],
    "16": [("Wei-quota", "prior", 30), ("Lan", "prior", 10)],
    "17": [("Wei-quota", "current", 5), ("Wei-quota", "prior", 15)],
    "18": [("Wei-quota", "prior", 40), ("Wei-quota", "current", 5)],
    "19": [("Wei-quota", "prior", 40)],
    "20": [
        ("wallet", "", 10),
        ("Wei-fund", "prior", 15),
        ("Wei", "prior", 15),
        ("Wei", "current", 20),
        ("Lan", "prior", 10),
    ],
    "21": [("Lan-fund", "prior", 20), ("Wei-fund", "prior", 30), ("cash", "", 10)],
    "22": [("cash", "", 10), ("Wei-fund", "prior", 30), ("Lan-fund", "prior", 5)],
    "23": [("Wei-fund", "prior", 40), ("Wei-fund", "current", 10)],
    "24": [("wallet", "", 10)],
    "25": [("Lan", "prior", 20), ("cash", "", 20)],
    "26": [("Wei", "prior", 30)],
    "27": [("Lan", "prior", 30)],
}


def lines(example: str) -> list[tuple[str, str, int]]:
    """Return an example's lines in fen."""
    return [(who, part, yuan * 100) for who, part, yuan in LINES[example]]
