"""`manage.py load_registry DIR`: read the registry's files."""

import sys
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from tqdm import tqdm

from pooling.registry import files, services, wording
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

BY = Actor(ActorKind.COMMAND, purpose="load_registry", channel="registry")


class Command(BaseCommand):
    help = (
        "Load members.csv, enrolments.csv, credentials.csv, institutions.csv, relations.csv, "
        "contributions.csv, bindings.csv and funds.csv (any of them) from a folder, in this "
        "order. Each refused row is printed as file:line: column: reason and kept out; the good "
        "rows go in, a chunk a transaction, so a load that was killed is completed by loading "
        "again. Loading the same folder twice changes nothing. Exit code 0, whatever was refused, "
        "except with --strict."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="report everything and write nothing: one transaction, rolled back at the end",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="all or nothing, in one transaction: if any row or file was refused, nothing of "
            "the folder goes in and the exit code is 1",
        )

    def handle(self, *, folder: Path, dry_run: bool, strict: bool, verbosity, **options):
        self.quiet = verbosity == 0
        if not folder.is_dir():
            raise CommandError(_("没有这个文件夹：%(folder)s") % {"folder": folder})
        paths = [folder / name for name in files.COLUMNS if (folder / name).is_file()]
        if not paths:
            raise CommandError(
                _("%(folder)s 里没有登记文件，可用的文件名：%(names)s")
                % {"folder": folder, "names": "、".join(files.COLUMNS)}
            )
        self._name_strangers(folder)
        try:
            clean = self._whole(paths, dry_run, strict) if dry_run or strict else self._each(paths)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if strict and not clean:
            raise CommandError(_("有记录未通过：整个文件夹都没有载入（--strict）。"), returncode=1)
        if dry_run:
            self.stdout.write(_("试运行：没有写入任何内容。"))

    def _each(self, paths: list[Path]) -> bool:
        return self._load(paths, each=unit_of_work)

    def _whole(self, paths: list[Path], dry_run: bool, strict: bool) -> bool:
        """Load everything in one transaction and keep it only where it may stay."""

        def work() -> bool:
            clean = self._load(paths, each=services.at_once)
            if dry_run or (strict and not clean):
                transaction.set_rollback(True)
            return clean

        return unit_of_work(work)

    def _load(self, paths: list[Path], each) -> bool:
        at = database_clock()
        load = partial(services.load_file, each=each, by=BY, at=at, on=business_date(at))
        clean = True
        for path in paths:
            with self._progress(path) as bar:
                tally = load(path, refuse=partial(self._refuse, path.name), advance=bar.update)
            self._summarise(path.name, tally)
            clean = clean and tally.clean
        return clean

    def _progress(self, path: Path) -> tqdm:
        """Return a bar over the file's bytes on standard error; none where nobody watches."""
        return tqdm(
            total=path.stat().st_size,
            desc=path.name,
            unit="B",
            unit_scale=True,
            file=sys.stderr,
            disable=None,
            leave=False,
        )

    def _refuse(self, name: str, problem) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stdout.write(f"{name}:{problem.line}: {problem.column}: {problem.reason}")

    def _summarise(self, name: str, tally: services.Tally) -> None:
        if tally.refusal:
            self.stdout.write(f"{name}:1: header: {tally.refusal}")
            return
        if self.quiet:
            return
        for code, count in tally.warnings.items():
            self.stdout.write(f"{name}: " + str(wording.WARNING[code]) % {"count": count})
        self.stdout.write(
            _("%(name)s：新增 %(new)d，更正 %(changed)d，未变 %(unchanged)d，拒绝 %(refused)d")
            % {
                "name": name,
                "new": tally.new,
                "changed": tally.changed,
                "unchanged": tally.unchanged,
                "refused": tally.refused,
            }
        )

    def _name_strangers(self, folder: Path) -> None:
        for path in sorted(folder.glob("*.csv")):
            if path.name not in files.COLUMNS:
                self.stdout.write(_("%(name)s：不是登记文件，未读取。") % {"name": path.name})
