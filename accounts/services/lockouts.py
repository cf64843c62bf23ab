"""Letting somebody of the staff in again whom mistyped passwords have shut out."""

from axes.utils import reset
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import lockouts
from pooling.audit.services import record
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError


class NotShutOut(DomainError):
    code = "not_shut_out"
    status = 409


class NotForOneself(DomainError):
    """Whoever guesses at an administrator's password must not get new tries from a session."""

    code = "not_for_oneself"
    status = 403


@transaction.atomic
def let_in_again(*, user_id: int, reason: str, by: Actor, at) -> User:
    """Forget the mistyped passwords of a user; `reason` says how one knows who asks.

    The password stays, and so does the second factor. Raises NotShutOut, NotForOneself.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if by.id == user.pk:
        raise NotForOneself(_("不能为自己解锁，请另一位系统管理员办理。"))
    if lockouts.shut_out_until(user, at) is None:
        raise NotShutOut(_("这个用户现在没有被锁。"))
    reset(username=lockouts.name_at_door(user))
    record(verb="accounts.let_in_again", subject=user, by=by, at=at, detail={"reason": reason})
    return user
