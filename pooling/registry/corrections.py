"""What a window puts right in the registry, on a paper one clerk held and another believed.

A death, a divorce, a relation that never was: facts are corrected by the verbs of the domains
that keep them, so that the next bill knows.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.services import members
from pooling.bindings import affected
from pooling.bindings.services import events
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.kinship import selectors as kinship
from pooling.kinship import services as relations
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date

DEATH, DIVORCE, DISPROOF = "death", "divorce", "disproof"
#: What happened → the papers that show it.
PAPERS = {
    DEATH: ("death_certificate", "finding"),
    DIVORCE: ("divorce_certificate", "finding"),
    DISPROOF: ("finding",),
}
SHOWN = ("death_certificate", "divorce_certificate", "finding")
#: The reasons a reviewer chooses from.
TURNED_DOWN = ("papers_do_not_prove", "papers_unreadable", "identity_not_confirmed")


class NothingToCorrect(DomainError):
    """What was stated cannot be, or is on record already; `details` names the field."""

    code = "nothing_to_correct"

    @classmethod
    def at(cls, field: str, sentence) -> "NothingToCorrect":
        return cls(sentence, details={field: sentence})


@transaction.atomic
def report(
    *,
    event: str,
    member_id: int,
    other_id: int | None,
    day: date,
    paper: str,
    paper_no: str,
    by: Actor,
    at,
) -> Case:
    """Put what a paper says before another clerk: the paper was held in hand by this one."""
    if paper not in PAPERS[event]:
        raise NothingToCorrect.at("paper", _("这种材料不能证明这件事，请选择别的材料。"))
    answers = {
        "event": event,
        "other": other_id,
        "day": day.isoformat(),
        "paper": paper,
        "paper_no": paper_no,
    }
    _check(member_id, answers, business_date(at))
    case = case_services.open(
        kind=Case.Kind.EVENT, member_id=member_id, answers=answers, by=by, at=at
    )
    case_services.note_originals(case_id=case.pk, seen={paper}, by=by, at=at)
    case_services.submit(case_id=case.pk, by=by, at=at)
    return case_services.wait(case_id=case.pk, reason_code="event_reported", by=by, at=at)


@transaction.atomic
def carry_out(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Correct the registry as the paper says; what rests on it follows from the day on."""
    case = case_services.locked(case_id)
    stated = cases.opened(case)
    case = case_services.approve(case_id=case_id, remark=remark, by=by, at=at)
    _check(case.member_id, stated, business_date(at))
    day, other = date.fromisoformat(stated["day"]), stated["other"]
    if stated["event"] == DEATH:
        members.record_death(member_id=case.member_id, died_on=day, by=by, at=at)
        return case
    pair = {"one_id": case.member_id, "other_id": other}
    if stated["event"] == DIVORCE:
        ended = relations.end_between(**pair, kinds=("spouse",), on=day, by=by, at=at)
        if not ended:
            # Resting on a promise or on papers, it falls with nothing on record.
            events.end_between(**pair, kinds=("spouse",), cause="marriage_ended", by=by, at=at)
        return case
    relations.end_between(**pair, kinds=None, on=day, by=by, at=at)
    events.end_between(**pair, kinds=None, cause="relation_disproved", by=by, at=at)
    return case


@transaction.atomic
def turn_down(*, case_id: int, reason_code: str, remark: str = "", by: Actor, at) -> Case:
    """Leave the registry as it is, for one of the reasons of `TURNED_DOWN`."""
    if reason_code not in TURNED_DOWN:
        raise ValueError(reason_code)
    return case_services.refuse(
        case_id=case_id, reason_code=reason_code, remark=remark, by=by, at=at
    )


def _check(member_id: int, stated: dict, today: date) -> None:
    """Refuse what cannot be, or is on record already. Both people are locked afterwards."""
    day, other = date.fromisoformat(stated["day"]), stated["other"]
    held = people.locked([pk for pk in (member_id, other) if pk is not None])
    if day > today:
        raise NothingToCorrect.at("day", _("日期不能晚于今天。"))
    if stated["event"] == DEATH:
        if held[member_id].died_on is not None:
            raise NothingToCorrect(_("这个人已登记死亡，不必重复登记。"))
        if day < held[member_id].birth_date:
            raise NothingToCorrect.at("day", _("日期早于出生日期，请核对。"))
        return
    if other is None or other == member_id:
        raise NothingToCorrect.at("other_name", _("请填写另一个人的姓名和证件号码。"))
    kinds = ("spouse",) if stated["event"] == DIVORCE else None
    on_record = kinship.direct_between(member_id, other, kinds, today)
    if on_record and any(day <= each.from_date for each in on_record):
        raise NothingToCorrect.at("day", _("日期不晚于登记的关系起始日期，请核对。"))
    if on_record or affected.open_of_pair(member_id, other, kinds):
        return
    if stated["event"] == DIVORCE:
        raise NothingToCorrect(_("登记中两人不是夫妻，也没有按夫妻开通的共济，没有可更正的。"))
    raise NothingToCorrect(
        _("两人之间没有直接登记的关系。由父母、子女推出的关系，请更正其中错误的那一层。")
    )
