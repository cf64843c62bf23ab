"""Drafting and publishing: what is published stays as it was said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from pooling.audit.models import Event
from pooling.policy import definitions, selectors, services
from pooling.policy.models import Area, Clause, RuleVersion
from pooling.shared.errors import NotFound
from tests import build

pytestmark = pytest.mark.django_db

AS_CLERK = {"by": build.clerk(), "at": build.NOON}
AS_ANOTHER = {"by": build.clerk(902), "at": build.NOON}
TOMORROW = build.TODAY + timedelta(days=1)


def draft(label="2027-1", from_date=TOMORROW):
    return services.draft(area_code="999900", label=label, from_date=from_date, **AS_CLERK)


def set_floor(version, value=3000, name="floor_fen"):
    return services.set_clause(
        version_id=version.pk,
        name=name,
        value=value,
        source="试验文件第三条",
        text="账户须保留三十元",
        evidence="OFFICIAL",
        seen_on=build.TODAY,
        **AS_CLERK,
    )


def publish(version):
    """Submit and publish, by two people."""
    services.submit(version_id=version.pk, **AS_CLERK)
    return services.publish(version_id=version.pk, **AS_ANOTHER)


def test_a_draft_counts_only_once_it_is_published():
    build.area()
    version = draft()
    set_floor(version)
    assert selectors.in_force("999900", TOMORROW).value("floor_fen") == 0
    publish(version)
    assert selectors.in_force("999900", TOMORROW).value("floor_fen") == 3000
    assert selectors.in_force("999900", build.TODAY).value("floor_fen") == 0
    clause = selectors.in_force("999900", TOMORROW).clause("floor_fen")
    assert (clause.version_label, clause.source) == ("2027-1", "试验文件第三条")


def test_every_step_leaves_a_trace():
    build.area()
    before = Event.objects.count()
    version = draft()
    set_floor(version)
    publish(version)
    traces = Event.objects.order_by("pk").values_list("verb", "actor_id")[before:]
    assert list(traces) == [
        ("policy.draft", 901),
        ("policy.set_clause", 901),
        ("policy.submit", 901),
        ("policy.publish", 902),
    ]
    version.refresh_from_db()
    assert (version.published_by, version.published_at) == ("staff:902", build.NOON)
    assert (version.submitted_by, version.editors) == ("staff:901", ["staff:901"])


def test_a_clause_may_be_set_again_while_it_is_a_draft():
    build.area()
    version = draft()
    set_floor(version)
    set_floor(version, 5000)
    assert [clause.value for clause in version.clauses.all()] == [5000]


@pytest.mark.parametrize(("name", "value"), [("floor_fen", -1), ("uses", ["gym"]), ("flor_fen", 1)])
def test_a_clause_nobody_could_apply_is_refused_with_a_sentence(name, value):
    build.area()
    version = draft()
    with pytest.raises(services.BadClause) as refused:
        set_floor(version, value, name)
    assert refused.value.code == "bad_clause"
    assert not version.clauses.exists()


def test_what_is_published_takes_no_more_clauses_and_is_not_published_twice():
    build.area()
    version = draft()
    publish(version)
    with pytest.raises(services.AlreadyPublished):
        set_floor(version)
    with pytest.raises(services.AlreadyPublished):
        services.publish(version_id=version.pk, **AS_ANOTHER)


@pytest.mark.parametrize("start", [build.TODAY, build.TODAY - timedelta(days=400)])
def test_nobody_writes_rules_for_today_or_the_past(start):
    build.area()
    with pytest.raises(services.StartsTooEarly) as refused:
        draft(from_date=start)
    assert "from_date" in refused.value.details
    version = draft()
    with pytest.raises(services.StartsTooEarly):
        services.set_start(version_id=version.pk, from_date=start, **AS_CLERK)


def test_a_file_cannot_change_today_of_an_area_with_rules_either():
    build.area()
    late = definitions.AreaDefinition("999900", "试验市", (build.rules_version(build.TODAY),))
    with pytest.raises(services.StartsTooEarly):
        services.load([late], by=build.JOB, at=build.NOON + timedelta(seconds=1))
    assert selectors.in_force("999900", build.TODAY).stamp == (
        "999900/2020-01-01 990000/2020-01-01 000000/2020-01-01"
    )


def test_a_draft_that_waited_past_its_day_is_neither_submitted_nor_published():
    build.area()
    waited, submitted = draft(), draft("2027-2")
    services.submit(version_id=submitted.pk, **AS_CLERK)
    late = build.NOON + timedelta(days=1)
    with pytest.raises(services.StartsTooEarly):
        services.submit(version_id=waited.pk, by=build.clerk(), at=late)
    with pytest.raises(services.StartsTooEarly):
        services.publish(version_id=submitted.pk, by=build.clerk(902), at=late)


def test_two_versions_never_start_on_the_same_day():
    build.area()
    publish(draft())
    second = draft("2027-2")
    with pytest.raises(services.AlreadyPublished):
        publish(second)
    with pytest.raises(services.AlreadyPublished):
        draft()


def test_rules_need_an_area_and_a_version():
    with pytest.raises(NotFound):
        draft()
    with pytest.raises(NotFound):
        services.publish(version_id=0, **AS_CLERK)
    build.area()
    with pytest.raises(NotFound):
        services.unset_clause(version_id=draft().pk, name="floor_fen", **AS_CLERK)


def test_loading_twice_changes_nothing():
    build.built_in_areas()
    counts = [model.objects.count() for model in (Area, RuleVersion, Clause, Event)]
    build.built_in_areas()
    assert [model.objects.count() for model in (Area, RuleVersion, Clause, Event)] == counts


def test_loading_other_words_under_a_published_label_is_refused_as_a_whole():
    build.area(floor_fen=3000)
    new = definitions.AreaDefinition("999800", "另一市", (build.rules_version("2020-01-01"),))
    changed = definitions.AreaDefinition(
        "999900", "试验市", (build.rules_version("2020-01-01", floor_fen=0),)
    )
    moved = replace(changed, versions=(replace(changed.versions[0], from_date=date(2019, 1, 1)),))
    for wrong in (changed, moved):
        with pytest.raises(services.AlreadyPublished, match="2020-01-01"):
            services.load([new, wrong], by=build.JOB, at=build.NOON)
    assert not Area.objects.filter(pk="999800").exists()


def test_an_area_may_be_renamed():
    build.area("999900", "试验市")
    services.load([definitions.AreaDefinition("999900", "新名市")], by=build.JOB, at=build.NOON)
    assert selectors.area_names()["999900"] == "新名市"


@pytest.mark.django_db(transaction=True)
def test_the_command_loads_the_built_in_areas_and_says_what_it_did(capsys):
    call_command("load_policies")
    call_command("load_policies")
    first, again = capsys.readouterr().out.splitlines()
    assert first == "统筹区 60 个；发布规则 83 版，原有不变 0 版。"
    assert again == "统筹区 60 个；发布规则 0 版，原有不变 83 版。"


@pytest.mark.django_db(transaction=True)
def test_the_command_refuses_a_wrong_value_in_a_sentence(tmp_path):
    text = (definitions.BUILT_IN / "310000.yaml").read_text("utf-8")
    (tmp_path / "310000.yaml").write_text(text.replace("value: prior", "value: 往年"), "utf-8")
    (tmp_path / "000000.yaml").write_text('area: "000000"\nname: 国家\nversions: []\n', "utf-8")
    with pytest.raises(CommandError, match="可共济的资金"):
        call_command("load_policies", str(tmp_path))
    assert not Area.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_starting_the_portal_adds_nothing_to_an_authoritys_own_rules(capsys):
    build.area()
    call_command("load_policies", if_none=True)
    assert not Area.objects.filter(pk="310000").exists()
    assert capsys.readouterr().out == ""
