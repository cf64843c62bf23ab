"""What the bank answered to a file of payouts, line by line."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pooling.funds import services as funds
from pooling.registry import fields, files, wording
from pooling.registry.fields import BadCell
from pooling.registry.services import Each, Tally
from pooling.shared.rows import RowProblem, chunks

COLUMNS = ("reference", "result", "amount", "cause")
#: Small, for each line locks a payment.
CHUNK = 500


def load_answers(path: Path, *, each: Each, refuse: Callable[[RowProblem], None], by, at) -> Tally:
    """Take in a bank's file and return what it came to; loading it again changes nothing.

    `each` runs the verb on a chunk (`unit_of_work`): killed in between, whole chunks stand.
    """
    tally = Tally()

    def keep_out(problem: RowProblem) -> None:
        tally.refused += 1
        refuse(problem)

    try:
        for chunk in chunks(_readable(path, keep_out), CHUNK):
            loaded = each(lambda rows=chunk: funds.load_answers(rows, by=by, at=at))
            tally.add(loaded)
            for problem in loaded.problems:
                refuse(problem)
    except files.FileRefused as refusal:
        tally.refusal = str(wording.FILE[refusal.code]) % refusal.values
    return tally


def _readable(path: Path, keep_out) -> Iterator[funds.Answer]:
    for row in files.rows(path, COLUMNS):
        if isinstance(row, files.Problem):
            sentence = wording.sentence(row.code, row.values)
            keep_out(RowProblem(row.line, row.column, sentence))
            continue
        try:
            yield _answer(row)
        except BadCell as bad:
            sentence = wording.sentence(bad.code, bad.values)
            keep_out(RowProblem(row.line, bad.column, sentence))


def _answer(row: files.Row) -> funds.Answer:
    return funds.Answer(
        line=row.line,
        reference=fields.key(row.cells, "reference", most=20),
        result=fields.choice(row.cells, "result", funds.RESULTS),
        amount_fen=fields.money(row.cells, "amount"),
        cause=fields.text(row.cells, "cause", most=120, needed=False),
    )
