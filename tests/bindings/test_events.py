"""What life does to an authorisation, event by clause; and what both sides are told of it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pooling.audit.models import Event
from pooling.bindings import events, selectors, services, wording
from pooling.bindings.events import Fate, Life, Person
from pooling.bindings.models import Binding
from pooling.bindings.services import NotNow, OtherSide
from pooling.bindings.services import events as verbs
from pooling.notices import wording as notices
from pooling.notices.models import Notice
from pooling.policy import parameters
from tests import build
from tests.settlements.test_life_events import dies

pytestmark = pytest.mark.django_db
DAY = build.TODAY
RULES = {name: parameters.default(name) for name in parameters.PARAMETERS}
FINE = {
    "active": True,
    "kind": "spouse",
    "related": True,
    "payer": Person(False, "1", "361100", "361100"),
    "relative": Person(False, "1", "361100", "361100"),
    "age": 40,
    "age_told": 18,
    "renew_before": None,
    "halted_for": "",
    "rules": RULES,
    "on_payer_moved": "goes_on",
}
GONE = Person(False, "", "", "361100")
AWAY = Person(False, "1", "360100", "361100")
UNKNOWN = Person(False, "1", "360100", "")
PAUSED = Person(False, "2", "361100", "361100")
DEAD = Person(True, "1", "361100", "361100")


def fate(**facts) -> Fate:
    clauses = {name: facts.pop(name) for name in list(facts) if name in RULES and name not in FINE}
    return events.fate(Life(**FINE | facts | {"rules": RULES | clauses}), DAY)


@pytest.mark.parametrize(
    ("facts", "becomes"),
    [
        ({}, Fate()),
        ({"payer": DEAD}, Fate(ends="payer_died")),
        ({"relative": DEAD}, Fate(ends="relative_died")),
        ({"payer": DEAD, "active": False}, Fate(ends="payer_died")),
        ({"related": False}, Fate(ends="marriage_ended")),
        ({"related": False, "on_divorce": "stops"}, Fate(halts="marriage_ended")),
        ({"related": False, "kind": "parent_in_law"}, Fate(ends="marriage_ended")),
        ({"related": False, "kind": "child"}, Fate(ends="relation_ended")),
        ({"related": False, "kind": "child", "on_divorce": "stops"}, Fate(ends="relation_ended")),
        ({"payer": GONE}, Fate(ends="payer_insurance_ended")),
        ({"payer": GONE, "on_insurance_ended": "stops"}, Fate(halts="payer_insurance_ended")),
        ({"relative": GONE}, Fate(ends="relative_insurance_ended")),
        ({"relative": GONE, "on_insurance_ended": "stops"}, Fate(halts="relative_insurance_ended")),
        ({"payer": PAUSED}, Fate()),
        ({"payer": PAUSED, "paused_payer": "stops"}, Fate(halts="payer_paused")),
        ({"relative": PAUSED}, Fate(halts="relative_paused")),
        ({"relative": PAUSED, "patient_status_normal": False}, Fate()),
        ({"payer": AWAY}, Fate()),
        ({"payer": AWAY, "on_payer_moved": "ends"}, Fate(ends="payer_moved")),
        ({"payer": UNKNOWN, "on_payer_moved": "ends"}, Fate()),
        ({"relative": AWAY}, Fate()),
        ({"relative": AWAY, "on_relative_moved": "ends"}, Fate(ends="relative_moved")),
        ({"renew_before": DAY + timedelta(days=1)}, Fate()),
        ({"renew_before": DAY}, Fate(halts="renewal_unanswered")),
        ({"renew_before": DAY, "renewal_unanswered": "ends"}, Fate(ends="renewal_unanswered")),
        ({"halted_for": "payer_paused"}, Fate(halts="")),
        ({"age": 14, "age_told": 0}, Fate(turned=14)),
        ({"age": 15, "age_told": 14}, Fate()),
        ({"age": 16, "age_told": 14}, Fate(turned=16)),
        ({"age": 18, "age_told": 14}, Fate(turned=18)),
        ({"age": 16, "age_told": 14, "active": False}, Fate()),
        (
            {"age": 16, "age_told": 14, "renew_at_ages": [16], "renew_within_days": 10},
            Fate(turned=16, renew_before=DAY + timedelta(days=10)),
        ),
        ({"age": 18, "age_told": 16, "renew_at_ages": [16]}, Fate(turned=18)),
    ],
)
def test_each_event_by_each_clause(facts, becomes):
    assert fate(**facts) == becomes


@pytest.mark.parametrize("cause", events.CAUSES)
def test_every_cause_has_its_sentence_for_both(cause):
    assert "%" not in wording.cause(f"ended_{cause}", day=DAY)


# --- carried through --------------------------------------------------------------------------


@pytest.fixture
def payer():
    build.area()
    return build.employee("周兰", born="1980-04-01", gender="2", area="999900")


@pytest.fixture
def child(payer):
    return build.resident("周小雨", born="2012-02-29", gender="2", area="999900")


@pytest.fixture
def binding(payer, child):
    return build.active_binding(payer, child, "30")


def follow(on=DAY, **limits):
    limits = {"after_id": 0, "limit": 500} | limits
    return services.follow(on=on, by=build.JOB, at=build.NOON, **limits).counts


def told():
    return set(Notice.objects.exclude(kind="binding_active").values_list("member_id", "kind"))


def test_a_death_ends_it_and_both_are_told_in_the_same_neutral_words(payer, child, binding):
    dies(payer)
    assert follow() == {"seen": 1, "end_by_event": 1}
    binding.refresh_from_db()
    assert (binding.state, binding.ended_cause) == ("released", "payer_died")
    assert (binding.ended_at, binding.ended_by) == (build.NOON, None)
    assert told() == {(who.pk, "binding_ended_by_event") for who in (payer, child)}
    assert Event.objects.get(verb="bindings.end_by_event").detail == {
        "on": "2026-11-22",
        "cause": "payer_died",
    }
    assert follow() == {}


def test_a_message_names_no_death_divorce_or_insurance():
    for kind in ("binding_ended_by_event", "binding_halted", "binding_back", "renewal_asked"):
        for word in ("死", "去世", "离婚", "婚姻", "参保", "职工", "病"):
            assert word not in str(notices.SENTENCES[kind])


def test_it_stands_still_while_insurance_is_paused_and_comes_back_by_itself(payer, child, binding):
    build.next_rules("999900", since="2026-02-01", on_insurance_ended="stops")
    build.enrolment(child, "390", area="999900", until="2026-06-01")
    Binding.objects.update(age_told=14)
    assert follow(date(2026, 5, 31)) == {"seen": 1}
    assert follow(date(2026, 6, 1))["halt"] == 1
    assert follow(date(2026, 6, 2)) == {"seen": 1}
    row = selectors.get_for(child.pk, binding.pk, date(2026, 6, 2))
    assert (row.state_code, "没有参加基本医保" in row.causes[0]) == ("stopped", True)
    build.enrolment(child, "390", area="999900", since="2026-07-01")
    assert follow(date(2026, 7, 1))["go_on"] == 1
    binding.refresh_from_db()
    assert (binding.state, binding.halted_for) == ("active", "")
    assert told() == {
        (who.pk, kind) for who in (payer, child) for kind in ("binding_halted", "binding_back")
    }


def test_a_child_of_29_february_turns_on_the_first_of_march(payer, child, binding):
    assert binding.age_told == 0
    assert follow(date(2026, 2, 28)) == {"seen": 1}
    assert follow(date(2026, 3, 1))["turn"] == 1
    assert follow(date(2026, 3, 2)) == {"seen": 1}
    assert told() == {(who.pk, "relative_turned_14") for who in (payer, child)}


@pytest.fixture
def asked(binding):
    """Return a binding whose relative was asked on 1 March to renew within 30 days."""
    build.next_rules("999900", since="2026-02-01", renew_at_ages=[14, 16])
    follow(date(2026, 3, 1))
    binding.refresh_from_db()
    assert binding.renew_before == date(2026, 3, 31)
    return binding


def test_the_relative_is_asked_and_says_yes(payer, child, asked):
    assert "renewal_asked" in {kind for _who, kind in told()}
    shown = selectors.get_for(child.pk, asked.pk, date(2026, 3, 30))
    assert ("renew" in shown.may, shown.state_code) == (True, "active")
    assert "renew" not in selectors.get_for(payer.pk, asked.pk, date(2026, 3, 30)).may
    with pytest.raises(OtherSide):
        services.renew(binding_id=asked.pk, by=build.member_actor(payer), at=build.NOON)
    services.renew(binding_id=asked.pk, by=build.member_actor(child), at=build.NOON)
    asked.refresh_from_db()
    assert asked.renew_before is None
    assert follow(date(2026, 3, 31)) == {"seen": 1}
    with pytest.raises(NotNow, match="不需要"):
        services.renew(binding_id=asked.pk, by=build.member_actor(child), at=build.NOON)


def test_a_clerk_renews_for_a_child_without_a_phone(child, asked):
    services.renew(binding_id=asked.pk, by=build.clerk(on_behalf_of=child), at=build.NOON)
    asked.refresh_from_db()
    assert asked.renew_before is None


def test_unanswered_it_stops_until_answered(child, asked):
    assert follow(date(2026, 3, 30)) == {"seen": 1}
    assert follow(date(2026, 3, 31))["halt"] == 1
    shown = selectors.get_for(child.pk, asked.pk, date(2026, 3, 31))
    assert (shown.state_code, "没有确认续期" in shown.causes[0]) == ("stopped", True)
    services.renew(binding_id=asked.pk, by=build.member_actor(child), at=build.NOON)
    asked.refresh_from_db()
    assert (asked.renew_before, asked.halted_for) == (None, "")


def test_unanswered_it_ends_where_the_area_says_so(asked):
    build.next_rules("999900", since="2026-03-02", renew_at_ages=[14], renewal_unanswered="ends")
    follow(date(2026, 3, 31))
    asked.refresh_from_db()
    assert asked.ended_cause == "renewal_unanswered"


def test_a_proposal_dies_with_the_proposer(payer, child):
    build.next_rules("999900", since="2026-01-01", relative_confirms=True)
    build.relation(payer, child, "30")
    binding = services.authorise(
        payer_id=payer.pk,
        relative_id=child.pk,
        relation_code="30",
        terms=services.Terms(from_date=DAY),
        proof="registry",
        signing=build.signing(),
        by=build.member_actor(payer),
        at=build.NOON,
    )
    assert binding.state == "proposed"
    dies(payer)
    follow()
    binding.refresh_from_db()
    assert (binding.state, binding.ended_cause) == ("expired", "payer_died")


# --- the lot on commitment letters ------------------------------------------------------------


@pytest.fixture
def promised(payer, child):
    build.next_rules("999900", since="2025-01-01", evidence_accepted=["registry", "commitment"])
    return build.active_binding(payer, child, "30", registered=False)


@pytest.mark.parametrize(("percent", "drawn"), [(0, False), (100, True)])
def test_the_lot_is_drawn_once_at_the_areas_rate(promised, percent, drawn):
    build.next_rules(
        "999900",
        since="2026-02-01",
        evidence_accepted=["registry", "commitment"],
        commitment_audit_percent=percent,
    )
    assert follow()["sampled"] == (1 if drawn else 0)
    promised.refresh_from_db()
    assert promised.sampled is drawn
    assert follow()["sampled"] == follow()["passed_over"] == 0


def test_a_letter_is_drawn_though_its_binding_ended_before_the_night(promised):
    services.release(
        binding_id=promised.pk, by=build.Actor.member(promised.payer_id), at=build.NOON
    )
    follow()
    promised.refresh_from_db()
    assert promised.sampled is not None


def test_no_lot_is_drawn_on_what_the_registry_proves(binding):
    follow()
    binding.refresh_from_db()
    assert binding.sampled is None


def test_the_lot_hits_about_as_many_as_the_rate_says_and_always_the_same():
    letters = [Binding(pk=pk, proof="commitment", bound_at=build.NOON) for pk in range(1, 4001)]
    hit = [row.pk for row in letters if verbs._lot(row, 5)]
    assert hit == [row.pk for row in letters if verbs._lot(row, 5)]
    assert 140 < len(hit) < 260
    # Whoever was drawn at five in a hundred is drawn at ten as well.
    assert set(hit) < {row.pk for row in letters if verbs._lot(row, 10)}


# --- chunks -----------------------------------------------------------------------------------


def test_a_chunk_costs_the_same_however_many_it_holds(payer):
    def cost(children):
        for number in range(children):
            child = build.resident("周小雨", born="2012-02-29", gender="2", area="999900")
            build.active_binding(payer, child, "30")
            if number % 2:
                dies(child)
        follow(on=date(2026, 1, 3), limit=1)  # the rules are known to the process
        with CaptureQueriesContext(connection) as asked:
            counts = follow()
        assert counts["turn"] + counts["end_by_event"] == children
        return len(asked)

    assert cost(2) == cost(7) <= 12
