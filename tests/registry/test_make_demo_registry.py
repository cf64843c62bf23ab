"""`manage.py make_demo_registry`: anybody's folder of invented families, the same each time."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import identity
from pooling.registry import demo, files

ON = "2026-11-22"


def make(folder, members, seed=1):
    call_command(
        "make_demo_registry",
        str(folder),
        *("--members", str(members), "--seed", str(seed), "--on", ON),
        stdout=StringIO(),
    )
    return {name: read(folder / name) for name in files.COLUMNS}


def read(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return make(tmp_path_factory.mktemp("demo"), 600)


@pytest.mark.parametrize("members", [1, 2, 7, 10, 11, 157])
def test_any_number_of_members_is_made_exactly(tmp_path, members):
    rows = make(tmp_path, members)
    people = {row["psn_no"] for row in rows["members.csv"]}
    assert len(people) == len(rows["members.csv"]) == members
    assert {row["psn_no"] for row in rows["enrolments.csv"]} == people
    for row in rows["relations.csv"]:
        assert {row["psn_no"], row["relative_psn_no"]} <= people
    for row in rows["bindings.csv"]:
        assert {row["payer_psn_no"], row["relative_psn_no"]} <= people


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path):
    folders = [tmp_path / name for name in ("first", "again", "other")]
    for folder, seed in zip(folders, (5, 5, 6), strict=True):
        make(folder, 80, seed)
    first, again, other = ((folder / "members.csv").read_bytes() for folder in folders)
    assert first == again
    assert first != other
    story = [content.splitlines()[:11] for content in (first, other)]
    assert story[0] == story[1]


def test_everybody_has_a_right_number_that_is_nobodys(registry):
    numbers = set()
    for row in registry["members.csv"]:
        stated = identity.read("01", row["cert_no"], on=date(2026, 11, 22))
        assert row["cert_no"].startswith("10")
        assert stated.birth_date == date.fromisoformat(row["birth_date"])
        assert stated.gender == row["gender"]
        assert not stated.region_known
        numbers.add(stated.number)
    assert len(numbers) == 600


def test_families_span_generations_areas_and_both_insurances(registry):
    born = [int(row["birth_date"][:4]) for row in registry["members.csv"]]
    assert min(born) < 1965
    assert max(born) > 2010
    areas = {row["area"] for row in registry["enrolments.csv"]}
    assert {demo.SHANGRAO, demo.SHANGHAI, demo.XIAN, demo.NANCHANG} <= areas
    assert {row["insutype"] for row in registry["enrolments.csv"]} == {"310", "390"}
    evidence = {row["evidence"] for row in registry["relations.csv"]}
    assert evidence == {demo.MARRIAGE, demo.BIRTH, demo.HOUSEHOLD}
    assert registry["bindings.csv"]


def test_the_employed_have_a_year_of_contributions(registry):
    payer = [
        row for row in registry["contributions.csv"] if row["psn_no"] == demo.psn_no(demo.PAYER)
    ]
    assert len(payer) == 13
    assert [row["part"] for row in payer] == ["prior"] * 2 + ["current"] * 11
    assert payer[-1]["business_date"] == "2026-11-01"


@pytest.mark.parametrize("members", [0, -3, demo.MOST + 1])
def test_an_impossible_number_of_members_is_refused(tmp_path, members):
    with pytest.raises(CommandError, match="人数"):
        make(tmp_path, members)


def test_numbers_stay_distinct_for_millions():
    people = [
        demo.Person(serial, "甲", date(1990, 1, 1), gender, demo.SHANGRAO, demo.RESIDENT)
        for serial in (1, 498, 499, 500, 4_989_999)
        for gender in (demo.MALE, demo.FEMALE)
    ]
    assert len({person.cert_no for person in people}) == len(people)
