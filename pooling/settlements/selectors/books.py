"""Whether settlements and books say the same: each lists what moved, and neither follows the other.

Triggers keep what was settled, but must let `status` and what went back go forward; and a
superuser passes them all. So the two are compared, from scratch.
"""

from pooling.ledger.selectors import Difference, differing

#: Law and table → (row, what it should be, what it is), each in a single snapshot.
_CHECKS = {
    # What the bill says came from each kind of source is what its lines add up to.
    ("lines", "settlements_settlement"): """
        SELECT settled.id, told.fen, coalesce(sum(line.amount_fen), 0)::bigint
        FROM settlements_settlement AS settled
        CROSS JOIN LATERAL (VALUES
            (own_fen, ARRAY['own', 'wallet']),
            (pooled_fen, ARRAY['family_fund', 'relative', 'quota']),
            (cash_fen, ARRAY['cash'])
        ) AS told (fen, sources)
        LEFT JOIN settlements_line AS line
            ON line.settlement_id = settled.id AND line.source = ANY(told.sources)
        GROUP BY settled.id, told.fen, told.sources
        HAVING told.fen <> coalesce(sum(line.amount_fen), 0)""",
    # Each line took from its ledger account what the entry says, and nothing else did.
    ("posted", "settlements_settlement"): """
        SELECT coalesce(line.settlement_id, posting.settlement_id), line.fen, posting.fen
        FROM (
            SELECT settlement_id, ledger_account_id AS account_id, sum(amount_fen)::bigint AS fen
            FROM settlements_line WHERE ledger_account_id IS NOT NULL GROUP BY 1, 2
        ) AS line
        FULL JOIN (
            SELECT settled.id AS settlement_id, account_id, -amount_fen AS fen
            FROM settlements_settlement AS settled JOIN ledger_posting USING (entry_id)
            WHERE amount_fen < 0
        ) AS posting USING (settlement_id, account_id)
        WHERE line.fen IS DISTINCT FROM posting.fen""",
    # The copies that caps are counted by are the settlement's own.
    ("copies", "settlements_line"): """
        SELECT line.id, NULL::bigint, NULL::bigint FROM settlements_line AS line
        JOIN settlements_settlement AS settled ON settled.id = line.settlement_id
        WHERE (line.patient_id, line.use, line.business_date)
            IS DISTINCT FROM (settled.patient_id, settled.use, settled.business_date)""",
    # A line got back what refunds list, and all of it once the settlement is reversed.
    ("returned", "settlements_line"): """
        SELECT line.id, due.fen, line.returned_fen FROM settlements_line AS line
        JOIN settlements_settlement AS settled ON settled.id = line.settlement_id
        LEFT JOIN (
            SELECT line_id, sum(amount_fen)::bigint AS fen FROM settlements_refundline GROUP BY 1
        ) AS refunded ON refunded.line_id = line.id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN settled.status = 'reversed' THEN line.amount_fen
                ELSE coalesce(refunded.fen, 0) END AS fen
        ) AS due WHERE due.fen <> line.returned_fen""",
    ("refunded", "settlements_settlement"): """
        SELECT settled.id, coalesce(sum(amount_fen), 0)::bigint, refunded_fen
        FROM settlements_settlement AS settled
        LEFT JOIN settlements_refund AS refund ON refund.settlement_id = settled.id
        GROUP BY settled.id HAVING refunded_fen <> coalesce(sum(amount_fen), 0)""",
    # A refund is the sum of its lines, and its entry moved those that are no cash.
    ("refund", "settlements_refund"): """
        SELECT refund.id, refund.amount_fen, line.fen FROM settlements_refund AS refund
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS fen,
                coalesce(sum(amount_fen) FILTER (WHERE ledger_account_id IS NOT NULL), 0) AS account
            FROM settlements_refundline WHERE refund_id = refund.id
        ) AS line
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen), 0) AS fen FROM ledger_posting
            WHERE entry_id = refund.entry_id AND amount_fen > 0
        ) AS posted
        WHERE refund.amount_fen <> line.fen OR line.account <> posted.fen""",
    # A reversal moved what the refunds had left of the account money.
    ("reversal", "settlements_settlement"): """
        SELECT settled.id, due.fen, posted.fen FROM settlements_settlement AS settled
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen - coalesce(refunded.fen, 0)), 0)::bigint AS fen
            FROM settlements_line AS line
            LEFT JOIN (
                SELECT line_id, sum(amount_fen)::bigint AS fen
                FROM settlements_refundline GROUP BY 1
            ) AS refunded ON refunded.line_id = line.id
            WHERE settlement_id = settled.id AND ledger_account_id IS NOT NULL
                AND settled.status = 'reversed'
        ) AS due
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM ledger_posting
            WHERE entry_id = settled.reversal_entry_id AND amount_fen > 0
        ) AS posted WHERE due.fen <> posted.fen""",
    # No entry of these kinds stands alone.
    ("unclaimed", "ledger_entry"): """
        SELECT entry.id, NULL::bigint, NULL::bigint FROM ledger_entry AS entry
        WHERE kind IN ('settlement', 'reversal', 'refund')
            AND NOT EXISTS (SELECT FROM settlements_settlement WHERE entry_id = entry.id)
            AND NOT EXISTS (SELECT FROM settlements_settlement WHERE reversal_entry_id = entry.id)
            AND NOT EXISTS (SELECT FROM settlements_refund WHERE entry_id = entry.id)""",
}


def check() -> list[Difference]:
    """Compare all settlements with the books and return what differs; empty is a clean bill."""
    return differing(_CHECKS)
