"""`manage.py create_till_credential NAME --institution CODE …`: a key that signs, shown once."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pooling.hospital.models import TillCredential
from pooling.hospital.national.services import credentials
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = (
        "Let a till of the national interface sign. Prints its access key, with --sm4 the key of "
        "that, and last its secret, once. `revoke_api_client NAME` stops it."
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
        parser.add_argument("--sm4", action="store_true", help="its inputs come encrypted")
        parser.add_argument(
            "--sm2-public-key",
            type=Path,
            metavar="PEM",
            help="its inputs are signed in cainfo too; needs the openssl program",
        )
        parser.add_argument("--backdate-days", type=int, default=0, metavar="N", help="0 to 30")

    def handle(self, *args, **options):
        pem = options["sm2_public_key"]
        by = Actor(ActorKind.COMMAND, purpose="create_till_credential", channel="command")

        def work():
            return credentials.create_credential(
                name=options["name"],
                institution_code=options["institution"],
                family=options["family"],
                share=options["share"],
                backdate_days=options["backdate_days"],
                encrypts=options["sm4"],
                sm2_public_key=pem.read_text("ascii") if pem else "",
                by=by,
                at=database_clock(),
            )

        try:
            credential, secret = unit_of_work(work)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("公钥文件不能读取：%(why)s") % {"why": error}) from error
        said = _("“%(name)s”的凭据已建立。密钥只显示这一次，请现在保存。首行是访问键，末行是密钥：")
        if options["sm4"]:
            said = _("“%(name)s”的凭据已建立。密钥只显示这一次。依次是访问键、SM4 密钥、密钥：")
        self.stdout.write(said % {"name": credential.client.name})
        self.stdout.write(credential.access_key)
        if options["sm4"]:
            self.stdout.write(credential.sm4_key)
        self.stdout.write(secret)
