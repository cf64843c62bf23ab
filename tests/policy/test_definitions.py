"""Rule files: what is wrong is said with the place, nothing is guessed."""

import pytest

from pooling.policy import definitions, wording

GOOD = """
area: "999900"
name: 试验市
versions:
  - label: 2027-1
    from_date: 2027-01-01
    clauses:
      floor_fen:
        value: 3000
        source: 试验文件
        text: 保留三十元
        evidence: OFFICIAL
        seen_on: 2026-11-22
"""


def read(tmp_path, text):
    path = tmp_path / "999900.yaml"
    path.write_text(text, "utf-8")
    return definitions.read(path)


def test_a_good_file_is_read_whole(tmp_path):
    area = read(tmp_path, GOOD)
    clause = area.versions[0].clauses[0]
    assert (area.code, area.name, area.versions[0].label) == ("999900", "试验市", "2027-1")
    assert (clause.name, clause.value, clause.evidence) == ("floor_fen", 3000, "OFFICIAL")


@pytest.mark.parametrize(
    ("find", "put", "place", "problem"),
    [
        ("area: ", "arae: ", "-", "unknown_key"),
        ('"999900"', "999900", "-", "wrong_type"),
        ("from_date: 2027-01-01", "from_date: 明年", "versions[1]", "wrong_type"),
        ("- label", "- lable", "versions[1]", "unknown_key"),
        ("  - label: 2027-1\n    from_date", "  - from_date", "versions[1]", "missing"),
        ("source: 试验文件", "source: ''", "versions[1].floor_fen", "missing"),
        ("        value: 3000\n", "", "versions[1].floor_fen", "missing"),
        ("OFFICIAL", "FARM", "versions[1].floor_fen", "unknown_evidence"),
        ("OFFICIAL", "DEFAULT", "versions[1].floor_fen", "unknown_evidence"),
        ("        value: 3000", "        value: 3000\n        value: 1", "-", "not_yaml"),
        ("name: 试验市", "name: [", "-", "not_yaml"),
        ("area:", "- area:", "-", "not_yaml"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path, find, put, place, problem):
    text = GOOD.replace(find, put, 1)
    assert text != GOOD
    with pytest.raises(definitions.BadDefinition) as refused:
        read(tmp_path, text)
    assert (refused.value.problem, refused.value.place) == (problem, place)
    assert "999900.yaml" in wording.place_refusal(refused.value)


def test_an_empty_folder_is_refused_and_not_taken_for_no_rules(tmp_path):
    with pytest.raises(definitions.BadDefinition, match="no_files"):
        definitions.read_folder(tmp_path)
