"""What a reviewer compares: the words of an application beside what the registry holds.

For staff alone: here, and nowhere for members, stands what is true of the person named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from accounts import selectors as people
from accounts.models import Insurance, Member
from pooling.bindings import answers, drafts, evidence, refusals, rules, wording
from pooling.bindings.services import authorising
from pooling.cases import selectors as cases
from pooling.kinship import selectors as kinship
from pooling.kinship import wording as kinship_wording
from pooling.policy import selectors as policy
from pooling.policy.rules import ClauseInForce
from pooling.shared.masks import mask_cert_no, mask_name

NAME, NUMBER = "name", "number"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what was filled in, what the registry says, and whether the two differ.

    `secret` is the way to mask it (`name` or `number`), empty where it may be read by all
    who may open the case.
    """

    title: str
    said: str
    registered: str
    differs: bool = False
    secret: str = ""

    def masked(self) -> "Fact":
        """Return the line as it is shown before anybody said what for."""
        if not self.secret:
            return self
        mask = mask_name if self.secret == NAME else mask_cert_no
        said, known = (mask(text) if text else "" for text in (self.said, self.registered))
        return Fact(self.title, said, known, self.differs, self.secret)


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that stands against it, what would change that, and the clause behind it."""

    sentence: str
    remedy: str
    clause: ClauseInForce | None


@dataclass(frozen=True, slots=True)
class Application:
    """An application at the desk. `relative_id` is None where nobody has that number.

    `kind` is the kind of relation, None before it is chosen; `evidence` is the clause that says
    what proves it at the window and `accepted` what that is; `consents` is whether the relative
    has to agree; `registered` whether the registry proves it and that is enough. `rules` are all
    values of the area on the day `on`.
    """

    facts: tuple[Fact, ...]
    objections: tuple[Objection, ...]
    relative_id: int | None
    kind: str | None
    registered: bool
    evidence: ClauseInForce
    accepted: tuple[str, ...]
    consents: bool
    rules: Mapping[str, Any]
    on: date
    signed: bool


def application(case, on: date) -> Application:
    """Return a case of kind `bind` as the desk compares it; locks nothing, changes nothing."""
    filled = cases.opened(case)
    payer = people.by_ids([case.member_id])[case.member_id]
    relative = _relative(filled)
    members = {member.pk: member for member in (payer, relative) if member is not None}
    standings = people.standings(members.values(), on)
    area = policy.in_force(standings[payer.pk].employee_area, on)
    relation = kinship.proven_between(payer.pk, relative.pk, on) if relative else None
    kind = filled.get("relation", {}).get("kind")
    values = area.values()
    facts = [*_of_payer(payer, standings[payer.pk])]
    if "person" in filled:
        facts += _of_relative(filled["person"], relative, standings)
    if "relation" in filled:
        facts.append(_of_relation(filled["relation"], relation))
    return Application(
        facts=(*facts, *_of_limits(filled)),
        objections=tuple(_objections(payer, relative, members, filled, area, on)),
        relative_id=relative.pk if relative else None,
        kind=kind,
        registered=relation is not None
        and relation.kind == kind
        and evidence.suffices("registry", kind, evidence.COUNTER, values)
        and people.by_identity(filled["person"]["cert_no"], filled["person"]["name"]) is not None,
        evidence=area.clause(evidence.clause(kind, evidence.COUNTER, values)),
        accepted=evidence.accepted(kind, evidence.COUNTER, values),
        consents=_consents(kind, relative, values, on),
        rules=values,
        on=on,
        signed="signing" in filled,
    )


def _consents(kind: str | None, relative: Member | None, values: dict, on: date) -> bool:
    """Return whether the relative has to agree, for all the desk knows so far."""
    if relative is None:
        return values["relative_confirms"]
    return rules.must_confirm(kind, relative.birth_date, on, values)


def _relative(filled: dict) -> Member | None:
    if "person" not in filled:
        return None
    return people.by_cert_no(filled["person"]["cert_no"])


def _of_payer(payer: Member, standing):
    yield Fact(gettext("申请人姓名"), "", payer.name, secret=NAME)
    yield Fact(gettext("申请人证件号码"), "", payer.cert_no, secret=NUMBER)
    yield Fact(gettext("申请人参保"), "", _insurance(standing))


def _of_relative(person: dict, relative: Member | None, standings):
    title = gettext("家人姓名")
    if relative is None:
        yield Fact(title, person["name"], "", differs=True, secret=NAME)
        yield Fact(gettext("家人证件号码"), person["cert_no"], "", differs=True, secret=NUMBER)
        return
    same = people.by_identity(person["cert_no"], person["name"]) is not None
    yield Fact(title, person["name"], relative.name, differs=not same, secret=NAME)
    yield Fact(gettext("家人证件号码"), person["cert_no"], relative.cert_no, secret=NUMBER)
    yield Fact(gettext("家人参保"), "", _insurance(standings[relative.pk]))


def _of_relation(said: dict, relation) -> Fact:
    known = gettext("登记中没有")
    if relation is not None:
        # A chain is told edge by edge, so that the desk sees what each rests on.
        known = f"{wording.kind(relation.kind)}：{kinship_wording.path(relation)}"
    differs = relation is None or relation.kind != said["kind"]
    return Fact(gettext("关系"), wording.relation(said["code"]), known, differs=differs)


def _of_limits(filled: dict):
    for line in drafts.limit_lines(filled):
        yield Fact(line.title, line.value, "")


def _insurance(standing) -> str:
    if standing.died_on is not None:
        return gettext("已登记死亡")
    if not standing.insutype:
        return gettext("没有在保的医保")
    names = policy.area_names()
    return f"{Insurance(standing.insutype).label} {names.get(standing.area, standing.area)}"


def _objections(payer, relative, members, filled: dict, area, on: date):
    """Yield every rule that would refuse this today, were the papers accepted as proof."""
    if relative is None or answers.missing(filled):
        return
    code, kind = filled["relation"]["code"], filled["relation"]["kind"]
    asker, pair, _ranks = authorising.facts(members, payer.pk, relative.pk, code, "documented", on)
    values = area.values()
    terms = answers.terms(filled, not_before=rules.first_day(on, on, values))
    for refusal in (
        *rules.of_asker(asker, kind, values),
        *rules.of_terms(terms, values, on),
        *rules.of_pair(asker, pair, kind, values),
    ):
        yield Objection(*refusals.told(refusal, area))
