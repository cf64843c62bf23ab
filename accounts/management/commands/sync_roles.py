"""`manage.py sync_roles`: staff's roles open what this release says they open."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.services import users
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = (
        "Bring the groups of staff's roles in line with this release, after `migrate`. "
        "`manage.py up` does so by itself; again it changes nothing."
    )

    def handle(self, *, verbosity: int, **options):
        by = Actor(ActorKind.COMMAND, purpose="sync_roles", channel="command")
        changed = unit_of_work(lambda: users.sync_roles(by=by, at=database_clock()))
        if verbosity:
            said = _("岗位权限已更新：%(roles)s。") if changed else _("岗位权限没有变化。")
            self.stdout.write(said % {"roles": "、".join(changed)} if changed else said)
