"""E-credentials: activated, ended, issued anew; and their codes, each good at a till once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors, tokens
from accounts.models import CareLink, ECredential, Institution, Member, RefusedCode, ShownCode
from accounts.services.members import dated_ids, one_loader_at_a_time
from pooling.audit import services as audit
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date
from pooling.shared.rows import Loaded
from pooling.shared.work import verb

Via = ECredential.Via


class CredentialRefused(DomainError):
    """The e-credential cannot be activated or ended as asked."""

    code = "e_credential_refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is kept of a refused code: why, whose it was, and who was to show it."""

    reason: str
    member_id: int | None = None
    carer_id: int | None = None


class CodeRefused(DomainError):
    """A code was presented that is none, no longer one, or somebody else's.

    It takes everything back with it, so the edge that answers it keeps `attempt` afterwards.
    """

    code = "e_credential_code_refused"

    def __init__(self, attempt: Attempt):
        super().__init__(_SENTENCES[attempt.reason], code=f"e_credential_{attempt.reason}")
        self.attempt = attempt


_SENTENCES = {
    "unreadable": _("这不是有效的医保码，请重新扫描，或改用身份证、社保卡。"),
    "expired": _("医保码已过期，请在手机上刷新后再扫。"),
    "used": _("这个医保码已经用过，请等手机上换出新码（半分钟之内）再扫。"),
    "used_elsewhere": _(
        "这个医保码已经在别处用过，不能再用。请等手机上换出新码（半分钟之内）再扫。"
    ),
    "ended": _("这个医保电子凭证已停用，不能使用。"),
    "link_ended": _("出示人的亲情账户已结束，不能再出示这位家人的医保码。"),
    "consent_wanted": _("本人还没有同意由出示人出示医保码，不能使用。"),
    "dead": _("这个医保电子凭证已停用，不能使用。"),
    "person_differs": _("医保码与报文里的人员不是同一个人，不能使用他人的医保码。"),
}


def draw(numbers: range) -> int:
    """Draw a number by lot: the next one could be told from the last."""
    return numbers.start + secrets.randbelow(len(numbers))


@transaction.atomic
def activate(
    *, member_id: int, via: str, by: Actor, at, proven_as: str = "", promised: bool = False
) -> ECredential:
    """Activate a member's e-credential from today on. Raises CredentialRefused.

    Whether a relative may do it for them is the caller's to find out (`kinship.services`), and
    whether they gave their word for the relation (`promised`).
    """
    member = selectors.locked([member_id])[member_id]
    if member.died_on is not None:
        raise CredentialRefused(_("登记信息显示不能办理，请带证件到窗口核实。"), code="member_dead")
    if selectors.e_credential_of(member_id) is not None:
        raise CredentialRefused(_("医保电子凭证已经激活，不用再办。"), code="already_active")
    row = ECredential.objects.create(
        number=draw(tokens.CREDENTIALS),
        member=member,
        via=via,
        proven_as=proven_as,
        activated_on=business_date(at),
        activated_at=at,
        activated_by=by.name,
    )
    detail = {"member": member_id, "via": str(via), "promised": promised}
    audit.record(verb="accounts.activate_e_credential", subject=row, by=by, at=at, detail=detail)
    return row


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One line of `credentials.csv`: who activated elsewhere, and on which day."""

    line: int
    psn_no: str
    activated_on: date


@transaction.atomic
def load(rows: Sequence[CredentialRow], *, by: Actor, at) -> Loaded:
    """Put on record what was activated elsewhere; whoever has an active one keeps it."""
    one_loader_at_a_time()
    ids, problems = dated_ids(rows, "activated_on")
    bad = {problem.line for problem in problems}
    days = {ids[row.psn_no]: row.activated_on for row in rows if row.line not in bad}
    new = wanted = days.keys() - selectors.activated(days)
    while wanted:
        # A number drawn twice is drawn again: with so many of them that is rare.
        drawn = [(draw(tokens.CREDENTIALS), member_id) for member_id in sorted(wanted)]
        ECredential.objects.bulk_create(
            [
                ECredential(
                    number=number,
                    member_id=member_id,
                    via=Via.REGISTRY,
                    activated_on=days[member_id],
                    activated_at=at,
                    activated_by=by.name,
                )
                for number, member_id in drawn
            ],
            ignore_conflicts=True,
        )
        wanted = wanted - selectors.activated(wanted)
    if new:
        detail = {"new": len(new)}
        subject = ECredential()
        audit.record(verb="accounts.load_credentials", subject=subject, by=by, at=at, detail=detail)
    return Loaded(len(new), 0, len(rows) - len(new) - len(problems), problems)


@transaction.atomic
def end(*, member_id: int, by: Actor, at) -> ECredential:
    """End a member's e-credential: every code of it is void at once. Raises CredentialRefused."""
    selectors.locked([member_id])
    row = selectors.e_credential_of(member_id)
    if row is None:
        raise CredentialRefused(_("医保电子凭证没有激活，不用停用。"), code="not_active")
    row.ended_at, row.ended_by = at, by.name
    row.save(update_fields=["ended_at", "ended_by"])
    detail = {"member": member_id}
    audit.record(verb="accounts.end_e_credential", subject=row, by=by, at=at, detail=detail)
    return row


