"""Who is whose what on a day, and what speaks against a claim."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.translation import gettext

from accounts import selectors as people
from pooling.kinship import inference, rules, wording
from pooling.kinship.inference import Edge, Tie
from pooling.kinship.models import Relation
from pooling.kinship.rules import Known, Problem
from pooling.policy import selectors as policy
from pooling.policy.wording import KINDS
from pooling.shared.masks import mask_name
from pooling.shared.periods import age, day
from pooling.shared.queries import Columns


def between(member_id: int, relative_id: int, on: date) -> Relation | None:
    """Return what the relative is to the member on a day; of several the latest begun."""
    rows = Relation.objects.filter(_in_force(on), member=member_id, relative=relative_id)
    return rows.order_by("-from_date", "pk").first()


def proven_between(member_id: int, relative_id: int, on: date) -> Tie | None:
    """Return what the relative is to the member, on record or as it follows (one statement)."""
    rows = Relation.objects.filter(_about(member_id, relative_id), _in_force(on))
    return inference.tie(member_id, relative_id, _edges(rows), on)


def grounds(reader_id: int, other_id: int, other_name: str, on: date) -> str:
    """Return why the other is the reader's relative, in words to the reader (one statement).

    Empty where nothing proves it. `other_name` is what the reader may call them; whoever
    stands between the two is parent or child of both, and known to both by name.
    """
    rows = list(
        Relation.objects.filter(_about(reader_id, other_id), _in_force(on))
        .select_related("relative")
        .order_by("pk")
    )
    found = inference.tie(reader_id, other_id, map(_edge, rows), on)
    if found is None:
        return ""
    names = {row.relative_id: row.relative.name for row in rows}
    names |= {reader_id: "", other_id: other_name}
    return gettext("；").join(wording.grounds(found, names, reader_id))


def proven_relatives(member_id: int, on: date) -> list[tuple[Tie, Any]]:
    """Return everybody proven to be a member's relative on a day, with their member rows.

    One statement: own edges, and those of parents and children from which more follows.
    """
    near = Relation.objects.filter(_in_force(on), member=member_id, kind__in=inference.LINEAL)
    theirs = Q(member__in=near.values("relative"), kind__in=inference.LINEAL)
    rows = list(
        Relation.objects.filter(_in_force(on) & (Q(member=member_id) | theirs))
        .select_related("relative")
        .order_by("pk")
    )
    people = {row.relative_id: row.relative for row in rows}
    found = inference.ties(map(_edge, rows), on)
    return [(tie, people[tie.relative_id]) for tie in found if tie.member_id == member_id]


def edges_between(member: str, relative: str, on: date) -> ArraySubquery:
    """Return an expression: the edges that speak about the two people a row names.

    Brought along with the row it costs no statement of its own; `edges` reads it. Between
    the two themselves what has ended is there too: it may contradict a promise. So are
    marriages that ended: in-laws were such through one of them.
    """
    one, other = OuterRef(member), OuterRef(relative)
    direct = Q(member=one, relative=other, from_date__lte=on)
    married = (Q(member=one) | Q(relative=other)) & Q(kind="spouse", from_date__lte=on)
    rows = Relation.objects.filter(direct | married | (_chain(one, other) & _in_force(on)))
    return ArraySubquery(rows.values(edge=Columns(*_OF_AN_EDGE)))


def edges(brought: Iterable[list]) -> list[Edge]:
    """Return what `edges_between` brought along."""
    return [
        Edge(*known, day(begin), day(end), by_death=end is not None and end in deaths)
        for *known, begin, end, deaths in brought
    ]


_OF_AN_EDGE = (
    "member_id",
    "relative_id",
    "relative__gender",
    "kind",
    "evidence",
    "from_date",
    "to_date",
    Columns("member__died_on", "relative__died_on"),
)


def direct_between(
    one_id: int, other_id: int, kinds: Iterable[str] | None, on: date
) -> list[Relation]:
    """Return what is on record of one to the other on a day and is no derivation."""
    rows = Relation.objects.filter(_in_force(on), member=one_id, relative=other_id)
    return list(rows if kinds is None else rows.filter(kind__in=list(kinds)))


def _about(member, relative) -> Q:
    """Match what is on record between two, and the two halves of a chain from one to the other."""
    return Q(member=member, relative=relative) | _chain(member, relative)


def _chain(member, relative) -> Q:
    return (Q(member=member) | Q(relative=relative)) & Q(kind__in=inference.LINEAL)


def _edges(rows) -> list[Edge]:
    return [_edge(row) for row in rows.select_related("relative").order_by("pk")]


def _edge(row: Relation) -> Edge:
    return Edge(
        member_id=row.member_id,
        relative_id=row.relative_id,
        relative_gender=row.relative.gender,
        kind=row.kind,
        evidence=row.evidence,
        from_date=row.from_date,
        to_date=row.to_date,
    )


def family(member_id: int) -> set[int]:
    """Return the ids of everybody ever on record as the member's relative."""
    return set(Relation.objects.filter(member=member_id).values_list("relative", flat=True))


def implausible(person, relative, code: str, on: date) -> list[Problem]:
    """Return why `relative` cannot be `person`'s `code` on a day, the record consulted.

    One statement. Both are members; wording: `kinship.wording.sentence`.
    """
    pair = {person.pk, relative.pk}
    rows = Relation.objects.filter(_in_force(on), member__in=pair).filter(
        Q(relative__in=pair) | Q(kind="spouse")
    )
    known = Known(
        kinds=frozenset(
            row.kind for row in rows if (row.member_id, row.relative_id) == (person.pk, relative.pk)
        ),
        other_spouses=frozenset(
            row.relative_id for row in rows if row.kind == "spouse" and row.relative_id not in pair
        ),
    )
    return rules.implausible(person, relative, code, on, known)


