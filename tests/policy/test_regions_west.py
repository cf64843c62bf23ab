"""The west and the nation: what their sources answer to what people ask, day by day."""

import pytest

from tests.policy import asking
from tests.policy.asking import BY_PAPERS, NEAREST, YES

NO_KIN = "relation_not_allowed"
NO_IN_LAW = "in_law_not_allowed"
NO_USE = "use_not_allowed_by_area"

ROWS = [
    # The nation: what stands where nobody nearer speaks.
    ("000000", "2021-12-30", asking.may_bind("sibling"), YES, "DEFAULT"),
    ("000000", "2021-12-31", asking.what("relations"), NEAREST, "000000/2021-1 NEWS"),
    ("000000", "2024-12-09", asking.may_bind("daughters_child"), YES, "000000/2024-1 NEWS"),
    ("000000", "2026-11-22", asking.may_bind("parent_in_law"), NO_IN_LAW, "000000/2026-1 NEWS"),
    ("000000", "2026-11-22", asking.may_release("relative"), YES, "000000/2026-1 NEWS"),
    ("000000", "2026-01-08", asking.what("on_payer_moved"), "goes_on", "DEFAULT"),
    ("000000", "2026-01-09", asking.what("on_payer_moved"), "ends", "000000/2026-1 NEWS"),
    ("000000", "2026-01-09", asking.what("on_relative_moved"), "ends", "000000/2026-1 NEWS"),
    ("000000", "2026-01-09", asking.what("on_insurance_ended"), "ends", "000000/2026-1 NEWS"),
    ("000000", "2026-01-08", asking.what("quota_across_provinces"), False, "DEFAULT"),
    ("000000", "2026-01-09", asking.what("quota_across_provinces"), True, "000000/2026-1 NEWS"),
    ("000000", "2025-09-17", asking.what("wallet_open"), False, "DEFAULT"),
    ("000000", "2025-09-18", asking.what("wallet_open"), True, "000000/2025-1 NEWS"),
    ("000000", "2026-01-09", asking.what("wallet_open"), False, "000000/2026-1 NEWS"),
    ("000000", "2026-01-08", asking.what("wallet_transfer_most_fen"), 200_000,
     "000000/2025-1 OFFICIAL"),
    ("000000", "2026-01-08", asking.what("wallet_transfers_per_day"), 3,
     "000000/2025-1 OFFICIAL"),
    ("000000", "2026-01-08", asking.what("wallet_closed_hours"), [22, 6],
     "000000/2025-1 OFFICIAL"),
    ("000000", "2026-01-08", asking.what("wallet_one_pending"), True, "000000/2025-1 OFFICIAL"),
    ("000000", "2026-01-08", asking.what("wallet_return_hour"), 6, "000000/2025-1 OFFICIAL"),
    ("000000", "2026-11-22", asking.what("requires_e_credential"), True,
     "000000/2026-1 OFFICIAL"),
    ("999900", "2026-11-22", asking.pays_for("checkup"), NO_USE, "000000/2026-1 NEWS"),
    # 重庆: one to one, in person, done at once.
    ("500000", "2022-07-06", asking.one_more(1), YES, "DEFAULT"),
    ("500000", "2022-07-07", asking.one_more(0), YES, "500000/2022-1 OFFICIAL"),
    ("500000", "2022-07-07", asking.one_more(1), "max_relatives", "500000/2022-1 OFFICIAL"),
    ("500000", "2026-11-22", asking.one_more(1), "max_relatives", "500000/2024-1 OFFICIAL"),
    ("500000", "2026-11-22", asking.another_payer(1), "max_payers", "500000/2024-1 OFFICIAL"),
    ("500000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "000000/2021-1 NEWS"),
    ("500000", "2024-12-09", asking.may_bind("sibling"), YES, "500000/2024-1 NEWS"),
    ("500000", "2026-11-22", asking.insured_in("510100"), "out_of_province",
     "500000/2024-1 REPOST"),
    ("500000", "2026-11-22", asking.behind_with_premiums(), "status_not_normal",
     "500000/2024-1 REPOST"),
    ("500000", "2026-11-22", asking.while_i_am_paused(), "payer_paused", "500000/2024-1 REPOST"),
    ("500000", "2026-11-22", asking.what("agent_allowed"), False, "500000/2024-1 OFFICIAL"),
    ("500000", "2026-11-22", asking.what("handling_working_days"), 0, "500000/2024-1 OFFICIAL"),
    ("500000", "2026-11-22", asking.what("counter_materials"), ["applicant_id", "relative_id"],
     "500000/2024-1 OFFICIAL"),
    ("500000", "2026-11-22", asking.what("max_validity_months"), None, "500000/2024-1 REPOST"),
    # 四川, 成都: the bureau's answer of July 2025.
    ("510000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "000000/2021-1 NEWS"),
    ("510000", "2024-12-09", asking.may_bind("sibling"), YES, "510000/2024-1 NEWS"),
    ("510000", "2025-07-03", asking.by_promise(), "commitment_not_accepted", "DEFAULT"),
    ("510000", "2025-07-04", asking.by_promise("sibling"), YES, "510000/2025-1 OFFICIAL"),
    ("510000", "2026-11-22", asking.pays_for("resident_premium"), YES,
     "510000/2025-1 OFFICIAL"),
    ("510000", "2026-11-22", asking.pays_for("ltc_premium"), NO_USE, "510000/2025-1 OFFICIAL"),
    ("510000", "2026-11-22", asking.what("handling_working_days"), 5, "DEFAULT"),
    ("510100", "2026-11-22", asking.may_bind("sibling"), YES, "510000/2025-1 OFFICIAL"),
    ("510100", "2026-11-22", asking.insured_by("390"), YES, "510000/2025-1 OFFICIAL"),
    # 贵州: one main payer, all of the money.
    ("520000", "2022-12-31", asking.another_payer(1), "max_payers", "520000/2022-1 REPOST"),
    ("520000", "2026-11-22", asking.one_more(15), YES, "520000/2024-1 REPOST"),
    ("520000", "2026-11-22", asking.gives(500, prior=200, current=300, clause="shareable_parts"),
     500, "520000/2024-1 REPOST"),
    ("520000", "2026-11-22", asking.by_promise(), YES, "520000/2024-1 REPOST"),
    ("520000", "2026-11-22", asking.what("counter_materials"), ["applicant_id", "relative_id"],
     "520000/2024-1 REPOST"),
    ("520000", "2026-11-22", asking.what("caps_offered"), [], "520000/2024-1 REPOST"),
    ("520000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "520000/2022-1 REPOST"),
    # 云南: near relatives and no more.
    ("530000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "000000/2021-1 NEWS"),
    ("530000", "2024-12-09", asking.may_bind("sibling"), YES, "530000/2024-1 NEWS"),
    ("530000", "2026-11-22", asking.by_promise(), "commitment_not_accepted", "DEFAULT"),
    # 陕西, 西安: two payers, by rank, the next where the first runs out.
    ("610000", "2024-05-21", asking.another_payer(2), YES, "DEFAULT"),
    ("610000", "2024-05-22", asking.another_payer(1), YES, "610000/2024-1 REPOST"),
    ("610000", "2024-05-22", asking.another_payer(2), "max_payers", "610000/2024-1 REPOST"),
    ("610000", "2026-11-22", asking.shared_out(100, 30, 500), [30, 70], "610000/2024-2 REPOST"),
    ("610000", "2024-05-22", asking.may_bind("sibling"), NO_KIN, "610000/2024-1 NEWS"),
    ("610000", "2026-11-22", asking.by_promise(), YES, "610000/2024-2 NEWS"),
    ("610100", "2026-11-22", asking.another_payer(2), "max_payers", "610000/2024-2 REPOST"),
    ("610100", "2026-11-22", asking.insured_in("610400"), YES, "610000/2024-2 NEWS"),
    ("610100", "2026-11-22", asking.while_i_am_paused(), YES, "DEFAULT"),
    # 甘肃, 兰州: a shared account of one founder; seven people are six relatives.
    ("620000", "2023-02-24", asking.what("model"), "pooled_transfer", "620000/2023-1 NEWS"),
    ("620000", "2026-11-22", asking.what("fund_contributors"), "founder", "620000/2025-1 NEWS"),
    ("620000", "2026-11-22", asking.what("fund_transfers_per_month"), None,
     "620000/2025-1 NEWS"),
    ("620000", "2026-11-22", asking.what("fund_ends_with_last_relative"), True,
     "620000/2025-1 NEWS"),
    ("620000", "2026-11-22", asking.what("floor_fen"), 0, "DEFAULT"),
    ("620000", "2026-11-22", asking.another_payer(1), "max_payers", "620000/2025-1 NEWS"),
    ("620000", "2026-11-22", asking.what("payer_may_be_relative"), False, "620000/2025-1 NEWS"),
    ("620000", "2026-11-22", asking.what("confirms_from_age"), 16, "620000/2025-1 OFFICIAL"),
    ("620000", "2026-11-22", asking.what("relative_confirms"), True, "620000/2025-1 OFFICIAL"),
    ("620000", "2026-11-22", asking.what("evidence_by_relation"), {"child": BY_PAPERS},
     "620000/2025-1 OFFICIAL"),
    ("620000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "620000/2023-1 NEWS"),
    ("620000", "2026-11-22", asking.while_i_am_paused(), "payer_paused", "620000/2025-1 NEWS"),
    ("620100", "2026-11-22", asking.what("max_relatives_per_payer"), 7, "620100/2024-1 REPOST"),
    ("620100", "2026-11-22", asking.what("relatives_count_payer"), True,
     "620100/2024-1 REPOST"),
    ("620100", "2024-12-08", asking.insured_in("620200"), "out_of_area", "620100/2023-1 REPOST"),
    ("620100", "2024-12-09", asking.insured_in("620200"), YES, "000000/2024-1 NEWS"),
    ("620100", "2026-11-22", asking.pays_for("commercial_insurance"), YES,
     "620100/2024-1 REPOST"),
    # 宁夏, 新疆: what only mass-made articles say is no rule.
    ("640000", "2024-12-09", asking.may_bind("sibling"), YES, "640000/2024-1 NEWS"),
    ("640000", "2026-11-22", asking.what("payer_order"), "rank", "DEFAULT"),
    ("650000", "2024-12-09", asking.may_bind("sibling"), YES, "650000/2024-1 NEWS"),
    ("650000", "2026-11-22", asking.may_bind("parent_in_law"), NO_IN_LAW, "650000/2024-1 NEWS"),
    ("650000", "2026-11-22", asking.what("model"), "direct_debit", "DEFAULT"),
    ("650000", "2026-11-22", asking.one_more(7), YES, "DEFAULT"),
    ("650000", "2026-11-22", asking.what("confirms_from_age"), 0, "DEFAULT"),
    ("650000", "2026-11-22", asking.gives(400, prior=400, clause="floor_fen"), 400, "DEFAULT"),
]  # fmt: skip


@pytest.mark.parametrize(("area", "day", "question", "answer", "said_by"), ROWS, ids=asking.name)
def test_the_sources_of_the_west_say(area, day, question, answer, said_by):
    asking.check(area, day, question, answer, said_by)