@verb
def redeem(
    *,
    code: str,
    institution: Institution,
    message: str,
    by: Actor,
    at,
    after: tuple[str, ...] = (),
) -> Member:
    """Take a shown code for one message of an institution and return whose it is.

    The same message met again finds the same person, and so does one that follows the message
    which took it: one whose name begins with something of `after`. Any other one is refused.
    Raises CodeRefused.
    """
    taken = selectors.taken_code(code, institution.pk) if after else None
    if taken and (taken.message == message or taken.message.startswith(after)):
        return taken.member
    found, holder = _holder(code, at)
    member, carer_id = _shown(holder, at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_showncode"
            " (number, step, member_id, carer_id, institution_id, message, taken_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (number, step) DO NOTHING",
            [found.number, found.step, member.pk, carer_id, institution.pk, message, at],
        )
        fresh = cursor.rowcount == 1
    if fresh:
        subject = ShownCode(pk=found.number)
        detail = {"member": member.pk, "carer": carer_id, "institution": institution.pk}
        audit.record(verb="accounts.take_code", subject=subject, by=by, at=at, detail=detail)
        return member
    taken = ShownCode.objects.get(number=found.number, step=found.step)
    if taken.institution_id != institution.pk:
        raise CodeRefused(Attempt("used_elsewhere", member.pk, carer_id))
    if taken.message != message:
        raise CodeRefused(Attempt("used", member.pk, carer_id))
    return member


def look(*, code: str, at) -> Member:
    """Return whose code it is and leave it good. Raises CodeRefused. For previews."""
    _found, holder = _holder(code, at)
    return _shown(holder, at)[0]


def _holder(code: str, at) -> tuple[tokens.Code, ECredential | CareLink]:
    try:
        found = tokens.read(code, at)
    except tokens.Expired as late:
        member_id, carer_id = _people(selectors.holder(late.number))
        raise CodeRefused(Attempt("expired", member_id, carer_id)) from None
    except tokens.Unreadable:
        raise CodeRefused(Attempt("unreadable")) from None
    holder = selectors.holder(found.number)
    if holder is None:
        raise CodeRefused(Attempt("unreadable"))
    return found, holder


def _people(holder) -> tuple[int | None, int | None]:
    if isinstance(holder, CareLink):
        return holder.relative_id, holder.carer_id
    return (holder.member_id if holder else None), None


def _shown(holder: ECredential | CareLink, at) -> tuple[Member, int | None]:
    """Return whose code it is and who shows it, if it may still be shown."""
    member_id, carer_id = _people(holder)
    on = business_date(at)
    if isinstance(holder, CareLink):
        if holder.ended_at is not None:
            raise CodeRefused(Attempt("link_ended", member_id, carer_id))
        if not holder.usable(on):
            raise CodeRefused(Attempt("consent_wanted", member_id, carer_id))
        member, active = holder.relative, selectors.e_credential_of(member_id) is not None
    else:
        member, active = holder.member, holder.ended_at is None
    if not active:
        raise CodeRefused(Attempt("ended", member_id, carer_id))
    if member.dead(on):
        raise CodeRefused(Attempt("dead", member_id, carer_id))
    return member, carer_id


@transaction.atomic
def keep_refused(*, attempt: Attempt, institution_id: int, by: Actor, at) -> RefusedCode:
    """Write down that a code was refused, for staff and for whose code it is."""
    row = RefusedCode.objects.create(
        reason=attempt.reason,
        member_id=attempt.member_id,
        carer_id=attempt.carer_id,
        institution_id=institution_id,
        refused_at=at,
    )
    detail = {"reason": attempt.reason, "member": attempt.member_id}
    audit.record(verb="accounts.refuse_code", subject=row, by=by, at=at, detail=detail)
    return row


def wrong_person(member: Member) -> CodeRefused:
    """Return the refusal of a code beside another person's name or number."""
    return CodeRefused(Attempt("person_differs", member.pk))
