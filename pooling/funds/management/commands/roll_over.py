"""`manage.py roll_over`: begin the new year by hand."""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from pooling.funds import jobs
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock

BY = Actor(ActorKind.COMMAND, purpose="roll_over", channel="command")


class Command(BaseCommand):
    help = (
        "Move what is left of earlier years from the current to the prior part of every personal "
        "account, quota and share: one entry an account, a transaction a page. The job worker "
        "does it each January; killed anywhere, run it again and nothing moves twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, help="the year that begins; this one if not given")

    def handle(self, *, year: int | None, **options):
        year = year or business_date(database_clock()).year
        with tqdm(unit="", file=sys.stderr, disable=None, leave=False) as bar:
            moved = jobs.roll_over_all(year, BY, advance=bar.update)
        self.stdout.write(_("%(year)d 年：结转 %(moved)d 户。") % {"year": year, "moved": moved})
