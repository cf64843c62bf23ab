"""What the application server imports: pages and machine calls, each with its own middleware."""

import os

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class MachineHandler(WSGIHandler):
    """Tills and probes: without session, cookie and language, a request costs a third."""

    def load_middleware(self, is_async=False):
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = []
        chain = convert_exception_to_response(self._get_response)
        for path in reversed(settings.MACHINE_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(path)(chain))
        self._middleware_chain = chain


pages = get_wsgi_application()
machines = MachineHandler()


def application(environ, start_response):
    """Send tills and probes past everything that only browsers need."""
    handler = machines if environ["PATH_INFO"].startswith(settings.MACHINE_PREFIXES) else pages
    return handler(environ, start_response)
