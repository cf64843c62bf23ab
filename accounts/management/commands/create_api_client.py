"""`manage.py create_api_client NAME --scope settle|lookup …`: a key for a machine, shown once."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import ApiClient
from accounts.services import clients
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = "Make a REST client and print its bearer key, once, alone on the last line."

    def add_arguments(self, parser):
        parser.add_argument("name", help="what people call it, unique")
        parser.add_argument("--scope", required=True, choices=ApiClient.Scope.values)
        parser.add_argument("--institution", metavar="CODE", help="whose bills it settles")
        parser.add_argument("--backdate-days", type=int, default=0, metavar="N", help="0 to 30")

    def handle(self, *args, **options):
        by = Actor(ActorKind.COMMAND, purpose="create_api_client", channel="command")

        def work():
            return clients.create_client(
                name=options["name"],
                scope=options["scope"],
                institution_code=options["institution"],
                backdate_days=options["backdate_days"],
                by=by,
                at=database_clock(),
            )

        try:
            client, key = unit_of_work(work)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        said = _("客户端“%(name)s”已建立。密钥只显示这一次，请现在保存：")
        self.stdout.write(said % {"name": client.name})
        self.stdout.write(key)
