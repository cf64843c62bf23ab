"""What the application server imports: pages and machine calls, each with its own middleware."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
pages = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

with override_settings(MIDDLEWARE=settings.MACHINE_MIDDLEWARE):
    machines = WSGIHandler()


def application(environ, start_response):
    """Send tills and probes past everything that only browsers need."""
    handler = machines if environ["PATH_INFO"].startswith(settings.MACHINE_PREFIXES) else pages
    return handler(environ, start_response)
