"""`manage.py create_till_credential NAME --institution CODE …`: a key that signs, shown once."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.hospital.models import TillCredential
from pooling.hospital.national.services import credentials
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = (
        "Let a till of the national interface sign. Prints its access key, and last its secret, "
        "once. `revoke_api_client NAME` stops it."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="what people call it, unique")
        parser.add_argument("--institution", metavar="CODE", required=True)
        parser.add_argument(
            "--family", choices=TillCredential.Family.values, default=TillCredential.Family.CSB
        )
        parser.add_argument(
            "--share",
            choices=TillCredential.Share.values,
            default=TillCredential.Share.TABLE,
            help="where the fund's share comes from",
        )
        parser.add_argument("--backdate-days", type=int, default=0, metavar="N", help="0 to 30")

    def handle(self, *args, **options):
        by = Actor(ActorKind.COMMAND, purpose="create_till_credential", channel="command")

        def work():
            return credentials.create_credential(
                name=options["name"],
                institution_code=options["institution"],
                family=options["family"],
                share=options["share"],
                backdate_days=options["backdate_days"],
                by=by,
                at=database_clock(),
            )

        try:
            credential, secret = unit_of_work(work)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        said = _("“%(name)s”的凭据已建立。密钥只显示这一次，请现在保存。先是访问键，后是密钥：")
        self.stdout.write(said % {"name": credential.client.name})
        self.stdout.write(credential.access_key)
        self.stdout.write(secret)
