"""What the desk reads of the cases the house opens itself, line by line."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts import selectors as people
from pooling.bindings import affected
from pooling.bindings import wording as bindings_wording
from pooling.bindings.desk import NAME, NUMBER, Fact
from pooling.cases import materials
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.counter import wording
from pooling.counter.models import DeskCase
from pooling.kinship import codes
from pooling.policy import selectors as policy
from pooling.policy.wording import USES
from pooling.shared.masks import mask_name
from pooling.shared.money import show_yuan


def facts(case: Case) -> Iterator[Fact]:
    """Yield the facts of a case that is no application."""
    return {
        Case.Kind.SUSPENSE: _of_suspense,
        Case.Kind.AUDIT: _of_audit,
        Case.Kind.MISUSE: _of_misuse,
        Case.Kind.EVENT: _of_event,
        Case.Kind.PREMIUM: _of_premium,
    }[Case.Kind(case.kind)](case)


def _of_suspense(case: Case):
    """Yield the facts of money that waits: how much, from where, whose, and what is proposed."""
    proposed = cases.opened(case)
    amount_fen = case.reason_values.get("amount_fen") or proposed.get("amount_fen")
    yield Fact(gettext("金额"), "", show_yuan(amount_fen or 0))
    yield Fact(gettext("结算序号"), "", str(case.subject_id or ""))
    yield Fact(gettext("账户所有人"), "", case.member.name, secret=NAME)
    yield Fact(gettext("证件号码"), "", case.member.cert_no, secret=NUMBER)
    if proposed:
        yield Fact(gettext("款项去向"), str(wording.WAYS[proposed["way"]]), "")
        yield Fact(gettext("支付凭证号"), proposed["reference"], "")
        yield Fact(gettext("办理理由"), proposed["reason"], "")


def _of_audit(case: Case) -> Iterator[Fact]:
    """Yield whose letter says what of whom, and what was found."""
    binding = affected.with_people(case.subject_id)
    yield Fact(gettext("承诺人（共济人）"), binding.payer.name, "", secret=NAME)
    yield Fact(gettext("承诺的关系"), bindings_wording.relation(binding.relation_code), "")
    yield Fact(gettext("家人姓名"), binding.relative.name, "", secret=NAME)
    yield Fact(gettext("家人证件号码"), "", binding.relative.cert_no, secret=NUMBER)
    yield Fact(gettext("授权状态"), "", binding.get_state_display())
    found = cases.opened(case)
    if found:
        yield Fact(gettext("核查结论"), str(wording.FINDINGS[found["finding"]]), "")
        yield Fact(gettext("理由"), found["reason"], "")


def _of_misuse(case: Case) -> Iterator[Fact]:
    """Yield who used whose money, how much, from which settlements, and what came of it."""
    binding = affected.with_people(case.subject_id)
    noted = cases.opened(case)
    used = noted or case.reason_values
    yield Fact(gettext("账户所有人"), "", binding.payer.name, secret=NAME)
    yield Fact(gettext("使用人"), "", binding.relative.name, secret=NAME)
    yield Fact(gettext("合计"), "", show_yuan(used["amount_fen"]))
    for settlement, fen in used["settlements"]:
        title = gettext("结算序号 %(number)s") % {"number": settlement}
        yield Fact(title, "", show_yuan(fen))
    if noted:
        yield Fact(gettext("处理结果"), str(wording.OUTCOMES[noted["outcome"]]), "")
        yield Fact(gettext("理由"), noted["reason"], "")


def _of_event(case: Case) -> Iterator[Fact]:
    """Yield what the paper says of whom."""
    stated = cases.opened(case)
    yield Fact(gettext("发生了什么"), str(wording.EVENTS[stated["event"]]), "")
    day = date_format(date.fromisoformat(stated["day"]), "DATE_FORMAT")
    yield Fact(gettext("从哪一天起"), day, "")
    yield Fact(gettext("姓名"), "", case.member.name, secret=NAME)
    yield Fact(gettext("证件号码"), "", case.member.cert_no, secret=NUMBER)
    if stated["other"] is not None:
        other = people.by_ids([stated["other"]])[stated["other"]]
        yield Fact(gettext("另一个人的姓名"), "", other.name, secret=NAME)
        yield Fact(gettext("另一个人的证件号码"), "", other.cert_no, secret=NUMBER)
    paper = " ".join(materials.words([stated["paper"]]))
    yield Fact(gettext("核对过原件的材料"), f"{paper} {stated['paper_no']}", "")


def _of_premium(case: Case) -> Iterator[Fact]:
    """Yield whose premium it is, what the receipt should say, and where the money goes."""
    said = cases.opened(case)
    if not said:  # a window has opened it and filled in nothing yet
        yield Fact(gettext("申请人（从其账户支付）"), "", case.member.name, secret=NAME)
        return
    insured = people.by_ids([said["insured"]])[said["insured"]]
    yield Fact(gettext("申请人（从其账户支付）"), "", case.member.name, secret=NAME)
    yield Fact(gettext("为谁缴费"), "", insured.name, secret=NAME)
    yield Fact(gettext("证件号码"), "", insured.cert_no, secret=NUMBER)
    yield Fact(gettext("保费"), str(USES[said["use"]]), "")
    yield Fact(gettext("参保年度"), f"{said['year']} {said['product']}".strip(), "")
    day = date_format(date.fromisoformat(said["paid_on"]), "DATE_FORMAT")
    yield Fact(gettext("缴费日期"), day, "")
    yield Fact(gettext("缴费金额"), show_yuan(said["amount_fen"]), "")
    yield Fact(gettext("收款银行"), said["bank"], "")
    yield Fact(gettext("收款账号"), said["bank_account"], "", secret=NUMBER)


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """An authorisation that waits for its relative's word."""

    binding_id: int
    payer_id: int
    words: str


