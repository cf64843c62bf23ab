"""Who looked at my data: when, where, what for, and which of it, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts.access import member_required
from accounts.selectors import Official
from pooling.audit import selectors as trail
from pooling.audit import wording
from pooling.audit.admin import in_words
from pooling.audit.models import Look
from pooling.shared.actor import ActorKind
from pooling.shared.forms import row_before
from portal.admin import ROLE_WORDS

PAGE = 20


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look in words. `who` is an office and a user name, or a machine's name."""

    id: int
    who: str
    at: datetime
    where: str
    purpose: str
    fields: tuple[str, ...]


@member_required
def looks(request):
    """Every look of staff and machines at the member's data, latest first, a page at a time."""
    before = row_before(request)
    found = trail.looks_at(request.actor.id, limit=PAGE + 1, before=before)
    page = {"looks": _rows(found[:PAGE]), "more": len(found) > PAGE, "before": before}
    return render(request, "portal/looks.html", page)


def _rows(found: list[Look]) -> list[LookRow]:
    staff = people.officials(_ids(found, ActorKind.STAFF))
    clients = people.client_names(_ids(found, ActorKind.CLIENT))
    rows = []
    for look in found:
        where, words = in_words(look.page)
        rows.append(
            LookRow(
                id=look.pk,
                who=_who(look, staff, clients),
                at=look.at,
                where=where,
                purpose=_purpose(look),
                fields=tuple(
                    dict.fromkeys(word for name, word in words.items() if name in look.fields)
                ),
            )
        )
    return rows


def _ids(found: Iterable[Look], kind: ActorKind) -> set[int]:
    return {look.actor_id for look in found if look.actor_kind == kind and look.actor_id}


def _who(look: Look, staff: dict[int, Official], clients: dict[int, str]) -> str:
    if look.actor_kind == ActorKind.CLIENT:
        return clients.get(look.actor_id) or _("查询接口")
    if look.actor_kind == ActorKind.MEMBER:
        return _("亲情账户里添加了您的家人")
    official = staff.get(look.actor_id)
    if official is None:
        return _("系统自动处理") if look.actor_id is None else _("工作人员")
    office = ROLE_WORDS.get(official.role, _("工作人员"))
    return _("%(office)s · 用户名 %(name)s") % {"office": office, "name": official.username}


def _purpose(look: Look) -> str:
    """Return what a look was for; a machine's lies in what it asked, and it was told in plain."""
    if not look.purpose and look.actor_kind == ActorKind.CLIENT:
        return _("机构经接口查询，不另填目的")
    return wording.purpose(look.purpose)
