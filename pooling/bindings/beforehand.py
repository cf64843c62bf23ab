"""Would this relation be allowed here? Asked before anybody applies, about nobody in particular.

What was typed becomes the facts that `rules` is asked about: the very functions that decide
an application. Nobody is looked up, so the answer says nothing about anybody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pooling.bindings import counting, papers, refusals, rules
from pooling.bindings.evidence import COUNTER, ONLINE
from pooling.bindings.facts import Asker, Described, Pair, Refusal, Side
from pooling.cases import materials
from pooling.kinship import codes
from pooling.kinship import rules as kinship
from pooling.policy import plain_words
from pooling.policy import selectors as policy
from pooling.policy.rules import ClauseInForce, Rules

_PAYER, _RELATIVE = 1, 2
#: Each way to prove a relation, in the order in which people are glad of it.
WAYS = ("registry", "commitment", "documented")
#: Clauses that say how it begins, what else has to hold, and how it ends.
BEGINS = (
    *("binding_counts", "end_date_required", "max_validity_months", "caps_required"),
    *("requires_e_credential", "payer_requires_e_credential", "uses_opt_in"),
)
ALSO = (
    *("max_relatives_per_payer", "relatives_count_payer", "max_per_role"),
    *("max_relatives_lifetime", "max_payers_per_relative", "payer_may_be_relative"),
    *("excluded_payer_types", "excluded_relative_types"),
)
ENDS = ("release_by", "release_counts", "lock_days", "rebind_wait_days", "max_changes_per_year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was typed. Ages in full years; `employee_status` as in `accounts.Standing`.

    `relatives` is how many the payer pays for already, `roles` how many of them are what.
    """

    area: str
    employee_status: str
    age: int
    gender: str
    code: str
    relative_age: int
    insutype: str
    status: str
    relative_area: str
    relatives: int = 0
    payers: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Against:
    """One reason against it: what the rule says, what would change it, and its clause."""

    code: str
    why: str
    remedy: str
    clause: ClauseInForce | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove the relation; what stands against this way alone.

    `at_window`: it will do there, though not online.
    """

    proof: str
    against: tuple[Against, ...]
    at_window: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A rule that says how it is done, as a sentence with its clause."""

    sentence: str
    clause: ClauseInForce


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, every reason against it, and how it would be done where it is yes."""

    allowed: bool
    reasons: tuple[Against, ...]
    ways: tuple[Way, ...]
    to_show: tuple[tuple[str, ...], ...]
    begins: tuple[Told, ...]
    also: tuple[Told, ...]
    ends: tuple[Told, ...]


def answer(asked: Question, on: date) -> Answer:
    """Answer for a day. `asked.code` is one of `kinship.codes.CODES`."""
    area = policy.in_force(asked.area, on)
    kind = codes.kind_of(asked.code)
    found = {
        (proof, channel): list(objections(asked, proof, area, on, channel))
        for proof in WAYS
        for channel in (ONLINE, COUNTER)
    }
    furthest = found[WAYS[-1], COUNTER]
    common = [each for each in furthest if all(each in against for against in found.values())]
    allowed = any(not against for against in found.values())
    # Where each way is barred for another reason, the one with papers goes furthest.
    reasons = () if allowed else tuple(_told(each, area) for each in common or furthest)
    confirms = rules.must_confirm(kind, _born(asked.relative_age, on), on, area.values())
    return Answer(
        allowed=allowed,
        reasons=reasons,
        ways=tuple(_way(proof, found, common, area) for proof in WAYS),
        to_show=_to_show(kind, area, confirms),
        begins=(_confirms(kind, confirms, area), *_sentences(_begins(asked, area), area)),
        also=_sentences(ALSO, area),
        ends=_sentences(ENDS, area),
    )


def objections(
    asked: Question, proof: str, area: Rules, on: date, channel: str = ONLINE
) -> Iterator[Refusal]:
    """Yield what the rules have against it, were the relation proven in this way."""
    asker, values, kind = _asker(asked), area.values(), codes.kind_of(asked.code)
    yield from rules.of_asker(asker, kind, values)
    yield from rules.of_pair(asker, _pair(asked, proof, channel, on), kind, values)


def _way(proof: str, found: dict, common: list[Refusal], area: Rules) -> Way:
    online, there = (
        [each for each in found[proof, channel] if each not in common]
        for channel in (ONLINE, COUNTER)
    )
    if online and not there:
        return Way(proof, (), at_window=True)
    return Way(proof, tuple(_told(each, area) for each in online))


def _begins(asked: Question, area: Rules) -> tuple[str, ...]:
    """Return the clauses about its beginning; bound is not yet paid where money waits for more.

    *At once* is not said beside a clause that says otherwise.
    """
    across = asked.relative_area[:2] != asked.area[:2] and area.value("quota_across_provinces")
    by_quota = "quota_across_provinces" if across else "model"
    waits = [by_quota] if across or area.value("model") == "quota" else []
    if asked.employee_status == "2" and area.value("paused_payer") == "stops":
        waits.append("paused_payer")
    if waits and area.value("binding_counts") == "at_once":
        return (*waits, *BEGINS[1:])
    return (*waits, *BEGINS)


def _confirms(kind: str, confirms: bool, area: Rules) -> Told:
    """Say whether this relative has to agree, with the clause that decides it."""
    name, kinds = "relative_confirms", area.value("confirms_for")
    if area.value(name) and not confirms:
        name = "confirms_for" if kinds is not None and kind not in kinds else "confirms_from_age"
    return Told(plain_words.sentence("relative_confirms", confirms), area.clause(name))


def _asker(asked: Question) -> Asker:
    return Asker(
        member_id=_PAYER,
        dead=False,
        employee_status=asked.employee_status,
        area=asked.area,
        relatives=asked.relatives,
        roles=asked.roles,
        takes=counting.roles_of(asked.code),
    )


def _pair(asked: Question, proof: str, channel: str, on: date) -> Pair:
    registered = codes.kind_of(asked.code) if proof == "registry" else None
    return Pair(
        relative=Side(_RELATIVE, False, asked.insutype, asked.relative_area, asked.status),
        registered=registered,
        proof=proof,
        payers=asked.payers,
        already_bound=False,
        blocked=False,
        implausible=() if registered else _implausible(asked, on),
        channel=channel,
    )


def _implausible(asked: Question, on: date) -> tuple[tuple[str, dict], ...]:
    payer = Described(_PAYER, _born(asked.age, on), asked.gender)
    # Where the word tells no sex, none is contradicted.
    gender = codes.CODES[asked.code].gender or codes.FEMALE
    relative = Described(_RELATIVE, _born(asked.relative_age, on), gender)
    problems = kinship.implausible(payer, relative, asked.code, on)
    return tuple((problem.code, dict(problem.values)) for problem in problems)


def _born(age: int, on: date) -> date:
    """Return a birth date that makes somebody so old on a day."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - age, on.month, day)


def _to_show(kind: str, area: Rules, confirms: bool) -> tuple[tuple[str, ...], ...]:
    wanted = papers.checklist(kind, area.values(), registered=False, consents=confirms)
    return tuple(tuple(materials.words(line.any_of)) for line in wanted if line.needed)


def _told(refusal: Refusal, area: Rules) -> Against:
    return Against(refusal.code, *refusals.told(refusal, area))


def _sentences(names, area: Rules) -> tuple[Told, ...]:
    """Tell these rules; what nobody has set and asks for nothing is left out."""
    clauses = [area.clause(name) for name in names]
    return tuple(
        Told(plain_words.sentence(clause.name, clause.value), clause)
        for clause in clauses
        if not (clause.is_default and clause.name in plain_words.QUIET)
    )
