"""Who may sign in: members by phone and one-time code, staff by password and second factor."""

from datetime import timedelta
from enum import StrEnum

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import fingerprints, phones, roles, selectors
from accounts.models import User
from pooling.audit import selectors as trail
from pooling.audit.services import record
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError

LINK = "accounts.link_member"
#: Wrong guesses are few for people and many for those who walk through lists.
LINK_TRIES_A_DAY = 5
LINK_AIMS_A_DAY = 10


class NotAPhoneNumber(DomainError):
    code = "not_a_phone"


class AlreadyLinked(DomainError):
    """This user is a member already, or is staff and can be none."""

    code = "already_linked"
    status = 409


class UsernameTaken(DomainError):
    code = "username_taken"
    status = 409


class UnknownRole(DomainError):
    code = "unknown_role"


class PhoneInUse(DomainError):
    code = "phone_in_use"
    status = 409


class Link(StrEnum):
    """How an attempt to be linked ended.

    A refusal is an answer, not an exception: the attempt must be written down, and an
    exception would take the count of attempts back with everything else.
    """

    DONE = "done"
    NO_MATCH = "no_match"
    TOO_OFTEN = "too_often"


def phone_index(phone: str) -> bytes:
    """Return the fingerprint under which a normalised phone is found."""
    return fingerprints.of_phone(phones.national(phone))


def _normalised(phone: str) -> str:
    try:
        return phones.normalise(phone)
    except phones.NotAPhone as error:
        raise NotAPhoneNumber(_("请填写 11 位手机号，例如 13800138000。")) from error


@transaction.atomic
def open_sign_in(*, phone: str, by: Actor, at) -> User:
    """Return the user of a phone, made now if there was none.

    Known and unknown phones cost the same statements and leave the same trail, so that
    neither words nor time tell whether somebody is here. A row that is never verified is
    swept away (`sweep_unverified`).
    """
    phone = _normalised(phone)
    index = phone_index(phone)
    fresh = User(phone_index=index, joined_at=at)
    fresh.username = f"m{fresh.uid.hex}"
    fresh.phone = phone
    fresh.set_unusable_password()
    User.objects.bulk_create([fresh], ignore_conflicts=True)
    user = User.objects.get(phone_index=index)
    record(verb="accounts.open_sign_in", subject=user, by=by, at=at)
    return user


@transaction.atomic
def confirm_phone(*, user_id: int, phone: str, by: Actor, at) -> User:
    """Note that whoever signs in holds this phone; another phone than before is a change.

    Raises PhoneInUse. Within 72 h of a change no limit may be raised (`bindings`).
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    phone = _normalised(phone)
    index = phone_index(phone)
    changed = user.phone_index is None or bytes(user.phone_index) != index
    if changed and User.objects.filter(phone_index=index).exclude(pk=user.pk).exists():
        raise PhoneInUse(_("这个手机号已经在使用，请换一个，或到窗口办理。"))
    if changed:
        user.phone = phone
        user.phone_index = index
        user.phone_changed_at = at
    if changed or not user.phone_verified:
        user.phone_verified = True
        user.save()
        record(
            verb="accounts.confirm_phone", subject=user, by=by, at=at, detail={"changed": changed}
        )
    return user


@transaction.atomic
def link_member(*, user_id: int, cert_no: str, name: str, by: Actor, at) -> Link:
    """Link a user to the member of this number and name; once, and not to somebody else's.

    Absent, wrong name and already linked elsewhere are one answer, reached by the same
    statements. Attempts are limited by who asks and by whom they aim at. Raises AlreadyLinked.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.member_id is not None or user.is_staff:
        raise AlreadyLinked(_("您的身份已经核实过，不用再填。"))
    found = selectors.by_identity(cert_no, name)
    member_id = found.pk if found else 0
    # A keyed fingerprint, cut short: it counts aims at one number and tells nobody which.
    aim = fingerprints.of_cert_no(cert_no).hex()[:16]
    selectors.locked([member_id])
    taken = User.objects.filter(member_id=member_id).exists()
    since = at - timedelta(days=1)
    tries = trail.count(LINK, subject=user, since=since)
    aims = trail.count(LINK, since=since, detail={"aim": aim})
    linked = bool(found and not taken and tries < LINK_TRIES_A_DAY and aims < LINK_AIMS_A_DAY)
    if linked:
        user.member_id = member_id
        user.save(update_fields=["member"])
    detail = {"aim": aim, "member": member_id if linked else None}
    record(verb=LINK, subject=user, by=by, at=at, detail=detail)
    if tries >= LINK_TRIES_A_DAY:
        return Link.TOO_OFTEN
    return Link.DONE if linked else Link.NO_MATCH


@transaction.atomic
def make_staff(
    *, username: str, display_name: str, role: str, password: str, totp_secret: str, by: Actor, at
) -> User:
    """Make a staff user with one role, a password and a second factor. No superusers.

    `totp_secret` is base32. Raises UnknownRole, UsernameTaken.
    """
    if role not in roles.ROLES:
        raise UnknownRole(_("没有这个岗位。"))
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(_("这个用户名已经有人用了。"))
    user = User(username=username, display_name=display_name, is_staff=True, joined_at=at)
    user.set_password(password)
    user.save()
    user.groups.set([_group(role)])
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(totp_secret)}
    )
    record(verb="accounts.make_staff", subject=user, by=by, at=at, detail={"role": role})
    return user


@transaction.atomic
def sync_roles(*, by: Actor, at) -> list[str]:
    """Give every role what `roles` says, and take what it no longer says; return who changed.

    A release may open a new page to a role; people who hold it already get it by this.
    """
    changed = []
    for role in roles.ROLES:
        before = set(Permission.objects.filter(group__name=role))
        group = _group(role)
        now = set(group.permissions.all())
        if before == now:
            continue
        names = {
            "gained": sorted(permission.codename for permission in now - before),
            "lost": sorted(permission.codename for permission in before - now),
        }
        record(verb="accounts.sync_roles", subject=group, by=by, at=at, detail=names)
        changed.append(role)
    return changed


def _group(role: str) -> Group:
    """Return the role's group holding exactly what `roles.SEES` and `roles.DOES` say."""
    group, _made = Group.objects.get_or_create(name=role)
    wanted = Q(pk__in=[])
    for model in roles.SEES[role]:
        app, _dot, name = model.partition(".")
        wanted |= Q(content_type__app_label=app, codename=f"view_{name}")
    for permission in roles.DOES[role]:
        app, _dot, name = permission.partition(".")
        wanted |= Q(content_type__app_label=app, codename=name)
    group.permissions.set(Permission.objects.filter(wanted))
    return group


@transaction.atomic
def sweep_unverified(*, before, by: Actor, at) -> int:
    """Delete users made for a typed phone whose code never came back. Returns how many."""
    rows = User.objects.filter(
        phone_verified=False, is_staff=False, member__isnull=True, joined_at__lt=before
    )
    gone, _each = rows.delete()
    return gone
