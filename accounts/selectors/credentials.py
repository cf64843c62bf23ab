"""Questions about e-credentials, their codes, and who may show whose."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.models import CareLink, ECredential, RefusedCode, ShownCode
from pooling.shared.errors import NotFound

#: Why a till was refused a code, in few words.
WHY_REFUSED = {
    "expired": _("码已过期"),
    "unreadable": _("不是有效的码"),
    "used": _("同一个码用了第二次"),
    "used_elsewhere": _("同一个码在别处用过"),
    "ended": _("凭证已停用"),
    "dead": _("凭证已停用"),
    "link_ended": _("出示人已不在亲情账户里"),
    "consent_wanted": _("没有经过本人同意"),
    "person_differs": _("与就诊的人不是同一个人"),
}


def e_credential_of(member_id: int) -> ECredential | None:
    """Return a member's e-credential that is active now."""
    return ECredential.objects.filter(member=member_id, ended_at__isnull=True).first()


#: Nobody shows one place more codes in the course of a visit.
MOST_TRIED = 100


def holder(number: int) -> ECredential | CareLink | None:
    """Return what a shown code's number stands for, ended ones too, with whose code it is."""
    if number >= tokens.LINKS.start:
        return CareLink.objects.filter(number=number).select_related("relative").first()
    return ECredential.objects.filter(number=number).select_related("member").first()


def taken_code(code: str, institution_id: int) -> ShownCode | None:
    """Return when an institution has taken this code, however long ago; None where it has not.

    Twenty digits name their step only to who knows it; so those it has taken are tried.
    """
    rows = ShownCode.objects.filter(number=tokens.number_of(code), institution=institution_id)
    tried = rows.select_related("member").order_by("-step")[:MOST_TRIED]
    fits = (row for row in tried if tokens.is_of(code, tokens.Code(row.number, row.step)))
    return next(fits, None)


def cared_for(carer_id: int) -> list[CareLink]:
    """Return the entries of a caregiver's 亲情账户, oldest first."""
    rows = CareLink.objects.filter(carer=carer_id, ended_at__isnull=True)
    return list(rows.select_related("relative").order_by("opened_at", "pk"))


def carers_of(relative_id: int) -> list[CareLink]:
    """Return in whose 亲情账户 somebody is, those who still wait for consent too."""
    rows = CareLink.objects.filter(relative=relative_id, ended_at__isnull=True)
    return list(rows.select_related("carer").order_by("opened_at", "pk"))


def activated(member_ids: Iterable[int]) -> set[int]:
    """Return who of these has an active e-credential (one statement)."""
    rows = ECredential.objects.filter(member__in=list(member_ids), ended_at__isnull=True)
    return set(rows.values_list("member_id", flat=True))


def link_of_carer(carer_id: int, link_id: int) -> CareLink:
    """Return a caregiver's own live entry. Raises NotFound: absent or not yours."""
    rows = CareLink.objects.filter(carer=carer_id, pk=link_id, ended_at__isnull=True)
    row = rows.select_related("relative").first()
    if row is None:
        raise NotFound(_("没有找到。"))
    return row


def link_between(carer_id: int, relative_id: int) -> CareLink | None:
    """Return the live entry of these two, if there is one."""
    rows = CareLink.objects.filter(carer=carer_id, relative=relative_id, ended_at__isnull=True)
    return rows.first()


def credential_lives(pk: int) -> bool:
    """Return whether an e-credential is active still."""
    return ECredential.objects.filter(pk=pk, ended_at__isnull=True).exists()


def link_counts(pk: int, on: date) -> bool:
    """Return whether an entry of a 亲情账户 still lets its caregiver show the code."""
    row = CareLink.objects.filter(pk=pk).first()
    return row is not None and row.usable(on)


def why_refused(reason: str) -> str:
    """Return the words of a stored reason; one that has none stands as it is."""
    return str(WHY_REFUSED.get(reason, reason))


def refused_codes_of(member_id: int, *, limit: int) -> list[RefusedCode]:
    """Return the last codes of a member that tills refused, newest first."""
    rows = RefusedCode.objects.filter(member=member_id).select_related("institution")
    return list(rows.order_by("-refused_at", "-pk")[:limit])
