"""What the people of a settlement are told: neutral words, and to payers no more than needed.

A payer learns amount, day and kind of place; where the patient is 14 to 17, amount and month
only. Whose money was not even asked for, because the relative or the till chose so, learns
nothing: choosing not to use a relative's account must not report a visit to that relative.
"""

from collections.abc import Iterable, Iterator

from pooling.notices.services import Message
from pooling.settlements import privacy
from pooling.settlements.models import Settlement
from pooling.settlements.waterfall import Outcome


def settled(settlement: Settlement, outcome: Outcome) -> Iterator[Message]:
    """Return the messages about a new settlement: to the patient, and to each payer."""
    values = {
        "date": settlement.business_date.isoformat(),
        "own_fen": settlement.own_fen,
        "pooled_fen": settlement.pooled_fen,
        "cash_fen": settlement.cash_fen,
    }
    link = _page(settlement)
    missed = [item for item in outcome.considered if privacy.missed(item, settlement.cash_fen)]
    kind = "settlement_patient_missed" if missed and not settlement.pooled_fen else "settlement"
    if settlement.personal_part_fen:
        yield Message(kind, member_id=settlement.patient_id, values=values, link=link)
    given = ((line, line.amount_fen) for line in outcome.lines)
    for (payer_id, kind), fen in _by_payer(settlement, given).items():
        yield _to_payer(kind, settlement, payer_id, fen)
    if missed and not settlement.pooled_fen and not _month_only(settlement):
        for item in missed:
            if privacy.told_to_payer(item.reason):
                yield _to_payer("settlement_payer_missed", settlement, item.payer, 0)


def returned(settlement: Settlement, backs) -> Iterator[Message]:
    """Return the messages about money that went back, or found no home."""
    total = sum(back.amount_fen for back in backs)
    values = {"date": settlement.business_date.isoformat(), "amount_fen": total}
    link = _page(settlement)
    if total:
        yield Message(
            "settlement_returned", member_id=settlement.patient_id, values=values, link=link
        )
    at_home = ((back.line, back.amount_fen) for back in backs if back.owner is None)
    for (payer_id, kind), fen in _by_payer(settlement, at_home).items():
        yield _to_payer(f"{kind}_returned", settlement, payer_id, fen)
    for back in backs:
        if back.owner is not None:
            values = {"amount_fen": back.amount_fen}
            yield Message("settlement_suspense", member_id=back.owner.pk, values=values)


def _whose(line, settlement: Settlement) -> int | None:
    """Return who is told of a line beside the patient: its payer, or whose share it came from."""
    whose = line.payer_id or line.owner_id
    return None if whose == settlement.patient_id else whose


def _by_payer(settlement: Settlement, amounts: Iterable[tuple]) -> dict[tuple[int, str], int]:
    """Return (who, kind of message) → fen, adding up the parts of each.

    A share of a family fund is no longer the personal account: that must not be told as debited.
    """
    by_payer: dict[tuple[int, str], int] = {}
    for line, fen in amounts:
        payer_id = _whose(line, settlement)
        if payer_id is not None:
            key = (payer_id, "settlement_payer" if line.payer_id else "settlement_share")
            by_payer[key] = by_payer.get(key, 0) + fen
    return by_payer


def _page(settlement: Settlement) -> str:
    """Return where the decision is read in words; the address tells nothing of when it was."""
    return f"/usage/{settlement.uid}/"


def _month_only(settlement: Settlement) -> bool:
    return privacy.month_only(settlement.patient.birth_date, settlement.business_date)


def _to_payer(kind: str, settlement: Settlement, payer_id: int, fen: int) -> Message:
    on = settlement.business_date
    values = {"relative": settlement.patient_id, "amount_fen": fen}
    if _month_only(settlement):
        values |= {"month": f"{on:%Y-%m}"}
        return Message(f"{kind}_month", member_id=payer_id, values=values, link=_page(settlement))
    values |= {"date": on.isoformat(), "place": str(settlement.institution.type)}
    return Message(kind, member_id=payer_id, values=values, link=_page(settlement))
