"""The rules of one area on one day, as values: what every decision is made from."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pooling.policy import parameters

DEFAULT = "DEFAULT"


@dataclass(frozen=True, slots=True)
class ClauseInForce:
    """One clause with everything needed to quote it. Defaults have no area and no version."""

    name: str
    value: Any
    area_code: str
    area_name: str
    version_label: str
    source: str
    text: str
    evidence: str
    seen_on: date | None

    @property
    def is_default(self) -> bool:
        """Return whether neither area, province nor nation says anything."""
        return self.evidence == DEFAULT


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: what an area itself sets from a day on."""

    area_code: str
    label: str
    from_date: date
    clauses: tuple[ClauseInForce, ...]
    area_name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Every parameter of an area on a day. `stamp` names the versions, nearest area first."""

    area_code: str
    on: date
    stamp: str
    clauses: Mapping[str, ClauseInForce] = field(repr=False)

    def value(self, name: str) -> Any:
        """Return a parameter's plain value; a list or table is yours to keep."""
        return copy(self.clauses[name].value)

    def clause(self, name: str) -> ClauseInForce:
        """Return the clause in force for a parameter: the area's own, or what it falls back to."""
        return self.clauses[name]

    def values(self) -> dict[str, Any]:
        """Return all values by name, as JSON can hold them."""
        return {name: self.value(name) for name in self.clauses}


def in_force(versions: Iterable[Version], area_code: str, on: date) -> Rules:
    """Choose each area's last version begun by that day and merge clause by clause.

    The next start ends a version whole: a clause it does not repeat falls back to province
    and nation, never to the area's own older version.
    """
    codes = parameters.chain(area_code)
    chosen: dict[str, Version] = {}
    for version in sorted(versions, key=lambda version: version.from_date):
        if version.from_date <= on:
            chosen[version.area_code] = version
    clauses = dict(_DEFAULTS)
    for code in reversed(codes):
        if code in chosen:
            clauses.update((clause.name, clause) for clause in chosen[code].clauses)
    stamp = " ".join(f"{code}/{chosen[code].label}" for code in codes if code in chosen)
    return Rules(area_code, on, stamp, clauses)


def _default(name: str) -> ClauseInForce:
    return ClauseInForce(
        name=name,
        value=parameters.default(name),
        area_code="",
        area_name="系统默认",
        version_label="",
        source="系统默认",
        text="统筹区、省和国家的规则均未另行规定",
        evidence=DEFAULT,
        seen_on=None,
    )


_DEFAULTS = {name: _default(name) for name in parameters.PARAMETERS}
