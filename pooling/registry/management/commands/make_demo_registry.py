"""`manage.py make_demo_registry DIR --members N --seed S`: a folder of invented families."""

import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from pooling.registry import demo, demo_files, invention
from pooling.shared.periods import business_date


class Command(BaseCommand):
    help = (
        "Write the seven registry files with invented families over three generations into DIR. "
        "The same members, seed and day give the same files. The first thirteen people are always "
        "the story families of pooling/registry/demo.py. Nobody in them exists: identity "
        "numbers begin with 10, which is no province, and phones with 10 as well."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--members", type=int, default=1000, metavar="N", help="from 1")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day the files are of; today where not given",
        )

    def handle(self, *, folder: Path, members: int, seed: int, on: date | None, **options):
        if not 1 <= members <= demo.MOST:
            raise CommandError(_("人数须在 1 到 %(most)d 之间。") % {"most": demo.MOST})
        on = on or business_date(timezone.now())
        with tqdm(total=members, unit="人", file=sys.stderr, disable=None, leave=False) as progress:
            try:
                families = invention.families(members, seed, on)
                demo_files.write(folder, families, on=on, advance=progress.update)
            except OSError as error:
                raise CommandError(
                    _("不能写入 %(folder)s：%(error)s")
                    % {"folder": folder, "error": error.strerror}
                ) from error
        self.stdout.write(
            _("%(folder)s：%(members)d 人，种子 %(seed)d，截至 %(on)s")
            % {"folder": folder, "members": members, "seed": seed, "on": on}
        )
