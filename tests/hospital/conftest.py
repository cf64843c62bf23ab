"""What the REST suites share: tills and hotlines, the worked family, and the connection."""

from dataclasses import dataclass

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from accounts.models import Member
from pooling.bindings.models import Binding
from pooling.funds import selectors as funds
from tests import build
from tests.hospital.national import NationalTill
from tests.hospital.till import Till

AREA = "999900"
#: Found before the server's own function; gone with the test's transaction.
_NOON = """
    CREATE SCHEMA noon;
    CREATE FUNCTION noon.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        RETURN pg_catalog.clock_timestamp() - now() + interval '12 hours'
               + date_trunc('day', now(), 'Asia/Shanghai');
    SET LOCAL search_path = noon, public, pg_catalog
"""


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep raw WSGI calls from closing the connection that holds the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _noon(request):
    """A test begins at noon for the database, as on any day: tills live by its clock.

    Tests would else meet midnight between two questions, or the minutes after it, in which
    rules are read anew. Those that commit speak on many connections, and live by the real one.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker is None or marker.kwargs.get("transaction"):
        return
    request.getfixturevalue("db")
    with connection.cursor() as cursor:
        cursor.execute(_NOON)


@pytest.fixture
def hospital(db):
    return build.institution()


@pytest.fixture
def till(hospital) -> Till:
    return Till(build.api_key(institution=hospital), hospital.code)


@pytest.fixture
def hotline(db) -> Till:
    return Till(build.api_key(scope="lookup"))


@pytest.fixture
def stranger(db) -> Till:
    """A till of another institution."""
    elsewhere = build.institution()
    return Till(build.api_key(institution=elsewhere), elsewhere.code)


@dataclass(frozen=True)
class Family:
    """`money.md`: Mei is treated; Wei has 60.00, Lan 500.00 and a cap of 100.00 a settlement."""

    mei: Member
    wei: Member
    lan: Member
    from_wei: Binding
    from_lan: Binding


@pytest.fixture
def family(db) -> Family:
    build.area(AREA)
    mei = build.resident("梅小雨", area=AREA)
    wei = build.employee("魏建国", area=AREA)
    lan = build.employee("兰秀英", area=AREA)
    build.personal_account(wei, current=20_00, prior=40_00, area=AREA)
    build.personal_account(lan, prior=500_00, area=AREA)
    return Family(
        mei,
        wei,
        lan,
        build.active_binding(wei, mei, rank=1),
        build.active_binding(lan, mei, rank=2, cap_per_settlement_fen=100_00),
    )


def holds(person: Member) -> int:
    """Return what is in somebody's personal accounts, in fen."""
    accounts = funds.of_member(person.pk)
    return sum(each.current.balance_fen + each.prior.balance_fen for each in accounts)


def _national(institution, family: str = "csb") -> NationalTill:
    credential, secret = build.till_credential(institution=institution, family=family)
    return NationalTill(credential.access_key, secret, institution.code, family)


@pytest.fixture
def national(hospital) -> NationalTill:
    """A hospital's till of the national interface, signing by HMAC-SHA1."""
    return _national(hospital)


@pytest.fixture
def tif(hospital) -> NationalTill:
    """The same hospital's, signing by SHA-256."""
    return _national(hospital, "tif")


@pytest.fixture
def pharmacy(db) -> NationalTill:
    return _national(build.institution("P36110000009", name="康民大药房", level=0, type="pharmacy"))
