"""Which rules are in force where, and where each comes from."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, DateField, Func
from django.utils.translation import gettext_lazy as _

from pooling.policy import parameters, rules, wording
from pooling.policy.models import Area, RuleVersion
from pooling.policy.rules import ClauseInForce, Rules, Version
from pooling.shared.errors import NotFound


class _Today(Func):
    """The database's business date, ten minutes late.

    A publication that straddles midnight has committed by then (`unit_of_work` is bounded),
    so nothing that starts on this day or before can still appear.
    """

    template = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai' - interval '10 minutes')::date"
    output_field = DateField()


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """All published versions of an area and those above it, as read on a day."""

    versions: tuple[Version, ...]
    read_on: date


#: Never stale, in any process, without asking again: an area that has published may only
#: publish what starts on a later day, so what counts on a day up to `read_on` is settled.
#: Areas (or provinces) without any version may still be given a past and are not kept.
_known: dict[str, _Known] = {}


def in_force(area_code: str, on: date) -> Rules:
    """Return the rules of an area on a business date; unknown codes fall back like known ones.

    Costs no statement where the area is known already, two otherwise. Where nothing was read
    anew it is the same object again, so that others may keep what they make of it.
    """
    return _merged(_versions(area_code, on), area_code, on)


@lru_cache(maxsize=256)
def _merged(known: _Known, area_code: str, on: date) -> Rules:
    return rules.in_force(known.versions, area_code, on)


def versions(area_code: str, on: date) -> tuple[Version, ...]:
    """Return the published versions of an area and those above it, at least all begun by a day."""
    return _versions(area_code, on).versions


def _versions(area_code: str, on: date) -> _Known:
    known = _known.get(area_code)
    if known is None or known.read_on < on:
        known = _read(area_code)
        published = {version.area_code for version in known.versions}
        if published.issuperset(parameters.chain(area_code)):
            _known[area_code] = known
    return known


def forget() -> None:
    """Drop what is kept; for those who publish, and for tests that roll back."""
    _known.clear()


def _read(area_code: str) -> _Known:
    rows = (
        RuleVersion.objects.filter(
            area__in=parameters.chain(area_code), status=RuleVersion.Status.PUBLISHED
        )
        .select_related("area")
        .prefetch_related("clauses")
        .annotate(read_on=_Today())
    )
    found = tuple(as_version(row) for row in rows)
    return _Known(found, min((row.read_on for row in rows), default=date.min))


def as_version(row: RuleVersion) -> Version:
    """Return a version's row, area and clauses at hand, as plain values."""
    clauses = (
        ClauseInForce(
            name=clause.name,
            value=clause.value,
            area_code=row.area_id,
            area_name=row.area.name,
            version_label=row.label,
            source=clause.source,
            text=clause.text,
            evidence=clause.evidence,
            seen_on=clause.seen_on,
        )
        for clause in row.clauses.all()
    )
    return Version(row.area_id, row.label, row.from_date, tuple(clauses), row.area.name)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A parameter as a page or the REST interface shows it."""

    name: str
    title: str
    value: Any
    shown: str
    clause: ClauseInForce
    #: Whether the area itself is silent and province, nation or the mechanism speaks.
    fell_back: bool


def explain(area_code: str, on: date) -> list[RuleRow]:
    """Return every parameter of an area on a day, each with its clause and where it is from."""
    found = in_force(area_code, on)
    return [
        RuleRow(
            name=name,
            title=str(wording.TITLES[name]),
            value=found.value(name),
            shown=wording.show(name, found.value(name)),
            clause=found.clause(name),
            fell_back=found.clause(name).area_code != area_code,
        )
        for name in parameters.PARAMETERS
    ]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area in a list."""

    code: str
    name: str
    level: str
    parent_code: str | None


def areas() -> list[AreaRow]:
    """Return every registered area by code: the nation, each province before its cities."""
    return [_area_row(row) for row in Area.objects.order_by("code")]


def area(code: str) -> AreaRow:
    """Return a registered area. Raises NotFound."""
    row = Area.objects.filter(pk=code).first()
    if row is None:
        raise NotFound(_("没有这个统筹区。"))
    return _area_row(row)


def insures(code: str) -> bool:
    """Return whether somebody can be insured there: in a province, or an area that is registered.

    Most areas have no rules of their own and fall back to their province; the nation is none.
    """
    *places, _nation = parameters.chain(code)
    return parameters.insures(code) or Area.objects.filter(pk__in=places).exists()


def _area_row(row: Area) -> AreaRow:
    return AreaRow(row.code, row.name, row.level, row.parent_id)


def area_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return areas to choose from, a group a province; the province itself stands for the rest.

    One statement. The nation is none of them: nobody is insured with it.
    """
    rows = [row for row in areas() if row.level != Area.Level.NATION]
    groups = []
    for province in (row for row in rows if row.level == Area.Level.PROVINCE):
        cities = [(row.code, row.name) for row in rows if row.parent_code == province.code]
        own = _("%(area)s（其他地方）") % {"area": province.name} if cities else province.name
        groups.append((province.name, [(province.code, str(own)), *cities]))
    return groups


def area_name(code: str) -> str:
    """Return what an area is called; one without rules of its own by its province and its code.

    For quoting what a decision stored: no statement where the area's rules are known.
    """
    names = {version.area_code: version.area_name for version in versions(code, date.min)}
    if code in names or not code:
        return names.get(code, code)
    province = next((names[above] for above in parameters.chain(code)[1:-1] if above in names), "")
    return f"{province}{code}"


def area_names() -> dict[str, str]:
    """Return area code → name."""
    return {row.code: row.name for row in areas()}


@dataclass(frozen=True, slots=True)
class Start:
    """A published version of an area, the day it starts, and how many rules it sets itself."""

    area_code: str
    area_name: str
    label: str
    from_date: date
    clauses: int


def starts(area_code: str) -> list[Start]:
    """Return when the rules of an area, or of those above it, changed, the newest first."""
    return _starts(RuleVersion.objects.filter(area__in=parameters.chain(area_code)))


def newest(on: date) -> dict[str, Start]:
    """Return area code → the version of its own that counts on a day (one statement)."""
    begun = _starts(RuleVersion.objects.filter(from_date__lte=on))
    return {start.area_code: start for start in reversed(begun)}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A version that was published and then withdrawn before its day, and why."""

    area_name: str
    label: str
    from_date: date
    on: datetime
    reason: str


def withdrawn(area_code: str) -> list[Withdrawn]:
    """Return what was withdrawn of an area, or of those above it, the newest first."""
    rows = RuleVersion.objects.filter(
        area__in=parameters.chain(area_code), status=RuleVersion.Status.WITHDRAWN
    )
    return [
        Withdrawn(row.area.name, row.label, row.from_date, row.withdrawn_at, row.withdrawal_reason)
        for row in rows.select_related("area").order_by("-withdrawn_at")
    ]


def _starts(versions) -> list[Start]:
    published = versions.filter(status=RuleVersion.Status.PUBLISHED).select_related("area")
    counted = published.annotate(count=Count("clauses"))
    return [
        Start(row.area_id, row.area.name, row.label, row.from_date, row.count)
        for row in counted.order_by("-from_date", "-area")
    ]
