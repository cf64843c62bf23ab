"""From a draft to rules in force: one person submits, another publishes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.policy import selectors
from pooling.policy.models import Area, RuleVersion
from pooling.policy.services.drafting import AlreadyPublished, StartsTooEarly, locked, move
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date

Status = RuleVersion.Status


class SamePerson(DomainError):
    """Who wrote rules does not put them in force."""

    code = "same_person"
    status = 403


@transaction.atomic
def submit(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Hand a draft to a second person; until it comes back nobody changes it."""
    version = locked(version_id)
    _check_day(version, by, at)
    return move(version, Status.SUBMITTED, verb="policy.submit", by=by, at=at)


@transaction.atomic
def take_back(*, version_id: int, remark: str = "", by: Actor, at: datetime) -> RuleVersion:
    """Make a submitted version a draft again, with what is to be mended."""
    version = locked(version_id)
    version.remark = remark
    return move(version, Status.DRAFT, verb="policy.take_back", by=by, at=at)


@transaction.atomic
def publish(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Put a submitted version in force from its start on; it can never be changed or withdrawn.

    By somebody who neither drafted nor edited nor submitted it. An area's first rules may
    start in the past where a rule file brings them, all of them at one moment. Whatever people
    publish, and every later version, starts after the day it is published, so that no answer
    given for a day is ever overturned.
    """
    version = locked(version_id)
    if version.status == Status.SUBMITTED and by.name in version.editors:
        raise SamePerson(_("您起草、修改或提交过这个版本，须由另一位规则管理员发布。"))
    Area.objects.select_for_update(no_key=True).get(pk=version.area_id)
    _check_day(version, by, at)
    published = RuleVersion.objects.filter(area=version.area_id, status=Status.PUBLISHED)
    if published.filter(from_date=version.from_date).exists():
        raise AlreadyPublished(_("这个统筹区已有同日开始的版本，请另定日期。"))
    move(version, Status.PUBLISHED, verb="policy.publish", by=by, at=at)
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return version


def _check_day(version: RuleVersion, by: Actor, at: datetime) -> None:
    """Refuse what would change a day that has begun; asked again when it is published."""
    if version.from_date > business_date(at):
        return
    published = RuleVersion.objects.filter(area=version.area_id, status=Status.PUBLISHED)
    if by.kind == ActorKind.STAFF or published.filter(published_at__lt=at).exists():
        raise StartsTooEarly(_("已有规则的统筹区，新版本须从发布次日或更晚开始。"))
