"""E-credentials and the 亲情账户 by the area's rules and the registry's proof.

`accounts` keeps the rows and knows neither rules nor relations nor notices (ADR 34); here both are
asked, and everybody concerned is told. On their own page a relative is only ever chosen from those
the registry proves, so that nobody is looked up by name and number. What a window does after
looking at documents and papers (ADR 37) stands in `at_window`.
"""

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import CareLink, ECredential
from accounts.services import care, credentials
from accounts.services.care import Bounds
from pooling.kinship import selectors
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import age, business_date
from pooling.shared.work import verb

Via = ECredential.Via
PAGE = "/credential/"


class NotByFamily(DomainError):
    """This relative activates themselves, or at a window."""

    code = "not_by_family"


class NotProven(DomainError):
    """What the registry knows is not enough in this area: a promise is wanted, or papers."""

    code = "relation_not_proven"


@verb
def activate(*, by: Actor, at) -> ECredential:
    """Activate one's own e-credential. Raises CredentialRefused."""
    row = credentials.activate(member_id=by.id, via=Via.MEMBER, by=by, at=at)
    tell("credential_activated", by.id, at=at, relative=by.id)
    return row


@verb
def activate_for(*, relative_id: int, promised: bool = False, by: Actor, at) -> ECredential:
    """Activate a relative's: of a child, or of an elder without a phone. Raises NotByFamily.

    Raises NotFound for who is no proven relative, NotProven where the area wants more than the
    registry's word, and CredentialRefused.
    """
    on = business_date(at)
    kind, relative = _relative(by.id, relative_id, on)
    rules = selectors.rules_of(relative, on)
    child, elder = selectors.by_family(relative, on)
    if not child and not elder:
        old = age(relative.birth_date, on) >= rules.value("e_credential_by_family_from")
        raise NotByFamily(
            _("这位家人要自己登录激活，或带证件到窗口激活。"),
            remedy=_("家人代办只限未成年的孩子和没有手机的老人。"),
            rule="e_credential_by_family_from" if old else "e_credential_by_family_under",
        )
    _prove(rules, "e_credential_family_evidence", promised)
    row = credentials.activate(
        member_id=relative.pk, via=Via.FAMILY, proven_as=kind, promised=promised, by=by, at=at
    )
    for reader in (by.id, relative.pk):
        tell("credential_activated", reader, at=at, relative=relative.pk)
    return row


@verb
def end_own(*, by: Actor, at) -> ECredential:
    """End one's own e-credential, as after a phone was lost. Raises CredentialRefused."""
    row = credentials.end(member_id=by.id, by=by, at=at)
    tell("credential_ended", by.id, at=at, relative=by.id)
    return row


@verb
def reissue(*, by: Actor, at) -> ECredential:
    """End one's own e-credential and activate a new one: codes shown before are void."""
    credentials.end(member_id=by.id, by=by, at=at)
    return activate(by=by, at=at)


@verb
def add(*, relative_id: int, promised: bool = False, by: Actor, at) -> CareLink:
    """Put a proven relative into one's 亲情账户. Raises NotFound, NotProven and CareRefused."""
    on = business_date(at)
    kind, relative = _relative(by.id, relative_id, on)
    _prove(selectors.rules_of(relative, on), "care_evidence", promised)
    row = care.add(
        carer_id=by.id,
        relative_id=relative.pk,
        proven_as=kind,
        bounds=bounds_of(relative, on),
        promised=promised,
        by=by,
        at=at,
    )
    said = "care_added" if row.usable(on) else "care_asked"
    for reader in (by.id, relative.pk):
        tell(said, reader, at=at, payer=by.id, relative=relative.pk)
    return row


@verb
def agree(*, link_id: int, by: Actor, at) -> CareLink:
    """Agree that somebody shows my code. Raises NotFound and CareRefused."""
    bounds = bounds_of(people.by_ids([by.id])[by.id], business_date(at))
    row = care.consent(link_id=link_id, consent_age=bounds.consent_age, by=by, at=at)
    tell("care_agreed", row.carer_id, at=at, payer=row.carer_id, relative=by.id)
    return row


@verb
def end(*, link_id: int, by: Actor, at) -> CareLink:
    """End an entry, as either of the two. Raises NotFound."""
    row = care.end(link_id=link_id, by=by, at=at)
    for reader in (row.carer_id, row.relative_id):
        tell("care_ended", reader, at=at, payer=row.carer_id, relative=row.relative_id)
    return row


def _relative(member_id: int, relative_id: int, on):
    """Return kind and row of a relative the registry proves; absent and not yours are alike."""
    for tie, relative in selectors.proven_relatives(member_id, on):
        if relative.pk == relative_id:
            return tie.kind, relative
    raise NotFound(_("没有找到。"))


def _prove(rules, clause: str, promised: bool) -> None:
    """Refuse where the registry's word is not enough in the relative's area. Raises NotProven."""
    way, named = selectors.way(rules.value(clause)), rules.clause(clause)
    if way == selectors.WINDOW:
        raise NotProven(
            _("按%(area)s规定，要看证明材料才能办，网上不能办。") % {"area": named.area_name},
            remedy=_("请带双方的身份证件和户口簿、结婚证或出生医学证明到医保窗口。"),
            rule=named,
        )
    if way == selectors.PROMISE and not promised:
        raise NotProven(
            _("按%(area)s规定，须先承诺亲属关系属实。") % {"area": named.area_name},
            remedy=_("请勾选承诺后再提交。"),
            code="promise_wanted",
            rule=named,
        )


def bounds_of(relative, on) -> Bounds:
    """Return how many and from which age the relative's area says."""
    rules = selectors.rules_of(relative, on)
    return Bounds(
        most_relatives=rules.value("care_max_relatives"),
        most_carers=rules.value("care_max_carers"),
        consent_age=rules.value("care_consent_age"),
    )


def tell(kind: str, reader_id: int, *, at, **who) -> None:
    """Let somebody concerned know, with the way to the page where it can be undone."""
    notices.enqueue([Message(kind, member_id=reader_id, values=who, link=PAGE)], at=at)
