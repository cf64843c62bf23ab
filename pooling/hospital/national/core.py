"""Asking a real core what the fund bears of a bill, over HTTP (docs/connecting-a-till.md).

The question has no effect there, so it may be repeated; no answer in time takes no money here.
"""

import http.client
import logging
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings

from pooling.hospital.national import numbers
from pooling.hospital.national.benefits import Claim, NoShare, Share, told_by_core
from pooling.hospital.national.numbers import yuan

log = logging.getLogger(__name__)
#: A till waits for both, and its visit is locked meanwhile.
SECONDS = 2
TRIES = 2
MOST_BYTES = 64 * 1024


class _Stay(HTTPRedirectHandler):
    """A core does not send us elsewhere with somebody's bill."""

    def redirect_request(self, *_args, **_values):
        return None


#: No proxy of the environment either: the address is the setting's.
_opener = build_opener(ProxyHandler({}), _Stay)


def configured() -> bool:
    """Return whether there is a core to ask."""
    return settings.CORE_URL.startswith(("http://", "https://"))


def ask(claim: Claim) -> Share:
    """Return the share a core reckons. Raises NoShare where it gives none that adds up."""
    if not configured():
        raise NoShare("unset")
    for attempt in range(TRIES):
        try:
            return told_by_core(claim, _post(question(claim)))
        except HTTPError as refusal:
            log.warning("core answered %s", refusal.code)
            if refusal.code < 500:
                break
        except (URLError, OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            log.warning("core gave no answer (%s), try %s", type(error).__name__, attempt + 1)
    raise NoShare("away")


def question(claim: Claim) -> str:
    """Return the question as JSON: the bill by the national interface's own names."""
    return numbers.dumps(
        {
            "psn_no": claim.psn_no,
            "fixmedins_code": claim.institution,
            "hosp_lv": claim.level,
            "insutype": claim.insutype,
            "med_type": claim.med_type,
            "kind": claim.kind,
            "date": claim.on.isoformat(),
            "medfee_sumamt": yuan(claim.total_fen),
            "fulamt_ownpay_amt": yuan(claim.own_paid_fen),
            "overlmt_selfpay": yuan(claim.over_limit_fen),
            "preselfpay_amt": yuan(claim.pre_paid_fen),
            "inscp_scp_amt": yuan(claim.in_scope_fen),
            "deductible_paid": yuan(claim.deductible_used_fen),
        }
    )


def _post(body: str) -> str:
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
    if settings.CORE_KEY:
        headers["Authorization"] = f"Bearer {settings.CORE_KEY}"
    request = Request(settings.CORE_URL, body.encode(), headers, method="POST")  # noqa: S310
    with _opener.open(request, timeout=SECONDS) as reply:
        return reply.read(MOST_BYTES).decode()
