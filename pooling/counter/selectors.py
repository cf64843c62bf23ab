"""What the desk shows: the queue, one case with everything that speaks for and against it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext

from accounts import selectors as people
from pooling.audit import selectors as trail
from pooling.bindings import desk, papers, refusals
from pooling.bindings.rules import Refusal
from pooling.cases import materials
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.counter import claim_papers, code_desk, inquiries, wording
from pooling.counter.models import DeskCase
from pooling.kinship import selectors as kinship
from pooling.policy import selectors as policy
from pooling.policy.rules import Rules
from pooling.settlements.services import claims
from pooling.shared.masks import mask_cert_no, mask_name
from pooling.shared.periods import business_date

#: Longer lists are not read; the nearest deadline stands first.
MOST = 100
State = Case.State
OPEN = (State.DRAFT, State.SUBMITTED, State.WAITING, State.MORE)
_LATE = (State.WAITING, State.MORE)
#: What is about somebody's code (`code_desk`).
CODES = (Case.Kind.CREDENTIAL, Case.Kind.CARE)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue, masked. `waited` is days since it was handed in, or opened."""

    id: int
    number: str
    kind: str
    state_code: str
    state: str
    tone: str
    member_id: int
    member: str
    came: str
    waited: int
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the checklist: the codes that satisfy it with their words, and whether seen."""

    choices: tuple[tuple[str, str, bool], ...]
    needed: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a case, and who took it."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Page:
    """A case on the desk. People are masked in it unless `open` (a purpose was stated)."""

    case: Case
    open: bool
    came: str
    member_ids: tuple[int, ...]
    application: desk.Application | None
    facts: tuple[desk.Fact, ...]
    checklist: tuple[Tick, ...]
    #: About a code: what is asked, and what speaks against it today, while it is open.
    code: code_desk.Asked | None
    objections: tuple[str, ...]
    agent: tuple[str, str] | None
    reason: str
    remark: str
    rule: str
    steps: tuple[Step, ...]
    overdue: bool

    @property
    def fields(self) -> list[str]:
        """Return what the page shows, for the record of looks."""
        shown = ["name", "cert_no", "enrolment", "relation", "limits"]
        return [*shown, *(["agent"] if self.agent else [])] if self.open else ["masked"]


def tab(name: str, who: str, at: datetime) -> Q:
    """Return which cases lie under a tab; `who` is the reader as stored in `x_by`."""
    mine = Q(opened_by=who) | Q(submitted_by=who) | Q(answered_by=who)
    return {
        "waiting": Q(state=State.WAITING),
        "more": Q(state=State.MORE),
        "draft": Q(state=State.DRAFT),
        "late": Q(state__in=_LATE, due_at__lt=at),
        "mine": mine,
    }[name]


def counts(who: str, at: datetime) -> dict[str, int]:
    """Return how many cases lie under each tab (one statement)."""
    return DeskCase.objects.aggregate(
        **{name: Count("pk", filter=tab(name, who, at)) for name in wording.TABS}
    )


def queue(name: str, who: str, at: datetime, *, number: str = "") -> list[QueueRow]:
    """Return the cases under a tab, or the one of a number, nearest deadline first."""
    which = Q(number=number) if number else tab(name, who, at)
    rows = DeskCase.objects.filter(which).select_related("member").order_by("due_at", "-pk")
    return [_queue_row(case, at) for case in rows[:MOST]]


def next_in_line(case_id: int, at: datetime) -> int | None:
    """Return the waiting case to see to after this one: the nearest deadline, not this."""
    rows = DeskCase.objects.filter(state=State.WAITING).exclude(pk=case_id)
    return rows.order_by("due_at", "pk").values_list("pk", flat=True).first()


def page(case: Case, at: datetime, *, open: bool) -> Page:
    """Return a case with all the desk knows about it; masked unless `open`."""
    on = business_date(at)
    application = desk.application(case, on) if case.kind == Case.Kind.BIND else None
    code = code_desk.asked(case, on) if case.kind in CODES else None
    if code:
        facts, shown = tuple(code_desk.facts(code)), code_desk.members(code)
    elif application:
        facts = application.facts
        shown = tuple(filter(None, (case.member_id, application.relative_id)))
    else:
        facts, shown = tuple(inquiries.facts(case)), inquiries.members(case)
    return Page(
        case=case,
        open=open,
        came=wording.came(case.submitted_by or case.opened_by),
        member_ids=shown,
        application=application,
        facts=facts if open else tuple(fact.masked() for fact in facts),
        checklist=ticks(case, wanted(case, application, code, on)),
        code=code if case.state in OPEN else None,
        objections=_against(code) if code and case.state in OPEN else (),
        agent=agent_of(case, open=open),
        reason=_reason(case, application),
        remark=(case.remark or "") if open else "",
        rule=wording.rule(case.decided_by_rule),
        steps=_steps(case),
        overdue=case.state in _LATE and case.due_at is not None and case.due_at < at,
    )


def checklist(case: Case, application: desk.Application) -> list[papers.Wanted]:
    """Return what has to be shown for an application at the window."""
    return papers.checklist(
        application.kind,
        application.rules,
        registered=application.registered,
        agent=_agent(case, application.rules, application.on),
        consents=application.consents,
    )


def _agent(case: Case, rules: Mapping[str, Any], on: date) -> papers.Agent | None:
    """Return the agent as far as papers go; kin is looked for only where the area asks."""
    if case.agent_sealed is None:
        return None
    if not rules["agent_relatives_only"]:
        return papers.Agent()
    words = json.loads(case.agent_text)
    agent = people.by_identity(words["cert_no"], words["name"])
    known = agent is not None and kinship.proven_between(case.member_id, agent.pk, on) is not None
    return papers.Agent(is_relative=known)


def rules_of(member_id: int, on: date) -> Rules:
    """Return the rules that count for somebody's application at the window."""
    standing = people.standings(people.by_ids([member_id]).values(), on)[member_id]
    return policy.in_force(standing.employee_area, on)


