"""The authority itself as somebody a settlement is with."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Institution
from pooling.audit import services as audit


@transaction.atomic
def refund_desk(*, area: str, by, at) -> Institution:
    """Return the desk at which an area gives back what its members paid first.

    A row like any collecting office's, made when first needed: no till has its key, and its
    code is none that the nation gives to hospitals and pharmacies.
    """
    desk, made = Institution.objects.get_or_create(
        code=f"R{area}",
        defaults={
            "name": _("医保经办机构（保费报销）"),
            "area": area,
            "level": 0,
            "type": Institution.Type.PREMIUM,
        },
    )
    if made:
        audit.record(verb="accounts.open_refund_desk", subject=desk, by=by, at=at)
    return desk
