"""P1 to P4 of the house: each figure beside its yardstick, both in the same run."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from django.db import connection

from accounts.models import ApiClient
from accounts.services import clients
from benchmarks import counting, families, floor
from benchmarks.place import HOST, Place
from pooling.ledger import selectors as books
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.money import yuan_from_fen
from pooling.shared.work import database_clock

BY = Actor(ActorKind.COMMAND, purpose="benchmark", channel="command")
TILLS = 32
FEW = 8
WARM_UP = 2


class Wrong(Exception):
    """Fast and wrong is not fast."""


class Measuring:
    """A served portal, its clients' keys, and what is asked of it."""

    def __init__(self, place: Place, port: int, seconds: int):
        self.place, self.port, self.seconds = place, port, seconds
        children = [families.child(n, after=place.others) for n in range(place.families)]
        #: Everybody's bills go to one family in P4, to all the others in P1.
        self.hot, self.children = children[0], children[1:]
        self.tills = [_client(n, ApiClient.Scope.SETTLE) for n in range(TILLS)]
        self.hotlines = [_client(n, ApiClient.Scope.LOOKUP) for n in range(FEW)]
        first = counting.send(self.tills[0], "POST", "/api/v1/settlements", self.children[0])
        self.script = floor.prepare(place, first["id"], self.children)

    def rounds(self, count: int) -> dict:
        """Measure everything so many times, in turns, and return the medians."""
        found = {"statements": counting.count(self.tills[0], self.hotlines[0], self.children[0])}
        seen = [self._round(f"{number}/{count}") for number in range(1, count + 1)]
        found |= {name: _medians([each[name] for each in seen]) for name in seen[0]}
        statuses = [each.get("statuses", {}) for each in found.values()]
        found["refused"] = sum(n for each in statuses for code, n in each.items() if code >= "400")
        _say("adding every account up again")
        if differences := books.check():
            raise Wrong(f"the ledger does not add up: {differences[:3]}")
        found["deadlocks"] = _one(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return found | {"ratios": _ratios(found)}

    def _round(self, number: str) -> dict:
        _say(f"round {number}")
        balances = [f"/api/v1/members/{child}/balance" for child in self.children]
        return {
            "floor": {"per_second": floor.run(self.place, self.script, self.seconds)},
            f"settle_{FEW}": self._settle(self.tills[:FEW], self.children),
            f"settle_{TILLS}": self._settle(self.tills, self.children),
            "hot_family": self._settle(self.tills, [self.hot]),
            "four_queries": self._load(self.hotlines, "get", ["/four-queries"]),
            "balance": self._load(self.hotlines, "get", balances),
        }

    def _settle(self, tills: list[dict], children: list[str]) -> dict:
        """Let tills settle; every 201 must be one settlement paid in full by both parents."""
        before = _settled(children)
        seen = self._load(tills, "settle", children)
        after = _settled(children)
        bills, fen, gone = (now - then for now, then in zip(after, before, strict=True))
        if not (bills == seen["settled"] and fen == gone == bills * families.BILL_FEN):
            raise Wrong(f"{seen['settled']} answers, {bills} bills of {fen} fen, {gone} fen gone")
        if seen["short"]:
            raise Wrong(f"{seen['short']} bills were not paid in full")
        return seen

    def _load(self, who: list[dict], kind: str, targets: list[str]) -> dict:
        plan = {
            "host": HOST,
            "port": self.port,
            "seconds": self.seconds,
            "warm_up": WARM_UP,
            "clients": [client | {"kind": kind, "targets": targets} for client in who],
        }
        said = subprocess.run(
            [sys.executable, Path(__file__).with_name("load.py")],
            input=json.dumps(plan),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        seen = json.loads(said.stdout)
        refused = {status: n for status, n in seen["statuses"].items() if status >= "400"}
        if refused or seen["broken"]:
            _say(f"{kind}: {refused}, {seen['broken']} broken; {seen['first_error']}")
        return seen


def _client(number: int, scope: str) -> dict:
    """Return a till or hotline with a real key."""
    settles = scope == ApiClient.Scope.SETTLE
    institution = families.INSTITUTIONS[number % len(families.INSTITUTIONS)] if settles else None
    _client, key = clients.create_client(
        name=f"benchmark {scope} {number}",
        scope=scope,
        institution_code=institution,
        backdate_days=0,
        by=BY,
        at=database_clock(),
    )
    amount = yuan_from_fen(families.BILL_FEN)
    return {"key": key, "institution": institution, "amount": amount}


def _settled(children: list[str]) -> tuple[int, int, int]:
    """Return how many bills these children have, their fen, and what both parents lack for it."""
    bills = """SELECT count(*) FROM settlements_settlement s
               JOIN accounts_member m ON m.id = s.patient_id WHERE m.psn_no = ANY(%s)"""
    lines = """SELECT coalesce(sum(amount_fen), 0)::bigint FROM settlements_line l
               JOIN accounts_member m ON m.id = l.patient_id WHERE m.psn_no = ANY(%s)"""
    held = """SELECT sum(a.balance_fen)::bigint FROM accounts_member m
              JOIN bindings_binding b ON b.relative_id = m.id
              JOIN funds_personalaccount p ON p.member_id = b.payer_id
              JOIN ledger_account a ON a.id IN (p.current_id, p.prior_id)
              WHERE m.psn_no = ANY(%s)"""
    return _one(bills, children), _one(lines, children), -_one(held, children)


def _one(question: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]


def _medians(rounds: list[dict]) -> dict:
    """Return the median of every figure; what was counted is added up."""
    return {
        name: _added([each[name] for each in rounds])
        if name in ("statuses", "settled", "broken")
        else round(median(each[name] for each in rounds), 2)
        for name in rounds[0]
        if name not in ("first_error", "short", "answers")
    }


def _added(counted: list):
    if isinstance(counted[0], dict):
        keys = sorted({key for each in counted for key in each})
        return {key: sum(each.get(key, 0) for each in counted) for key in keys}
    return sum(counted)


def _ratios(found: dict) -> dict:
    def ratio(name: str, to: str) -> float:
        return round(found[name]["per_second"] / found[to]["per_second"], 3)

    return {
        f"settle_{FEW}_to_floor": ratio(f"settle_{FEW}", "floor"),
        f"settle_{TILLS}_to_floor": ratio(f"settle_{TILLS}", "floor"),
        "balance_to_four_queries": ratio("balance", "four_queries"),
        "hot_family_to_settle": ratio("hot_family", f"settle_{TILLS}"),
    }


def _say(*words) -> None:
    print(*words, file=sys.stderr, flush=True)
