"""The invented families as registry files, streamed. Pure but for the files it writes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from pooling.registry import demo, files
from pooling.registry.demo import Authorisation, Family, Person, Purse, Tie
from pooling.shared.money import yuan_from_fen

#: Insurance begins long before the demo's year, but never before birth.
_INSURED_SINCE = date(2020, 1, 1)
_ACTIVATED_SINCE = date(2021, 6, 1)


def write(
    folder: Path,
    families: Iterable[Family],
    *,
    on: date,
    advance: Callable[[int], None] = lambda people: None,
) -> None:
    """Write the seven files; each appears whole under its name, or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f"{name}.part" for name in files.COLUMNS}
    with ExitStack() as stack:
        out = {
            name: stack.enter_context(part.open("w", encoding="utf-8", newline=""))
            for name, part in parts.items()
        }
        for name, columns in files.COLUMNS.items():
            out[name].write(",".join(columns) + "\n")
        for line in _institutions():
            out["institutions.csv"].write(line)
        for family in families:
            for person in family.people:
                out["members.csv"].write(_member(person))
                out["enrolments.csv"].write(_enrolment(person))
                out["credentials.csv"].writelines(_credential(person))
                out["contributions.csv"].writelines(_contributions(person, on))
            out["relations.csv"].writelines(map(_relation, family.ties))
            out["bindings.csv"].writelines(map(_binding, family.authorisations))
            out["funds.csv"].writelines(map(_fund, family.purses))
            advance(len(family.people))
    for name, part in parts.items():
        part.replace(folder / name)


def _line(*cells: object) -> str:
    """Return cells as a line; none of ours holds a comma, a quote or a line end."""
    return ",".join("" if cell is None else str(cell) for cell in cells) + "\n"


def _member(person: Person) -> str:
    return _line(
        person.psn_no,
        person.name,
        "01",
        person.cert_no,
        person.born,
        person.gender,
        person.phone,
        person.died_on,
    )


def _enrolment(person: Person) -> str:
    insutype, psn_type = person.insured_as
    since = max(_INSURED_SINCE, person.born)
    status = "4" if person.died_on else "1"
    return _line(
        person.psn_no,
        insutype,
        person.area,
        psn_type,
        status,
        since,
        person.died_on if person.died_on and person.died_on > since else None,
        person.employer,
    )


def _credential(person: Person) -> list[str]:
    if not person.activated:
        return []
    return [_line(person.psn_no, max(_ACTIVATED_SINCE, person.born))]


def _contributions(person: Person, on: date) -> Iterator[str]:
    """Yield what an account holds from before, then twelve months up to this one.

    Months of the year before are money of earlier years by now.
    """
    if not person.employed:
        return
    months = _last_months(on)
    before = months[0] - timedelta(days=1)
    if person.opening_fen:
        amount = yuan_from_fen(person.opening_fen)
        yield _line(f"OPEN-{person.psn_no}", person.psn_no, person.area, "prior", amount, before)
    amount = yuan_from_fen(person.monthly_fen)
    for month in months:
        if person.died_on and person.died_on < month:
            return
        part = "current" if month.year == on.year else "prior"
        reference = f"{month:%Y%m}-{person.psn_no}"
        yield _line(reference, person.psn_no, person.area, part, amount, month)


def _last_months(on: date) -> list[date]:
    """Return the first days of the last twelve months, oldest first."""
    count = on.year * 12 + on.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(count - 11, count + 1)]


def _relation(tie: Tie) -> str:
    number = f"{tie.evidence[:1].upper()}{tie.one.serial:09d}{tie.other.serial:09d}"
    return _line(tie.one.psn_no, tie.other.psn_no, tie.code, tie.evidence, number, tie.since, None)


def _binding(each: Authorisation) -> str:
    return _line(
        each.payer.psn_no,
        each.relative.psn_no,
        each.code,
        each.rank,
        each.since,
        None,
        each.cap_per_settlement,
        None,
        each.cap_per_month,
        None,
        None,
        each.uses,
        "no",
    )


def _fund(each: Purse) -> str:
    return _line(
        each.kind,
        each.owner.psn_no,
        ";".join(other.psn_no for other in each.others),
        yuan_from_fen(each.amount_fen),
        f"{each.kind}-{each.owner.psn_no}",
        each.since,
    )


def _institutions() -> Iterator[str]:
    """Yield a clinic, hospitals, a pharmacy, an insurer and a collector for each area."""
    kinds = (
        ("H", 1, "滨江社区卫生服务中心", 1, "hospital"),
        ("H", 2, "示范区第二医院", 2, "hospital"),
        ("H", 3, "示范人民医院", 3, "hospital"),
        ("P", 1, "安康大药房", 0, "pharmacy"),
        ("I", 1, "示范健康保险中心", 0, "insurer"),
        ("C", 1, "示范医保缴费服务站", 0, "premium"),
    )
    for area, city in demo.AREAS.items():
        for letter, order, name, level, kind in kinds:
            yield _line(f"{letter}{area}{order:05d}", f"{city}{name}", area, level, kind)
