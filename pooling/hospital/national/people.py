"""Who a message is about, and how they are insured: the few questions every transaction asks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts import tokens
from accounts.models import Enrolment, Member
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import age, contains

#: The certificate type of an e-credential (`mdtrt_cert_type`).
E_CREDENTIAL = "01"


class PersonDiffers(DomainError):
    """Number, name and document in one message belong to different people."""

    code = "person_differs"


@dataclass(frozen=True, slots=True)
class Insured:
    """How somebody is insured under one insurance on a day; `entitled` to its benefits or not."""

    insutype: str
    psn_type: str
    area: str
    entitled: bool


def named(node: dict) -> Member:
    """Return whom a message names. Raises NotFound and PersonDiffers.

    Name and document stand beside the number in most messages: a till that has mixed two
    patients up should hear of it before money moves.
    """
    member = accounts.by_psn_no(node["psn_no"])
    if member is None:
        raise NotFound(_("没有这个人员编号，请先获取人员信息（1101）。"))
    check(member, node)
    return member


def check(member: Member, node: dict) -> None:
    """Refuse a message whose name or document is not the member's. Raises PersonDiffers."""
    number, name = node.get("certno"), node.get("psn_name")
    if number and number.upper() != member.cert_no.upper():
        raise PersonDiffers(_("证件号码与人员编号不是同一个人。"))
    if name and name != member.name:
        raise PersonDiffers(_("姓名与人员编号不是同一个人。"))


def shown_code(node: dict) -> str:
    """Return the code of an e-credential in a message, empty without one."""
    text = node.get("mdtrt_cert_no") or ""
    return text if node.get("mdtrt_cert_type") == E_CREDENTIAL and tokens.is_code(text) else ""


def insured(rows: list[Enrolment], insutype: str, on: date) -> Insured:
    """Return how somebody is insured for a bill: of this kind on this day, or once.

    Raises NotFound for who never was. Money outlives the insurance it came from, so a bill is
    taken all the same; the fund pays nothing then.
    """
    mine = [row for row in rows if row.insutype == insutype and row.from_date <= on]
    if not mine:
        raise NotFound(_("该人员没有参加这个险种。"))
    row = mine[-1]
    normal = row.status == Enrolment.Status.NORMAL and contains(row.from_date, row.to_date, on)
    return Insured(insutype, row.psn_type, row.area, normal)


def about(member: Member, on: date) -> dict:
    """Return what every reply says of a person."""
    return {
        "psn_no": member.psn_no,
        "psn_cert_type": member.cert_type,
        "certno": member.cert_no,
        "psn_name": member.name,
        "gend": member.gender,
        "brdy": member.birth_date.isoformat(),
        "age": Decimal(age(member.birth_date, on)),
    }
