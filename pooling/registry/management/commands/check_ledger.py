"""`manage.py check_ledger`: add up all books again, and compare what was settled with them."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.registry import services
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = (
        "Recompute every balance from its lines, every running balance, every checkpoint and "
        "the sum of every entry; compare settlements, refunds and reversals with them. "
        "Exit code 1 and a notice to all staff where anything differs; nothing is repaired."
    )

    def handle(self, **options):
        differences = unit_of_work(lambda: services.check_books(at=database_clock()))
        for difference in differences:
            self.stderr.write(str(difference))
        if differences:
            raise CommandError(
                _("账务核对发现 %(count)d 处不一致。") % {"count": len(differences)}, returncode=1
            )
        self.stdout.write(_("账务核对完毕，没有不一致。"))
