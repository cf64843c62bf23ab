"""The sentences for what cannot be true of two people, and for why they are relatives."""

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from pooling.kinship import codes
from pooling.kinship.inference import Edge, Tie
from pooling.kinship.models import Relation
from pooling.kinship.rules import Problem
from pooling.policy.wording import KINDS

_SENTENCES = {
    "oneself": _("不能与自己建立亲属关系。"),
    "same_person": _("两人姓名、性别、出生日期都相同，像是同一个人有两个编号，请先核对。"),
    "unknown_code": _("关系代码“%(code)s”不在 GB/T 4761 中。"),
    "too_broad": _("关系代码“%(code)s”分不出内外亲，请用41至44或61至64。"),
    "before_birth": _("关系开始的日期（%(on)s）早于其中一人的出生日期。"),
    "after_death": _("关系开始的日期（%(on)s）晚于其中一人的死亡日期。"),
    "sex": _("“%(word)s”与家人证件上的性别不符。"),
    "own_sex": _("“%(word)s”与本人证件上的性别不符。"),
    "same_sex": _("登记的配偶双方性别相同，请核对。"),
    "too_young_to_marry": _("关系开始时至少一方未到法定婚龄。"),
    "not_older": _("“%(word)s”应当比本人年长，与出生日期不符。"),
    "not_younger": _("“%(word)s”应当比本人年幼，与出生日期不符。"),
    "elder_not_older": _("按“%(word)s”的关系，长辈并不比晚辈年长。"),
    "too_close": _("两人相差%(years)s岁，少于这种关系至少应有的%(least)s岁。"),
    "too_far_apart": _("两人相差%(years)s岁，超出这种关系可能的范围。"),
    "already_other": _("两人已登记为另一种关系：%(kind)s。"),
    "already_married": _("同一时间只能有一位配偶，其中一方已登记了另一位。"),
    "already_recorded": _("同一关系已自%(since)s起登记，时间重叠；请先终止原登记。"),
    "other_code": _("同一关系已登记为“%(word)s”。"),
    "says_otherwise": _("与第%(line)s行对同一关系的说法不一致。"),
    "unknown_person": _("没有这位参保人。"),
    "unknown_evidence": _("不认识的证明类型“%(evidence)s”。"),
    "period_reversed": _("终止日期须晚于起始日期。"),
}


def word(code: str) -> str:
    """Return the word of a relation code; `.ci/messages` reads the standard's table too."""
    return pgettext("relation", codes.word_of(code))


def sentence(problem: Problem) -> str:
    """Return a problem in words."""
    values = dict(problem.values)
    if "kind" in values:
        values["kind"] = KINDS[values["kind"]]
    if "word" in values:
        values["word"] = pgettext("relation", values["word"])
    return str(_SENTENCES[problem.code] % values)


#: What people call a relative, by kind and sex.
_PLAIN = {
    ("parent", codes.MALE): _("父亲"),
    ("parent", codes.FEMALE): _("母亲"),
    ("child", codes.MALE): _("儿子"),
    ("child", codes.FEMALE): _("女儿"),
    ("spouse", codes.MALE): _("丈夫"),
    ("spouse", codes.FEMALE): _("妻子"),
}


def grounds(tie: Tie, names: Mapping[int, str], reader_id: int) -> list[str]:
    """Return why two people are relatives, an edge a sentence, to one of the two.

    `names` are those the reader may know. That a child was adopted is the family's to tell:
    such a paper is only called a record.
    """
    return [_ground(edge, names, reader_id) for edge in tie.chain]


def _ground(edge: Edge, names: Mapping[int, str], reader_id: int) -> str:
    adopted = edge.evidence == Relation.Evidence.ADOPTION
    values = {
        "relative": names[edge.relative_id],
        "member": names[edge.member_id],
        "word": _word(edge),
        "evidence": gettext("登记数据") if adopted else _paper(edge),
    }
    if reader_id == edge.member_id:
        return gettext("%(relative)s是您的%(word)s（%(evidence)s）") % values
    if reader_id == edge.relative_id:
        return gettext("您是%(member)s的%(word)s（%(evidence)s）") % values
    return gettext("%(relative)s是%(member)s的%(word)s（%(evidence)s）") % values


def path(tie: Tie) -> str:
    """Return the same for the desk, without a name: `父亲（出生医学证明）的母亲（户口簿）`."""
    near, *far = (
        gettext("%(word)s（%(evidence)s）") % {"word": _word(edge), "evidence": _paper(edge)}
        for edge in tie.chain
    )
    return gettext("%(near)s的%(far)s") % {"near": near, "far": far[0]} if far else near


def plain(kind: str, gender: str) -> str:
    """Return what people call a relative of a kind and sex: 母亲, not 父母."""
    return str(_PLAIN.get((kind, gender)) or KINDS[kind])


def _word(edge: Edge) -> str:
    return plain(edge.kind, edge.relative_gender)


def _paper(edge: Edge) -> str:
    return str(Relation.Evidence(edge.evidence).label)
