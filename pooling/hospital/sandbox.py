"""The sandbox: invented people at an invented institution, who are gone when the walk is over.

It is kept apart by never being committed (ADR 36). The messages go through the real handler, with
signatures, locks, ledger and all; then the one transaction around them is rolled back, so that no
reader ever sees a row of it and none of the real ones can have been changed.
"""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.urls import resolve
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.identity import with_check_digit
from accounts.models import Member
from accounts.services import credentials as e_credentials
from accounts.services import members
from pooling.bindings import services as bindings
from pooling.bindings import texts
from pooling.bindings.services import Signing, Terms
from pooling.funds import services as funds
from pooling.hospital import envelope
from pooling.hospital.national.services import credentials
from pooling.hospital.national.walk import FAMILIES, SHOWN, Exchange, Signer, Visit, Walk
from pooling.kinship import services as kinship
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.periods import SHANGHAI, business_date
from pooling.shared.work import database_clock

AREA, INSTITUTION = "999999", "HSANDBOX0001"
#: Held while a walk runs, so that a crowd of them does not take the server from tills.
_ONE_AT_A_TIME = 0x5A4D_B0C5
_SINCE = date(2020, 1, 1)


class SandboxBusy(DomainError):
    """Somebody else's walk is running."""

    code = "sandbox_busy"
    status = 503


@contextmanager
def never_committed() -> Iterator[None]:
    """Run a block with real units of work inside, and roll everything back, whatever happens.

    Without autocommit each unit of work is a savepoint of a transaction that nobody commits.
    What would only be checked at the commit is checked before the end.
    """
    connection.set_autocommit(False)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def walk(*, family: str, total: Decimal) -> list[Exchange]:
    """Walk a visit of invented people and return its messages. Raises SandboxBusy."""
    with never_committed():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            if not cursor.fetchone()[0]:
                raise SandboxBusy(_("有人正在演练，请稍等几秒再试。"))
        by, at = Actor(ActorKind.COMMAND, purpose="sandbox", channel="sandbox"), database_clock()
        patient = _invent(by=by, at=at)
        signer = _till(family, by=by, at=at)
        visit = Visit(patient.psn_no, patient.cert_no, patient.name, total)
        return list(Walk(signer, visit, _send, _clock).take(SHOWN))


def _clock() -> datetime:
    """Return the database's moment as a till writes it."""
    return database_clock().astimezone(SHANGHAI)


def _invent(*, by: Actor, at) -> Member:
    """Make an institution, a daughter who is ill and a father who pays for her.

    Their area is one nobody registered: the nation's rules speak for it.
    """
    place = members.InstitutionRow(
        line=1, code=INSTITUTION, name=str(_("沙盒医院")), area=AREA, level=1, type="hospital"
    )
    members.load_institutions([place], by=by, at=at)
    father = _person("沙建国", date(1962, 3, 5), "1", "310", by=by, at=at)
    daughter = _person("沙小雨", date(1990, 6, 1), "2", "390", by=by, at=at)
    e_credentials.activate(member_id=daughter.pk, via="member", by=by, at=at)
    tie = {"line": 1, "member_id": father.pk, "relative_id": daughter.pk, "code": "30"}
    proof = {"evidence": "birth_certificate", "evidence_no": "", "to_date": None}
    row = kinship.RelationRow(**tie, **proof, from_date=daughter.birth_date)
    kinship.record_many([row], by=by, at=at)
    money = {"psn_no": father.psn_no, "area": AREA, "part": "current", "amount_fen": 500_00}
    money |= {"line": 1, "reference": secrets.token_hex(8), "business_date": business_date(at)}
    funds.contribute_many([funds.ContributionRow(**money)], by=by, at=at)
    bindings.authorise(
        payer_id=father.pk,
        relative_id=daughter.pk,
        relation_code="30",
        terms=Terms(from_date=business_date(at)),
        proof="registry",
        signing=Signing(texts.PAPER, texts.fingerprint(texts.PAPER), at),
        confirmed=True,
        by=Actor(ActorKind.MEMBER, father.pk, channel="sandbox"),
        at=at,
    )
    return daughter


def _person(name: str, born: date, gender: str, insutype: str, *, by: Actor, at) -> Member:
    """Make somebody whose number no province gives out."""
    order = secrets.randbelow(499) * 2 + (1 if gender == "1" else 2)
    psn_no = f"SBX{secrets.token_hex(6)}"
    person = members.MemberRow(
        line=1,
        psn_no=psn_no,
        name=name,
        cert_type="01",
        cert_no=with_check_digit(f"10{secrets.randbelow(10_000):04d}{born:%Y%m%d}{order:03d}"),
        birth_date=born,
        gender=gender,
        phone=None,
        died_on=None,
    )
    members.load_members([person], by=by, at=at)
    insured = members.EnrolmentRow(
        line=1,
        psn_no=psn_no,
        insutype=insutype,
        area=AREA,
        psn_type="11" if insutype == "310" else "15",
        status="1",
        from_date=_SINCE,
        to_date=None,
        employer="",
    )
    members.load_enrolments([insured], by=by, at=at)
    found = people.by_psn_no(psn_no)
    if found is None:  # a number that one of the demo's people has, too
        raise SandboxBusy(_("有人正在演练，请稍等几秒再试。"))
    return found


def _till(family: str, *, by: Actor, at) -> Signer:
    credential, secret = credentials.create_credential(
        name=f"sandbox {secrets.token_hex(6)}",
        institution_code=INSTITUTION,
        family=FAMILIES[family],
        share="table",
        backdate_days=0,
        by=by,
        at=at,
    )
    return Signer(INSTITUTION, credential.access_key, secret, family)


def _send(infno: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Hand a message to the handler of its address, as the server would."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/hsa/{infno}",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json; charset=utf-8",
        "SERVER_NAME": "sandbox",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
    }
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
    view, args, kwargs = resolve(environ["PATH_INFO"])
    handler = envelope.middleware(lambda request: view(request, *args, **kwargs))
    response = handler(WSGIRequest(environ))
    return response.status_code, response.content
