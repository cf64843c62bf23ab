"""Who comes to the window for somebody else: their words made regular, and whether they may."""

from django.utils.translation import gettext_lazy as _

from accounts import fingerprints, identity
from accounts.models import Member
from pooling.bindings.wording import IDENTITY
from pooling.policy.rules import Rules
from pooling.shared import crypto
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date


class AgentRefused(DomainError):
    """The agent's words cannot stand; `details` maps the field to its sentence."""

    code = "agent_refused"


def read(agent: dict, applicant: Member, at) -> dict:
    """Return the agent's words made regular; an agent is somebody else than the applicant."""
    found = person(agent, "agent", at, nameless=_("请填写代办人的姓名。"))
    if crypto.same(applicant.cert_no_index, fingerprints.of_cert_no(found["cert_no"])):
        raise _at("agent_cert_no", _("代办人与申请人是同一个人。本人来办不必填代办人。"))
    return found


def person(words: dict, field: str, at, *, nameless) -> dict:
    """Return name and number of somebody at the window as their document says them."""
    name = str(words.get("name", "")).strip()
    if not name:
        raise _at(f"{field}_name", nameless)
    cert_type = words.get("cert_type") or identity.IDENTITY_CARD
    try:
        number = identity.read(cert_type, str(words.get("cert_no", "")), on=business_date(at))
    except identity.NotAnIdentity as wrong:
        raise _at(f"{field}_cert_no", IDENTITY[wrong.reason]) from None
    return {"name": name, "cert_type": cert_type, "cert_no": number.number}


def check_they_may_come(rules: Rules) -> None:
    """Refuse an agent where the area wants the applicant. Raises AgentRefused."""
    allowed = rules.clause("agent_allowed")
    if not allowed.value:
        raise AgentRefused(
            _("按%(area)s规定，须由本人到窗口办理，不能代办。") % {"area": allowed.area_name},
            code="agent_not_allowed",
            remedy=_("请本人带证件来；不便出门的，可以在网上办理。"),
            rule=allowed,
        )


def _at(field: str, sentence) -> AgentRefused:
    return AgentRefused(sentence, details={field: str(sentence)})
