"""E-credentials and the 亲情账户 at the window, as cases: opened, filled in, handed in, decided.

Somebody without a phone, or whose relative the registry does not know, is served here (ADR 37).
Where their own documents, or the registry, say it all, it takes effect at once and the rule is
named; where papers have to be believed, another person decides. Whose code it is applies.
"""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.bindings import papers
from pooling.bindings.rules import Refusal
from pooling.bindings.services import Refused
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.counter import agents, code_desk
from pooling.counter.code_papers import ACTIVATE, END, ENDS, SHOW
from pooling.kinship import selectors as kinship
from pooling.kinship.services import at_window
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date

#: The reasons a reviewer chooses from.
TURNED_DOWN = ("papers_do_not_prove", "papers_unreadable", "identity_not_confirmed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of handing in: done by `rule`, or waiting for another person (no rule)."""

    case: Case
    rule: str


@transaction.atomic
def take_in(*, want: str, agent: dict | None, by: Actor, at) -> Case:
    """Open a case for whose code it is, or take up the one begun. Raises AgentRefused, Against.

    `by` acts on behalf of them; `agent` holds name and number of whoever came instead. An area
    that wants the applicant (clause `agent_allowed`) keeps no child from coming with family and
    no code from being ended.
    """
    on = business_date(at)
    owner = people.locked([by.principal])[by.principal]
    if agent:
        agent = agents.read(agent, owner, at)
        if want not in ENDS and not _too_young(want, owner, on):
            agents.check_they_may_come(kinship.rules_of(owner, on))
    kind = code_desk.KINDS[want]
    case = cases.draft_of(owner.pk, kind)
    if case is None:
        answers = {"want": want}
        case = case_services.open(kind=kind, member_id=owner.pk, answers=answers, by=by, at=at)
    elif cases.opened(case)["want"] != want:
        case = case_services.update_answers(case_id=case.pk, answers={"want": want}, by=by, at=at)
    case = case_services.name_agent(case_id=case.pk, agent=agent, by=by, at=at)
    _nothing_against(code_desk.asked(case, on), but=("relation_unknown", "relation_ended"))
    return case


@transaction.atomic
def fill_in(*, case_id: int, values: dict, seen: set[str], by: Actor, at) -> Case:
    """Keep what was typed and which originals were shown. Raises AgentRefused naming the field."""
    case = _draft(case_id, by)
    answers = {"want": cases.opened(case)["want"]}
    if answers["want"] == SHOW and (values.get("carer_name") or values.get("carer_cert_no")):
        nameless = _("请填写出示人的姓名。")
        words = {"name": values["carer_name"], "cert_no": values["carer_cert_no"]}
        answers["carer"] = agents.person(words, "carer", at, nameless=nameless)
    answers |= {"code": values.get("code") or "", "entry": values.get("entry")}
    case = case_services.update_answers(case_id=case_id, answers=answers, by=by, at=at)
    return case_services.note_originals(case_id=case_id, seen=seen, by=by, at=at)


@transaction.atomic
def hand_in(*, case_id: int, by: Actor, at) -> Outcome:
    """Submit it once every original was shown: done by a rule, or left to another person.

    Raises Against, Refused (`originals_missing`), and what `accounts` refuses.
    """
    case = _draft(case_id, by)
    found = code_desk.asked(case, business_date(at))
    _complete(found)
    _nothing_against(found)
    _all_shown(found)
    case_services.submit(case_id=case_id, by=by, at=at)
    if not found.rule:
        case_services.wait(case_id=case_id, reason_code="code_papers", by=by, at=at)
        _tell(case, "code_case_waiting", at)
        return Outcome(case, "")
    row = _carry_out(found, by, at)
    case_services.approve(case_id=case_id, rule=found.rule, subject=row, by=by, at=at)
    return Outcome(case, found.rule)


@transaction.atomic
def grant(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Do what was asked on the strength of papers somebody looked at; all is asked once more."""
    case = case_services.locked(case_id)
    found = code_desk.asked(case, business_date(at))
    _nothing_against(found)
    _all_shown(found)
    row = _carry_out(found, replace(by, on_behalf_of=case.member_id), at)
    return case_services.approve(case_id=case_id, subject=row, remark=remark, by=by, at=at)


@transaction.atomic
def turn_down(*, case_id: int, reason_code: str, remark: str = "", by: Actor, at) -> Case:
    """Leave everything as it is, for one of the reasons of `TURNED_DOWN`, and tell."""
    if reason_code not in TURNED_DOWN:
        raise ValueError(reason_code)
    case = case_services.refuse(
        case_id=case_id, reason_code=reason_code, remark=remark, by=by, at=at
    )
    _tell(case, "code_case_refused", at)
    return case


def _carry_out(found: code_desk.Asked, by: Actor, at):
    """Do what was asked; whoever holds the rows refuses once more what cannot be."""
    promised = found.rule.endswith(":commitment")
    if found.want == ACTIVATE:
        kin = found.other.pk if found.coming.by_family and found.other else None
        return at_window.activate(
            kin_id=kin, proven_as=found.proven_as, promised=promised, by=by, at=at
        )
    if found.want == END:
        return at_window.end(by=by, at=at)
    if found.want == SHOW:
        return at_window.let_show(
            carer_id=found.other.pk,
            proven_as=found.proven_as,
            promised=promised,
            consented=not found.coming.child,
            by=by,
            at=at,
        )
    return at_window.stop_showing(link_id=found.entry, by=by, at=at)


def _complete(found: code_desk.Asked) -> None:
    """Refuse what was not filled in to the end. Raises Against."""
    if found.want == SHOW and found.said is None:
        said = _("请填写出示人的姓名和证件号码。")
        raise code_desk.Against(said, code="unfinished", details={"carer_name": str(said)})
    if found.want not in (ACTIVATE, END, SHOW) and found.entry is None:
        said = _("请选择要移除的一项。")
        raise code_desk.Against(said, code="unfinished", details={"entry": str(said)})


def _nothing_against(found: code_desk.Asked, *, but: tuple[str, ...] = ()) -> None:
    for objection in code_desk.against(found):
        if objection.code not in but:
            raise objection


def _all_shown(found: code_desk.Asked) -> None:
    missing = papers.lacking(found.checklist, found.seen)
    if missing:
        raise Refused.because(Refusal("originals_missing", {"items": missing}))


def _too_young(want: str, owner, on) -> bool:
    """Return whether family comes for them by nature: a child sends no agent."""
    child, _elder = kinship.by_family(owner, on)
    return kinship.too_young_to_agree(owner, on) if want == SHOW else child


def _draft(case_id: int, by: Actor) -> Case:
    """Lock a case of the one at the window that is still filled in. Raises NotFound, NotNow."""
    case = case_services.locked(case_id)
    if case.member_id != by.principal or case.kind not in code_desk.KINDS.values():
        raise NotFound(_("没有找到这件申请。"))
    if case.state != Case.State.DRAFT:
        raise case_services.NotNow(_("申请已提交，不能再修改。"))
    return case


def _tell(case: Case, kind: str, at) -> None:
    link = f"/cases/{case.number}/"
    notices.enqueue([Message(kind, member_id=case.member_id, link=link)], at=at)
