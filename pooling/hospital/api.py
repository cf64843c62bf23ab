"""The REST interface of tills and hotlines, `/api/v1/`: parse, one unit of work, answer."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Annotated

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query
from ninja.parser import Parser

from accounts.models import ApiClient
from accounts.services.credentials import CodeRefused
from pooling.hospital import access, faults, schemas
from pooling.hospital.parsing import Day, read_json
from pooling.hospital.services import codes, exchanges, lookups, tills
from pooling.hospital.services.once import Answer
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date
from pooling.shared.rows import row_number
from pooling.shared.work import unit_of_work

TILL = access.Key(ApiClient.Scope.SETTLE)
HOTLINE = access.Key(ApiClient.Scope.LOOKUP)
ANYBODY = access.Key()


class KeyMismatch(DomainError):
    """On /settlements the idempotency key is the message id."""

    code = "idempotency_key_mismatch"
    status = 422


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest):
        exchanges.of(request).body = request.body
        return read_json(request.body)


def _as_any_page(view: Callable) -> Callable:
    """Give the page for people what pages have and machine calls do not: it is of our origin."""
    for middleware in (CSPMiddleware, XFrameOptionsMiddleware):
        view = decorator_from_middleware(middleware)(view)
    return view


api = NinjaAPI(
    title="医保家庭共济 REST",
    version="1",
    description=(
        "Money is yuan: out as a string with two decimals, in as such a string or a number. "
        "Dates are YYYY-MM-DD, times ISO 8601 with offset. Every refusal has a `code` for "
        "machines and a `message` for people; every answer an `X-Request-ID`."
    ),
    urls_namespace="rest",
    docs_url="/docs",
    docs_decorator=_as_any_page,
    openapi_url="/openapi.json",
    parser=StrictParser(),
)
faults.install(api)


def _refusals(*statuses: int) -> dict:
    return dict.fromkeys((401, 403, 503, *statuses), schemas.Problem)


def _key_header(required: str) -> dict:
    header = {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "description": required,
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    }
    return {"parameters": [header]}


REPEATABLE = _key_header("the same key and body get the same answer, `Idempotent-Replay: true`")
AS_MESSAGE = _key_header("equal to message_id")


@api.post(
    "/preview",
    auth=TILL,
    summary="Split a bill without settling it",
    response={200: schemas.ProposalOut, **_refusals(400, 404, 422)},
)
def preview(request, bill: schemas.BillIn):
    """Nothing is stored, posted or reserved; the same engine as the real debit."""
    who_and_when = _who_and_when(request)
    with _refused_codes_kept(request):
        return _answer(request, tills.preview(client=request.auth, bill=bill, **who_and_when))


@api.post(
    "/settlements",
    auth=TILL,
    summary="Settle a bill",
    response={201: schemas.SettlementOut, **_refusals(400, 404, 409, 422)},
    openapi_extra=AS_MESSAGE,
)
def settle(request, bill: schemas.BillIn):
    """One per institution and message id: repeated, it is answered as the first time."""
    if access.idempotency_key(request) != bill.message_id:
        raise KeyMismatch(_("Idempotency-Key 应与 message_id 相同。"))
    return _work(request, tills.settle, bill=bill)


@api.get(
    "/settlements/{settlement_id}",
    auth=TILL,
    summary="A settlement with lines and decision",
    response={200: schemas.SettlementOut, **_refusals(404)},
)
def show(request, settlement_id: str):
    number = _number(request, settlement_id)
    return _answer(request, tills.show(client=request.auth, settlement_id=number))


@api.post(
    "/settlements/{settlement_id}/reversal",
    auth=TILL,
    summary="Reverse a settlement",
    response={200: schemas.SettlementOut, **_refusals(400, 404, 409, 422)},
    openapi_extra=REPEATABLE,
)
def reverse(request, settlement_id: str, reversal: schemas.ReversalIn):
    """Gives every source back what it gave and has not yet been refunded."""
    key = access.idempotency_key(request)
    number = _number(request, settlement_id)
    return _work(request, tills.reverse, settlement_id=number, key=key, reversal=reversal)


@api.post(
    "/reversals",
    auth=TILL,
    summary="Reverse by message id",
    response={
        200: schemas.SettlementOut,
        202: schemas.TombstoneOut,
        **_refusals(400, 404, 409, 422),
    },
    openapi_extra=REPEATABLE,
)
def reverse_message(request, reversal: schemas.ReversalByMessageIn):
    """For a till that never got its answer. Before the original: 202, and it is refused later."""
    key = access.idempotency_key(request)
    return _work(request, tills.reverse_message, key=key, reversal=reversal)


@api.post(
    "/settlements/{settlement_id}/refunds",
    auth=TILL,
    summary="Give part of a settlement back",
    response={201: schemas.RefundOut, **_refusals(400, 404, 409, 422)},
    openapi_extra=REPEATABLE,
)
def refund(request, settlement_id: str, wish: schemas.RefundIn):
    """Cash first, then payers last-first, then own."""
    key = access.idempotency_key(request)
    number = _number(request, settlement_id)
    return _work(request, tills.refund, settlement_id=number, key=key, wish=wish)


@api.get(
    "/members/{psn_no}/balance",
    auth=HOTLINE,
    summary="What a member has and what relatives make available",
    response={200: schemas.BalanceOut, **_refusals(404)},
)
def balance(request, psn_no: str):
    """Amounts of relatives: could give today for outpatient at a level-1 institution."""
    who_and_when = _who_and_when(request)
    return _answer(request, unit_of_work(lambda: lookups.balance(psn_no=psn_no, **who_and_when)))


@api.post(
    "/members/lookup",
    auth=HOTLINE,
    summary="A member's number by identity number and name",
    response={200: schemas.FoundOut, **_refusals(400, 404, 422)},
)
def lookup(request, wanted: schemas.LookupIn):
    """POST, because a GET would put the identity number into logs and proxies."""
    who_and_when = _who_and_when(request)
    found = unit_of_work(lambda: lookups.find(wanted=wanted, **who_and_when))
    if found is None:
        raise NotFound(_("没有这位参保人，请核对证件号码与姓名。"))
    return _answer(request, found)


@api.get(
    "/areas/{code}/rules",
    auth=ANYBODY,
    summary="The rules of an area on a day",
    response={200: dict[str, schemas.RuleOut], **_refusals(404, 422)},
)
def rules(request, code: str, on: Annotated[Day | None, Query()] = None):
    """Every parameter by name, with version, clause and source. Without `on`: today."""
    return _answer(request, lookups.rules(area=code, on=on or business_date(request.auth.clock)))


def _work(request, verb: Callable[..., Answer], **values) -> HttpResponse:
    """Run one verb in the request's one unit of work."""
    values |= {"client": request.auth, **_who_and_when(request)}
    with _refused_codes_kept(request):
        return _answer(request, unit_of_work(lambda: verb(**values)))


@contextmanager
def _refused_codes_kept(request):
    """Keep in a unit of work of its own what a refused code took back with everything else."""
    try:
        yield
    except CodeRefused as refusal:
        what = {"refusal": refusal, "institution": request.auth.institution}
        unit_of_work(lambda: codes.keep(**what, **_who_and_when(request)))
        raise


def _who_and_when(request) -> dict:
    return {"by": access.actor(request.auth), "at": request.auth.clock}


def _answer(request, given: Answer) -> HttpResponse:
    exchanges.note(exchanges.of(request), given)
    response = faults.answer(given.content, given.status)
    if given.replayed:
        response["Idempotent-Replay"] = "true"
    return response


def _number(request, text: str) -> int:
    """Return a settlement's id; what is none belongs to nobody."""
    number = row_number(text)
    if number is None:
        raise NotFound(_("没有这笔结算。"))
    exchanges.of(request).setl_id = number
    return number
