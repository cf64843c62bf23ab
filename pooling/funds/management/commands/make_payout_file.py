"""`manage.py make_payout_file DIR`: what the bank is to pay."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.funds import jobs
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.money import show_yuan

BY = Actor(ActorKind.COMMAND, purpose="make_payout_file", channel="command")


class Command(BaseCommand):
    help = (
        "Write the payments that wait into DIR, a CSV file an area, for the bank to pay. Each "
        "payment goes into one file only; a file that was lost before it was written for good "
        "comes again first, the same to the byte. Load the answer with load_payout_results."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *, folder: Path, **options):
        if not folder.is_dir():
            raise CommandError(_("没有这个文件夹：%(folder)s") % {"folder": folder})
        try:
            jobs.write_bank_files(folder, BY, made=self._say)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say(self, file) -> None:
        told = {"name": file.name, "lines": file.lines, "total": show_yuan(file.total_fen)}
        self.stdout.write(_("%(name)s：%(lines)d 笔，共 %(total)s。") % told)
