"""The north: what its sources answer to what people ask, day by day."""

import pytest

from tests.policy import asking
from tests.policy.asking import BY_PAPERS, YES

NO_KIN = "relation_not_allowed"
NO_IN_LAW = "in_law_not_allowed"

ROWS = [
    # 北京: spouse, parents and children from 2022-12-01, filing with an order.
    ("110000", "2022-11-30", asking.may_bind("spouse"), YES, "000000/2021-1 NEWS"),
    ("110000", "2022-12-01", asking.may_bind("child"), YES, "110000/2022-1 NEWS"),
    ("110000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "110000/2022-1 NEWS"),
    ("110000", "2024-12-09", asking.may_bind("sibling"), YES, "110000/2024-1 NEWS"),
    ("110000", "2026-11-22", asking.may_bind("parent_in_law"), NO_IN_LAW, "110000/2024-1 NEWS"),
    ("110000", "2026-11-22", asking.one_more(7), YES, "DEFAULT"),
    ("110000", "2026-11-22", asking.another_payer(3), YES, "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.shared_out(500, 100, 900, clause="payer_order"),
     [100, 400], "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.insured_in("130100"), "out_of_province",
     "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.by_promise("sibling"), YES, "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.at_the_counter_by_promise(), "commitment_not_accepted",
     "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.pays_for("commercial_insurance"), YES,
     "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.pays_for("checkup"), "use_not_allowed_by_area",
     "110000/2024-1 REPOST"),
    ("110000", "2026-11-22", asking.what("max_changes_per_year"), None, "DEFAULT"),
    ("110000", "2026-11-22", asking.gives(300, prior=20, current=200, clause="shareable_parts"),
     220, "DEFAULT"),
    # 天津: uses from the news; numbers and waits only from mass-made articles.
    ("120000", "2024-12-08", asking.may_bind("sibling"), NO_KIN, "000000/2021-1 NEWS"),
    ("120000", "2024-12-09", asking.may_bind("sibling"), YES, "120000/2024-1 NEWS"),
    ("120000", "2026-11-22", asking.pays_for("resident_premium"), YES, "120000/2024-1 NEWS"),
    ("120000", "2026-11-22", asking.pays_for("pharmacy_devices"), "use_not_allowed_by_area",
     "120000/2024-1 NEWS"),
    ("120000", "2026-11-22", asking.one_more(6), YES, "DEFAULT"),
    ("120000", "2026-11-22", asking.what("rebind_wait_days"), 0, "DEFAULT"),
    ("120000", "2026-11-22", asking.by_promise(), "commitment_not_accepted", "DEFAULT"),
    # 河北: near relatives and no more.
    ("130000", "2024-12-08", asking.may_bind("maternal_grandparent"), NO_KIN,
     "000000/2021-1 NEWS"),
    ("130000", "2024-12-09", asking.may_bind("maternal_grandparent"), YES, "130000/2024-1 NEWS"),
    ("130000", "2026-11-22", asking.one_more(8), YES, "DEFAULT"),
    ("130000", "2026-11-22", asking.another_payer(1), YES, "DEFAULT"),
    ("130000", "2026-11-22", asking.by_promise(), "commitment_not_accepted", "DEFAULT"),
    ("130000", "2026-11-22", asking.pays_for("ltc_premium"), YES, "000000/2026-1 NEWS"),
    ("130000", "2026-11-22", asking.what("cap_relative_year_fen"), None, "DEFAULT"),
    # 山西: a thousand stays, one payer a bill, a cap for each bill.
    ("140000", "2022-06-30", asking.gives(3000, prior=2500, clause="floor_fen"), 2500, "DEFAULT"),
    ("140000", "2022-07-01", asking.gives(3000, prior=2500, clause="floor_fen"), 1500,
     "140000/2022-1 REPOST"),
    ("140000", "2026-11-22", asking.gives(3000, prior=900, clause="floor_fen"), 0,
     "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.gives(200, prior=700, current=400, clause="floor_fen"), 100,
     "140000/2024-1 REPOST"),
    ("140000", "2023-03-01", asking.shared_out(900, 1500, 9000), [500, 0],
     "140000/2022-1 REPOST"),
    ("140000", "2026-11-22", asking.another_payer(2), YES, "140000/2024-1 REPOST"),
    ("140000", "2022-07-01", asking.may_bind("sibling"), NO_KIN, "140000/2022-1 REPOST"),
    ("140000", "2024-12-09", asking.may_bind("sons_child"), YES, "140000/2024-1 NEWS"),
    ("140000", "2026-11-22", asking.while_she_is_paused(), "patient_status_not_normal",
     "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.pays_for("pharmacy_devices"), YES, "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.cap_of(cap_per_settlement_fen=5_000), YES,
     "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.cap_of(cap_per_month_fen=5_000), "cap_not_offered",
     "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.released_at_once(), YES, "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.what("on_insurance_ended"), "ends", "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.what("on_divorce"), "ends", "140000/2024-1 REPOST"),
    ("140000", "2026-11-22", asking.insured_in("410100"), "out_of_province",
     "140000/2024-1 REPOST"),
    # 内蒙古: several on either side.
    ("150000", "2026-11-22", asking.one_more(20), YES, "150000/2024-1 REPOST"),
    ("150000", "2026-11-22", asking.another_payer(5), YES, "150000/2024-1 REPOST"),
    ("150000", "2026-11-22", asking.pays_for("checkup"), "use_not_allowed_by_area",
     "150000/2024-1 REPOST"),
    ("150000", "2026-11-22", asking.pays_for("pharmacy_consumables"), YES,
     "150000/2024-1 REPOST"),
    ("150000", "2026-11-22", asking.what("cap_payer_day_fen"), None, "DEFAULT"),
    # 辽宁, 沈阳: the text of 2024-08 knew three relatives and one city.
    ("210000", "2026-11-22", asking.may_bind("sibling"), YES, "210000/2024-1 NEWS"),
    ("210100", "2024-08-31", asking.may_bind("sibling"), NO_KIN, "210100/2024-1 REPOST"),
    ("210100", "2024-08-31", asking.may_bind("parent_in_law"), NO_IN_LAW,
     "210100/2024-1 REPOST"),
    ("210100", "2024-12-08", asking.insured_in("210200"), "out_of_area", "210100/2024-1 REPOST"),
    ("210100", "2024-12-09", asking.insured_in("210200"), YES, "000000/2024-1 NEWS"),
    ("210100", "2026-11-22", asking.may_bind("sibling"), YES, "210100/2024-2 NEWS"),
    ("210100", "2026-11-22", asking.one_more(5), YES, "210100/2024-2 REPOST"),
    ("210100", "2026-11-22", asking.one_more(6), "max_relatives", "210100/2024-2 REPOST"),
    # 吉林: papers, and things no insurance knows.
    ("220000", "2023-06-01", asking.may_bind("sibling"), NO_KIN, "220000/2022-1 REPOST"),
    ("220000", "2024-12-09", asking.may_bind("sibling"), YES, "220000/2024-1 NEWS"),
    ("220000", "2026-11-22", asking.by_promise(), "commitment_not_accepted",
     "220000/2024-1 REPOST"),
    ("220000", "2026-11-22", asking.what("evidence_accepted"), BY_PAPERS,
     "220000/2024-1 REPOST"),
    ("220000", "2026-11-22", asking.own_paid(80), 80, "220000/2024-1 REPOST"),
    ("220000", "2026-11-22", asking.pays_for("ltc_premium"), YES, "220000/2024-1 REPOST"),
    ("220000", "2026-11-22", asking.collected_from_me("ltc_premium"), "premium_paid_first",
     "220000/2024-1 REPOST"),
    ("220000", "2026-11-22", asking.insured_in("210100"), "out_of_province",
     "220000/2024-1 REPOST"),
    # 黑龙江, 哈尔滨, 大庆: a child at a level-3 hospital, as the bureau answered in 2023.
    ("230000", "2024-12-09", asking.may_bind("daughters_child"), YES, "230000/2024-1 NEWS"),
    ("230000", "2026-11-22", asking.one_more(10), YES, "DEFAULT"),
    ("230100", "2026-11-22", asking.one_more(5), YES, "DEFAULT"),
    ("230100", "2026-11-22", asking.what("payout_cases"), ["death", "not_accepted", "left"],
     "230100/2024-1 REPOST"),
    ("230100", "2026-11-22", asking.may_bind("sibling"), YES, "230000/2024-1 NEWS"),
    ("230600", "2023-04-27", asking.pays_for("outpatient", level=3), YES, "DEFAULT"),
    ("230600", "2023-04-28", asking.pays_for("outpatient", level=3),
     "institution_level_too_high", "230600/2023-1 NEWS"),
    ("230600", "2026-11-22", asking.pays_for("outpatient", level=2), YES, "230600/2023-1 NEWS"),
    ("230600", "2026-11-22", asking.pays_for("inpatient", level=3), YES, "230600/2023-1 NEWS"),
    ("230600", "2026-11-22", asking.pays_for("outpatient", level=3, insutype="310"), YES,
     "230600/2023-1 NEWS"),
]  # fmt: skip


@pytest.mark.parametrize(("area", "day", "question", "answer", "said_by"), ROWS, ids=asking.name)
def test_the_sources_of_the_north_say(area, day, question, answer, said_by):
    asking.check(area, day, question, answer, said_by)
