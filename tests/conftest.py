"""What several suites share: a browser the size of a phone, a live site, and axe."""

import os
import shutil

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from pooling.ledger.services import forget_scheme_accounts
from pooling.policy import selectors as rules
from tests.emptying import empty

# Playwright's synchronous API keeps an event loop in the thread, which Django distrusts.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Random tests are judged by what they find, not by how long a busy machine took over it.
hypothesis.settings.register_profile(
    "patient",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items):
    """Whatever opens a page is a browser test, and is skipped with a reason without one."""
    for item in items:
        if "page" in item.fixturenames or "context" in item.fixturenames:
            item.add_marker("browser")
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Part with whoever still speaks to the test database, so that it can be dropped.

    The pool is closed with the database; a session that a thread of the live site still holds,
    because a browser kept its line open, is not.
    """
    TransactionTestCase._fixture_teardown = empty
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Forget what this process cached about a database that is emptied between tests."""
    forget_scheme_accounts()
    rules.forget()


@pytest.fixture(autouse=True)
def _chinese():
    """Start in the portal's own language: Django leaves the last request's switched on."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    where = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return {**browser_context_args, **where, "viewport": PHONE}


@pytest.fixture
def context(context):
    """Give each page a minute: a busy machine is slow, and only a failure waits that long."""
    context.set_default_timeout(60_000)
    return context


@pytest.fixture
def live(live_server):
    """Return the address of the running site; passkeys want the name, so never 127.0.0.1."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def axe():
    """Return a function that fails on any WCAG 2.2 AA finding of the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page):
        page.wait_for_load_state()
        found = Axe().run(
            page, options={"runOnly": _WCAG, "preload": False, "resultTypes": ["violations"]}
        )
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def quiet_console(page):
    """Fail when the page's console shows an error: a blocked script, a missing file."""
    said = []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []
