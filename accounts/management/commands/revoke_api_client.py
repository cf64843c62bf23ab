"""`manage.py revoke_api_client NAME`: a key that leaked or is no longer needed stops working."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.services import clients
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = "Stop a REST client: its key is refused from now on. What it settled stays."

    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, *args, **options):
        by = Actor(ActorKind.COMMAND, purpose="revoke_api_client", channel="command")
        try:
            client = unit_of_work(
                lambda: clients.revoke_client(name=options["name"], by=by, at=database_clock())
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("客户端“%(name)s”已停用。") % {"name": client.name})
