"""What a case about somebody's code asks, read with the facts of today. Changes nothing.

Read anew whenever it counts: a relation may have ended, somebody may have died, between the
day a case was handed in and the day it is decided.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from pooling.bindings import wording as bindings_wording
from pooling.bindings.desk import NAME, NUMBER, Fact
from pooling.bindings.papers import Wanted
from pooling.bindings.rules import SETTLED_BY_PAPERS
from pooling.cases import selectors as cases
from pooling.cases.materials import PROVING
from pooling.cases.models import Case
from pooling.counter import code_papers, wording
from pooling.counter.code_papers import ACTIVATE, END, SHOW, UNSHOW, Coming
from pooling.kinship import codes
from pooling.kinship import selectors as kinship
from pooling.kinship import wording as kinship_wording
from pooling.kinship.inference import Tie
from pooling.policy.rules import ClauseInForce, Rules
from pooling.shared.errors import DomainError
from pooling.shared.masks import mask_name

KINDS = {
    ACTIVATE: Case.Kind.CREDENTIAL,
    END: Case.Kind.CREDENTIAL,
    SHOW: Case.Kind.CARE,
    UNSHOW: Case.Kind.CARE,
}


class Against(DomainError):
    """What speaks against it today, whatever papers were shown; `details` names the field."""

    code = "window_refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """A case about a code. `other` is the relative it is about, None where nobody has that number.

    `said` is what the clerk typed of the other; `code` what whose code it is was said to be to
    them, `tie` what the registry proves. `seen` are originals held and papers accepted.
    """

    want: str
    owner: Member
    other: Member | None
    said: dict | None
    code: str
    tie: Tie | None
    ended: bool
    coming: Coming
    rules: Rules
    entry: int | None
    seen: frozenset[str]
    on: date

    @property
    def checklist(self) -> list[Wanted]:
        return code_papers.checklist(self.coming, self.rules.values())

    @property
    def rule(self) -> str:
        """Return the rule that decides alone; empty where another person has to."""
        return code_papers.decided_by(self.coming, self.rules.values(), self.seen)

    @property
    def clause(self) -> ClauseInForce | None:
        """Return the area's clause about what proves the relation, where one is asked for."""
        name = code_papers.EVIDENCE.get(self.want) if self.coming.by_family else None
        return self.rules.clause(name) if name else None

    @property
    def proven_as(self) -> str:
        """Return what whose code it is was proven to be to the other, by registry or papers."""
        if not self.coming.by_family:
            return ""
        if self.tie is not None:
            return self.tie.kind
        shown = self.seen.intersection((*PROVING, code_papers.PROMISE))
        return self.coming.kind or "" if shown else ""


def asked(case: Case, on: date) -> Asked:
    """Return a case about a code with what is true of its people today."""
    answers = cases.opened(case)
    want = answers["want"]
    owner = people.by_ids([case.member_id])[case.member_id]
    agent = json.loads(case.agent_text) if case.agent_sealed is not None else None
    who_came = people.by_identity(agent["cert_no"], agent["name"]) if agent else None
    said = answers.get("carer") if want == SHOW else agent
    other = people.by_identity(said["cert_no"], said["name"]) if said else None
    tie = kinship.proven_between(other.pk, owner.pk, on) if other else None
    code = answers.get("code", "")
    rules = kinship.rules_of(owner, on)
    child, elder = kinship.by_family(owner, on)
    if want == SHOW:
        child = kinship.too_young_to_agree(owner, on)
    came_is_other = who_came is not None and other is not None and who_came.pk == other.pk
    kin = who_came and kinship.proven_between(owner.pk, who_came.pk, on)
    return Asked(
        want=want,
        owner=owner,
        other=other,
        said=said,
        code=code,
        tie=tie,
        ended=bool(other and tie is None and kinship.ended_between(other.pk, owner.pk, on)),
        coming=Coming(
            want=want,
            child=child,
            elder=elder,
            agent=agent is not None,
            agent_is_other=came_is_other or (want == ACTIVATE and agent is not None),
            agent_is_kin=kin is not None,
            known=other is not None,
            registered=tie is not None,
            kind=tie.kind if tie else codes.kind_of(code) if code else None,
        ),
        rules=rules,
        entry=answers.get("entry"),
        seen=frozenset((*cases.originals_of(case.pk), *cases.accepted_of(case.pk))),
        on=on,
    )


def against(found: Asked) -> Iterator[Against]:
    """Yield what speaks against it, whatever papers were shown."""
    if found.owner.died_on is not None and found.want in (ACTIVATE, SHOW):
        yield Against(_("登记信息显示本人已去世，不能办理。"), code="member_dead")
    active = people.e_credential_of(found.owner.pk) is not None
    if found.want == ACTIVATE and active:
        yield Against(_("医保电子凭证已经激活，不用再办。"), code="already_active")
    if found.want == END and not active:
        yield Against(_("医保电子凭证没有激活，不用停用。"), code="not_active")
    if found.coming.child and not found.coming.agent and found.want in (ACTIVATE, SHOW):
        yield Against(
            _("孩子还小，须由家人带双方的证件来办。请填写代办的家人。"),
            code="child_alone",
            details={"has_agent": str(_("请填写代办的家人。"))},
        )
    if found.want == SHOW and found.said is not None:
        yield from _against_showing(found)
    if found.coming.by_family and found.said is not None:
        yield from _against_relation(found)


