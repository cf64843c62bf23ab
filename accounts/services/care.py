"""Entries of a 亲情账户: a caregiver may show a relative's code. No money moves, ever."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import selectors, tokens
from accounts.models import CareLink
from accounts.services.credentials import draw
from pooling.audit import services as audit
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import age, business_date


class CareRefused(DomainError):
    """The entry cannot be made, agreed to or ended as asked."""

    code = "care_refused"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the relative's area allows."""

    most_relatives: int
    most_carers: int
    consent_age: int


@transaction.atomic
def add(
    *,
    carer_id: int,
    relative_id: int,
    proven_as: str,
    bounds: Bounds,
    promised: bool = False,
    consented: bool = False,
    by: Actor,
    at,
) -> CareLink:
    """Put a relative into a caregiver's 亲情账户. Raises CareRefused.

    `proven_as` is what registry or papers prove the relative to be; a child is entered on it at
    once, anybody older once they agree, or have agreed at a window (`consented`). `promised`
    says that the caregiver gave their word for the relation.
    """
    if carer_id == relative_id:
        raise CareRefused(_("您自己的码在“我的医保码”里，不用添加。"), code="oneself")
    people = selectors.locked([carer_id, relative_id])
    relative = people[relative_id]
    if any(person.died_on is not None for person in people.values()):
        raise CareRefused(_("登记信息显示不能办理，请带证件到窗口核实。"), code="member_dead")
    live = CareLink.objects.filter(ended_at__isnull=True)
    if live.filter(carer=carer_id, relative=relative_id).exists():
        raise CareRefused(_("这位家人已经在您的亲情账户里。"), code="already_linked")
    if live.filter(carer=carer_id).count() >= bounds.most_relatives:
        words = {"most": bounds.most_relatives}
        raise CareRefused(_("亲情账户最多添加 %(most)s 位家人。") % words, code="most_relatives")
    if live.filter(relative=relative_id).count() >= bounds.most_carers:
        words = {"most": bounds.most_carers}
        raise CareRefused(_("一个人最多在 %(most)s 个亲情账户里。") % words, code="most_carers")
    on = business_date(at)
    grown = age(relative.birth_date, on) >= bounds.consent_age
    if not grown and not proven_as:
        raise CareRefused(
            _("登记信息还不能证明你们的关系。"),
            remedy=_("请带双方身份证件和出生医学证明或户口簿到医保窗口办。"),
            code="not_proven",
        )
    agreed = grown and consented
    due = on if grown else _birthday(relative.birth_date, bounds.consent_age)
    row = CareLink.objects.create(
        number=draw(tokens.LINKS),
        carer_id=carer_id,
        relative_id=relative_id,
        proven_as=proven_as,
        opened_at=at,
        opened_by=by.name,
        consent_due_on=None if agreed else due,
        consented_at=at if agreed else None,
        consented_by=by.name if agreed else "",
    )
    detail = {"carer": carer_id, "relative": relative_id, "promised": promised}
    audit.record(verb="accounts.add_care_link", subject=row, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def consent(*, link_id: int, consent_age: int, by: Actor, at) -> CareLink:
    """Agree, as the relative, that the caregiver shows my code. Raises CareRefused, NotFound.

    At a window a clerk writes it down for them.
    """
    selectors.locked([by.principal])
    row = _held(link_id, Q(relative=by.principal))
    if row.relative.died_on is not None:
        raise CareRefused(_("登记信息显示不能办理，请带证件到窗口核实。"), code="member_dead")
    if age(row.relative.birth_date, business_date(at)) < consent_age:
        words = {"age": consent_age}
        raise CareRefused(_("满 %(age)s 周岁后才由本人确认。") % words, code="too_young")
    if row.consented_at is None:
        row.consented_at, row.consented_by, row.consent_due_on = at, by.name, None
        row.save(update_fields=["consented_at", "consented_by", "consent_due_on"])
        audit.record(verb="accounts.consent_to_care", subject=row, by=by, at=at)
    return row


@transaction.atomic
def end(*, link_id: int, by: Actor, at) -> CareLink:
    """End an entry, as either of the two: its codes are void at once. Raises NotFound."""
    row = _held(link_id, Q(carer=by.principal) | Q(relative=by.principal))
    row.ended_at, row.ended_by = at, by.name
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(verb="accounts.end_care_link", subject=row, by=by, at=at)
    return row


def _held(link_id: int, whose: Q) -> CareLink:
    """Return a live entry of the two people, locked; absent and not yours are one answer."""
    rows = CareLink.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(whose, pk=link_id, ended_at__isnull=True).select_related("relative").first()
    if row is None:
        raise NotFound(_("没有找到。"))
    return row


def _birthday(birth: date, years: int) -> date:
    """Return the day somebody becomes so old; a 29 February birth on 1 March."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)
