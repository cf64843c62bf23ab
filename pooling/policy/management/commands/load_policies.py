"""Publish the rules described by YAML files: the built-in areas, or an authority's own."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pooling.policy import definitions, selectors, services, wording
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.work import unit_of_work


class Command(BaseCommand):
    """`manage.py load_policies [DIR] [--if-none]`; run again it changes nothing."""

    help = "发布规则文件里的统筹区规则；不给目录时载入内置规则。"

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=definitions.BUILT_IN)
        parser.add_argument("--if-none", action="store_true", help="已有规则时什么也不做。")

    def handle(self, *, folder, if_none=False, verbosity=1, **options):
        # What an authority has put in is its own affair: starting again must not add to it.
        if if_none and selectors.areas():
            return
        by = Actor(ActorKind.COMMAND, purpose="load_policies", channel="job")
        at = timezone.now()
        try:
            areas = definitions.read_folder(folder)
            done = unit_of_work(lambda: services.load(areas, by=by, at=at))
        except definitions.BadDefinition as problem:
            raise CommandError(wording.place_refusal(problem)) from problem
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if verbosity:
            self.stdout.write(
                f"统筹区 {done.areas} 个；"
                f"发布规则 {done.published} 版，原有不变 {done.unchanged} 版。"
            )
