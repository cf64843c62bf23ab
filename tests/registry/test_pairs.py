"""Relations, contributions and bindings from files: the same rules as at the counter."""

from datetime import date, datetime

import pytest

from accounts import selectors as people
from pooling.bindings.models import Binding
from pooling.funds import selectors as purses
from pooling.funds.models import Contribution
from pooling.kinship.models import Relation
from pooling.registry import files
from pooling.shared.periods import SHANGHAI
from tests import build
from tests.registry.test_load_registry import load, write

pytestmark = pytest.mark.django_db

TIE = "P-WEI,P-MOTHER,52,household_register,H1,1988-03-05,"
MONEY = "C1,P-WEI,361100,current,118.60,2026-01-05"
BOUND = "P-WEI,P-MOTHER,52,1,2026-01-01,,500.00,,,,,outpatient;inpatient,no"


@pytest.fixture
def folder(tmp_path):
    build.built_in_areas(build.SHANGRAO)
    build.employee("王伟", psn_no="P-WEI", born="1988-03-05")
    build.resident("张桂兰", psn_no="P-MOTHER", born="1957-11-02", gender="2")
    write(tmp_path, "relations.csv", TIE)
    write(tmp_path, "contributions.csv", MONEY)
    write(tmp_path, "bindings.csv", BOUND)
    return tmp_path


def test_all_three_are_loaded_once_and_only_once(folder):
    said = load(folder)
    assert said.count("新增 1，更正 0，未变 0，拒绝 0") == 3
    said = load(folder)
    assert said.count("新增 0，更正 0，未变 1，拒绝 0") == 3
    assert Relation.objects.count() == 2
    assert Contribution.objects.count() == 1
    assert Binding.objects.count() == 1


def test_a_binding_from_a_file_was_given_on_its_first_day(folder):
    load(folder)
    binding = Binding.objects.get()
    assert binding.state == Binding.State.ACTIVE
    assert binding.bound_at == binding.signed_at == datetime(2026, 1, 1, tzinfo=SHANGHAI)
    assert (binding.cap_per_settlement_fen, binding.cap_per_day_fen) == (50_000, None)
    assert binding.uses == ["outpatient", "inpatient"]


def test_a_marriage_that_ends_is_a_life_event_and_both_sides_learn_it(folder):
    load(folder)
    write(folder, "relations.csv", "P-WEI,P-MOTHER,52,household_register,H1,1988-03-05,2026-06-01")
    assert "relations.csv：新增 0，更正 1" in load(folder)
    assert set(Relation.objects.values_list("to_date", flat=True)) == {date(2026, 6, 1)}


@pytest.mark.parametrize(
    ("name", "line", "column"),
    [
        ("contributions.csv", MONEY.replace("118.60", "118.61"), "reference"),
        ("bindings.csv", BOUND.replace("500.00", "400.00"), "from_date"),
    ],
)
def test_money_and_consent_are_not_corrected_by_a_file(folder, name, line, column):
    load(folder)
    write(folder, name, line)
    said = load(folder)
    assert f"{name}:2: {column}: " in said
    assert f"{name}：新增 0，更正 0，未变 0，拒绝 1" in said


def test_a_binding_that_was_released_stays_released_when_loaded_again(folder):
    load(folder)
    Binding.objects.update(
        state="released",
        ended_at=build.NOON,
        ended_by=1,
        ended_cause="released_by_payer",
    )
    assert "bindings.csv：新增 0，更正 0，未变 1，拒绝 0" in load(folder)
    assert Binding.objects.get().state == Binding.State.RELEASED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param("1", "新增 1", id="in force"),
        pytest.param("2", "新增 1", id="paused"),
        pytest.param("4", "拒绝 1", id="ended"),
    ],
)
def test_a_paused_payer_is_loaded_and_one_whose_insurance_ended_is_not(folder, status, outcome):
    build.enrolment(people.by_psn_no("P-WEI"), status=status)
    said = load(folder)
    assert outcome in next(line for line in said.splitlines() if line.startswith("bindings.csv："))


def test_a_dead_payer_is_refused_by_name_of_the_column(folder):
    wei = people.by_psn_no("P-WEI")
    write(
        folder,
        "members.csv",
        f"P-WEI,王伟,01,{wei.cert_no},1988-03-05,1,,2026-10-01",
    )
    assert "bindings.csv:2: payer_psn_no: " in load(folder)


