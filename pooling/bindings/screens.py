"""What the pages of an application show: the asker's own rules, answers and results in words.

Everything here rests on what the asker may know of themselves or has filled in; nothing is
looked up about the person they name.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts import selectors as people
from pooling.bindings import answers, rules, selectors, wording
from pooling.bindings.models import Binding
from pooling.bindings.rules import Refusal
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.policy import selectors as policy
from pooling.policy import wording as policy_wording
from pooling.policy.parameters import USES
from pooling.shared.masks import mask_cert_no
from pooling.shared.money import show_yuan

#: State of a case → tone of its tag, the same everywhere.
TONES = {
    "draft": "info",
    "submitted": "warn",
    "waiting": "warn",
    "approved": "good",
    "refused": "bad",
    "withdrawn": "ended",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What the asker's area allows: kinds of relatives, uses as choices, what stands against."""

    area: str
    kinds: tuple[str, ...]
    kind_words: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]
    needs_commitment: bool
    refusal: str
    draft_number: str


@dataclass(frozen=True, slots=True)
class Told:
    """The result page: a title, its tone, what happens next, and where to go on."""

    title: str
    tone: str
    next: str
    may_withdraw: bool
    binding_id: int | None


def asking(member_id: int, on: date) -> Asking:
    """Return what a member may ask for today, by the rules of where they are insured."""
    member = people.by_ids([member_id])[member_id]
    standing = people.standings([member], on)[member_id]
    area = policy.in_force(standing.employee_area, on)
    kinds = tuple(area.value("relations"))
    allowed = area.value("uses") or USES
    draft = cases.draft_of(member_id, Case.Kind.BIND)
    return Asking(
        area=policy.area_names().get(standing.employee_area, ""),
        kinds=kinds,
        kind_words=tuple(wording.kind(kind) for kind in kinds),
        uses=tuple((use, str(policy_wording.USES[use])) for use in allowed),
        needs_commitment="commitment" in area.value("evidence_accepted"),
        refusal=_refusal(standing, on),
        draft_number=draft.number if draft else "",
    )


def answer_lines(filled: dict) -> list[tuple[str, str, str]]:
    """Return what was filled in as (page that asks it, word, value)."""
    lines = []
    if "relation" in filled:
        lines.append(("relation", _("关系"), wording.relation(filled["relation"]["code"])))
    if "person" in filled:
        lines.append(("person", _("姓名"), filled["person"]["name"]))
        lines.append(("person", _("身份证号码"), mask_cert_no(filled["person"]["cert_no"])))
    if "limits" in filled:
        limits = answers.limits(filled)
        for name in rules.CAPS:
            lines.append(("limits", str(wording.CAPS[name]), _cap(getattr(limits, name))))
        until = limits.to_date.isoformat() if limits.to_date else _("一直有效，直到解除")
        uses = wording.uses(limits.uses) if limits.uses is not None else _("当地允许的全部用途")
        lines += [("limits", _("到哪一天为止"), until), ("limits", _("可以用在哪里"), uses)]
    if "signing" in filled:
        lines.append(("sign", _("授权书"), _("已签署")))
    return lines


def told_of(member_id: int, case, on: date) -> Told:
    """Return what to say of a case that was handed in (`case` is its `CaseRow`)."""
    if case.state_code == "approved":
        binding = selectors.get_for(member_id, case.subject_id, on)
        if binding.state_code == Binding.State.PROPOSED:
            return Told(
                _("已提交，等待家人确认"),
                "warn",
                _("我们已经通知家人。请家人登录本网站，在“家人”里点“同意”，之后马上可以使用。"),
                False,
                binding.id,
            )
        return Told(
            _("办好了"),
            "good",
            _(
                "家人就医或买药时出示自己的医保卡或医保码，个人负担的部分就会按顺序从您的账户支付。每次使用都会通知您。"
            ),
            False,
            binding.id,
        )
    if case.state_code == "refused":
        sentence = wording.sentence(Refusal(case.reason_code, case.reason_values))
        return Told(_("没有办成"), "bad", sentence, False, None)
    if case.state_code == "withdrawn":
        return Told(_("已撤回"), "warn", _("这份申请没有生效。需要时可以重新申请。"), False, None)
    if case.state_code == "waiting":
        sentence = wording.sentence(Refusal(case.reason_code, case.reason_values))
        return Told(_("已提交，等待审核"), "warn", sentence, True, None)
    return Told(
        _("已提交"),
        "warn",
        _("我们会核对所填信息，最长 5 个工作日。有结果会在“消息”里通知您，可以关闭本页。"),
        True,
        None,
    )


def release_counts(member_id: int, binding_id: int, on: date) -> str:
    """Say from when a release would count, by the clause of the payer's area."""
    binding = selectors.owned(member_id, binding_id)
    payer = people.by_ids([binding.payer_id])[binding.payer_id]
    area = policy.in_force(people.standings([payer], on)[payer.pk].employee_area, on)
    day = rules.release_day(area.value("release_counts"), on)
    if day is None:
        return _("解除后马上生效。已经结算的费用不受影响。")
    return _("按规定从 %(day)s 起生效，在那之前仍可使用；想马上停用，请先暂停。") % {
        "day": day.isoformat()
    }


def _refusal(standing, on: date) -> str:
    """Say in advance what in the asker's own insurance stands against any application."""
    if standing.dead(on):
        return wording.sentence(Refusal("payer_dead"))
    if standing.employee_status == "":
        return wording.sentence(Refusal("payer_not_employee"))
    if standing.employee_status not in ("1", "2"):
        return wording.sentence(Refusal("payer_insurance_ended"))
    return ""


def _cap(fen: int | None) -> str:
    return _("不设上限") if fen is None else show_yuan(fen)
