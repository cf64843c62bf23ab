"""Families with money: a child in Xi'an, where two may pay, and two parents who do. Pure.

Father pays first, at most three yuan a bill; mother pays the rest. A bill of five yuan
therefore always takes from both.
"""

from collections.abc import Iterator
from datetime import date

from pooling.registry import demo
from pooling.registry.demo import Authorisation, Family, Person, Tie

BILL_FEN = 5_00
FATHER_GIVES = "3.00"
#: Enough for any run: a family's ledger must not run dry while it is measured.
PURSE_FEN = 100_000_00
INSTITUTIONS = ("H61010000001", "H61010000002", "H61010000003")


def families(count: int, *, after: int, on: date) -> Iterator[Family]:
    """Yield families of three whose serials follow `after`."""
    for first in range(after + 1, after + 1 + 3 * count, 3):
        yield _family(first, on)


def child(number: int, *, after: int) -> str:
    """Return the number of the authority of the n-th family's child, from 0."""
    return demo.psn_no(after + 3 + 3 * number)


def _family(serial: int, on: date) -> Family:
    father = Person(serial, "陈志强", date(1983, 4, 4), demo.MALE, demo.XIAN, demo.EMPLOYEE)
    mother = Person(serial + 1, "赵丽", date(1986, 10, 10), demo.FEMALE, demo.XIAN, demo.EMPLOYEE)
    for payer in (father, mother):
        payer.opening_fen, payer.monthly_fen = PURSE_FEN, 10_000
    son = Person(serial + 2, "陈一诺", date(2015, 6, 1), demo.MALE, demo.XIAN, demo.CHILD, False)
    since = date(on.year, 1, 1)
    return Family(
        [father, mother, son],
        [Tie(payer, son, demo.SON, demo.BIRTH, son.born) for payer in (father, mother)],
        [
            Authorisation(father, son, demo.SON, since, rank=1, cap_per_settlement=FATHER_GIVES),
            Authorisation(mother, son, demo.SON, since, rank=2),
        ],
    )
