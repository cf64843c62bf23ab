"""`manage.py run_due [--on 2026-11-22]`: carry life events through to all authorisations."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.registry import due
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock


class Command(BaseCommand):
    help = (
        "End, pause or ask to renew what deaths, divorces, insurance and birthdays concern, by a "
        "business date (default: today), and tell both sides. May be killed and started again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--on", type=date.fromisoformat, help="business date, YYYY-MM-DD")
        parser.add_argument("--chunk", type=int, default=due.CHUNK, help="authorisations at once")

    def handle(self, *, on, chunk, **options):
        today = business_date(database_clock())
        try:
            counts = due.run(on or today, today=today, chunk=max(1, chunk))
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        for kind, count in sorted(counts.items()):
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(_("登记变化已处理到 %(on)s。") % {"on": on or today})
