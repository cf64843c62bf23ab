"""Writing a version of an area's rules, clause by clause, while nothing of it counts yet."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.policy import parameters, wording
from pooling.policy.models import Area, Clause, RuleVersion
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

Status = RuleVersion.Status


class BadClause(DomainError):
    """A parameter nobody knows, or a value it cannot take."""

    code = "bad_clause"


class AlreadyPublished(DomainError):
    """What is published, or waits to be, is not edited: a new version starts later."""

    code = "already_published"
    status = 409


class StartsTooEarly(DomainError):
    """An area that has published may only publish what starts on a later day."""

    code = "starts_too_early"


@transaction.atomic
def draft(
    *,
    area_code: str,
    label: str,
    from_date: date,
    by: Actor,
    at: datetime,
    copy: bool = False,
) -> RuleVersion:
    """Open a version of an area's rules that is to count from a day on.

    It begins empty or, with `copy`, with the clauses of the area's version that would
    otherwise go on counting on that day.
    """
    # Held, so that of two who choose one label at once the second is told.
    if not Area.objects.select_for_update(no_key=True).filter(pk=area_code).exists():
        raise NotFound(_("没有这个统筹区。"))
    _check_start(from_date, by, at)
    named = RuleVersion.objects.filter(area=area_code, label=label)
    if named.exclude(status=Status.DISCARDED).exists():
        taken = _("这个统筹区已有同名的规则版本，请另起版本号。")
        raise AlreadyPublished(taken, details={"label": taken})
    version = RuleVersion.objects.create(
        area_id=area_code, label=label, from_date=from_date, editors=_with([], by)
    )
    source = going_on(area_code, from_date) if copy else None
    if source is not None:
        Clause.objects.bulk_create(
            Clause(
                version=version,
                name=clause.name,
                value=clause.value,
                source=clause.source,
                text=clause.text,
                evidence=clause.evidence,
                seen_on=clause.seen_on,
            )
            for clause in source.clauses.order_by("pk")
        )
    detail = {"area": area_code, "copied_from": source and source.pk}
    audit.record(verb="policy.draft", subject=version, by=by, at=at, detail=detail)
    return version


def going_on(area_code: str, on: date) -> RuleVersion | None:
    """Return the area's own version that counts on a day as things stand, or None."""
    published = RuleVersion.objects.filter(
        area=area_code, status=Status.PUBLISHED, from_date__lte=on
    )
    return published.order_by("-from_date").first()


@transaction.atomic
def set_clause(
    *,
    version_id: int,
    name: str,
    value,
    source: str,
    text: str,
    evidence: str,
    seen_on: date,
    by: Actor,
    at: datetime,
) -> Clause:
    """Set one parameter of a draft, with the source it is taken from."""
    version = edited(version_id, by)
    value = lawful(name, value)
    clause, _is_new = Clause.objects.update_or_create(
        version=version,
        name=name,
        defaults={
            "value": value,
            "source": source,
            "text": text,
            "evidence": evidence,
            "seen_on": seen_on,
        },
    )
    audit.record(verb="policy.set_clause", subject=version, by=by, at=at, detail={"name": name})
    return clause


def lawful(name: str, value: Any) -> Any:
    """Return a copy of a value that may stand for a parameter. Raises BadClause."""
    try:
        return parameters.check(name, value)
    except parameters.NotAValue as problem:
        raise BadClause(wording.refusal(problem), details={"name": name}) from problem


@transaction.atomic
def unset_clause(*, version_id: int, name: str, by: Actor, at: datetime) -> None:
    """Take a clause out of a draft: the parameter falls back to province, nation or default."""
    version = edited(version_id, by)
    gone, _each = Clause.objects.filter(version=version, name=name).delete()
    if not gone:
        raise NotFound(_("草稿里没有这一条。"))
    audit.record(verb="policy.unset_clause", subject=version, by=by, at=at, detail={"name": name})


@transaction.atomic
def set_start(*, version_id: int, from_date: date, by: Actor, at: datetime) -> RuleVersion:
    """Set the day from which a draft is to count."""
    version = edited(version_id, by)
    _check_start(from_date, by, at)
    version.from_date = from_date
    version.save(update_fields=["from_date"])
    detail = {"from_date": from_date.isoformat()}
    audit.record(verb="policy.set_start", subject=version, by=by, at=at, detail=detail)
    return version


@transaction.atomic
def discard(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Give a draft up. It stays to be read; its label may be used again."""
    version = edited(version_id, by)
    return move(version, Status.DISCARDED, verb="policy.discard", by=by, at=at)


def edited(version_id: int, by: Actor) -> RuleVersion:
    """Return a locked draft, with its editor noted: who once wrote in it never publishes it."""
    version = locked(version_id)
    if version.status != Status.DRAFT:
        raise _final(version)
    if (editors := _with(version.editors, by)) != version.editors:
        version.editors = editors
        version.save(update_fields=["editors"])
    return version


def _with(editors: list[str], by: Actor) -> list[str]:
    """Add a member of staff. A file's authors sit elsewhere: commands bring, nobody edits."""
    if by.kind != ActorKind.STAFF:
        return editors
    return sorted({*editors, by.name})


def _check_start(from_date: date, by: Actor, at: datetime) -> None:
    """People write rules for days to come; only files bring an area's history."""
    if by.kind == ActorKind.STAFF and from_date <= business_date(at):
        too_early = _("新规则须从明天或更晚的日期开始。")
        raise StartsTooEarly(too_early, details={"from_date": too_early})


def locked(version_id: int) -> RuleVersion:
    """Return a version, locked until the transaction ends. Raises NotFound."""
    version = RuleVersion.objects.select_for_update(no_key=True).filter(pk=version_id).first()
    if version is None:
        raise NotFound(_("没有这个规则版本。"))
    return version


def move(version: RuleVersion, status: str, *, verb: str, by: Actor, at: datetime) -> RuleVersion:
    """Take a locked version to another state with what that state says, and record it.

    Submitting, publishing and withdrawing put name and moment; going back to draft forgets
    the submission.
    """
    _move(version, status)
    if status == Status.SUBMITTED:
        version.submitted_at, version.submitted_by = at, by.name
        version.remark, version.editors = "", _with(version.editors, by)
    elif status == Status.PUBLISHED:
        version.published_at, version.published_by = at, by.name
    elif status == Status.WITHDRAWN:
        version.withdrawn_at, version.withdrawn_by = at, by.name
    else:
        version.submitted_at, version.submitted_by = None, ""
    version.save()
    audit.record(verb=verb, subject=version, by=by, at=at, detail={"area": version.area_id})
    return version


def _move(version: RuleVersion, status: str) -> None:
    if status not in RuleVersion.ALLOWED[Status(version.status)]:
        raise _final(version)
    version.status = status


def _final(version: RuleVersion) -> AlreadyPublished:
    if version.status == Status.SUBMITTED:
        return AlreadyPublished(_("这个版本已提交待发布；要修改，请先退回草稿。"))
    if version.status == Status.DISCARDED:
        return AlreadyPublished(_("这份草稿已作废，不能再用；请另起草稿。"))
    if version.status == Status.WITHDRAWN:
        return AlreadyPublished(_("这个版本已撤回，不能再用；请另起草稿。"))
    if version.status == Status.DRAFT:
        return AlreadyPublished(_("这份草稿还没有提交；请先提交，再由另一人发布。"))
    return AlreadyPublished(_("已发布的规则不能修改；请另起一个以后开始的版本。"))