def to_renew(relative_id: int, on: date) -> list[RenewalRow]:
    """Return which authorisations somebody at the window is asked to say again, payers masked."""
    rows = []
    for binding in affected.to_renew(relative_id):
        said = gettext("%(payer)s（%(relation)s） · 请在 %(day)s 前确认")
        if binding.renew_before <= on:
            said = gettext("%(payer)s（%(relation)s） · %(day)s 到期没有确认，现在不能使用")
        values = {
            "payer": mask_name(binding.payer.name),
            "relation": bindings_wording.relation(
                codes.inverse(binding.relation_code, binding.payer.gender)
            ),
            "day": date_format(binding.renew_before, "DATE_FORMAT"),
        }
        rows.append(RenewalRow(binding.pk, binding.payer_id, said % values))
    return rows


def members(case: Case) -> tuple[int, ...]:
    """Return everybody whose data such a case shows, for the record of looks."""
    if case.kind in (Case.Kind.AUDIT, Case.Kind.MISUSE):
        binding = affected.with_people(case.subject_id)
        return (binding.payer_id, binding.relative_id)
    named = {Case.Kind.EVENT: "other", Case.Kind.PREMIUM: "insured"}.get(Case.Kind(case.kind))
    other = cases.opened(case).get(named) if named else None
    return (case.member_id,) if other in (None, case.member_id) else (case.member_id, other)


@dataclass(frozen=True, slots=True)
class LetterRow:
    """What became of the commitment letters of one area."""

    area: str
    letters: int
    sampled: int
    waiting: int
    confirmed: int
    disproved: int


def letters() -> list[LetterRow]:
    """Return the rate of commitment letters looked into, by area (four statements)."""
    drawn, names = affected.letters_drawn(), policy.area_names()
    states: dict[str, Counter] = defaultdict(Counter)
    for subject, state in DeskCase.objects.filter(kind=Case.Kind.AUDIT).values_list(
        "subject_id", "state"
    ):
        states[drawn.get(subject, "")][state] += 1
    return [
        LetterRow(
            area=names.get(area, area) or gettext("不详"),
            letters=count,
            sampled=sum(states[area].values()),
            waiting=states[area][Case.State.WAITING] + states[area][Case.State.MORE],
            confirmed=states[area][Case.State.APPROVED],
            disproved=states[area][Case.State.REFUSED],
        )
        for area, count in sorted(affected.letters_by_area().items())
    ]
