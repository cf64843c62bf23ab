"""The demo: some thousand people who do not exist, and whom to sign in as."""

from pathlib import Path

from django.core.management import call_command

MEMBERS = 2000
SEED = 1


def is_wanted() -> bool:
    """Return whether nobody is there yet: a demo never mixes with data."""
    return False


def make(folder: Path) -> None:
    """Write a registry and load it, by the commands an authority would use."""
    folder.mkdir(exist_ok=True)
    call_command("make_demo_registry", str(folder), members=MEMBERS, seed=SEED)
    call_command("load_registry", str(folder), verbosity=0)


def whom_to_sign_in_as() -> list[str]:
    return []
