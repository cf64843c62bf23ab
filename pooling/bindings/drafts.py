"""What the pages of an application show: choices, limits, the answers so far, the outcome.

Everything here is read from the asker's own case, area and family.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import fingerprints, names
from accounts import selectors as people
from pooling.bindings import (
    answers,
    counting,
    evidence,
    inquiries,
    numbers,
    refusals,
    rules,
    selectors,
    texts,
    wording,
)
from pooling.bindings.facts import Asker
from pooling.bindings.models import Binding
from pooling.bindings.rules import Refusal
from pooling.bindings.selectors import BindingRow
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.cases.selectors import CaseRow
from pooling.kinship import codes
from pooling.kinship import selectors as kinship
from pooling.policy import selectors as policy
from pooling.policy.parameters import USES, chain
from pooling.policy.rules import ClauseInForce, Rules
from pooling.shared import crypto
from pooling.shared.errors import NotFound
from pooling.shared.masks import mask_cert_no
from pooling.shared.money import show_yuan

#: The plain words people choose from, in the order of nearness; finer codes are the desk's.
OFFERED = (
    *("11", "12", "51", "52", "20", "30", "71", "73", "75", "77", "61", "62", "63", "64"),
    *("41", "42", "43", "44", "53", "54", "55", "56", "28", "38"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A relation to choose; where the area does not allow it, `why_not` says so."""

    code: str
    word: str
    kind: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the area leaves to the payer.

    `most` maps each cap the payer may set to the area's own, or None; `wants_cap` is whether
    one of them must be set. `opt_in` are the uses that count only where they are named.
    `last_end` is the latest end of what begins now, `wants_end` whether there must be one.
    """

    area_name: str
    uses: tuple[tuple[str, str], ...]
    most: dict[str, int | None]
    wants_cap: bool = False
    opt_in: tuple[str, ...] = ()
    last_end: date | None = None
    wants_end: bool = False

    @property
    def ticked(self) -> list[str]:
        """Return the uses that count where none is named."""
        return [use for use, _word in self.uses if use not in self.opt_in]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer on the page that asks to check them; `step` is where it can be changed."""

    step: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished application. `step` comes next: relation, person, limits, sign or check.

    `at_once` says whether the registry proves the relation, so that the answer will be
    immediate. `values` are the stored answers, to fill the forms with.
    """

    case_id: int
    number: str
    step: str
    lines: tuple[Line, ...]
    values: dict[str, Any]
    at_once: bool
    text: str
    text_version: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Start:
    """What is told before an application begins: whom for, by whose rules, what is in the way.

    `refusal` says what in the asker's own affairs stands against it whoever it is for, by
    which `clause`, and `remedy` what would change that; empty where nothing does.
    `draft_number` names the application that is not finished yet. `area_code` is the nearest
    area whose rules can be shown: the city, its province, the nation, else empty.
    """

    area_name: str
    area_code: str
    kinds: tuple[str, ...]
    refusal: str
    remedy: str
    draft_number: str
    clause: ClauseInForce | None = None
    #: Where money is moved beforehand instead: the code of that and its sentence.
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A submitted application: its case, how it stands in a title and a sentence, what next.

    `remedy` is what would change a refusal, or hasten a wait.

    `tone` is good, warn or bad. `binding_id` is what came of it, once there is something; `grounds`
    say on what is on record the relation rests.
    """

    case: CaseRow
    title: str
    sentence: str
    remedy: str = ""
    tone: str = "warn"
    may_withdraw: bool = False
    binding_id: int | None = None
    grounds: str = ""


def start(member_id: int, on: date) -> Start:
    """Return what a member is told before applying."""
    payer, area = _payer(member_id, on)
    draft_case = cases.draft_of(member_id, Case.Kind.BIND)
    kinds = area.value("relations")
    # Whatever relation is asked for: what stands against one of those the area allows.
    against = next(rules.of_asker(payer, kinds[0] if kinds else "", area.values()), None)
    told = refusals.told(against, area) if against else None
    names = policy.area_names()
    code = rules.MOVED_BEFOREHAND.get(area.value("model"), "")
    return Start(
        area_name=names.get(payer.area, ""),
        area_code=next((each for each in chain(payer.area) if each in names), ""),
        kinds=tuple(wording.kind(kind) for kind in kinds),
        refusal=told.why if told else "",
        remedy=told.remedy if told else "",
        draft_number=draft_case.number if draft_case else "",
        clause=told.clause if told else None,
        instead=(code, refusals.why(Refusal(code), area.clause("model"))) if code else (),
    )