def _against_showing(found: Asked) -> Iterator[Against]:
    if found.other is None:
        sentence = _("没有姓名和证件号码都相符的参保人，请与证件逐字核对。")
        yield Against(sentence, code="unknown_person", details={"carer_name": str(sentence)})
        return
    if found.other.died_on is not None:
        yield Against(_("登记信息显示出示人已去世，不能办理。"), code="member_dead")
    link = people.link_between(found.other.pk, found.owner.pk)
    if link is not None and link.usable(found.on):
        yield Against(_("这位家人已经可以出示本人的医保码，不用再办。"), code="already_linked")


def _against_relation(found: Asked) -> Iterator[Against]:
    """Yield why papers cannot prove it: the registry knows better, or it cannot be."""
    if found.tie is not None:
        return
    by_own_word = "agent_authorisation" in found.seen and not found.coming.child
    if found.want == ACTIVATE and by_own_word:
        return
    if found.ended:
        yield Against(_("登记显示两人的关系已经结束，以前的证明不能再用。"), code="relation_ended")
    if not found.code:
        sentence = _("登记中没有两人的关系，请选择本人是家人的什么人。")
        yield Against(sentence, code="relation_unknown", details={"code": str(sentence)})
    elif found.other is not None:
        for problem in kinship.implausible(found.other, found.owner, found.code, found.on):
            # Papers settle what is unlikely; a promise does not.
            if found.rule or problem.code not in SETTLED_BY_PAPERS:
                sentence = kinship_wording.sentence(problem)
                yield Against(sentence, code="implausible", details={"code": sentence})


def facts(found: Asked) -> Iterator[Fact]:
    """Yield what is asked, for whom, by whom, and how the registry has it."""
    yield Fact(gettext("要办的事"), str(wording.WANTS[found.want]), "")
    yield Fact(gettext("谁的医保码"), "", found.owner.name, secret=NAME)
    yield Fact(gettext("证件号码"), "", found.owner.cert_no, secret=NUMBER)
    if found.want == SHOW and found.said is not None:
        there = found.other is not None
        known = (found.other.name, found.other.cert_no) if there else ("", "")
        yield Fact(
            gettext("由谁出示"), found.said["name"], known[0], differs=not there, secret=NAME
        )
        number = found.said["cert_no"]
        yield Fact(gettext("出示人证件号码"), number, known[1], differs=not there, secret=NUMBER)
    if found.coming.by_family:
        yield _relation(found)


def _relation(found: Asked) -> Fact:
    registered = gettext("登记中没有")
    if found.tie is not None:
        kind = bindings_wording.kind(found.tie.kind)
        registered = f"{kind}：{kinship_wording.path(found.tie)}"
    elif found.ended:
        registered = gettext("登记的关系已经结束")
    said = bindings_wording.relation(found.code) if found.code else ""
    differs = found.tie is None or bool(said and found.coming.kind != codes.kind_of(found.code))
    return Fact(gettext("本人是家人的"), said, registered, differs=differs)


def outlook(found: Asked) -> str:
    """Say what handing in will come to, and why."""
    if found.rule == code_papers.SHOWN:
        return gettext("本人带证件来办：提交后直接生效，不必审核。")
    if found.rule == code_papers.ENDED:
        return gettext("停用、移除当场生效，不必审核。")
    if found.rule.endswith(":registry"):
        return gettext("登记数据已证明关系：提交后直接生效，不必审核。")
    if found.rule:
        return gettext("当地接受签字的承诺书：提交后直接生效，不必审核。")
    return gettext("要看材料才能决定：核对原件后提交，由他人审核。")


def members(found: Asked) -> tuple[int, ...]:
    """Return everybody whose data such a case shows, for the record of looks."""
    shown = found.other if found.want == SHOW else None
    return (found.owner.pk, *([shown.pk] if shown else []))


def entries(member_id: int) -> list[tuple[int, str]]:
    """Return the live entries of a 亲情账户 somebody is in: id, and the other, masked."""
    theirs = [
        (link.pk, gettext("%(name)s可以出示本人的码") % {"name": mask_name(link.carer.name)})
        for link in people.carers_of(member_id)
    ]
    own = [
        (link.pk, gettext("本人可以出示%(name)s的码") % {"name": mask_name(link.relative.name)})
        for link in people.cared_for(member_id)
    ]
    return [*theirs, *own]


def relation_choices(owner: Member) -> list[tuple[str, str]]:
    """Return what somebody may be to a relative, by their sex."""
    return [
        (code, bindings_wording.relation(code))
        for code in OFFERED
        if codes.CODES[code].gender in (None, owner.gender)
    ]


#: What whose code it is may be to the relative, the usual ones first.
OFFERED = (
    *("20", "30", "51", "52", "11", "12", "61", "62", "63", "64", "41", "42", "43", "44"),
    *("71", "73", "75", "77", "53", "54", "55", "56", "28", "38"),
)
