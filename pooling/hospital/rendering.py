"""What a till is told: amounts as yuan, people masked, a payer's balance never.

The stored decision keeps the full figures for patient, payer and auditor.
"""

import json

from pooling.settlements import reasons
from pooling.settlements.waterfall import Considered, Decision
from pooling.shared.masks import mask_name
from pooling.shared.money import yuan_from_fen
from pooling.shared.periods import SHANGHAI


def text(body: dict) -> str:
    """Return an answer as it is stored and sent: repeated, it is the same to the byte."""
    return json.dumps(body, ensure_ascii=False, default=str)


def settlement(row, patient, institution) -> dict:
    """Return a stored settlement; its lines know their payers."""
    return {
        "id": row.pk,
        "status": row.status,
        **_bill(row, row.business_time, patient, institution),
        **_premium(row.premium_year, row.premium_product),
        "total": yuan_from_fen(row.total_fen),
        "fund": yuan_from_fen(row.fund_fen),
        "hospital_borne": yuan_from_fen(row.hospital_borne_fen),
        "personal_part": yuan_from_fen(row.personal_part_fen),
        **_split(row, row.decided, [(line, line.payer) for line in row.lines.all()]),
        "refunded": yuan_from_fen(row.refunded_fen),
    }


def proposal(split, bill, patient, institution) -> dict:
    """Return a preview: a settlement without id, status and refunded."""
    personal = bill.own_paid + bill.over_limit + bill.pre_paid + bill.in_scope_share
    return {
        **_bill(bill, bill.business_time, patient, institution),
        **(_premium(bill.premium.year, bill.premium.product) if bill.premium else {}),
        "total": yuan_from_fen(bill.total),
        "fund": yuan_from_fen(bill.fund),
        "hospital_borne": yuan_from_fen(bill.hospital_borne),
        "personal_part": yuan_from_fen(personal),
        **_split(
            split,
            split.decision,
            [(line, split.members.get(line.payer_id)) for line in split.lines],
        ),
    }


def refund(row) -> dict:
    """Return a refund; its lines are positive and in the order they were walked."""
    return {
        "id": row.pk,
        "settlement": row.settlement_id,
        "amount": yuan_from_fen(row.amount_fen),
        "lines": [
            _line(each.line, each.line.payer, order=each.order, amount_fen=each.amount_fen)
            for each in row.lines.all()
        ],
        "balance_after": yuan_from_fen(row.balance_after_fen),
    }


def tombstone(institution, message_id: str) -> dict:
    """Return what a reversal is told whose original has not come, and now never will."""
    return {"status": "not_settled", "institution": institution.code, "message_id": message_id}


def balance(available) -> dict:
    """Return what a member has; of a payer only what they would give today, never a balance."""
    account = available.own
    return {
        "psn_no": available.member.psn_no,
        "own": account
        and {
            "current": yuan_from_fen(account.current_fen),
            "prior": yuan_from_fen(account.prior_fen),
        },
        "frozen": yuan_from_fen(available.frozen_fen),
        "wallet": yuan_from_fen(available.wallet_fen),
        "available_from_relatives": [
            {
                "binding": binding_id,
                "payer": mask_name(payer.name),
                "amount": yuan_from_fen(fen),
            }
            for binding_id, payer, fen in available.from_relatives
        ],
    }


def rules(rows) -> dict:
    """Return an area's parameters by name, each with where it is written."""
    return {
        row.name: {
            "value": row.value,
            "version": row.clause.version_label,
            "area": row.clause.area_code,
            "clause": row.clause.text,
            "source": row.clause.source,
            "evidence": row.clause.evidence,
            "seen_on": row.clause.seen_on,
        }
        for row in rows
    }


def _bill(row, business_time, patient, institution) -> dict:
    return {
        "patient": {"psn_no": patient.psn_no, "name": mask_name(patient.name)},
        "institution": institution.code,
        "use": str(row.use),
        "business_time": business_time.astimezone(SHANGHAI).isoformat(),
    }


def _premium(year: int | None, product: str | None) -> dict:
    return {"premium": {"year": year, "product": product or None}} if year else {}


def _split(split, decision: Decision, lines) -> dict:
    return {
        "own": yuan_from_fen(split.own_fen),
        "pooled": yuan_from_fen(split.pooled_fen),
        "cash": yuan_from_fen(split.cash_fen),
        "balance_after": yuan_from_fen(split.balance_after_fen),
        "lines": [
            _line(line, payer, order=line.order, amount_fen=line.amount_fen)
            for line, payer in lines
        ],
        "decision": {
            "rules_version": split.rules_version,
            "considered": [
                _one_considered(item, reasons.advice(decision.given, item))
                for item in decision.considered
            ],
        },
    }


def _line(line, payer, *, order: int, amount_fen: int) -> dict:
    return {
        "order": order,
        "source": str(line.source),
        "part": line.part or None,
        "payer": mask_name(payer.name) if payer else None,
        "binding": line.binding_id,
        "amount": yuan_from_fen(amount_fen),
    }


def _one_considered(item: Considered, remedy: str) -> dict:
    """A till sees no more than was asked for: the rest would tell the payer's balance."""
    clause = item.clause
    return {
        "source": item.source,
        "binding": item.binding,
        "could_give": yuan_from_fen(min(item.could_give_fen, item.needed_fen)),
        "taken": yuan_from_fen(item.taken_fen),
        "reason": item.reason,
        "sentence": reasons.discreet(item.reason, item.values, item.source),
        "rule": clause and clause.name,
        "clause": clause
        and {
            "value": clause.value,
            "area": clause.area,
            "version": clause.version,
            "source": clause.source,
            "text": clause.text,
        },
        "remedy": remedy,
    }