def relation_choices(member_id: int, on: date) -> list[Choice]:
    """Return the relations to choose from, with a sentence at those that are not open."""
    asker = people.by_ids([member_id])[member_id]
    payer, area = _payer(member_id, on)
    choices = []
    for row in map(codes.CODES.__getitem__, OFFERED):
        if row.person_gender not in (None, asker.gender):
            continue
        takes = counting.roles_of(row.code)
        against = next(rules.of_asker(replace(payer, takes=takes), row.kind, area.values()), None)
        why_not = refusals.told(against, area).sentence if against else ""
        choices.append(Choice(row.code, wording.relation(row.code), row.kind, why_not))
    return choices


def employee_status(member_id: int, on: date) -> str:
    """Return how a member's employee insurance stands; empty for whoever never was in it."""
    [member] = people.with_enrolments(people.having([member_id]), on)
    return people.standing_of(member, on).employee_status


def _payer(member_id: int, on: date) -> tuple[Asker, Rules]:
    """Return a member as a payer, before they name anybody, and the rules of their area."""
    member = people.by_ids([member_id])[member_id]
    standing = people.standings([member], on)[member_id]
    payer = numbers.before_naming(standing, selectors.around(member_id), on)
    return payer, policy.in_force(payer.area, on)


def limits_guide(member_id: int, on: date, since: date | None = None) -> Guide:
    """Return the uses to choose from and the caps the asker's area lets them set.

    `since` is when an authorisation that runs began.
    """
    area = _rules_of(member_id, on)
    values = area.values()
    uses = values["uses"] or USES
    caps = rules.offered(values)
    last_end = rules.last_end(since or rules.first_day(on, on, values), values)
    return Guide(
        area_name=area.clause("uses").area_name,
        uses=tuple((use, wording.uses([use])) for use in uses),
        most={name: rules.most(name, values)[0] for name in caps},
        wants_cap=values["caps_required"] and bool(caps),
        opt_in=tuple(use for use in values["uses_opt_in"] if use in uses),
        last_end=last_end,
        wants_end=values["end_date_required"] or last_end is not None,
    )


def overall_guide(member_id: int, on: date) -> dict[str, int | None]:
    """Return the caps over all relatives that a payer may set, each with the area's own."""
    area = _rules_of(member_id, on)
    values = area.values()
    return {name: rules.most(name, values, ("payer",))[0] for name in rules.offered_overall(values)}


def draft(member_id: int, case_id: int, on: date) -> Draft:
    """Return the member's unfinished application. Raises NotFound, also once submitted."""
    case = cases.owned(member_id, pk=case_id)
    if case.kind != Case.Kind.BIND or case.state != Case.State.DRAFT:
        raise NotFound(_("没有找到这件申请。"))
    filled = cases.opened(case)
    missing = answers.missing(filled)
    return Draft(
        case_id=case.pk,
        number=case.number,
        step=missing[0] if missing else "check" if "signing" in filled else "sign",
        lines=tuple(_lines(filled)),
        values=filled,
        at_once=_at_once(member_id, filled, on),
        text=texts.text(texts.CURRENT),
        text_version=texts.CURRENT,
        text_hash=texts.fingerprint(texts.CURRENT),
    )


def _at_once(member_id: int, filled: dict, on: date) -> bool:
    """Return whether the registry proves the relation and the area leaves it at that."""
    if not {"person", "relation"} <= filled.keys():
        return False
    area = _rules_of(member_id, on)
    proof = evidence.best(True, filled["relation"]["kind"], evidence.ONLINE, area.values())
    return proof != "documented" and registered(member_id, filled["person"], on) is not None


def progress(member_id: int, number: str, on: date) -> Progress:
    """Return one application of the member by its number. Raises NotFound."""
    row = cases.by_number(member_id, number)
    if row.kind_code != Case.Kind.BIND:
        granted = row.kind_code in inquiries.TAKEN_BACK and row.state_code == Case.State.APPROVED
        tone = "bad" if row.state_code == Case.State.REFUSED else "good" if granted else "warn"
        open_still = (Case.State.DRAFT, Case.State.WAITING, Case.State.MORE)
        back = row.state_code in open_still and row.kind_code in inquiries.TAKEN_BACK
        return Progress(row, row.kind, inquiries.told(row), tone=tone, may_withdraw=back)
    if row.state_code == Case.State.APPROVED:
        return _granted(member_id, row, on)
    if row.state_code == Case.State.WITHDRAWN:
        return Progress(row, gettext("已撤回"), gettext("这份申请没有生效。需要时可以重新申请。"))
    sentence = gettext("已提交，办好后会用消息通知您。您不必停留在这一页。")
    remedy = ""
    if row.reason_code in refusals.REFUSALS:
        refusal = Refusal(row.reason_code, row.reason_values)
        area = _rules_of(member_id, on)
        clause = area.clause(refusals.REFUSALS[row.reason_code].clause or "evidence_accepted")
        sentence, remedy = refusals.why(refusal, clause), refusals.remedy(refusal, clause)
    if row.state_code == Case.State.REFUSED:
        return Progress(row, gettext("没有办成"), sentence, remedy, tone="bad")
    if row.state_code == Case.State.MORE:
        return Progress(row, gettext("请补交材料"), sentence, remedy, may_withdraw=True)
    waiting = row.state_code == Case.State.WAITING
    title = gettext("已提交，等待审核") if waiting else gettext("已提交")
    return Progress(row, title, sentence, remedy, may_withdraw=True)


