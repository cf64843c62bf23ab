"""What tills ask for: their own settlements, and what relatives make available today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from pooling.bindings.usability import Visit
from pooling.funds.purses import Held
from pooling.settlements import waterfall
from pooling.settlements.models import Settlement, Use
from pooling.settlements.selectors.families import Family, around_number, gather
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

    member: Member
    own: Held | None
    frozen_fen: int
    wallet_fen: int
    from_relatives: tuple[tuple[int, Member, int], ...]


def available_to(psn_no: str, on: date) -> Available:
    """Return what a member has, and what relatives would give, in the order they would be asked.

    From confirmed ones, what each could give to an outpatient visit at a level-1 institution
    on that day, alone: the same engine as the bill's. Two statements. Raises NotFound for an
    unknown number.
    """
    people = around_number(psn_no, on)
    member = next((row for row in people if row.psn_no == psn_no), None)
    if member is None:
        raise NotFound(_("没有这位参保人。"))
    family = gather(member.pk, _plain(on), people=people)
    return Available(
        member=member,
        own=family.own if family.own and family.own.is_open(on) else None,
        frozen_fen=int(member.frozen_fen or 0),
        wallet_fen=family.given.wallet.total_fen if family.given.wallet else 0,
        from_relatives=tuple(_from_relatives(family)),
    )


def available_from_relatives(member_id: int, on: date) -> list[tuple[int, int, int]]:
    """Return (binding, payer id, fen) in the order they would be asked. Raises NotFound."""
    found = _from_relatives(gather(member_id, _plain(on)))
    return [(binding, payer.pk, fen) for binding, payer, fen in found]


def _plain(on: date) -> Charge:
    visit = Visit(on, str(Use.OUTPATIENT), PLAIN_LEVEL)
    return Charge(visit, personal_fen=0, own_paid_fen=0, acct_used_flag=2)


def _from_relatives(family: Family) -> Iterator[tuple[int, Member, int]]:
    payers = {row.pk: row.payer_id for row in family.bindings if row.state == row.State.ACTIVE}
    for binding, fen in waterfall.could_give(family.given).items():
        if binding in payers:
            yield binding, family.members[payers[binding]], fen
