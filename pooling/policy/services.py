"""Writing rules: draft a version, set its clauses, publish it for good; load rule files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.policy import parameters, selectors, wording
from pooling.policy.definitions import AreaDefinition, VersionDefinition
from pooling.policy.models import Area, Clause, RuleVersion
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

NATION = "000000"
Status = RuleVersion.Status


class BadClause(DomainError):
    """A parameter nobody knows, or a value it cannot take."""

    code = "bad_clause"


class AlreadyPublished(DomainError):
    """What is published is never edited: a new version starts later."""

    code = "already_published"
    status = 409


class StartsTooEarly(DomainError):
    """An area that has published may only publish what starts on a later day."""

    code = "starts_too_early"


@transaction.atomic
def add_area(*, code: str, name: str, by: Actor, at: datetime) -> Area:
    """Register an area; its level and parent follow from the code (GB/T 2260)."""
    area, is_new = Area.objects.get_or_create(
        pk=code, defaults={"name": name, "level": _level(code), "parent_id": _parent(code)}
    )
    if not is_new and area.name != name:
        area.name = name
        area.save(update_fields=["name"])
    elif not is_new:
        return area
    audit.record(verb="policy.add_area", subject=area, by=by, at=at, detail={"code": code})
    return area


def _level(code: str) -> str:
    if code == NATION:
        return Area.Level.NATION
    return Area.Level.PROVINCE if code.endswith("0000") else Area.Level.CITY


def _parent(code: str) -> str | None:
    above = parameters.chain(code)[1:]
    return above[0] if above else None


@transaction.atomic
def draft(*, area_code: str, label: str, from_date: date, by: Actor, at: datetime) -> RuleVersion:
    """Open a version of an area's rules that is to count from a day on."""
    if not Area.objects.filter(pk=area_code).exists():
        raise NotFound(_("没有这个统筹区。"))
    if RuleVersion.objects.filter(area=area_code, label=label).exists():
        raise AlreadyPublished(_("这个统筹区已有同名的规则版本，请另起版本号。"))
    version = RuleVersion.objects.create(area_id=area_code, label=label, from_date=from_date)
    audit.record(verb="policy.draft", subject=version, by=by, at=at, detail={"area": area_code})
    return version


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
    version = _locked_draft(version_id)
    try:
        value = parameters.check(name, value)
    except parameters.NotAValue as problem:
        raise BadClause(wording.refusal(problem), details={"name": name}) from problem
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


@transaction.atomic
def publish(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Put a draft in force from its start on; it can never be changed or withdrawn.

    An area's first rules may start in the past, all of them entered at one moment. From
    then on every version starts after the day it is published, so that no answer given for
    a day is ever overturned.
    """
    version = _locked_draft(version_id)
    Area.objects.select_for_update(no_key=True).get(pk=version.area_id)
    published = RuleVersion.objects.filter(area=version.area_id, status=Status.PUBLISHED)
    if version.from_date <= business_date(at) and published.filter(published_at__lt=at).exists():
        raise StartsTooEarly(_("已有规则的统筹区，新版本须从发布次日或更晚开始。"))
    if published.filter(from_date=version.from_date).exists():
        raise AlreadyPublished(_("这个统筹区已有同日开始的版本，请另定日期。"))
    _move(version, Status.PUBLISHED)
    version.published_at = at
    version.published_by = by.name
    version.save(update_fields=["status", "published_at", "published_by"])
    audit.record(
        verb="policy.publish", subject=version, by=by, at=at, detail={"area": version.area_id}
    )
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return version


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    areas: int
    published: int
    unchanged: int


@transaction.atomic
def load(definitions: Iterable[AreaDefinition], *, by: Actor, at: datetime) -> Loaded:
    """Publish what rule files describe; what is there already, word for word, is left alone.

    Raises AlreadyPublished where a version of that name says something else.
    """
    definitions = sorted(definitions, key=lambda area: len(parameters.chain(area.code)))
    published = unchanged = 0
    for area in definitions:
        add_area(code=area.code, name=area.name, by=by, at=at)
        for version in area.versions:
            if _is_there(area.code, version):
                unchanged += 1
            else:
                _publish_defined(area.code, version, by=by, at=at)
                published += 1
    return Loaded(len(definitions), published, unchanged)


def _is_there(area_code: str, version: VersionDefinition) -> bool:
    row = (
        RuleVersion.objects.filter(area=area_code, label=version.label)
        .prefetch_related("clauses")
        .first()
    )
    if row is None:
        return False
    stored, wanted = _by_name(row.clauses.all()), _by_name(version.clauses)
    same = stored == wanted and row.from_date == version.from_date
    if not same or row.status != Status.PUBLISHED:
        raise AlreadyPublished(
            _("%(area)s 的版本 %(label)s 已存在且内容不同；请用新的版本号和以后的日期。")
            % {"area": area_code, "label": version.label}
        )
    return True


def _by_name(clauses) -> dict:
    return {c.name: (c.value, c.source, c.text, c.evidence, c.seen_on) for c in clauses}


def _publish_defined(area_code: str, version: VersionDefinition, *, by: Actor, at: datetime):
    row = draft(area_code=area_code, label=version.label, from_date=version.from_date, by=by, at=at)
    for clause in version.clauses:
        set_clause(
            version_id=row.pk,
            name=clause.name,
            value=clause.value,
            source=clause.source,
            text=clause.text,
            evidence=clause.evidence,
            seen_on=clause.seen_on,
            by=by,
            at=at,
        )
    publish(version_id=row.pk, by=by, at=at)


def _locked_draft(version_id: int) -> RuleVersion:
    version = RuleVersion.objects.select_for_update(no_key=True).filter(pk=version_id).first()
    if version is None:
        raise NotFound(_("没有这个规则版本。"))
    if version.status != Status.DRAFT:
        raise AlreadyPublished(_("已发布的规则不能修改；请另起一个以后开始的版本。"))
    return version


def _move(version: RuleVersion, status: str) -> None:
    if status not in RuleVersion.ALLOWED[Status(version.status)]:
        raise AlreadyPublished(_("已发布的规则不能修改；请另起一个以后开始的版本。"))
    version.status = status