def _granted(member_id: int, row: CaseRow, on: date) -> Progress:
    binding = selectors.get_for(member_id, row.subject_id, on)
    what = {"binding_id": binding.id, "grounds": grounds(member_id, binding, on)}
    if binding.state_code == Binding.State.PROPOSED:
        sentence = gettext("我们已经通知家人。请家人登录本网站，在“家人”里点“同意”。")
        return Progress(row, gettext("已提交，等待家人确认"), sentence, **what)
    if binding.state_code == "to_activate":
        missing = "".join(binding.causes)
        return Progress(row, gettext("办好了，还差一步"), missing, tone="warn", **what)
    sentence = gettext(
        "家人就医或买药时出示自己的医保卡或医保码，个人负担的部分会按顺序从您的账户支付。"
        "每次使用都会通知您。"
    )
    if binding.from_date > on:
        begins = wording.cause("not_begun", day=binding.from_date)
        sentence = f"{begins}{sentence}"
    return Progress(row, gettext("办好了"), sentence, tone="good", **what)


def grounds(member_id: int, binding: BindingRow, on: date) -> str:
    """Say on what is on record the relation rests, edge by edge, to one of the two.

    Empty where nothing is, where it no longer is what was agreed, and to somebody who has not
    agreed yet to know the asker.
    """
    known = binding.side == "payer" or binding.bound_at is not None
    if binding.state_code == "unrelated" or not known:
        return ""
    return kinship.grounds(member_id, binding.other_id, binding.other_name, on)


def release_counts(member_id: int, binding_id: int, on: date) -> str:
    """Say from when a release would count, by the clause of the payer's area."""
    area = _rules_of(selectors.owned(member_id, binding_id).payer_id, on)
    day = rules.release_day(area.value("release_counts"), on)
    if day is None:
        return gettext("解除后马上生效。已经结算的费用不受影响。")
    return gettext("按规定从 %(day)s 起生效，在那之前仍可使用；想马上停用，请先暂停。") % {
        "day": date_format(day, "DATE_FORMAT")
    }


def registered(member_id: int, person: dict, on: date) -> int | None:
    """Return the id of the registered relative these words describe, or None.

    Only the asker's own family is read, on record or as it follows: the same statements
    whoever is named.
    """
    index = fingerprints.of_cert_no(person["cert_no"])
    spelled = names.fold_name(person["name"]).encode()
    for _tie, relative in kinship.proven_relatives(member_id, on):
        same_name = crypto.same(names.fold_name(relative.name).encode(), spelled)
        if crypto.same(relative.cert_no_index, index) and same_name:
            return relative.pk
    return None


def _rules_of(member_id: int, on: date) -> Rules:
    """Return the rules of the area where a member is insured as an employee."""
    members = people.by_ids([member_id]).values()
    return policy.in_force(people.standings(members, on)[member_id].employee_area, on)


def _lines(filled: dict):
    """Yield the answers so far, as people read them."""
    if "relation" in filled:
        yield Line("relation", gettext("关系"), wording.relation(filled["relation"]["code"]))
    if "person" in filled:
        yield Line("person", gettext("姓名"), filled["person"]["name"])
        yield Line("person", gettext("证件号码"), mask_cert_no(filled["person"]["cert_no"]))
    yield from limit_lines(filled)


def limit_lines(filled: dict):
    """Yield period, caps and uses as people read them, once they were answered."""
    if "limits" not in filled:
        return
    stored = filled["limits"]
    begin = stored["from_date"]
    end = stored["to_date"]
    yield Line("limits", gettext("开始"), _day(begin) if begin else gettext("办好当天"))
    yield Line("limits", gettext("截止"), _day(end) if end else gettext("长期"))
    for name, title in wording.CAPS.items():
        fen = stored[name]
        yield Line("limits", str(title), gettext("不设上限") if fen is None else show_yuan(fen))
    uses = stored["uses"]
    yield Line(
        "limits", gettext("用途"), gettext("按规定都可以") if uses is None else wording.uses(uses)
    )


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")
