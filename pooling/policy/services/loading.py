"""Rules from files: areas and whole versions, all or nothing, by a command."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.policy import parameters
from pooling.policy.definitions import AreaDefinition, ClauseDefinition, VersionDefinition
from pooling.policy.models import Area, Clause, RuleVersion
from pooling.policy.services.drafting import AlreadyPublished, draft, lawful
from pooling.policy.services.publishing import publish, submit
from pooling.shared.actor import Actor
from pooling.shared.queries import insert


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
    if code == parameters.NATION:
        return Area.Level.NATION
    return Area.Level.PROVINCE if code.endswith("0000") else Area.Level.CITY


def _parent(code: str) -> str | None:
    above = parameters.chain(code)[1:]
    return above[0] if above else None


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
        .exclude(status=RuleVersion.Status.DISCARDED)
        .prefetch_related("clauses")
        .first()
    )
    if row is None:
        return False
    if row.status == RuleVersion.Status.WITHDRAWN:
        raise AlreadyPublished(
            _("%(area)s 的版本 %(label)s 已撤回；请从规则文件里去掉它，或改用新的版本号。")
            % {"area": area_code, "label": version.label}
        )
    stored, wanted = _by_name(row.clauses.all()), _by_name(version.clauses)
    same = stored == wanted and row.from_date == version.from_date
    if not same or row.status != RuleVersion.Status.PUBLISHED:
        raise AlreadyPublished(
            _("%(area)s 的版本 %(label)s 已存在且内容不同；请用新的版本号和以后的日期。")
            % {"area": area_code, "label": version.label}
        )
    return True


def _by_name(clauses) -> dict:
    return {c.name: (c.value, c.source, c.text, c.evidence, c.seen_on) for c in clauses}


def _publish_defined(area_code: str, version: VersionDefinition, *, by: Actor, at: datetime):
    row = draft(area_code=area_code, label=version.label, from_date=version.from_date, by=by, at=at)
    insert([_clause(row, clause) for clause in version.clauses])
    names = [clause.name for clause in version.clauses]
    audit.record(verb="policy.set_clauses", subject=row, by=by, at=at, detail={"names": names})
    submit(version_id=row.pk, by=by, at=at)
    publish(version_id=row.pk, by=by, at=at)


def _clause(row: RuleVersion, clause: ClauseDefinition) -> Clause:
    return Clause(
        version=row,
        name=clause.name,
        value=lawful(clause.name, clause.value),
        source=clause.source,
        text=clause.text,
        evidence=clause.evidence,
        seen_on=clause.seen_on,
    )