def wanted(
    case: Case, application: desk.Application | None, code: code_desk.Asked | None, on: date
) -> list[papers.Wanted]:
    """Return what has to be shown for a case that somebody came for, else nothing."""
    if application is not None:
        return checklist(case, application)
    if case.kind == Case.Kind.PREMIUM:
        return of_claim(case, on)
    return code.checklist if code is not None else []


def of_claim(case: Case, on: date) -> list[papers.Wanted]:
    """Return what has to be shown for a premium asked back at a window; online, nothing."""
    if case.state != State.DRAFT and not wording.by_window(case.submitted_by):
        return []
    rules = claims.rules_of(case.member_id, on).values()
    return claim_papers.checklist(rules, _agent(case, rules, on))


def ticks(case: Case, wanted: Iterable[papers.Wanted]) -> tuple[Tick, ...]:
    """Return the checklist with what was shown so far."""
    seen = set(cases.originals_of(case.pk))
    return tuple(
        Tick(
            tuple((code, str(materials.WORDS[code]), code in seen) for code in line.any_of),
            line.needed,
            line.shown_by(seen),
        )
        for line in wanted
    )


def missing(case: Case, at: datetime) -> list[str]:
    """Return the materials still wanted, by code: what was asked for, or what the list lacks."""
    if case.state == State.MORE:
        return list(case.reason_values["items"])
    on, kind = business_date(at), case.kind
    if case.state != State.DRAFT or kind not in (Case.Kind.BIND, Case.Kind.PREMIUM, *CODES):
        return []
    application = desk.application(case, on) if kind == Case.Kind.BIND else None
    code = code_desk.asked(case, on) if kind in CODES else None
    return papers.lacking(wanted(case, application, code, on), cases.originals_of(case.pk))


def agent_of(case: Case, *, open: bool) -> tuple[str, str] | None:
    """Return name and number of who came for the applicant, masked unless `open`."""
    if case.agent_sealed is None:
        return None
    agent = json.loads(case.agent_text)
    name, number = agent["name"], agent["cert_no"]
    return (name, number) if open else (mask_name(name), mask_cert_no(number))


def in_more(member_id: int, kinds: Iterable[str] = ()) -> int | None:
    """Return the member's case (of these kinds) that waits for missing papers, if there is one."""
    rows = DeskCase.objects.filter(member_id=member_id, state=State.MORE)
    rows = rows.filter(kind__in=list(kinds)) if kinds else rows
    return rows.order_by("due_at").values_list("pk", flat=True).first()


def by_check_code(code: str) -> Case | None:
    """Return the case whose receipt carries this code, or None."""
    return DeskCase.objects.filter(check_code=code).first()


def what_came_of(case: Case, at: datetime) -> tuple[str, str] | None:
    """Return how what a case brought about stands now, as word and tone; about nobody."""
    if case.state != State.APPROVED or case.kind not in CODES or case.subject_id is None:
        return None
    if case.kind == Case.Kind.CREDENTIAL:
        return wording.NOW[people.credential_lives(case.subject_id)]
    return wording.NOW[people.link_counts(case.subject_id, business_date(at))]


def _against(code: code_desk.Asked) -> tuple[str, ...]:
    unfinished = ("relation_unknown",) if code.said is None else ()
    found = code_desk.against(code)
    return tuple(str(each) for each in found if each.code not in unfinished)


def _queue_row(case: Case, at: datetime) -> QueueRow:
    handed_in = case.answered_at or case.submitted_at or case.opened_at
    return QueueRow(
        id=case.pk,
        number=case.number,
        kind=case.get_kind_display(),
        state_code=case.state,
        state=case.get_state_display(),
        tone=wording.TONES[case.state],
        member_id=case.member_id,
        member=mask_name(case.member.name),
        came=wording.came(case.submitted_by or case.opened_by),
        waited=(business_date(at) - business_date(handed_in)).days,
        due_at=case.due_at if case.state in _LATE else None,
        overdue=case.state in _LATE and case.due_at is not None and case.due_at < at,
    )


def _reason(case: Case, application: desk.Application | None) -> str:
    """Say why a case waits, is incomplete or was refused."""
    if case.kind in (Case.Kind.BIND, *CODES) and case.reason_code in refusals.REFUSALS:
        refusal = Refusal(case.reason_code, case.reason_values)
        return refusals.sentence(refusal, application and application.evidence)
    return wording.reason(case.reason_code)


def _steps(case: Case) -> tuple[Step, ...]:
    """Return the life of a case from the trail, oldest first, with who took each step."""
    events = trail.of_subject("cases.case", case.pk)
    staff = people.staff_names(event.actor_id for event in events if event.actor_kind == "staff")
    steps: list[Step] = []
    for event in events:
        if event.verb not in wording.STEPS:
            continue
        who = staff.get(event.actor_id) if event.actor_kind == "staff" else None
        if who and event.on_behalf_of and case.agent_sealed is not None:
            who = gettext("%(who)s（代办人在场）") % {"who": who}
        step = Step(event.at, str(wording.STEPS[event.verb]), who or wording.actor(event))
        if steps and (steps[-1].what, steps[-1].who) == (step.what, step.who):
            # Typing is saved many times over: the last one stands for all.
            steps.pop()
        steps.append(step)
    return tuple(steps)
