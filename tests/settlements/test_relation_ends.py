"""A relation that ends ends what rests on it, from the day on, without anybody's doing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pooling.settlements import sources
from pooling.settlements.selectors import decisions
from tests import build
from tests.settlements.couple import clinic, husband, wife

__all__ = ["clinic", "husband", "wife"]
pytestmark = pytest.mark.django_db
DIVORCED = build.TODAY
EVE = DIVORCED - timedelta(days=1)


def marry(husband, wife, **facts):
    return build.relation(husband, wife, "12", evidence="marriage_certificate", **facts)


def divorce(husband, wife):
    marry(husband, wife, until=DIVORCED)


def asked(settlement):
    """Return what was said of the relative's money."""
    (said,) = [each for each in settlement.decision["considered"] if each["binding"]]
    return said["reason"], said["taken_fen"]


def test_a_divorce_counts_at_once_and_not_before(husband, wife, clinic):
    marry(husband, wife)
    build.active_binding(husband, wife, "12")
    divorce(husband, wife)
    noon_before = build.NOON - timedelta(days=1)
    before = build.settle(wife, 1_000, place=clinic, backdate=1, business_time=noon_before)
    after = build.settle(wife, 1_000, place=clinic)
    assert asked(before) == ("covered", 1_000)
    assert asked(after) == ("relation_ended", 0)
    assert after.cash_fen == 1_000


def test_both_are_told_why_in_a_sentence(husband, wife, clinic):
    marry(husband, wife)
    build.active_binding(husband, wife, "12")
    divorce(husband, wife)
    bill = build.settle(wife, 1_000, place=clinic)
    told = decisions.decision_for(wife.pk, bill.uid).sources
    assert any("已不是这份共济所依据的亲属关系" in source.sentence for source in told)


def test_a_grandchild_is_one_only_while_both_parents_are_on_record(husband, clinic):
    son = build.member("王强", born="2002-02-03", gender="1")
    child = build.resident("王小雨", born="2025-05-01", gender="2", area="999900")
    build.relation(husband, son, "20")
    build.relation(child, son, "51")
    build.active_binding(husband, child, "42")
    assert asked(build.settle(child, 500, place=clinic)) == ("covered", 500)
    build.relation(child, son, "51", until=DIVORCED)
    assert asked(build.settle(child, 500, place=clinic)) == ("relation_ended", 0)


def test_a_relation_that_is_recorded_as_another_ends_what_rested_on_the_old_one(
    husband, wife, clinic
):
    build.relation(husband, wife, "70", until=DIVORCED)
    build.active_binding(husband, wife, "70")
    build.relation(husband, wife, "99", since=DIVORCED)
    assert asked(build.settle(wife, 500, place=clinic)) == ("relation_ended", 0)


def test_a_promise_stands_while_the_registry_is_silent_and_falls_when_it_contradicts(
    husband, wife, clinic
):
    build.next_rules("999900", since="2025-01-01", evidence_accepted=["registry", "commitment"])
    build.active_binding(husband, wife, "12", registered=False)
    assert asked(build.settle(wife, 500, place=clinic)) == ("covered", 500)
    marry(husband, wife)
    assert asked(build.settle(wife, 500, place=clinic)) == ("covered", 500)
    divorce(husband, wife)
    assert asked(build.settle(wife, 500, place=clinic)) == ("relation_ended", 0)


def test_a_decision_kept_from_before_relations_were_asked_still_reads_the_same(
    husband, wife, clinic
):
    marry(husband, wife)
    build.active_binding(husband, wife, "12")
    kept = build.settle(wife, 500, place=clinic).decision["input"]
    for candidate in kept["candidates"]:
        del candidate["authorisation"]["related"]
    (candidate,) = sources.from_json(kept).candidates
    assert candidate.authorisation.related is True


def test_both_read_the_chain_and_a_stranger_to_it_reads_nothing(husband, client):
    mother = build.resident("赵秀英", born="1952-02-03", gender="2", area="999900")
    child = build.employee("王小雨", born="2002-05-01", gender="2", area="999900")
    build.personal_account(child, prior=50_000, area="999900")
    build.relation(husband, mother, "52", evidence="household_register")
    build.relation(husband, child, "30", evidence="birth_certificate")
    binding = build.active_binding(child, mother, "62")
    for phone, reader, says in (
        ("13800138001", child, ("王伟是您的父亲（出生医学证明）", "赵秀英是王伟的母亲（户口簿）")),
        ("13800138002", mother, ("王伟是您的儿子（户口簿）", "王小雨是王伟的女儿（出生医学证明）")),
    ):
        user = build.phone_user(phone, reader)
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        page = client.get(reverse("bindings:binding", args=[binding.pk])).content.decode()
        assert "；".join(says) in page


def test_the_family_page_says_what_it_rests_on_and_when_it_no_longer_does(husband, wife, client):
    marry(husband, wife)
    binding = build.active_binding(husband, wife, "12")
    user = build.phone_user("13800138001", wife)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("bindings:binding", args=[binding.pk])).content.decode()
    assert "王伟是您的丈夫（结婚证）" in page
    divorce(husband, wife)
    page = client.get(reverse("bindings:binding", args=[binding.pk])).content.decode()
    assert "暂不能用" in page
    assert "你们已不是这份授权所依据的亲属关系" in page
    assert "结婚证" not in page
