"""`manage.py till --base URL …`: a till's visit against any address, every reply checked.

For integrators on either side: a portal is tried as a hospital's software would, and so is any
other server that speaks the national interface. Exit code 1 on any breach.
"""

import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from django.core.management.base import BaseCommand, CommandError

from pooling.hospital.national.walk import FAMILIES, STEPS, Signer, Visit, Walk
from pooling.shared.periods import SHANGHAI

SECONDS = 30
MOST_BYTES = 16 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Walk a visit from sign-in to reversal over the national interface and check each reply: "
        "envelope, completeness, no null, every sum to the fen, the same answer to a repeated "
        "msgid, a reversal that gives back what was taken. It MOVES MONEY of the person named "
        "and gives it back; use a test person. Exit code 1 on any breach."
    )
    #: It talks to another address and asks no database of its own.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--base", metavar="URL", required=True, help="as in https://host/hsa")
        parser.add_argument("--family", choices=FAMILIES, default="A")
        parser.add_argument("--key", required=True, help="access key")
        parser.add_argument("--secret", required=True, help="- reads it from input")
        parser.add_argument("--institution", metavar="CODE", required=True)
        parser.add_argument("--psn", metavar="PSN_NO", default="", help="number of the person")
        parser.add_argument("--cert-no", default="", help="with --name: asks 1101, too")
        parser.add_argument("--name", default="")
        parser.add_argument("--total", default="130.00", help="amount of the bill in yuan")
        parser.add_argument("--insutype", choices=("310", "390"), default="390")
        parser.add_argument("--steps", metavar="9001,2201,…", help="of: " + ",".join(STEPS))
        parser.add_argument("--show", action="store_true", help="print what is sent and received")

    def handle(self, *args, **options):
        if not options["psn"] and not (options["cert_no"] and options["name"]):
            raise CommandError("Say who is treated: --psn, or --cert-no with --name.")
        if not options["base"].startswith(("http://", "https://")):
            raise CommandError("--base must be an http or https address.")
        wanted = tuple((options["steps"] or ",".join(STEPS)).split(","))
        if unknown := set(wanted) - set(STEPS):
            raise CommandError(f"Unknown steps: {', '.join(sorted(unknown))}")
        given = options["secret"]
        # An argument is seen by everybody who lists processes.
        secret = sys.stdin.readline().strip() if given == "-" else given
        signer = Signer(options["institution"], options["key"], secret, options["family"])
        person = (options["psn"], options["cert_no"], options["name"])
        visit = Visit(*person, _amount(options["total"]), options["insutype"])
        walk = Walk(signer, visit, _sender(options["base"]), lambda: datetime.now(SHANGHAI))
        sent = breached = 0
        for exchange in walk.take(wanted):
            sent += 1
            breached += bool(exchange.breaches)
            self._tell(exchange, show=options["show"])
        self.stdout.write(f"{sent} messages, {breached} with breaches")
        if breached or not sent:
            raise CommandError("not conformant", returncode=1)

    def _tell(self, exchange, *, show: bool) -> None:
        mark = "BREACH" if exchange.breaches else "ok"
        self.stdout.write(f"{exchange.infno:6} {mark:7} {exchange.words}")
        for breach in exchange.breaches:
            self.stdout.write(f"       - {breach}")
        if show:
            self.stdout.write(f"  > {exchange.sent.decode()}")
            self.stdout.write(f"  < {exchange.status} {exchange.answer.decode(errors='replace')}")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
        if not 0 < amount < 10**8 or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        raise CommandError("--total must be an amount in yuan, such as 130.00.") from None
    return amount.quantize(Decimal("0.01"))


def _sender(base: str):
    """Return what sends a message; whatever does not answer is HTTP status 0."""
    opener = build_opener(ProxyHandler({}))

    def send(infno: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        address = f"{base.rstrip('/')}/{infno}"
        kind = {"Content-Type": "application/json; charset=utf-8"}
        request = Request(address, body, kind | headers, method="POST")  # noqa: S310
        try:
            with opener.open(request, timeout=SECONDS) as reply:
                return reply.status, reply.read(MOST_BYTES)
        except HTTPError as refusal:
            return refusal.code, refusal.read(MOST_BYTES)
        except (OSError, HTTPException) as error:
            return 0, str(error).encode()

    return send
