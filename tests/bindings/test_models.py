"""What PostgreSQL itself refuses about authorisations, constraint by constraint."""

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.bindings import rules, services
from pooling.bindings.models import Attempt, Binding, Block, PayerCap
from tests import build

pytestmark = pytest.mark.django_db

ENDED = "ended_at = bound_at, ended_cause = 'expired'"
BREAKS = {
    "bindings_binding_not_oneself": "relative_id = payer_id",
    "bindings_binding_state_known": f"state = 'lost', {ENDED}",
    "bindings_binding_period_forward": "to_date = from_date",
    "bindings_binding_caps_not_negative": "cap_per_month_fen = -1",
    "bindings_binding_active_is_bound": "bound_at = NULL",
    "bindings_binding_ended_says_why": "state = 'expired', ended_at = bound_at",
    "bindings_binding_both_frozen_at_and_by": "frozen_at = bound_at",
    "bindings_binding_both_declined_at_and_by": "declined_by = 1",
    "bindings_binding_both_release_asked_at_and_by": "release_asked_at = bound_at",
    "bindings_binding_later_release_was_asked": "release_on = from_date",
    "bindings_binding_ended_by_has_moment": "ended_by = 1",
    "bindings_binding_rank_from_one": "rank = 0",
    "bindings_binding_age_told_is_a_milestone": "age_told = 15",
    "bindings_binding_renewal_after_consent": (
        "state = 'expired', bound_at = NULL, renew_before = from_date, ended_at = signed_at, "
        "ended_cause = 'expired'"
    ),
    "bindings_binding_halted_while_active": (
        f"state = 'expired', halted_for = 'payer_paused', {ENDED}"
    ),
    "bindings_binding_only_commitments_are_sampled": "sampled = false",
}


@pytest.fixture
def payer():
    return build.employee("周兰")


@pytest.fixture
def binding(payer):
    return build.active_binding(payer, build.resident("王小雨"))


def refused(name, sql, *values):
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(binding, name):
    refused(name, f"UPDATE bindings_binding SET {BREAKS[name]} WHERE id = %s", binding.pk)


@pytest.mark.parametrize("state", ["released", "expired", "refused", "withdrawn"])
def test_an_end_has_a_moment_and_a_cause(binding, state):
    sql = "UPDATE bindings_binding SET state = %s WHERE id = %s"
    refused("bindings_binding_ended_says_why", sql, state, binding.pk)


def test_bindings_binding_one_open_per_pair(binding):
    sql = "INSERT INTO bindings_binding ({}) SELECT {} FROM bindings_binding"
    columns = ", ".join(f.column for f in Binding._meta.concrete_fields if not f.primary_key)
    refused("bindings_binding_one_open_per_pair", sql.format(columns, columns))
    services.release(binding_id=binding.pk, by=build.Actor.member(binding.payer_id), at=build.NOON)
    again = build.active_binding(binding.payer, binding.relative)
    assert again.pk != binding.pk


@pytest.mark.parametrize("cap", rules.OVERALL)
def test_bindings_payercap_not_negative(payer, cap):
    sql = f"INSERT INTO bindings_payercap (payer_id, {cap}) VALUES (%s, -1)"
    refused("bindings_payercap_not_negative", sql, payer.pk)


def test_bindings_block_once_per_pair_and_not_oneself(binding):
    sql = "INSERT INTO bindings_block (relative_id, payer_id, blocked_at) VALUES (%s, %s, now())"
    refused("bindings_block_not_oneself", sql, binding.payer_id, binding.payer_id)
    services.block(
        payer_id=binding.payer_id, by=build.Actor.member(binding.relative_id), at=build.NOON
    )
    refused("bindings_block_once_per_pair", sql, binding.relative_id, binding.payer_id)


def test_every_constraint_of_the_tables_is_tried():
    named = {
        constraint.name
        for model in (Binding, PayerCap, Block, Attempt)
        for constraint in model._meta.constraints
    }
    elsewhere = {
        "bindings_binding_one_open_per_pair",
        "bindings_payercap_not_negative",
        "bindings_block_once_per_pair",
        "bindings_block_not_oneself",
    }
    assert named == set(BREAKS) | elsewhere
