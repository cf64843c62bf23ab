"""What no page would send, and two who press at once: refused in a sentence, never half done."""

import pytest
from django.urls import reverse

from pooling.policy import selectors, services
from pooling.policy.models import RuleVersion
from pooling.policy.parameters import PARAMETERS, check
from tests import build
from tests.at_once import at_once, codes
from tests.policy.test_admin import LATE, SOURCE, act, clause_page, draft, officer

__all__ = ["officer"]
pytestmark = pytest.mark.django_db
#: One parameter of every kind of widget.
KINDS = sorted({parameter.unit: name for name, parameter in PARAMETERS.items()}.values())
NONSENSE = ("", "-1", "1e9", "9" * 400, "NaN", "٣", "true", "[]", "None", "\x00", "🩺", "' OR 1=1")


@pytest.mark.parametrize("name", KINDS)
def test_a_clause_made_by_hand_is_refused_or_is_one_that_can_be(client, officer, name):
    version = draft(client, copy="")
    page = client.get(clause_page(version, name)).context["form"]
    for words in NONSENSE:
        typed = {key: [words, words] for key in page.fields} | SOURCE
        assert client.post(clause_page(version, name), typed).status_code in (200, 302)
    for clause in version.clauses.all():
        assert check(clause.name, clause.value) == clause.value


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": " "},
        {"text": "长" * 301},
        {"evidence": "GOSPEL"},
        {"seen_on": "2026-02-29"},
        {"seen_on": "0000-00-00"},
        {"source": "\x00"},
    ],
)
def test_a_source_that_is_none_is_refused(client, officer, wrong):
    version = draft(client, copy="")
    answer = client.post(clause_page(version, "floor_fen"), {"value": "5"} | SOURCE | wrong)
    assert answer.status_code == 200
    assert not version.clauses.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "2026-11-22", "2027-02-29", "x"])
def test_a_first_day_made_by_hand_moves_nothing(client, officer, day):
    version = draft(client)
    act(client, version, "set_start", from_date=day)
    version.refresh_from_db()
    assert version.from_date == build.day(LATE)


def test_an_area_nobody_listed_takes_no_draft(client, officer):
    asked = {"area_code": "999999", "label": "x", "from_date": LATE, "copy": "1"}
    assert client.post(reverse("admin:policy_ruleversion_draft"), asked).status_code == 200
    assert not RuleVersion.objects.filter(label="x").exists()


def test_pressing_publish_twice_publishes_once(client, officer):
    version = draft(client)
    act(client, version, "submit")
    build.signed_in_staff(client, username="zhou.policy", role="policy_admin")
    assert "已发布" in act(client, version, "publish")
    version.refresh_from_db()
    first = version.published_at
    act(client, version, "publish")
    act(client, version, "take_back", remark="后悔了")
    version.refresh_from_db()
    assert (version.status, version.published_at) == ("published", first)


def written(label, **clauses):
    """Return a version that one officer has submitted, to begin on a day to come."""
    one = build.clerk(701)
    version = services.draft(
        area_code="361100", label=label, from_date=build.day(LATE), by=one, at=build.NOON
    )
    return services.submit(version_id=version.pk, by=one, at=build.NOON)


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_for_one_day_published_at_once_one_comes_into_force():
    build.area("361100", "上饶市")
    rivals = [written("2099-1"), written("2099-2")]
    by, at = build.clerk(702), build.NOON
    publish = [lambda pk=each.pk: services.publish(version_id=pk, by=by, at=at) for each in rivals]
    assert codes(at_once(*publish)) == ["already_published"]
    selectors.forget()
    assert selectors.in_force("361100", build.day(LATE)).stamp.startswith("361100/2099-")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_draft_under_one_label_at_once_one_is_told():
    build.area("361100", "上饶市")

    def asked(number):
        return lambda: services.draft(
            area_code="361100",
            label="2099-1",
            from_date=build.day(LATE),
            by=build.clerk(number),
            at=build.NOON,
        )

    assert codes(at_once(asked(701), asked(702))) == ["already_published"]
