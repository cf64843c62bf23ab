"""Whatever is posted and reversed in whatever order, the books follow a model of six lines."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.ledger import selectors, services
from tests import build

pytestmark = pytest.mark.django_db

ACCOUNTS = ("scheme", "father", "mother", "child")
keys = st.sampled_from([f"key:{n}" for n in range(8)])
transfers = st.tuples(
    st.just("post"),
    keys,
    st.lists(
        st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 50_00)),
        min_size=1,
        max_size=3,
    ),
)
reversals = st.tuples(st.just("reverse"), keys, st.none())
checkpoints = st.tuples(st.just("checkpoint"), st.just(""), st.none())


def movements(moves) -> dict[str, int]:
    """Return what each account gets from a list of (from, to, fen); zeros left out."""
    sums = dict.fromkeys(ACCOUNTS, 0)
    for source, target, fen in moves:
        sums[source] -= fen
        sums[target] += fen
    return {name: fen for name, fen in sums.items() if fen}


class Model:
    """The books as anybody would keep them on paper."""

    def __init__(self):
        self.balance = {"scheme": -120_00, "father": 60_00, "mother": 60_00, "child": 0}
        self.posted: dict[str, dict[str, int]] = {}

    def post(self, key, moved) -> str:
        if key in self.posted:
            return "again" if self.posted[key] == moved else "KeyTaken"
        return self._move(key, moved)

    def reverse(self, key) -> str:
        undo = f"undo {key}"
        if undo in self.posted:
            return "again"
        return self._move(undo, {name: -fen for name, fen in self.posted[key].items()})

    def _move(self, key, moved) -> str:
        after = {name: self.balance[name] + moved.get(name, 0) for name in ACCOUNTS}
        if any(fen < 0 for name, fen in after.items() if name != "scheme"):
            return "Insufficient"
        self.balance, self.posted[key] = after, moved
        return "new"


class Books:
    """The same acts through the door, answered in the model's words."""

    def __init__(self):
        self.ids = {name: build.ledger_account() for name in ACCOUNTS[1:]}
        self.ids["scheme"] = build.scheme_account()
        opening = (("scheme", -120_00), ("father", 60_00), ("mother", 60_00))
        build.post(*((self.ids[name], fen) for name, fen in opening))
        self.entries = {}

    @property
    def balance(self) -> dict[str, int]:
        held = selectors.balances(self.ids.values())
        return {name: held[pk] for name, pk in self.ids.items()}

    def post(self, key, moved) -> str:
        pairs = [(self.ids[name], fen) for name, fen in moved.items()]
        return self._answer(key, build.post, *pairs)

    def reverse(self, key) -> str:
        return self._answer(f"undo {key}", build.reverse, self.entries[key])

    def _answer(self, key, verb, *given) -> str:
        try:
            entry = verb(*given, key=key)
        except services.DomainError as refusal:
            return type(refusal).__name__
        first = self.entries.setdefault(key, entry)
        assert first.pk == entry.pk
        return "new" if first is entry else "again"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(transfers, transfers, reversals, checkpoints), max_size=20))
def test_the_books_do_what_the_model_does(steps):
    with transaction.atomic():
        model, books = Model(), Books()
        for act, key, moves in steps:
            if act == "checkpoint":
                services.take_checkpoints(at=build.NOON)
            elif act == "post" and (moved := movements(moves)):
                assert books.post(key, moved) == model.post(key, moved)
            elif act == "reverse" and key in model.posted:
                assert books.reverse(key) == model.reverse(key)
            assert books.balance == model.balance
        assert selectors.check() == []
        transaction.set_rollback(True)
