"""Shred the papers of ended cases: `manage.py shred_papers GJ20261122-000123 …`."""

from django.core.management.base import BaseCommand, CommandError

from pooling.cases import documents, selectors
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class Command(BaseCommand):
    help = "Destroy the key of a case's papers, so that no page of them opens again."

    def add_arguments(self, parser):
        parser.add_argument("numbers", nargs="+", metavar="number")

    def handle(self, *args, numbers, **options):
        by = Actor(ActorKind.COMMAND, purpose="shred_papers", channel="command")
        for number in numbers:
            try:
                case_id = selectors.id_of(number)
                pages = unit_of_work(
                    lambda case_id=case_id: documents.shred(
                        case_id=case_id, by=by, at=database_clock()
                    )
                )
            except DomainError as refusal:
                raise CommandError(f"{number}: {refusal}") from refusal
            self.stdout.write(f"{number}: {pages}")
