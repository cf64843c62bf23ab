"""A draft by one, edited by some, published by another, or given up."""

from datetime import timedelta

import pytest

from pooling.policy import selectors, services
from pooling.policy.models import RuleVersion
from tests import build

pytestmark = pytest.mark.django_db

TOMORROW = build.TODAY + timedelta(days=1)
DRAFTER, EDITOR, OTHER = ({"by": build.clerk(who), "at": build.NOON} for who in (901, 902, 903))


@pytest.fixture
def area():
    return build.area(floor_fen=3000, uses=["outpatient"])


def draft(area, *, copy=False, **facts):
    values = {"label": "2027-1", "from_date": TOMORROW} | DRAFTER | facts
    return services.draft(area_code=area.pk, copy=copy, **values)


def set_floor(version, fen, who=DRAFTER):
    return services.set_clause(
        version_id=version.pk,
        name="floor_fen",
        value=fen,
        source="试验文件",
        text="保留余额",
        evidence="OFFICIAL",
        seen_on=build.TODAY,
        **who,
    )


def clauses(version):
    return {clause.name: clause.value for clause in version.clauses.all()}


def test_a_draft_begins_empty_or_as_a_copy_of_what_would_go_on(area):
    build.next_rules(area.pk, since="2027-02-01", floor_fen=4000)
    assert clauses(draft(area)) == {}
    assert clauses(draft(area, label="2027-2", copy=True)) == {
        "floor_fen": 3000,
        "uses": ["outpatient"],
    }
    later = draft(area, label="2027-3", copy=True, from_date=build.day("2027-03-01"))
    assert clauses(later) == {"floor_fen": 4000}
    copied = later.clauses.get()
    assert (copied.source, copied.evidence) == ("试验文件", "SEED")


def test_a_clause_taken_out_falls_back(area):
    version = draft(area, copy=True)
    services.unset_clause(version_id=version.pk, name="floor_fen", **DRAFTER)
    services.submit(version_id=version.pk, **DRAFTER)
    services.publish(version_id=version.pk, **OTHER)
    found = selectors.in_force(area.pk, TOMORROW)
    assert found.clause("floor_fen").is_default
    assert found.value("uses") == ["outpatient"]


@pytest.mark.parametrize("who", [DRAFTER, EDITOR])
def test_nobody_who_wrote_in_it_publishes_it(area, who):
    version = draft(area)
    set_floor(version, 5000, EDITOR)
    services.submit(version_id=version.pk, **DRAFTER)
    with pytest.raises(services.SamePerson):
        services.publish(version_id=version.pk, **who)
    services.publish(version_id=version.pk, **OTHER)
    assert selectors.in_force(area.pk, TOMORROW).value("floor_fen") == 5000


def test_who_only_submitted_it_does_not_publish_it_either(area):
    version = draft(area)
    services.submit(version_id=version.pk, **OTHER)
    with pytest.raises(services.SamePerson):
        services.publish(version_id=version.pk, **OTHER)


def test_what_was_not_submitted_is_not_published(area):
    version = draft(area)
    with pytest.raises(services.AlreadyPublished, match="先提交"):
        services.publish(version_id=version.pk, **OTHER)


def test_what_waits_is_not_edited_until_it_is_sent_back(area):
    version = draft(area)
    services.submit(version_id=version.pk, **DRAFTER)
    with pytest.raises(services.AlreadyPublished, match="退回草稿"):
        set_floor(version, 5000)
    back = services.take_back(version_id=version.pk, remark="金额有误", **OTHER)
    assert (back.remark, back.submitted_by, back.submitted_at) == ("金额有误", "", None)
    set_floor(version, 5000)
    again = services.submit(version_id=version.pk, **DRAFTER)
    assert again.remark == ""
    services.publish(version_id=version.pk, **OTHER)


def test_what_is_discarded_stays_to_be_read_and_no_more(area):
    version = draft(area)
    services.discard(version_id=version.pk, **EDITOR)
    assert RuleVersion.objects.get(pk=version.pk).status == "discarded"
    for verb in (services.submit, services.publish, services.discard):
        with pytest.raises(services.AlreadyPublished, match="作废"):
            verb(version_id=version.pk, **OTHER)
    assert draft(area).label == version.label


def test_what_is_published_is_neither_sent_back_nor_discarded(area):
    version = draft(area)
    services.submit(version_id=version.pk, **DRAFTER)
    services.publish(version_id=version.pk, **OTHER)
    for verb in (services.take_back, services.discard):
        with pytest.raises(services.AlreadyPublished):
            verb(version_id=version.pk, **OTHER)
