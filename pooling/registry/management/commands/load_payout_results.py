"""`manage.py load_payout_results FILE`: what the bank paid, could not pay, or got back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.registry import answers
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.work import database_clock, unit_of_work

BY = Actor(ActorKind.COMMAND, purpose="load_payout_results", channel="registry")


class Command(BaseCommand):
    help = (
        "Load a bank's answer to a file of make_payout_file: reference, result (paid, failed or "
        "returned), amount and cause. Each refused line is printed as file:line: column: reason "
        "and kept out; the good ones go in. Loading the same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="FILE", type=Path)

    def handle(self, *, path: Path, **options):
        if not path.is_file():
            raise CommandError(_("没有这个文件：%(path)s") % {"path": path})

        def refuse(problem) -> None:
            told = f"{path.name}:{problem.line}: {problem.column}: {problem.reason}"
            self.stdout.write(told)

        tally = answers.load_answers(
            path, each=unit_of_work, refuse=refuse, by=BY, at=database_clock()
        )
        if tally.refusal:
            raise CommandError(f"{path.name}:1: header: {tally.refusal}")
        counts = {"changed": tally.changed, "unchanged": tally.unchanged, "refused": tally.refused}
        self.stdout.write(
            _("%(name)s：记入 %(changed)d，未变 %(unchanged)d，拒绝 %(refused)d")
            % {"name": path.name, **counts}
        )
