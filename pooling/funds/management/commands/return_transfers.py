"""`manage.py return_transfers`: bring back now what nobody accepted in time."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from pooling.funds import jobs
from pooling.shared.actor import Actor, ActorKind

BY = Actor(ActorKind.COMMAND, purpose="return_transfers", channel="command")


class Command(BaseCommand):
    help = (
        "Return every transfer to a wallet whose time to be accepted is over, each to where it "
        "was taken from. The job worker does it before six each morning; again changes nothing."
    )

    def handle(self, **options):
        returned = jobs.bring_back(BY)
        self.stdout.write(_("退回 %(count)d 笔。") % {"count": returned})
