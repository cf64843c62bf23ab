"""What tills ask for: their own settlements, and what relatives make available today."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from pooling.bindings.usability import Visit
from pooling.funds import selectors as funds
from pooling.funds.models import PersonalAccount
from pooling.settlements import waterfall
from pooling.settlements.models import Settlement, Use
from pooling.settlements.selectors.families import gather
from pooling.settlements.sources import Charge
from pooling.shared.errors import NotFound

#: *Available to me* is asked for the plainest visit there is.
PLAIN_LEVEL = 1


def get_for_institution(institution_id: int, settlement_id: int) -> Settlement:
    """Return an institution's own settlement with patient and lines. Raises NotFound."""
    rows = Settlement.objects.filter(institution=institution_id).select_related("patient")
    settlement = rows.prefetch_related("lines__payer").filter(pk=settlement_id).first()
    if settlement is None:
        raise NotFound(_("没有这笔结算。"))
    return settlement


def id_by_message(institution_id: int, message_id: str) -> int | None:
    """Return the settlement of an institution's message, or None."""
    rows = Settlement.objects.filter(institution=institution_id, message_id=message_id)
    return rows.values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class Available:
    """What somebody could spend today: the own open account, and (binding, payer, fen).

    `frozen_fen` is what of the own money is frozen for others, `wallet_fen` in the own wallet.
    """

    own: PersonalAccount | None
    frozen_fen: int
    wallet_fen: int
    from_relatives: tuple[tuple[int, Member, int], ...]


def available_to(member_id: int, on: date) -> Available:
    """Return what a member has, and what relatives would give, in the order they would be asked.

    From confirmed ones, what each could give to an outpatient visit at a level-1 institution
    on that day, alone: the same engine as the bill's. Raises NotFound for an unknown member.
    """
    visit = Visit(on, str(Use.OUTPATIENT), PLAIN_LEVEL)
    family = gather(member_id, Charge(visit, personal_fen=0, own_paid_fen=0, acct_used_flag=2))
    payers = {row.pk: row.payer_id for row in family.bindings if row.state == row.State.ACTIVE}
    return Available(
        own=family.own if family.own and family.own.is_open(on) else None,
        frozen_fen=funds.frozen_fen(member_id),
        wallet_fen=family.given.wallet.total_fen if family.given.wallet else 0,
        from_relatives=tuple(
            (binding, family.members[payers[binding]], fen)
            for binding, fen in waterfall.could_give(family.given).items()
            if binding in payers
        ),
    )


def available_from_relatives(member_id: int, on: date) -> list[tuple[int, int, int]]:
    """Return (binding, payer id, fen) in the order they would be asked. Raises NotFound."""
    found = available_to(member_id, on).from_relatives
    return [(binding, payer.pk, fen) for binding, payer, fen in found]
