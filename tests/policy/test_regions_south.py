"""The middle and the south: what their sources answer to what people ask, day by day."""

import pytest

from tests.policy import asking
from tests.policy.asking import BY_PAPERS, YES

NO_KIN = "relation_not_allowed"
NO_IN_LAW = "in_law_not_allowed"
NO_USE = "use_not_allowed_by_area"

ROWS = [
    # 河南, 许昌: near relatives; numbers by role only from a mass-made article.
    ("410000", "2024-12-09", asking.may_bind("sibling"), YES, "410000/2024-1 NEWS"),
    ("410000", "2026-11-22", asking.another_payer(2), YES, "DEFAULT"),
    ("411000", "2026-11-22", asking.one_more(6), YES, "DEFAULT"),
    ("411000", "2026-11-22", asking.another("spouse", kind="spouse"), YES, "DEFAULT"),
    ("411000", "2026-11-22", asking.insured_in("410100"), YES, "000000/2026-1 NEWS"),
    # 湖北, 武汉: from October 2024, by promise, premiums as a refund.
    ("420000", "2024-09-30", asking.may_bind("sibling"), NO_KIN, "000000/2021-1 NEWS"),
    ("420000", "2024-10-01", asking.may_bind("sibling"), YES, "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.by_promise("paternal_grandparent"), YES,
     "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.behind_with_premiums(), "status_not_normal",
     "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.while_i_am_paused(), "payer_paused", "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.released_at_once(), YES, "DEFAULT"),
    ("420000", "2026-11-22", asking.before_i_activate(), "payer_e_credential_not_active",
     "420000/2024-1 REPOST"),
    ("420000", "2025-12-31", asking.insured_in("430100"), "out_of_province",
     "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.insured_in("430100"), asking.YES, "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.pays_for("resident_premium"), YES, "420000/2024-1 NEWS"),
    ("420000", "2026-11-22", asking.collected_from_me("resident_premium"), "premium_paid_first",
     "420000/2024-1 NEWS"),
    ("430000", "2026-11-22", asking.collected_from_me("resident_premium"), YES, "DEFAULT"),
    ("420100", "2026-11-22", asking.before_i_activate(), "payer_e_credential_not_active",
     "420100/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.before_i_activate(), YES, "DEFAULT"),
    ("420100", "2026-11-22", asking.by_promise(), YES, "420000/2024-1 NEWS"),
    # 湖南, 长沙: ten at a time, twenty in a life.
    ("420100", "2026-11-22", asking.what("payout_wait_months"),
     {"death": 2, "emigration": 2, "not_accepted": 2}, "420100/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.one_more(9), YES, "430000/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.one_more(10), "max_relatives", "430000/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.a_new_one(19), YES, "430000/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.a_new_one(20), "max_lifetime", "430000/2024-1 REPOST"),
    ("430100", "2026-11-22", asking.a_new_one(20), "max_lifetime", "430000/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.by_promise("sibling"), YES, "430000/2024-1 REPOST"),
    ("430000", "2026-11-22", asking.another_payer(2), YES, "DEFAULT"),
    ("430000", "2026-11-22", asking.gives(600, prior=600, clause="floor_fen"), 600, "DEFAULT"),
    ("430100", "2026-11-22", asking.insures("普惠保", "spouse"), YES, "430100/2024-1 REPOST"),
    ("430100", "2026-11-22", asking.insures("普惠保", "sibling"),
     "premium_product_not_for_relative", "430100/2024-1 REPOST"),
    ("430100", "2026-11-22", asking.pays_for("commercial_insurance"), YES,
     "430100/2024-1 REPOST"),
    ("430100", "2026-11-22", asking.pays_for("large_expense_premium"), NO_USE,
     "430100/2024-1 REPOST"),
    ("430100", "2026-11-22", asking.one_more(10), "max_relatives", "430000/2024-1 REPOST"),
    # 广东 and its cities: papers in 2023, a floor and boxes to tick in 深圳.
    ("430100", "2026-11-22", asking.what("payout_cases"), ["death"], "430100/2024-1 REPOST"),
    ("440000", "2023-12-30", asking.by_promise(), "commitment_not_accepted", "DEFAULT"),
    ("440000", "2023-12-31", asking.what("evidence_accepted"), BY_PAPERS,
     "440000/2023-1 REPOST"),
    ("440000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "440000/2023-1 REPOST"),
    ("440000", "2024-12-09", asking.may_bind("sibling"), YES, "440000/2024-1 NEWS"),
    ("440000", "2026-11-22", asking.by_promise(), "commitment_not_accepted",
     "440000/2024-1 REPOST"),
    ("440000", "2026-11-22", asking.behind_with_premiums(), "status_not_normal",
     "440000/2024-1 REPOST"),
    ("440000", "2026-11-22", asking.what("wallet_open"), False, "440000/2024-1 NEWS"),
    ("440100", "2023-04-12", asking.has_to_agree(40), False, "DEFAULT"),
    ("440100", "2023-04-13", asking.has_to_agree(40), True, "440100/2023-1 REPOST"),
    ("440100", "2026-11-22", asking.one_more(10), YES, "DEFAULT"),
    ("440300", "2023-12-30", asking.gives(9000, prior=9000, clause="floor_fen"), 9000,
     "DEFAULT"),
    ("440300", "2023-12-31", asking.gives(9000, prior=8000, clause="floor_fen"), 221,
     "440300/2023-1 REPOST"),
    ("440300", "2026-11-22", asking.gives(9000, prior=7778, clause="floor_fen"), 0,
     "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.insured_in("440100"), "out_of_area", "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.while_she_has(1), "own_account_not_empty",
     "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.while_she_has(0), YES, "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.unless_i_name("inpatient"), "use_needs_opt_in",
     "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.gives(
        500, prior=9000, clause="cap_use_month_fen", use="pharmacy_devices"), 300,
     "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.gives(
        500, prior=9000, clause="cap_use_month_fen", use="pharmacy_drugs"), 500,
     "440300/2024-1 REPOST"),
    ("440300", "2026-11-22", asking.pays_for("vaccination"), NO_USE, "440300/2024-1 REPOST"),
    ("440300", "2024-12-09", asking.may_bind("sibling"), YES, "440300/2024-1 NEWS"),
    ("440300", "2026-11-22", asking.what("cap_relative_year_fen"), None, "DEFAULT"),
    ("440300", "2026-11-22", asking.released_from(), asking.day("2026-11-22"),
     "440000/2024-1 REPOST"),
    ("441900", "2026-11-22", asking.one_more(30), YES, "DEFAULT"),
    ("441900", "2026-11-22", asking.insured_in("440100"), YES, "440000/2024-1 REPOST"),
    # 广西 and its cities: parents-in-law, until the national list came.
    ("450000", "2022-08-02", asking.may_bind("parent_in_law"), NO_IN_LAW, "000000/2021-1 NEWS"),
    ("450000", "2022-08-03", asking.may_bind("parent_in_law"), YES, "450000/2022-1 REPOST"),
    ("450000", "2024-12-09", asking.may_bind("parent_in_law"), NO_IN_LAW, "450000/2024-1 NEWS"),
    ("450000", "2026-11-22", asking.what("counter_materials"), ["applicant_id", "relative_id"],
     "450000/2024-1 REPOST"),
    ("450100", "2023-01-01", asking.may_bind("parent_in_law"), YES, "450000/2022-1 REPOST"),
    ("450100", "2026-11-22", asking.shared_out(100, 50, 90, clause="payer_order"), [50, 50],
     "DEFAULT"),
    ("450200", "2022-08-03", asking.may_bind("parent_in_law"), YES, "450200/2022-1 OFFICIAL"),
    ("450200", "2024-12-09", asking.may_bind("parent_in_law"), NO_IN_LAW, "450200/2024-1 NEWS"),
    ("450200", "2026-11-22", asking.one_more(5), YES, "450200/2024-1 OFFICIAL"),
    ("450200", "2026-11-22", asking.one_more(6), "max_relatives", "450200/2024-1 OFFICIAL"),
    ("450200", "2023-01-01", asking.gives(900, prior=2000, clause="floor_fen"), 500,
     "450200/2022-1 OFFICIAL"),
    ("450200", "2026-11-22", asking.while_i_am_paused(), "payer_paused",
     "450200/2024-1 OFFICIAL"),
    ("450200", "2026-11-22", asking.what("handling_working_days"), 0, "450200/2024-1 OFFICIAL"),
    ("450200", "2026-11-22", asking.what("counter_materials"), ["applicant_id", "relative_id"],
     "450200/2024-1 OFFICIAL"),
    ("450200", "2026-11-22", asking.while_she_has(500), YES, "DEFAULT"),
    # 海南: a member may leave alone.
    ("460000", "2026-11-22", asking.may_release("relative"), YES, "460000/2024-1 REPOST"),
    ("460000", "2026-11-22", asking.one_more(6), YES, "DEFAULT"),
    ("460000", "2026-11-22", asking.what("max_changes_per_year"), None, "DEFAULT"),
    ("460000", "2026-11-22", asking.may_bind("sibling"), YES, "460000/2024-1 NEWS"),
]  # fmt: skip


@pytest.mark.parametrize(("area", "day", "question", "answer", "said_by"), ROWS, ids=asking.name)
def test_the_sources_of_the_south_say(area, day, question, answer, said_by):
    asking.check(area, day, question, answer, said_by)
