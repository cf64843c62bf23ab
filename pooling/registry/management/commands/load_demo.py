"""`manage.py load_demo`: the demo's people, sign-ins, desks, till and a few bills."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import selectors as people
from pooling.registry import demo, demo_life
from pooling.settlements.services import AlreadySettled
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work

BY = demo_life.BY


class Command(BaseCommand):
    help = (
        "Make the demo in PORTAL_HOME/demo by make_demo_registry and load_registry, with sign-ins "
        "for the story's people, staff of every role, a till and a few settled bills. Run again "
        "it adds what is missing. Refused where other people are registered."
    )

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, default=600, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(self, *, members: int, seed: int, verbosity: int, **options):
        if not settings.DEMO:
            raise CommandError(_("演示数据只在 PORTAL_DEMO=1 时载入。"))
        folder = Path(settings.HOME) / "demo"
        try:
            if not demo_life.is_there():
                self._registry(folder, members, seed)
            self._sign_ins()
            unit_of_work(lambda: demo_life.freeze(at=database_clock()))
            self._bills()
            self._till(folder, verbosity)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if verbosity:
            for line in demo_life.whom_to_sign_in_as():
                self.stdout.write(line)

    def _registry(self, folder: Path, members: int, seed: int) -> None:
        if people.anybody():
            raise CommandError(_("库里已有参保人；演示数据不与真实数据混在一起。"))
        quiet = StringIO()
        call_command("make_demo_registry", str(folder), members=members, seed=seed, stdout=quiet)
        call_command("load_policies", verbosity=0, stdout=quiet)
        call_command("load_registry", str(folder), strict=True, verbosity=0, stdout=self.stdout)

    def _sign_ins(self) -> None:
        for serial, _name, _story in demo.LOGINS:
            unit_of_work(
                lambda serial=serial: demo_life.let_member_in(serial, by=BY, at=database_clock())
            )
        for desk in demo_life.STAFF:
            unit_of_work(
                lambda desk=desk: demo_life.let_staff_in(*desk, by=BY, at=database_clock())
            )

    def _till(self, folder: Path, verbosity: int) -> None:
        """Keep the key beside the demo's files: it can be read once only, and demos go on."""
        key = unit_of_work(lambda: demo_life.make_till(by=BY, at=database_clock()))
        if key is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "till-key"
        path.touch(mode=0o600)
        path.write_text(key + "\n", "ascii")
        if verbosity:
            self.stdout.write(
                _("演示收费端 %(name)s 的密钥（也在 %(path)s）：%(key)s")
                % {"name": demo_life.TILL, "path": path, "key": key}
            )

    def _bills(self) -> None:
        for bill in demo_life.BILLS:
            try:
                unit_of_work(lambda bill=bill: demo_life.charge(bill, by=BY, at=database_clock()))
            except AlreadySettled:
                continue
