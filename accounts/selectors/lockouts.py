"""Who of the staff is shut out for having mistyped a password too often."""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum

from accounts.models import User


def name_at_door(user: User) -> str:
    """Return a user's name as failures are counted by it (`portal.signin.name_tried`)."""
    return user.username.strip().lower()


def shut_out_until(user: User, at: datetime) -> datetime | None:
    """Return when the last lock on a user's name ends; None where there is none.

    Failures count for each machine: somebody may be shut out at one window and not at another.
    """
    since = at - settings.AXES_COOLOFF_TIME
    tried = AccessAttempt.objects.filter(username=name_at_door(user), attempt_time__gt=since)
    machines = tried.values("ip_address").annotate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    shut = [row["last"] for row in machines if row["failures"] >= settings.AXES_FAILURE_LIMIT]
    return max(shut) + settings.AXES_COOLOFF_TIME if shut else None
