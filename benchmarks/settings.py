"""The portal's settings and one address more: the yardstick, past everything browsers need."""

from portal.settings import *  # noqa: F403
from portal.settings import MACHINE_PREFIXES

ROOT_URLCONF = "benchmarks.urls"
MACHINE_PREFIXES = (*MACHINE_PREFIXES, "/four-queries")
