"""What a version would change: beside what counts without it, and as if it were in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter

from pooling.policy import parameters, plain_words, rules, selectors, wording
from pooling.policy.models import RuleVersion
from pooling.policy.rules import ClauseInForce, Rules, Version
from pooling.shared.errors import NotFound

_SHAPE = TypeAdapter(Version)


def frozen(version_id: int) -> dict[str, Any]:
    """Return a version with its clauses of this moment as JSON values. Raises NotFound."""
    return _SHAPE.dump_python(selectors.as_version(_row(version_id)), mode="json")


def thawed(stored: dict[str, Any]) -> Version:
    """Return the version that `frozen` stored."""
    return _SHAPE.validate_python(stored)


def would_change(version: Version, area_code: str, on: date) -> Mapping[str, ClauseInForce]:
    """Return the clauses of an area on a day that the version would replace, by name.

    As if it counted instead of whatever the version's own area ruled that day, merged clause
    by clause with those above and below. Empty where its area has no say.
    """
    if version.area_code not in parameters.chain(area_code):
        return {}
    without, among = _both(version, selectors.versions(area_code, on), area_code, on)
    return {
        name: clause for name, clause in among.clauses.items() if clause != without.clause(name)
    }


def _both(version, published: Iterable[Version], area_code, on: date) -> tuple[Rules, Rules]:
    """Return the rules on a day as they are, and with the version in its area's place."""
    published = list(published)
    others = [each for each in published if each.area_code != version.area_code]
    begun = Version(version.area_code, version.label, date.min, version.clauses)
    return (
        rules.in_force(published, area_code, on),
        rules.in_force([*others, begun], area_code, on),
    )


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One parameter of a version as its page shows it: before, after, and where each is from."""

    name: str
    title: str
    before: str
    before_from: str
    after: str
    after_from: str
    clause: ClauseInForce
    #: What the version itself says; else it falls back.
    is_own: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Parameters under one heading, as everybody's page of rules groups them."""

    title: str
    rows: tuple[ClauseRow, ...]
    own: int


def compare(version_id: int) -> list[Section]:
    """Return every parameter: what counts without the version on its first day, and with it."""
    row = _row(version_id)
    version = selectors.as_version(row)
    published = [
        each
        for each in selectors.versions(version.area_code, version.from_date)
        if not (each.area_code == version.area_code and each.label == version.label)
    ]
    without, among = _both(version, published, version.area_code, version.from_date)
    own = {clause.name for clause in version.clauses}
    sections = []
    for title, _icon, names in plain_words.SECTIONS:
        rows = tuple(_clause_row(name, without, among, name in own) for name in names)
        sections.append(Section(str(title), rows, sum(each.is_own for each in rows)))
    return sections


def clause_row(version_id: int, name: str) -> ClauseRow:
    """Return one parameter of a version. Raises NotFound for one that nobody knows."""
    for section in compare(version_id):
        for row in section.rows:
            if row.name == name:
                return row
    raise NotFound(_("没有这个参数。"))


def falls_back_to(version_id: int, name: str) -> ClauseInForce:
    """Return what a parameter would be if the version did not set it."""
    version = selectors.as_version(_row(version_id))
    silent = tuple(clause for clause in version.clauses if clause.name != name)
    emptied = Version(version.area_code, version.label, version.from_date, silent)
    published = selectors.versions(version.area_code, version.from_date)
    return _both(emptied, published, version.area_code, version.from_date)[1].clause(name)


def _clause_row(name: str, without: Rules, among: Rules, is_own: bool) -> ClauseRow:
    before, after = without.clause(name), among.clause(name)
    return ClauseRow(
        name=name,
        title=str(wording.TITLES[name]),
        before=plain_words.sentence(name, before.value),
        before_from=said_by(before),
        after=plain_words.sentence(name, after.value),
        after_from=said_by(after),
        clause=after,
        is_own=is_own,
        changes=before.value != after.value,
    )


def said_by(clause: ClauseInForce) -> str:
    """Return who says a clause: the area with its version, or the mechanism's default."""
    return f"{clause.area_name} {clause.version_label}".strip()


def _row(version_id: int) -> RuleVersion:
    rows = RuleVersion.objects.select_related("area").prefetch_related("clauses")
    row = rows.filter(pk=version_id).first()
    if row is None:
        raise NotFound(_("没有这个规则版本。"))
    return row


def tryable() -> list[tuple[int, str]]:
    """Return versions that may be tried, with what to call them: what waits before what counts."""
    rows = RuleVersion.objects.exclude(
        status__in=(RuleVersion.Status.DISCARDED, RuleVersion.Status.WITHDRAWN)
    ).select_related("area")
    waiting_first = sorted(
        rows, key=lambda row: (row.status == RuleVersion.Status.PUBLISHED, row.area_id, -row.pk)
    )
    return [
        (row.pk, f"{row.area.name} {row.label}（{row.get_status_display()}）")
        for row in waiting_first
    ]
