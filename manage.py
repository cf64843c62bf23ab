#!/usr/bin/env python
"""Django's command line for the family-pooling portal."""

import os
import signal
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # Leave as Ctrl-C would: the last one out stops the embedded database.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if sys.argv[1:2] == ["up"]:
            from portal import env, keys

            keys.make(env.home())  # before the settings, which need them
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
