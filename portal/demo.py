"""The demo: some hundred people who do not exist, and whom to sign in as."""

from django.core.management import call_command

from pooling.registry.demo_life import is_wanted, whom_to_sign_in_as
from portal.env import read

__all__ = ["is_wanted", "make", "whom_to_sign_in_as"]


def make() -> None:
    """Make and load a registry by the commands an authority would use, and what happened since."""
    members = read.int("PORTAL_DEMO_MEMBERS", default=600)
    call_command("load_demo", members=members, verbosity=0)
