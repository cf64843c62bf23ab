"""`manage.py till --base URL …`: a till's visit against any address, every reply checked.

For integrators on either side: a portal is tried as a hospital's software would, and so is any
other server that speaks the national interface, or with --rest our own. Exit code 1 on any breach.
"""

import shutil
import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from django.core.management.base import BaseCommand, CommandError

from pooling.hospital import rest_walk
from pooling.hospital.columns import side_by_side
from pooling.hospital.national import conformance, numbers
from pooling.hospital.national.walk import FAMILIES, STEPS, Signer, Visit, Walk
from pooling.hospital.rest_walk import RestWalk
from pooling.hospital.step_words import WORDS
from pooling.shared.periods import SHANGHAI

SECONDS = 30
MOST_BYTES = 16 * 1024 * 1024
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Command(BaseCommand):
    help = (
        "Walk a visit from sign-in to reversal over the national interface and check each reply: "
        "envelope, completeness, no null, every sum to the fen, the same answer to a repeated "
        "msgid, a reversal that gives back what was taken. With --rest the same over /api/v1/: "
        "balance, preview, settlement, its repetition, reversal, balance. It MOVES MONEY of the "
        "person named and gives it back; use a test person. Exit code 1 on any breach."
    )
    #: It talks to another address and asks no database of its own.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--base", metavar="URL", required=True, help="as in https://host/hsa, …/api/v1"
        )
        parser.add_argument("--rest", action="store_true", help="speak REST, with a bearer key")
        parser.add_argument("--family", choices=FAMILIES, default="A")
        parser.add_argument("--key", required=True, help="access key; with --rest the settle key")
        parser.add_argument("--secret", default="", help="- reads it from input, as of all keys")
        parser.add_argument(
            "--lookup-key", default="", help="with --rest: a key that may read balances"
        )
        parser.add_argument("--institution", metavar="CODE", required=True)
        parser.add_argument("--psn", metavar="PSN_NO", default="", help="number of the person")
        parser.add_argument("--cert-no", default="", help="with --name: asks 1101 or lookup, too")
        parser.add_argument("--name", default="")
        parser.add_argument("--total", default="130.00", help="amount of the bill in yuan")
        parser.add_argument("--insutype", choices=("310", "390"), default="390")
        steps = f"of: {','.join(STEPS)}; with --rest of: {','.join(rest_walk.STEPS)}"
        parser.add_argument("--steps", metavar="9001,2201,…", help=steps)
        parser.add_argument(
            "--show", action="store_true", help="print what is sent and received side by side"
        )

    def handle(self, *args, **options):
        if not options["psn"] and not (options["cert_no"] and options["name"]):
            raise CommandError("Say who is treated: --psn, or --cert-no with --name.")
        if not options["base"].startswith(("http://", "https://")):
            raise CommandError("--base must be an http or https address.")
        if not options["rest"] and not options["secret"]:
            raise CommandError("--secret is needed, or --rest for a bearer key.")
        steps = rest_walk.STEPS if options["rest"] else STEPS
        wanted = tuple((options["steps"] or ",".join(steps)).split(","))
        if unknown := set(wanted) - set(steps):
            raise CommandError(f"Unknown steps: {', '.join(sorted(unknown))}")
        sent = breached = 0
        reached = set()
        for exchange in self._walk(options).take(wanted):
            sent += 1
            breached += bool(exchange.breaches)
            reached.add(exchange.step)
            self._tell(exchange, show=options["show"])
        if left_out := [step for step in wanted if step not in reached]:
            self.stdout.write(f"not sent: {', '.join(left_out)}")
        self.stdout.write(f"{sent} messages, {breached} with breaches")
        if breached or not sent:
            raise CommandError("not conformant", returncode=1)
        self.stdout.write("conformant")

    def _walk(self, options) -> Walk | RestWalk:
        # An argument is seen by everybody who lists processes.
        given = {
            name: sys.stdin.readline().strip() if options[name] == "-" else options[name]
            for name in ("key", "lookup_key", "secret")
        }
        person = (options["psn"], options["cert_no"], options["name"])
        visit = Visit(*person, _amount(options["total"]), options["insutype"])
        base, institution = options["base"], options["institution"]
        if not options["rest"]:
            signer = Signer(institution, given["key"], given["secret"], options["family"])
            return Walk(signer, visit, _sender(base), _clock)
        if not given["lookup_key"]:
            self.stdout.write("no --lookup-key: lookup and balances are left out")
        return RestWalk(
            given["key"], given["lookup_key"], institution, visit, _caller(base), _clock
        )

    def _tell(self, exchange, *, show: bool) -> None:
        mark = "BREACH" if exchange.breaches else "ok"
        self.stdout.write(f"{exchange.step:13} {mark:7} {WORDS[exchange.step]}")
        for breach in exchange.breaches:
            self.stdout.write(f"       - {breach}")
        if show:
            sent = _pretty(exchange.sent)
            answer = f"HTTP {exchange.status}\n\n{_pretty(exchange.answer)}"
            width = shutil.get_terminal_size((160, 24)).columns
            for line in side_by_side(sent, answer, width=width):
                self.stdout.write(f"  {line}")


def _pretty(raw: bytes) -> str:
    """Return a message for people; what stands before its JSON stays as it is."""
    head, blank, body = raw.rpartition(b"\n\n") if not raw.startswith(b"{") else (b"", b"", raw)
    told = conformance.read(body)
    text = body.decode(errors="replace") if told is None else numbers.indented(told)
    return (head + blank).decode() + text


def _clock() -> datetime:
    return datetime.now(SHANGHAI)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
        if not 0 < amount < 10**8 or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        raise CommandError("--total must be an amount in yuan, such as 130.00.") from None
    return amount.quantize(Decimal("0.01"))


def _sender(base: str):
    """Return what sends a message of the national interface."""
    call = _caller(base)

    def send(infno: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        status, _headers, answer = call("POST", f"/{infno}", body, headers)
        return status, answer

    return send


def _caller(base: str) -> rest_walk.Send:
    """Return what makes a call; whatever does not answer is HTTP status 0."""
    opener = build_opener(ProxyHandler({}))

    def call(method: str, path: str, body: bytes, headers: dict[str, str]) -> rest_walk.Answered:
        address = f"{base.rstrip('/')}{path}"
        sent = body if method == "POST" else None
        request = Request(address, sent, JSON | headers, method=method)  # noqa: S310
        try:
            with opener.open(request, timeout=SECONDS) as reply:
                return reply.status, dict(reply.headers), reply.read(MOST_BYTES)
        except HTTPError as refusal:
            return refusal.code, dict(refusal.headers), refusal.read(MOST_BYTES)
        except (OSError, HTTPException) as error:
            return 0, {}, str(error).encode()

    return call
