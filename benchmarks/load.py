"""The clients: closed loops over keep-alive connections, in a process of their own.

Sockets and nothing else, so that the clients take as little as may be of the processors the
server needs too. Reads a plan as JSON from standard input, prints what happened as JSON:

    {"host", "port", "seconds", "warm_up", "clients": [{"kind", "key", "institution", "targets"}]}

Only answers that arrive between the end of the warm-up and the end of the time are counted in
`answers` and the percentiles; `settled` counts every 201 from the first to the last.
"""

import asyncio
import json
import random
import re
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass
class Tally:
    """What all clients saw."""

    begin: float
    end: float
    took: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    settled: int = 0
    short: int = 0
    broken: int = 0
    first_error: str = ""

    def note(self, status: int, body: bytes, sent: float) -> None:
        now = perf_counter()
        if status == 201:
            self.settled += 1
            # Both parents have money for years: less than the whole bill would be a mistake.
            self.short += b'"cash": "0.00"' not in body
        if self.begin <= now <= self.end:
            self.statuses[status] += 1
            self.took.append(now - sent)
        if status >= 400 and not self.first_error:
            self.first_error = body.decode("utf-8", "replace")[:300]

    def told(self) -> dict:
        took = sorted(self.took)
        return {
            "answers": len(took),
            "per_second": round(len(took) / (self.end - self.begin), 1),
            **{f"p{each}_ms": _percentile(took, each) for each in (50, 95, 99)},
            "statuses": dict(self.statuses),
            "settled": self.settled,
            "short": self.short,
            "broken": self.broken,
            "first_error": self.first_error,
        }


def _percentile(took: list[float], percent: int) -> float | None:
    return round(took[(len(took) - 1) * percent // 100] * 1000, 2) if took else None


class Client(asyncio.Protocol):
    """Sends a request, waits for its answer, sends the next, until the time is over."""

    def __init__(self, requests: Iterator[bytes], tally: Tally):
        self.requests, self.tally = requests, tally
        self.over = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport
        self._send()

    def _send(self):
        self.sent = perf_counter()
        if self.sent >= self.tally.end:
            self.transport.close()
        else:
            self.transport.write(next(self.requests))

    def data_received(self, data):
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank or not _whole(head + b"\r\n", body):
            return
        self.received = b""
        self.tally.note(int(head[9:12]), body, self.sent)
        self._send()

    def connection_lost(self, error):
        if self.sent < self.tally.end:
            self.tally.broken += 1
        self.over.set_result(None)


def _whole(head: bytes, body: bytes) -> bool:
    """Return whether an answer has arrived to its end; one without a length comes in chunks."""
    length = _LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def requests(client: dict, host: str) -> Iterator[bytes]:
    """Yield one client's requests for ever."""
    rng = random.Random(client["key"])
    head = f"Host: {host}\r\nAuthorization: Bearer {client['key']}\r\n"
    while True:
        target = rng.choice(client["targets"])
        if client["kind"] == "get":
            yield f"GET {target} HTTP/1.1\r\n{head}\r\n".encode()
            continue
        wanted = bill(target, client)
        body = json.dumps(wanted).encode()
        yield (
            f"POST /api/v1/settlements HTTP/1.1\r\n{head}"
            f"Idempotency-Key: {wanted['message_id']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def bill(patient: str, client: dict) -> dict:
    """Return a new bill of now, as the client's institution would send it."""
    return {
        "message_id": uuid.uuid4().hex,
        "patient": {"psn_no": patient},
        "institution": client["institution"],
        "use": "outpatient",
        "business_time": datetime.now(UTC).isoformat(),
        "total": client["amount"],
        "fund": "0.00",
        "hospital_borne": "0.00",
        "own_paid": "0.00",
        "over_limit": "0.00",
        "pre_paid": "0.00",
        "in_scope_share": client["amount"],
        "acct_used_flag": 2,
    }


async def run(plan: dict) -> dict:
    """Let all clients of a plan run at once and return what they saw."""
    begin = perf_counter() + plan["warm_up"]
    tally = Tally(begin, begin + plan["seconds"])
    loop = asyncio.get_running_loop()
    host = f"{plan['host']}:{plan['port']}"

    async def one(client: dict) -> None:
        asked = requests(client, host)
        while perf_counter() < tally.end:  # a broken connection is counted, and opened again
            _transport, protocol = await loop.create_connection(
                lambda: Client(asked, tally), plan["host"], plan["port"]
            )
            await protocol.over

    await asyncio.gather(*map(one, plan["clients"]))
    return tally.told()


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
