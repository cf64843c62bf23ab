"""From a draft to rules in force: one person submits, another publishes.

And back, while the day has not come: one person asks, another withdraws.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.policy import selectors
from pooling.policy.models import Area, RuleVersion
from pooling.policy.services.drafting import AlreadyPublished, StartsTooEarly, locked, move
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date

Status = RuleVersion.Status
#: How long before its day a version can no longer be withdrawn: longer than any transaction may
#: last, so that nobody is answered by rules whose withdrawal was still under way. The trigger
#: `policy_ruleversion_published_is_final` and `selectors._Today` keep the same ten minutes.
WITHDRAWN_BEFORE = timedelta(minutes=10)


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
    """Put a submitted version in force from its start on; it can never be changed.

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


class TooLate(DomainError):
    """Its day has come: somebody may have been answered by it."""

    code = "in_force"
    status = 409


@transaction.atomic
def ask_withdrawal(*, version_id: int, reason: str, by: Actor, at: datetime) -> RuleVersion:
    """Say that a published version should not take effect, and why; another person decides."""
    version = locked(version_id)
    _check_not_begun(version, at)
    if version.withdrawal_asked_at is not None:
        raise AlreadyPublished(_("已有人申请撤回这个版本，请另一位规则管理员核对。"))
    version.withdrawal_asked_at, version.withdrawal_asked_by = at, by.name
    version.withdrawal_reason = reason
    version.save()
    detail = {"area": version.area_id}
    audit.record(verb="policy.ask_withdrawal", subject=version, by=by, at=at, detail=detail)
    return version


@transaction.atomic
def withdraw(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Withdraw a published version whose day has not come, as somebody else asked.

    It stays to be read, with the reason, and its label is not used again; its day is free for
    another version.
    """
    version = locked(version_id)
    _check_not_begun(version, at)
    if version.withdrawal_asked_at is None:
        raise AlreadyPublished(_("还没有人申请撤回；请先由一人写明理由，再由另一人同意。"))
    if version.withdrawal_asked_by == by.name:
        raise SamePerson(_("撤回是您申请的，须由另一位规则管理员同意。"))
    Area.objects.select_for_update(no_key=True).get(pk=version.area_id)
    move(version, Status.WITHDRAWN, verb="policy.withdraw", by=by, at=at)
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return version


def _check_not_begun(version: RuleVersion, at: datetime) -> None:
    if version.status != Status.PUBLISHED:
        raise AlreadyPublished(
            _("状态是“%(state)s”，没有什么可撤回。") % {"state": version.get_status_display()}
        )
    if version.from_date <= business_date(at + WITHDRAWN_BEFORE):
        raise TooLate(_("已经生效、或十分钟内就要生效的规则不能撤回；请另起一个以后开始的版本。"))


def _check_day(version: RuleVersion, by: Actor, at: datetime) -> None:
    """Refuse what would change a day that has begun; asked again when it is published."""
    if version.from_date > business_date(at):
        return
    published = RuleVersion.objects.filter(area=version.area_id, status=Status.PUBLISHED)
    if by.kind == ActorKind.STAFF or published.filter(published_at__lt=at).exists():
        raise StartsTooEarly(_("已有规则的统筹区，新版本须从发布次日或更晚开始。"))