def _in_force(on: date) -> Q:
    return Q(from_date__lte=on) & (Q(to_date__isnull=True) | Q(to_date__gt=on))


def rules_of(member, on: date):
    """Return the rules of the area somebody is insured in on a day; without one the nation's."""
    return _rules(people.standings([member], on)[member.pk], on)


def _rules(standing, on: date):
    return policy.in_force(standing.area or "000000", on)


#: How far the registry's word goes in an area: by itself, with a promise, or only to a window.
BY_REGISTRY, PROMISE, WINDOW = "registry", "promise", "window"


def way(evidence: Iterable[str]) -> str:
    """Return what somebody the registry proves still has to give, by a clause about evidence."""
    if "registry" in evidence:
        return BY_REGISTRY
    return PROMISE if "commitment" in evidence else WINDOW


def by_family(member, on: date) -> tuple[bool, bool]:
    """Return whether a relative may activate for them: as for a child, as for an elder.

    An elder who signs in does it themselves.
    """
    rules, years = rules_of(member, on), age(member.birth_date, on)
    old = years >= rules.value("e_credential_by_family_from")
    return (
        years < rules.value("e_credential_by_family_under"),
        old and not people.signs_in(member.pk),
    )


def too_young_to_agree(member, on: date) -> bool:
    """Return whether their family decides who shows their code."""
    return age(member.birth_date, on) < rules_of(member, on).value("care_consent_age")


def ended_between(one_id: int, other_id: int, on: date) -> bool:
    """Return whether all that was on record of one to the other has ended: papers are older."""
    rows = Relation.objects.filter(member=one_id, relative=other_id, from_date__lte=on)
    ends = list(rows.values_list("to_date", flat=True))
    return bool(ends) and all(end is not None and end <= on for end in ends)


def credential(member_id: int):
    """Return a member's active e-credential, or None."""
    return people.e_credential_of(member_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a 亲情账户 as one of its two people sees the other."""

    id: int
    name: str
    #: What the other is to the reader, such as 女儿; empty where no record says so any more.
    word: str
    #: Whose code it is.
    relative_id: int
    number: int
    usable: bool
    #: Whether the relative has an e-credential.
    activated: bool
    #: Whether the reader is asked to agree.
    asked: bool
    state: str
    tone: str
    #: How the reader may activate for them (`way`); empty: not at all.
    way: str = ""


@dataclass(frozen=True, slots=True)
class CarePage:
    """Whose codes I show, who shows mine, and what tills refused of mine."""

    cared_for: list[Entry]
    carers: list[Entry]
    refused: list[tuple[datetime, str, str]]


def care_page(member_id: int, on: date) -> CarePage:
    """Return everything about a member's 亲情账户."""
    links = people.cared_for(member_id)
    active = people.activated(link.relative_id for link in links)
    known = _words(member_id, on)
    return CarePage(
        cared_for=[
            _entry(link, link.relative, known, link.relative_id in active, on) for link in links
        ],
        carers=[_entry(link, link.carer, known, True, on) for link in people.carers_of(member_id)],
        refused=[
            (row.refused_at, row.institution.get_type_display(), people.why_refused(row.reason))
            for row in people.refused_codes_of(member_id, limit=10)
        ],
    )


def entry(carer_id: int, link_id: int, on: date) -> Entry:
    """Return a caregiver's own entry. Raises NotFound: absent or not yours."""
    link = people.link_of_carer(carer_id, link_id)
    active = people.activated([link.relative_id])
    found = _entry(link, link.relative, _words(carer_id, on), bool(active), on)
    if active or not any(by_family(link.relative, on)):
        return found
    evidence = rules_of(link.relative, on).value("e_credential_family_evidence")
    return replace(found, way=way(evidence))


def _words(member_id: int, on: date) -> dict[int, str]:
    """Return what somebody's relatives are to them: a family shares a masked name."""
    ties = proven_relatives(member_id, on)
    return {other.pk: wording.plain(tie.kind, other.gender) for tie, other in ties}


def _entry(link, other, known: dict[int, str], activated: bool, on: date) -> Entry:
    usable = link.usable(on)
    if not usable:
        state, tone = gettext("等本人同意"), "warn"
    elif not activated:
        state, tone = gettext("未激活"), "paused"
    else:
        state, tone = gettext("可以出示"), "good"
    return Entry(
        id=link.pk,
        name=mask_name(other.name),
        word=known.get(other.pk, ""),
        relative_id=link.relative_id,
        number=link.number,
        usable=usable,
        activated=activated,
        asked=not usable,
        state=state,
        tone=tone,
    )


def to_care_for(member_id: int, on: date) -> list[tuple[int, str, str, str]]:
    """Return the proven relatives not yet in a member's 亲情账户: id, name, kind, `way`."""
    there = {link.relative_id for link in people.cared_for(member_id)}
    found = [
        (tie, other)
        for tie, other in proven_relatives(member_id, on)
        if other.pk not in there and other.died_on is None
    ]
    standings = people.standings([other for _tie, other in found], on)
    return [
        (
            other.pk,
            mask_name(other.name),
            str(KINDS[tie.kind]),
            way(_rules(standings[other.pk], on).value("care_evidence")),
        )
        for tie, other in found
    ]
