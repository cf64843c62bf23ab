"""The rules that come with the portal: what they say, and on what they rest."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from pooling.policy import definitions, parameters, selectors
from tests import build
from tests.policy import asking

TODAY = build.TODAY
AREAS = {area.code: area for area in definitions.read_folder()}
CLAUSES = [
    pytest.param(clause, id=f"{area.code}/{version.label}/{clause.name}")
    for area in AREAS.values()
    for version in area.versions
    for clause in version.clauses
]


#: The provinces and cities of the collection, and what they are called.
NAMES = {
    "110000": "北京市",
    "120000": "天津市",
    "130000": "河北省",
    "140000": "山西省",
    "150000": "内蒙古自治区",
    "210000": "辽宁省",
    "210100": "沈阳市",
    "220000": "吉林省",
    "230000": "黑龙江省",
    "230100": "哈尔滨市",
    "230600": "大庆市",
    "310000": "上海市",
    "320000": "江苏省",
    "320100": "南京市",
    "320300": "徐州市",
    "320500": "苏州市",
    "330000": "浙江省",
    "330100": "杭州市",
    "330200": "宁波市",
    "330300": "温州市",
    "330700": "金华市",
    "340000": "安徽省",
    "350000": "福建省",
    "350100": "福州市",
    "350200": "厦门市",
    "350500": "泉州市",
    "350900": "宁德市",
    "360000": "江西省",
    "361100": "上饶市",
    "370000": "山东省",
    "370100": "济南市",
    "370700": "潍坊市",
    "370800": "济宁市",
    "370900": "泰安市",
    "410000": "河南省",
    "411000": "许昌市",
    "420000": "湖北省",
    "420100": "武汉市",
    "430000": "湖南省",
    "430100": "长沙市",
    "440000": "广东省",
    "440100": "广州市",
    "440300": "深圳市",
    "441900": "东莞市",
    "450000": "广西壮族自治区",
    "450100": "南宁市",
    "450200": "柳州市",
    "460000": "海南省",
    "500000": "重庆市",
    "510000": "四川省",
    "510100": "成都市",
    "520000": "贵州省",
    "530000": "云南省",
    "610000": "陕西省",
    "610100": "西安市",
    "620000": "甘肃省",
    "620100": "兰州市",
    "640000": "宁夏回族自治区",
    "650000": "新疆维吾尔自治区",
}


def test_the_nation_and_all_59_areas_are_there():
    assert len(NAMES) == 59
    assert {code: area.name for code, area in AREAS.items()} == {"000000": "国家"} | NAMES


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_has_a_lawful_value_a_source_and_a_mark_that_may_make_a_rule(clause):
    assert parameters.check(clause.name, clause.value) == clause.value
    assert clause.evidence in {"OFFICIAL", "NEWS", "REPOST", "SEED"}
    assert clause.seen_on == date(2026, 11, 22)
    assert re.match(r"https?://\S+$", clause.source) or "整理稿" in clause.source
    assert len(clause.text) <= 60


#: The collection the files were made from; it is not part of the portal and may be absent.
COLLECTION = next(
    (
        found
        for above in Path(__file__).resolve().parents
        if (found := above / "shared" / "policy" / "policies.yaml").is_file()
    ),
    None,
)


@pytest.mark.skipif(COLLECTION is None, reason="the collection of sources is not here")
def test_the_collection_has_these_areas_and_marks_these_sources_so():
    collected = yaml.safe_load(COLLECTION.read_text("utf-8"))
    assert {area["admdvs"] for area in collected["regions"]} == set(NAMES)
    marked = set(
        re.findall(r"(\S+) \[([A-Z]+)\]", COLLECTION.with_name("facts.md").read_text("utf-8"))
    )
    told = {(url.rpartition("<br>")[2], mark) for url, mark in marked}
    for area in AREAS.values():
        for version in area.versions:
            for clause in version.clauses:
                if clause.source.startswith("http"):
                    assert (clause.source, clause.evidence) in told, (area.code, clause.name)
                    assert (clause.source, "FARM") not in told


def test_a_mark_of_mass_made_articles_is_refused(tmp_path):
    text = (definitions.BUILT_IN / "361100.yaml").read_text("utf-8").replace("SEED", "FARM")
    (tmp_path / "361100.yaml").write_text(text, "utf-8")
    with pytest.raises(definitions.BadDefinition) as refused:
        definitions.read_folder(tmp_path)
    assert refused.value.problem == "unknown_evidence"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (
            "310000",
            {
                "shareable_parts": "prior",
                "payers_per_settlement": "one",
                "max_payers_per_relative": 1,
                "scope": "same_province",
                "patient_types": ["310", "390"],
                "evidence_accepted": ["registry", "commitment"],
                "relations": list(parameters.NEAR_RELATIVES),
            },
        ),
        (
            "361100",
            {
                "shareable_parts": "all",
                "paused_payer": "stops",
                "max_payers_per_relative": 1,
                "patient_status_normal": True,
                "release_by": ["payer", "relative"],
                "evidence_accepted": ["registry"],
                "uses": [
                    "outpatient",
                    "inpatient",
                    "pharmacy_drugs",
                    "commercial_insurance",
                    "ltc_premium",
                ],
            },
        ),
        (
            "610100",
            {
                "payers_per_settlement": "many",
                "payer_order": "rank",
                "max_payers_per_relative": 2,
                "paused_payer": "goes_on",
                "evidence_accepted": ["registry", "commitment"],
                "scope": "same_province",
            },
        ),
    ],
)
def test_what_holds_today(area, expected):
    build.built_in_areas(area)
    values = selectors.in_force(area, TODAY).values()
    assert {name: values[name] for name in expected} == expected


def test_two_provinces_pool_first_and_all_others_pay_directly_today():
    models = {area: asking.on(area, str(TODAY)).value("model") for area in AREAS}
    pooling = {area for area, model in models.items() if model == "pooled_transfer"}
    assert pooling == {area for area in AREAS if area[:2] in ("35", "62")}
    assert set(models.values()) == {"pooled_transfer", "direct_debit"}


@pytest.mark.django_db
def test_the_database_holds_what_the_files_say():
    build.built_in_areas()
    for area in AREAS:
        assert selectors.in_force(area, TODAY).values() == asking.on(area, str(TODAY)).values()


def test_parents_in_law_are_nowhere_near_relatives_and_the_registry_always_proves():
    for area in AREAS:
        found = asking.on(area, str(TODAY))
        assert found.value("relations") == list(parameters.NEAR_RELATIVES)
        assert "registry" in found.value("evidence_accepted")
        assert found.value("requires_e_credential") is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("area", "eve", "kinds"), [("610000", "2024-12-08", 3), ("361100", "2024-12-08", 3)]
)
def test_near_relatives_came_on_the_9th_of_december_2024(area, eve, kinds):
    build.built_in_areas(area)
    assert len(selectors.in_force(area, build.day(eve)).value("relations")) == kinds
    assert len(selectors.in_force(area, date(2024, 12, 9)).value("relations")) == 8
