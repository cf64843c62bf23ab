"""The files of 3202: a ZIP with one text file, columns apart by tabs, `null` for nothing.

What an institution uploads, and what it differs in from us, in the documents' column order. Pure.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from pooling.shared.money import yuan_from_fen

#: Far more than a month of the largest hospital.
MOST_BYTES = 32 * 1024 * 1024
MOST_LINES = 200_000
COLUMNS = 7
NOTHING = "null"
_ZIP = b"PK"
_AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2})0*)?", re.ASCII)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


class Unreadable(ValueError):
    """The file is no statement; `line` says where it stops being one, 0 for the whole."""

    def __init__(self, line: int = 0):
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Detail:
    """One settlement, or one reversal with its sign, as a side has it. Amounts in fen."""

    setl_id: str
    mdtrt_id: str
    psn_no: str
    total_fen: int
    fund_fen: int
    account_fen: int
    returned: bool
    msgid: str = ""

    @property
    def key(self) -> tuple[str, bool]:
        return self.setl_id, self.returned

    def differs_in(self, other: "Detail") -> list[str]:
        """Return the fields in which two sides' lines of one settlement differ."""
        names = ("mdtrt_id", "psn_no", "total_fen", "fund_fen", "account_fen")
        return [name for name in names if getattr(self, name) != getattr(other, name)]


@dataclass(frozen=True, slots=True)
class Difference:
    """A line to tell of, and why. `surplus`: we have it and the institution has not."""

    detail: Detail
    memo: str
    surplus: bool = False


def read(content: bytes) -> list[Detail]:
    """Return the lines of an uploaded file. Raises Unreadable."""
    lines = _text(content).splitlines()
    if len(lines) > MOST_LINES:
        raise Unreadable
    return [
        _detail(line, number)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("setl_id")
    ]


def _text(content: bytes) -> str:
    raw = _unzipped(content) if content.startswith(_ZIP) else content
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable


def _unzipped(content: bytes) -> bytes:
    """Return the one file of a ZIP, never more of it than a statement may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [each for each in archive.infolist() if not each.is_dir()]
            if len(files) != 1:
                raise Unreadable
            with archive.open(files[0]) as file:
                raw = file.read(MOST_BYTES + 1)
    except _DAMAGED as error:
        raise Unreadable from error
    if len(raw) > MOST_BYTES:
        raise Unreadable
    return raw


def _detail(line: str, number: int) -> Detail:
    cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in line.split("\t")]
    if len(cells) < COLUMNS or not cells[0]:
        raise Unreadable(number)
    return Detail(
        *cells[:3],
        *(_fen(cell, number) for cell in cells[3:6]),
        returned=cells[6] == "1",
    )


def _fen(cell: str, number: int) -> int:
    found = _AMOUNT.fullmatch(cell or "0")
    if found is None:
        raise Unreadable(number)
    sign, whole, part = found.groups()
    fen = int(whole) * 100 + int(((part or "") + "00")[:2])
    return -fen if sign else fen


def write(differences: Iterable[Difference]) -> bytes:
    """Return the differences as a file to download; nothing differs, and it has no line."""
    lines = "".join("\t".join(_cells(each)) + "\n" for each in differences)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.txt", lines.encode())
    return packed.getvalue()


def _cells(difference: Difference) -> list[str]:
    detail = difference.detail
    # What we have beyond the institution is named by its own msgid alone (the document's rule).
    ids = ("", "") if difference.surplus else (detail.mdtrt_id, detail.setl_id)
    amounts = (detail.total_fen, detail.fund_fen, detail.account_fen)
    cells = [
        detail.psn_no,
        *ids,
        detail.msgid,
        "1",
        "1" if detail.returned else "0",
        difference.memo,
        *map(yuan_from_fen, amounts),
    ]
    return [cell or NOTHING for cell in cells]


def compare(theirs: list[Detail], ours: list[Detail], say) -> list[Difference]:
    """Return every line in which two sides differ: wrong, beyond us, twice, or beyond them.

    `say` puts a difference into words: `say(their line or None, our line or None)`.
    """
    by_key = {each.key: each for each in ours}
    found, seen = [], set()
    for their in theirs:
        our = by_key.get(their.key) if their.key not in seen else None
        seen.add(their.key)
        if our is None:
            found.append(Difference(their, say(their, None)))
        elif their.differs_in(our):
            found.append(Difference(our, say(their, our)))
    beyond = (our for our in ours if our.key not in seen)
    return found + [Difference(our, say(None, our), surplus=True) for our in beyond]
