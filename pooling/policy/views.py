"""What holds where and on which day, for everybody: no sign-in, nothing about anybody."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pooling.policy import parameters, plain_words, selectors
from pooling.policy.models import Area
from pooling.policy.selectors import AreaRow, RuleRow, Start
from pooling.shared.periods import business_date

#: The parts of the country by the first digit of a code (GB/T 2260).
PARTS = {
    "1": gettext_lazy("华北"),
    "2": gettext_lazy("东北"),
    "3": gettext_lazy("华东"),
    "4": gettext_lazy("中南"),
    "5": gettext_lazy("西南"),
    "6": gettext_lazy("西北"),
    "9": gettext_lazy("其他"),
}
#: ISO 8601 also knows weeks; nobody who writes one here means it.
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Told:
    """One rule as the page tells it: the sentence, who rules so, and how sure we are.

    `link` is the source where it is an address, `source` what to call it.
    """

    name: str
    sentence: str
    says: str
    who: str
    version: str
    since: date | None
    source: str
    link: str
    mark: str
    tone: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rules that answer one question. `silent` are names and titles nobody has ruled about.

    `own` is how many of them the area made itself.
    """

    title: str
    icon: str
    told: tuple[Told, ...]
    silent: tuple[tuple[str, str], ...]
    own: int


@dataclass(frozen=True, slots=True)
class Other:
    """A rule that is another than the nation's; `nation` is empty where that one says nothing."""

    name: str
    sentence: str
    nation: str


def areas(request):
    """Every area by province, each with the version of its own that counts today."""
    today = business_date(now())
    begun = selectors.newest(today)
    rows = [(area, begun.get(area.code)) for area in selectors.areas()]
    nation = [row for row in rows if row[0].level == Area.Level.NATION]
    parts = [(digit, title, _provinces(rows, digit)) for digit, title in PARTS.items()]
    page = {
        "today": today,
        "nation": nation,
        "parts": [part for part in parts if part[2]],
    }
    return render(request, "policy/areas.html", page)


def _provinces(rows: list[tuple[AreaRow, Start | None]], digit: str) -> list:
    """Return the provinces of a part of the country, each with its cities."""
    here = [row for row in rows if row[0].code.startswith(digit)]
    return [
        (row, [city for city in here if city[0].parent_code == row[0].code])
        for row in here
        if row[0].level == Area.Level.PROVINCE
    ]


def rules(request, code):
    """All rules of an area on a day, today where no day is named."""
    area = selectors.area(code)
    today = business_date(now())
    on = _day(request.GET.get("on", ""))
    starts = selectors.starts(code)
    rows = {row.name: row for row in selectors.explain(code, on or today)}
    since = {(start.area_code, start.label): start.from_date for start in starts}
    sections = [
        _section(title, icon, [rows[name] for name in names], area, since)
        for title, icon, names in plain_words.SECTIONS
    ]
    # In the order of the page, so that a reader finds both in the same order.
    among = [rows[name] for _title, _icon, names in plain_words.SECTIONS for name in names]
    page = {
        "area": area,
        "on": on or today,
        "today": today,
        "bad_day": on is None and request.GET.get("on", ""),
        "sections": sections,
        "others": _others(among, on or today) if area.level != Area.Level.NATION else [],
        "unfolded": "all" in request.GET,
        "counts": _counts(rows.values()),
        "marks": plain_words.EVIDENCE.values(),
        "days": _days(starts),
        "withdrawn": selectors.withdrawn(code),
    }
    return render(request, "policy/rules.html", page)


def _counts(rows: Iterable[RuleRow]) -> dict[str, int]:
    """Return how many rules are the area's own, how many come from above, how many from nobody."""
    spoken = Counter(
        "nobody" if row.clause.is_default else "above" if row.fell_back else "own" for row in rows
    )
    return {who: spoken[who] for who in ("own", "above", "nobody")}


def _section(title, icon, rows: list[RuleRow], area: AreaRow, since: dict) -> Section:
    silent = [row for row in rows if row.clause.is_default and row.name in plain_words.QUIET]
    told = [_told(row, area, since) for row in rows if row not in silent]
    own = sum(not row.fell_back for row in rows)
    return Section(title, icon, tuple(told), tuple((row.name, row.title) for row in silent), own)


def _others(rows: Iterable[RuleRow], on: date) -> list[Other]:
    """Return what is otherwise here than in the nation's rules of the day."""
    nation = selectors.in_force(parameters.NATION, on)
    return [
        Other(
            row.name,
            plain_words.sentence(row.name, row.value),
            ""
            if nation.clause(row.name).is_default
            else plain_words.sentence(row.name, nation.value(row.name)),
        )
        for row in rows
        if row.value != nation.value(row.name)
    ]


def _told(row: RuleRow, area: AreaRow, since: dict) -> Told:
    clause = row.clause
    mark, tone, _meaning = plain_words.EVIDENCE[clause.evidence]
    is_link = clause.source.startswith(("https://", "http://"))
    return Told(
        name=row.name,
        sentence=plain_words.sentence(row.name, row.value),
        says="" if clause.is_default else clause.text,
        who=_who(row, area),
        version=clause.version_label,
        since=since.get((clause.area_code, clause.version_label)),
        source=(urlsplit(clause.source).hostname or "") if is_link else clause.source,
        link=clause.source if is_link else "",
        mark=str(mark),
        tone=tone,
    )


def _who(row: RuleRow, area: AreaRow) -> str:
    """Say on which level the rule was made."""
    if row.clause.is_default:
        return _("系统默认")
    if not row.fell_back:
        return _("%(area)s自己的规定") % {"area": area.name}
    return _("按%(area)s的规定") % {"area": row.clause.area_name}


def _days(starts: list[Start]) -> list[tuple[date, list[Start]]]:
    """Return the days on which anything changed, the newest first, with what began."""
    days: dict[date, list[Start]] = {}
    for start in starts:
        days.setdefault(start.from_date, []).append(start)
    return list(days.items())


def _day(text: str) -> date | None:
    """Return the day asked for; None where none is, or where it is no day."""
    try:
        return date.fromisoformat(text) if _A_DAY.fullmatch(text) else None
    except ValueError:
        return None
