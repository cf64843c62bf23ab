"""The pictures of the portal, as coordinates: who paid a bill, a family, a year by months.

Pure: templates turn the numbers into SVG without a single style attribute, so that the
strict content policy holds and the pictures print.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BAR = 1000
#: A share that exists is seen, however small beside the others.
THINNEST = 12
PAYER_LOOKS = 3
#: Letters of a name and of a word that a narrow box of the family holds; of a name, a wide one.
SHORT_NAME, SHORT_WORD, LONGEST = 5, 7, 8


@dataclass(frozen=True, slots=True)
class Share:
    """What one source paid. `kind` is own, payer or cash; `word` names it, `note` explains it."""

    kind: str
    word: str
    fen: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A share placed on the bar of width 1000."""

    word: str
    note: str
    fen: int
    look: str
    hatched: bool
    start: int
    width: int


def bar(shares: Iterable[Share]) -> list[Piece]:
    """Place shares side by side in their order; widths add up to the whole bar.

    Shares of nothing stay in the list with width 0, because "took nothing" is an answer.
    """
    shares = list(shares)
    widths = _widths([share.fen for share in shares])
    pieces, start, payers = [], 0, 0
    for share, width in zip(shares, widths, strict=True):
        look = f"seg-{share.kind}"
        if share.kind == "payer":
            look = f"seg-payer-{payers % PAYER_LOOKS + 1}"
            payers += 1
        hatched = share.kind == "cash"
        pieces.append(Piece(share.word, share.note, share.fen, look, hatched, start, width))
        start += width
    return pieces


