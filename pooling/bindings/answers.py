"""What a member fills in, step by step, as the sealed JSON of a case holds it.

Read here and nowhere else, so that what is stored is always well-formed. Everything said
about a wrong answer follows from the asker's own words, never from a look at the person
they name.
"""

from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts import fingerprints, identity, names
from pooling.bindings import counting, refusals, rules, wording
from pooling.bindings.facts import Asker, Described
from pooling.bindings.rules import Limits, Refusal, Signing, Terms
from pooling.kinship import codes
from pooling.kinship import rules as kinship
from pooling.policy.parameters import USES
from pooling.shared import crypto, periods
from pooling.shared.errors import DomainError

STEPS = ("relation", "person", "limits")
_LONGEST_NAME = 50


class AnswerRefused(DomainError):
    """An answer cannot stand; `details` maps the field to its sentence."""

    code = "answer_refused"

    @classmethod
    def field(cls, name: str, sentence, *, rule=None, code="answer_refused") -> "AnswerRefused":
        return cls(sentence, code=code, rule=rule, details={name: str(sentence)})


def read(
    step: str,
    values: dict,
    filled: dict,
    *,
    asker,
    area,
    on: date,
    payer: Asker,
    papers: bool = False,
) -> dict:
    """Return the answers of one step, checked against the rules of the asker's area.

    `asker` is the member who fills in, `area` the Rules in force there, `on` is today; `payer`
    is the asker as the rules look at them (`numbers.before_naming`). Where `papers` will be
    looked at, what is merely unlikely may stand. Raises AnswerRefused.
    """
    if step == "relation":
        return _relation(values, area, payer)
    if step == "person":
        return _person(values, filled, asker, on, papers)
    if step == "limits":
        return _limits(values, area, on)
    raise AnswerRefused.field("step", _("没有这一步。"))


def missing(filled: dict) -> list[str]:
    """Return the steps that are still to be answered, in order."""
    return [step for step in STEPS if step not in filled]


def limits(filled: dict) -> Limits:
    """Return the limits that were filled in."""
    stored = filled["limits"]
    return Limits(
        to_date=periods.day(stored["to_date"]),
        uses=None if stored["uses"] is None else tuple(stored["uses"]),
        **{name: stored[name] for name in rules.CAPS},
    )


def terms(filled: dict, *, not_before: date) -> Terms:
    """Return the terms that were filled in; days that have passed meanwhile are left out."""
    stored = filled["limits"]
    asked = limits(filled)
    return Terms(
        from_date=max(periods.day(stored["from_date"]) or not_before, not_before),
        to_date=asked.to_date,
        uses=asked.uses,
        **{name: getattr(asked, name) for name in rules.CAPS},
    )


def signing(filled: dict) -> Signing:
    """Return the signature as it was given."""
    stored = filled["signing"]
    return Signing(stored["version"], stored["hash"], datetime.fromisoformat(stored["at"]))


def _relation(values: dict, area, payer: Asker) -> dict:
    """Take the relation, unless the payer's own affairs or numbers stand against it."""
    code = str(values.get("code", ""))
    kind = codes.kind_of(code)
    if kind is None:
        raise _refused("code", Refusal("relation_unknown"), area)
    payer = replace(payer, takes=counting.roles_of(code))
    for refusal in rules.of_asker(payer, kind, area.values()):
        raise _refused("code", refusal, area)
    return {"code": code, "kind": kind}


def _person(values: dict, filled: dict, asker, on: date, papers: bool) -> dict:
    """Take name and number; what the number itself says must fit the relation.

    Nobody is looked up: age and sex are read off the digits.
    """
    name = names.tidy_name(str(values.get("name", "")))
    if not name or len(name) > _LONGEST_NAME:
        raise AnswerRefused.field("name", _("请填写家人的姓名，与证件上一致。"))
    cert_type = str(values.get("cert_type") or identity.IDENTITY_CARD)
    try:
        number = identity.read(cert_type, str(values.get("cert_no", "")), on=on)
    except identity.NotAnIdentity as wrong:
        raise AnswerRefused.field(
            "cert_no", wording.IDENTITY[wrong.reason], code=f"cert_{wrong.reason}"
        ) from None
    if crypto.same(asker.cert_no_index, fingerprints.of_cert_no(number.number)):
        raise _refused("cert_no", Refusal("oneself"))
    if "relation" in filled and number.birth_date is not None:
        claimed = Described(0, number.birth_date, number.gender)
        for problem in kinship.implausible(asker, claimed, filled["relation"]["code"], on):
            if papers and problem.code in rules.SETTLED_BY_PAPERS:
                continue
            raise _refused("cert_no", Refusal(f"implausible_{problem.code}", problem.values))
    return {"name": name, "cert_type": cert_type, "cert_no": number.number}


def _limits(values: dict, area, on: date) -> dict:
    """Take period, caps in fen and uses; empty means none, no end, all the area allows."""
    uses = values.get("uses")
    unknown = [use for use in uses or () if use not in USES]
    if unknown:
        raise _refused("uses", Refusal("uses_not_allowed", {"uses": unknown}, "uses"), area)
    from_date, to_date = values.get("from_date"), values.get("to_date")
    stored = {
        "from_date": from_date.isoformat() if from_date else None,
        "to_date": to_date.isoformat() if to_date else None,
        "uses": None if uses is None else list(uses),
        **{name: values.get(name) for name in rules.CAPS},
    }
    asked = Terms(
        from_date=rules.first_day(from_date or on, on, area.values()),
        to_date=to_date,
        uses=None if uses is None else tuple(uses),
        **{name: stored[name] for name in rules.CAPS},
    )
    for refusal in rules.of_terms(asked, area.values(), on):
        raise _refused(_field_of(refusal), refusal, area)
    return stored


_FIELDS = {
    "period_past": "from_date",
    "period_reversed": "to_date",
    "period_over": "to_date",
    "validity_too_long": "to_date",
    "end_required": "to_date",
}


def _field_of(refusal: Refusal) -> str:
    """Return which field a refused term stands in."""
    if refusal.code == "cap_required":
        return refusal.values["caps"][0]
    return refusal.values.get("cap") or _FIELDS.get(refusal.code, "uses")


def _refused(field: str, refusal: Refusal, area=None) -> AnswerRefused:
    told = refusals.told(refusal, area)
    return AnswerRefused.field(field, told.sentence, rule=told.clause, code=refusal.code)
