"""9101, 3202, 9102: a statement's details go up, are compared line by line, and come back."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Institution
from pooling.audit import services as audit
from pooling.hospital.models import ClearingLine, ExchangeFile
from pooling.hospital.national import details, dictionary, moments
from pooling.hospital.national.calls import Call
from pooling.hospital.national.details import Detail, Difference
from pooling.hospital.national.services.statements import check_days, days, lines_of
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.money import yuan_from_fen
from pooling.shared.queries import insert
from pooling.shared.work import verb

#: How long a file waits to be fetched.
KEPT = timedelta(days=7)
MOST_BYTES = 4 * 1024 * 1024


class FileRefused(DomainError):
    """The file cannot be read, or is too large."""

    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be fetched."""

    name: str
    content: bytes


@verb
def upload(*, call: Call, by: Actor, at) -> dict:
    """9101: keep a file for a week. Raises FileRefused."""
    node = call.nodes["fsUploadIn"]
    row = _kept(call, node["filename"], _bytes(node["in"]), at)
    return dictionary.complete("9101", "", _named(call, row))


@verb
def compare(*, call: Call, by: Actor, at) -> dict:
    """3202: compare an uploaded file with our clearing lines; what differs is a file to fetch.

    Raises NotFound, RangeRefused and FileRefused.
    """
    node = call.nodes["data"]
    first, last = days(node)
    uploaded = _find(call, node["file_qury_no"], at)
    flag = node["refd_setl_flag"] or ""
    ours = lines_of(call.institution.pk, first, last, flag).filter(clr_type=node["clr_type"])
    differences = compared(base64.b64decode(uploaded.content), ours)
    row = _kept(call, f"result_{uploaded.number}.zip", details.write(differences), at)
    return {"fileinfo": dictionary.complete("3202", "fileinfo", _named(call, row))}


@verb
def compare_for_staff(
    *, institution: Institution, content: bytes, first: date, last: date, by: Actor, at
) -> list[Difference]:
    """Compare an institution's file with its lines of some days, of all clearing types.

    Nothing is kept but that it was done. Raises RangeRefused and FileRefused.
    """
    check_days(first, last)
    found = compared(content, lines_of(institution.pk, first, last, ""))
    detail = {"first": first.isoformat(), "last": last.isoformat(), "differences": len(found)}
    audit.record(
        verb="hospital.compare_statement", subject=institution, by=by, at=at, detail=detail
    )
    return found


def compared(content: bytes, lines: QuerySet[ClearingLine]) -> list[Difference]:
    """Return in what a file differs from clearing lines. Raises FileRefused."""
    try:
        theirs = details.read(content)
    except details.Unreadable as error:
        sentence = _("对账文件不能读取（第 %(line)s 行）：应为压缩的文本，七列以制表符分隔。")
        raise FileRefused(sentence % {"line": error.line or 1}) from None
    return details.compare(theirs, _ours(lines), _said)


def download(*, call: Call, by: Actor, at) -> Download:
    """9102: return a file of the institution's own. Raises NotFound."""
    row = _find(call, call.nodes["fsDownloadIn"]["file_qury_no"], at)
    return Download(row.name, base64.b64decode(row.content))


@transaction.atomic
def forget_files(*, at) -> int:
    """Forget files that nobody can fetch any more; return how many."""
    deleted, _by_model = ExchangeFile.objects.filter(made_at__lt=at - KEPT).delete()
    return deleted


def _bytes(given: Any) -> bytes:
    """Return a file's bytes: in Base64, or as numbers one by one, signed as in Java or not."""
    try:
        if isinstance(given, str):
            content = base64.b64decode(given, validate=True)
        elif isinstance(given, list) and all(type(each) is int for each in given):
            content = bytes(each % 256 for each in given if -128 <= each <= 255)
            if len(content) != len(given):
                raise ValueError
        else:
            raise ValueError
    except (ValueError, binascii.Error):
        sentence = _("fsUploadIn.in（文件数据）：应为 Base64 文本或字节数组")
        raise FileRefused(sentence) from None
    if not 0 < len(content) <= MOST_BYTES:
        raise FileRefused(_("文件应为 1 字节至 4 MB。"))
    return content


def _kept(call: Call, name: str, content: bytes, at) -> ExchangeFile:
    row = ExchangeFile(
        number=secrets.token_hex(15),
        institution=call.institution,
        name=name,
        made_at=at,
    )
    row.content = base64.b64encode(content).decode()
    insert([row])
    return row


def _named(call: Call, row: ExchangeFile) -> dict[str, str]:
    return {
        "file_qury_no": row.number,
        "filename": row.name,
        "fixmedins_code": call.institution.code,
        "dld_endtime": moments.shown(row.made_at + KEPT),
    }


def _find(call: Call, number: str, at) -> ExchangeFile:
    rows = ExchangeFile.objects.filter(institution=call.institution, made_at__gt=at - KEPT)
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(_("没有这个文件，或已超过下载期限。"))
    return row


def _ours(lines: QuerySet[ClearingLine]) -> list[Detail]:
    columns = ("settlement_id", "visit_id", "visit__patient__psn_no", "total_fen", "fund_fen")
    rows = lines.order_by("pk").values_list(*columns, "account_fen", "returned", "msgid")
    return [Detail(str(setl), str(visit), *rest) for setl, visit, *rest in rows]


def _said(their: Detail | None, our: Detail | None) -> str:
    """Put a difference into words; tabs and lines in what they sent must not become ours."""
    if our is None:
        return _("机构有、平台无，或者重复")
    if their is None:
        return _("平台有、机构无")
    words = {
        "mdtrt_id": _("就诊ID"),
        "psn_no": _("人员编号"),
        "total_fen": _("医疗费总额"),
        "fund_fen": _("基金支付总额"),
        "account_fen": _("个人账户支出"),
    }
    told = [f"{words[name]} {_shown(getattr(their, name))}" for name in their.differs_in(our)]
    return _("数据不一致，机构为：%(told)s") % {"told": "，".join(told)}


def _shown(value: str | int) -> str:
    return value if isinstance(value, str) else yuan_from_fen(value)