def _widths(amounts: list[int]) -> list[int]:
    total = sum(amounts)
    if total <= 0:
        return [0] * len(amounts)
    widths = [max(THINNEST, BAR * fen // total) if fen else 0 for fen in amounts]
    # The widest gives or takes what the thin ones and the rounding moved.
    widths[widths.index(max(widths))] += BAR - sum(widths)
    return widths


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody in the drawing. `generation`: 1 parents, 2 grandparents, 0 same, -1 children."""

    name: str
    word: str
    generation: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A person's box: centre `x`, `y`."""

    name: str
    word: str
    x: int
    y: int
    self: bool = False
    waiting: bool = False
    width: int = 104
    height: int = 56

    @property
    def left(self):
        return self.x - self.width // 2

    @property
    def top(self):
        return self.y - self.height // 2

    @property
    def name_y(self):
        return self.y - 3 if self.word else self.y + 6

    @property
    def word_y(self):
        return self.y + 18


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    people: list[Figure]

    @property
    def self(self):
        return next(person for person in self.people if person.self)


def family(name: str, relatives: Iterable[Relative]) -> Drawing:
    """Place a person among relatives: older generations above, children below.

    At most three to a row, or two where names or words are long, so that they stay legible on the
    narrowest phone. `relatives` have the fields of `Relative`.
    """
    relatives = sorted(relatives, key=lambda relative: -relative.generation)
    long = any(len(r.name) > SHORT_NAME or len(r.word) > SHORT_WORD for r in relatives)
    abreast, box = (2, 168) if long else (3, 104)
    rows: list[list] = []
    for generation in sorted({r.generation for r in relatives} | {0}, reverse=True):
        here = [r for r in relatives if r.generation == generation]
        if generation == 0:
            here.insert(len(here[:2]) // 2, None)
        rows += [here[at : at + abreast] for at in range(0, len(here), abreast)]
    width, gap = 360, 92
    people = []
    for row_number, row in enumerate(rows):
        for column, relative in enumerate(row):
            x = width * (2 * column + 1) // (2 * len(row))
            y = 40 + gap * row_number
            if relative is None:
                people.append(Figure(name, "", x, y, self=True, width=box))
            else:
                shown = relative.name[:LONGEST] + "…" * (len(relative.name) > LONGEST)
                looks = {"waiting": relative.waiting, "width": box}
                people.append(Figure(shown, relative.word, x, y, **looks))
    return Drawing(width, 80 + gap * (len(rows) - 1), people)


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of a month; a kind without money has none."""

    look: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on an axis: a month below, an amount beside its line."""

    word: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    left: int
    floor: int
    columns: list[Column]
    months: list[Mark]
    #: Amounts in fen and the heights of their lines.
    scale: list[tuple[int, int]]


#: Always in this order, so that place tells them apart where colour does not.
KINDS = (("own_fen", "col-own"), ("given_fen", "col-given"), ("received_fen", "col-received"))


def months(rows) -> Chart:
    """Draw what was used, given and received each month, side by side, oldest month first."""
    left, top, floor, slot, thick = 50, 14, 174, 26, 7
    most = ceiling(max(getattr(row, kind) for row in rows for kind, _look in KINDS))
    columns, marks = [], []
    for place, row in enumerate(rows):
        x = left + slot * place
        for nth, (kind, look) in enumerate(KINDS):
            fen = getattr(row, kind)
            height = max(3, fen * (floor - top) // most) if fen else 0
            if height:
                at = x + 2 + nth * (thick + 1)
                columns.append(Column(look, at, floor - height, thick, height))
        # Every second month is named: more would be too small to read on a phone.
        if (len(rows) - 1 - place) % 2 == 0:
            marks.append(Mark(str(row.month.month), x + slot // 2, floor + 22))
    scale = [(most, top), (most // 2, (top + floor) // 2)]
    return Chart(left + slot * len(rows), floor + 32, left, floor, columns, marks, scale)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a comparison: a name, and a bar before above a bar after."""

    name: str
    before_fen: int
    after_fen: int
    y: int
    before_width: int
    after_width: int

    @property
    def name_y(self):
        return self.y + 14

    @property
    def before_y(self):
        return self.y + 22

    @property
    def after_y(self):
        return self.y + 38


@dataclass(frozen=True, slots=True)
class Pairs:
    width: int
    height: int
    rows: list[Pair]


def pairs(rows) -> Pairs:
    """Draw (name, before, after) in fen as two bars each, below one another on one scale."""
    rows, width, slot = list(rows), 340, 62  # bars end short of the edge: they have outlines
    most = max([1, *(max(before, after) for _name, before, after in rows)])

    def wide(fen):
        return max(3, fen * (width - 2) // most) if fen else 0

    drawn = [
        Pair(name, before, after, slot * place, wide(before), wide(after))
        for place, (name, before, after) in enumerate(rows)
    ]
    return Pairs(width, slot * len(drawn), drawn)


def ceiling(fen: int) -> int:
    """Return the next amount, at least 2 yuan, whose half is still round: both are written."""
    power = 100
    while True:
        for leading in (1, 2, 3, 4, 6, 8):
            if leading * power >= max(fen, 200):
                return leading * power
        power *= 10


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar, and how to tell it from the others."""

    look: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Parted:
    """A named bar of several pieces, with its figures as text."""

    name: str
    told: str
    y: int
    parts: list[Part]

    @property
    def name_y(self) -> int:
        return self.y + 14

    @property
    def bar_y(self) -> int:
        return self.y + 22


@dataclass(frozen=True, slots=True)
class PartedBars:
    width: int
    height: int
    rows: list[Parted]


def parted(rows) -> PartedBars:
    """Draw (name, told, [(look, count)]) as bars below one another on one scale.

    A piece that is there at all is wide enough to be seen.
    """
    rows, width, slot = list(rows), 340, 46
    most = max([1, *(sum(count for _look, count in parts) for _name, _told, parts in rows)])
    drawn = []
    for place, (name, told, parts) in enumerate(rows):
        pieces, x = [], 1
        for look, count in parts:
            wide = max(3, count * (width - 14) // most) if count else 0
            if wide:
                pieces.append(Part(look, x, wide))
            x += wide
        drawn.append(Parted(name, told, slot * place, pieces))
    return PartedBars(width, slot * len(drawn), drawn)
