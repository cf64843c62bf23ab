"""1101 and 2001: who somebody is, how they are insured, and what they may draw on."""

from datetime import date

from django.utils.translation import gettext as _

from accounts import selectors as accounts
from accounts.models import Enrolment, Insurance, Member
from accounts.services import credentials
from pooling.audit import services as audit
from pooling.funds import selectors as funds
from pooling.hospital.national import dictionary
from pooling.hospital.national.calls import Call
from pooling.hospital.national.numbers import yuan
from pooling.hospital.national.people import (
    PersonDiffers,
    about,
    check,
    insured,
    named,
    shown_code,
)
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date, contains
from pooling.shared.work import verb

#: Certificate types whose number is an identity number.
ID_CARD = {"", "02", "03"}
#: Insurance → codes of what its pooled fund and its personal account pay.
FUND = {"310": "310100", "390": "390100"}
ACCOUNT = "310200"


@verb
def look_up(*, call: Call, by: Actor, at) -> dict | None:
    """Return who somebody is by document and name, or None.

    A wrong name and an unknown number get the same words. The look is written down each time,
    which also counts attempts; so finding nobody is no exception here.
    """
    node = call.nodes["data"]
    on = business_date(at)
    kind = node["mdtrt_cert_type"] or ""
    number = node["certno"] or (kind in ID_CARD and node["mdtrt_cert_no"]) or ""
    name = node["psn_name"] or ""
    code = shown_code(node)
    if code:
        member = _by_code(call, node, code, by=by, at=at)
    else:
        member = accounts.by_identity(number, name) if number and name else None
    seen = [member.pk] if member else []
    fields = ["psn_no", "psn_name", "certno", "brdy", "insuinfo", "balc"]
    audit.look(page="hsa:1101", member_ids=seen, fields=fields, by=by, at=at)
    if member is None:
        return None
    rows = accounts.enrolments_of(member.pk, on)
    account = funds.account_for([member.pk], accounts.standings([member], on), on).get(member.pk)
    balance = account.current.balance_fen + account.prior.balance_fen if account else 0
    shown = _latest(rows)
    keeper = _keeper(shown, account.area) if account else None
    return {
        "baseinfo": dictionary.complete("1101", "baseinfo", about(member, on)),
        "insuinfo": [
            dictionary.complete("1101", "insuinfo", _insurance(row, balance * (row is keeper), on))
            for row in shown
        ],
        "idetinfo": [],
    }


def _by_code(call: Call, node: dict, code: str, *, by: Actor, at) -> Member:
    """Take a shown code. Raises CodeRefused: also beside another's name or number."""
    member = credentials.redeem(
        code=code, institution=call.institution, message=call.key, by=by, at=at
    )
    try:
        check(member, node)
    except PersonDiffers:
        raise credentials.wrong_person(member) from None
    return member


def _latest(rows: list[Enrolment]) -> list[Enrolment]:
    """Return the last stay in each insurance of each area."""
    return list({(row.insutype, row.area): row for row in rows}.values())


def _keeper(rows: list[Enrolment], area: str) -> Enrolment | None:
    """Return the row beside which the account is shown: of its area, the employee's first."""
    if not rows:
        return None
    return max(rows, key=lambda row: (row.area == area, row.insutype == Insurance.EMPLOYEE))


def _insurance(row: Enrolment, balance_fen: int, on: date) -> dict:
    status = row.status
    if not contains(row.from_date, row.to_date, on):
        status = Enrolment.Status.ENDED
    paused = row.from_date.isoformat() if status == Enrolment.Status.PAUSED else ""
    return {
        "balc": yuan(balance_fen),
        "insutype": row.insutype,
        "psn_type": row.psn_type,
        "psn_insu_stas": str(status),
        "psn_insu_date": row.from_date.isoformat(),
        "paus_insu_date": paused,
        "cvlserv_flag": "0",
        "insuplc_admdvs": row.area,
        "emp_name": row.employer,
    }


@verb
def entitlement(*, call: Call, by: Actor, at) -> dict:
    """Return whether fund and personal account pay for somebody. Raises NotFound."""
    node = call.nodes["data"]
    on = business_date(at)
    member = named(node)
    audit.look(page="hsa:2001", member_ids=[member.pk], fields=["insutype"], by=by, at=at)
    found = insured(accounts.enrolments_of(member.pk, on), node["insutype"], on)
    account = funds.account_for([member.pk], accounts.standings([member], on), on).get(member.pk)
    told = [
        (FUND[found.insutype], found.entitled, _("参保状态不正常，统筹基金不予支付")),
        (ACCOUNT, account is not None, _("没有可用的个人账户")),
    ]
    return {
        "trtinfo": [
            dictionary.complete(
                "2001",
                "trtinfo",
                {
                    "psn_no": member.psn_no,
                    "trt_chk_type": "1",
                    "fund_pay_type": code,
                    "trt_enjymnt_flag": "1" if enjoys else "0",
                    "begndate": on.isoformat(),
                    "trt_chk_rslt": "" if enjoys else otherwise,
                },
            )
            for code, enjoys, otherwise in told
        ]
    }


def nobody() -> NotFound:
    """Return the words of a look-up that found nobody."""
    return NotFound(_("没有这位参保人，请核对证件号码与姓名。"))