BAD = [
    ("relations.csv", "psn_no", "P-NOBODY", "psn_no"),
    ("relations.csv", "relative_psn_no", "P-NOBODY", "relative_psn_no"),
    ("relations.csv", "relative_psn_no", "P-WEI", "relative_psn_no"),
    ("relations.csv", "relation", "5", "relation"),
    ("relations.csv", "relation", "51", "relation"),
    ("relations.csv", "evidence", "hearsay", "evidence"),
    ("relations.csv", "from_date", "2999-01-01", "from_date"),
    ("relations.csv", "to_date", "1988-03-05", "to_date"),
    ("contributions.csv", "reference", "", "reference"),
    ("contributions.csv", "psn_no", "P-NOBODY", "psn_no"),
    ("contributions.csv", "area", "36110", "area"),
    ("contributions.csv", "part", "savings", "part"),
    ("contributions.csv", "amount", "-1", "amount"),
    ("contributions.csv", "amount", "0.00", "amount"),
    ("contributions.csv", "amount", "1.001", "amount"),
    ("contributions.csv", "amount", "1e3", "amount"),
    ("contributions.csv", "amount", '"1,000.00"', "amount"),
    ("contributions.csv", "amount", "", "amount"),
    ("contributions.csv", "business_date", "2999-01-01", "business_date"),
    ("contributions.csv", "business_date", "2026-13-01", "business_date"),
    ("bindings.csv", "payer_psn_no", "P-NOBODY", "payer_psn_no"),
    ("bindings.csv", "payer_psn_no", "P-MOTHER", "payer_psn_no"),
    ("bindings.csv", "relation", "56", "relation"),
    ("bindings.csv", "relation", "12", "relation"),
    ("bindings.csv", "rank", "0", "rank"),
    ("bindings.csv", "to_date", "2025-12-31", "to_date"),
    ("bindings.csv", "cap_per_day", "-1", "cap_per_day"),
    ("bindings.csv", "cap_per_year", "abc", "cap_per_year"),
    ("bindings.csv", "quota", "100.00", "quota"),
    ("bindings.csv", "uses", "outpatient;gymnastics", "uses"),
    ("bindings.csv", "uses", "vaccination", "uses"),
    ("bindings.csv", "commitment", "maybe", "commitment"),
]


@pytest.mark.parametrize(("name", "column", "value", "named"), BAD)
def test_a_bad_row_is_named_and_nothing_of_it_stays(folder, name, column, value, named):
    good = {"relations.csv": TIE, "contributions.csv": MONEY, "bindings.csv": BOUND}[name]
    cells = good.split(",")
    if name == "bindings.csv":
        cells[11] = "outpatient;inpatient"
    cells[files.COLUMNS[name].index(column)] = value
    write(folder, name, ",".join(cells))
    said = load(folder)
    assert f"{name}:2: {named}: " in said
    assert f"{name}：新增 0，更正 0，未变 0，拒绝 1" in said


def test_a_use_that_is_never_one_is_refused_by_its_name(folder):
    write(folder, "bindings.csv", BOUND.replace(",,outpatient", ",,outpatient;fitness"))
    said = load(folder)
    assert "体育健身" in said
    assert "bindings.csv：新增 0，更正 0，未变 0，拒绝 1" in said


def test_an_empty_quota_and_a_zero_are_the_same(folder):
    write(folder, "bindings.csv", BOUND.replace(",,outpatient", ",0.00,outpatient"))
    assert "bindings.csv：新增 1" in load(folder)


def test_a_quota_is_frozen_as_the_binding_begins_and_never_twice(folder):
    payer, mother = (people.by_psn_no(psn_no) for psn_no in ("P-WEI", "P-MOTHER"))
    mother.enrolments.update(area=build.XIAN)
    build.activated_long_ago(mother)
    write(folder, "bindings.csv", BOUND.replace(",,outpatient", ",80.00,outpatient"))
    assert "bindings.csv：新增 1" in load(folder)
    quota = purses.open_quota(payer.pk, mother.pk)
    assert build.frozen(quota) == (80_00, 0)
    assert build.holdings(payer) == (38_60, 0)
    clinic = build.institution()
    assert build.settle(mother, 30_00, place=clinic, at=datetime.now(SHANGHAI)).pooled_fen == 30_00
    assert "bindings.csv：新增 0，更正 0，未变 1" in load(folder)
    assert build.frozen(quota) == (50_00, 0)


def test_without_registered_relation_a_commitment_counts_where_the_area_takes_it(folder):
    (folder / "relations.csv").unlink()
    assert "bindings.csv:2: commitment: " in load(folder)
    write(folder, "bindings.csv", BOUND[:-2] + "yes")
    assert "bindings.csv:2: commitment: " in load(folder)


@pytest.mark.parametrize(
    ("clauses", "column"),
    [
        ({"max_validity_months": 12}, "to_date"),
        ({"end_date_required": True}, "to_date"),
        ({"caps_offered": ["month"]}, "cap_per_settlement"),
        ({"max_per_role": {"mother": 1}}, "relation"),
        ({"max_relatives_lifetime": 1}, "payer_psn_no"),
        ({"excluded_payer_types": ["11"]}, "payer_psn_no"),
        ({"excluded_relative_types": ["15"]}, "relative_psn_no"),
        ({"evidence_accepted": ["commitment"]}, "commitment"),
    ],
)
def test_what_an_area_asks_of_a_binding_is_asked_of_a_file(tmp_path, clauses, column):
    wei = build.employee("王伟", psn_no="P-WEI", born="1988-03-05")
    if "max_per_role" in clauses or "max_relatives_lifetime" in clauses:
        first = build.resident("钱芳", born="1956-11-02", gender="2")
        build.active_binding(wei, first, "58")
    build.area(build.SHANGRAO, **clauses)
    build.resident("张桂兰", psn_no="P-MOTHER", born="1957-11-02", gender="2")
    write(tmp_path, "relations.csv", TIE)
    write(tmp_path, "bindings.csv", BOUND)
    assert f"bindings.csv:2: {column}: " in load(tmp_path)


def test_what_only_the_window_takes_a_file_may_tell(tmp_path):
    build.area(build.SHANGRAO, evidence_at_counter=["registry", "commitment"])
    build.employee("王伟", psn_no="P-WEI", born="1988-03-05")
    build.resident("张桂兰", psn_no="P-MOTHER", born="1957-11-02", gender="2")
    write(tmp_path, "bindings.csv", BOUND[:-2] + "yes")
    assert "bindings.csv：新增 1" in load(tmp_path)
