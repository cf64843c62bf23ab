"""What people are told, in neutral words and with nobody's full name."""

import ast
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.notices import selectors, services, wording
from pooling.notices.models import Notice
from pooling.notices.services import Message
from tests import build

AT = build.NOON
ROOT = Path(__file__).resolve().parents[2]
#: Calls that take a kind of notice, by the name of the function.
TELLERS = {"Message", "tell", "_to_payer"}


@pytest.fixture
def payer(db):
    return build.member("周兰")


@pytest.fixture
def grandmother(db):
    return build.member("赵秀英", born="1950-02-03", gender="2")


def tell(kind, member, **values):
    services.enqueue([Message(kind=kind, member_id=member.pk, values=values)], at=AT)


def test_one_sentence_serves_both_sides(payer, grandmother):
    for side in (payer, grandmother):
        tell("binding_frozen", side, payer=payer.pk, relative=grandmother.pk)
    (to_payer,) = selectors.inbox(payer.pk)
    (to_relative,) = selectors.inbox(grandmother.pk)
    assert to_payer.sentence == "您为赵*开通的家庭共济，已由您暂停使用。"
    assert to_relative.sentence == "周*为您开通的家庭共济，已由周*暂停使用。"


def test_amounts_dates_and_places_are_written_out(payer, grandmother):
    tell(
        "settlement_payer",
        payer,
        relative=grandmother.pk,
        amount_fen=123450,
        date="2026-11-22",
        place="pharmacy",
    )
    (row,) = selectors.inbox(payer.pk)
    assert row.sentence == "赵*于2026年11月22日在药店的费用，从您的账户支付 ¥1,234.50。"


def test_a_month_is_all_that_is_told_of_the_young(payer, grandmother):
    tell("settlement_payer_month", payer, relative=grandmother.pk, amount_fen=1, month="2026-11")
    (row,) = selectors.inbox(payer.pk)
    assert row.sentence == "赵*在2026年11月的费用，从您的账户支付 ¥0.01。"


def test_the_inbox_takes_two_statements_whatever_its_length(
    payer, grandmother, django_assert_num_queries
):
    for _each in range(7):
        tell("binding_active", payer, payer=payer.pk, relative=grandmother.pk)
    with django_assert_num_queries(2):
        rows = selectors.inbox(payer.pk, limit=5)
    assert len(rows) == 5
    assert len(selectors.inbox(payer.pk, before=rows[-1].id)) == 2


def test_reading_marks_only_ones_own(payer, grandmother):
    for side in (payer, grandmother):
        tell("binding_active", side, payer=payer.pk, relative=grandmother.pk)
    newest = selectors.inbox(grandmother.pk)[0].id
    assert services.mark_read(up_to=newest, by=build.member_actor(payer), at=AT) == 1
    assert selectors.unread_count(payer.pk) == 0
    assert selectors.unread_count(grandmother.pk) == 1


def test_whoever_was_asked_about_learns_whom_they_may_block(payer, grandmother):
    tell("somebody_asked", grandmother, payer=payer.pk)
    (row,) = selectors.inbox(grandmother.pk)
    assert row.asker_id == payer.pk


def test_a_kind_nobody_knows_still_says_something(payer):
    tell("from_the_future", payer)
    assert "新消息" in selectors.inbox(payer.pk)[0].sentence


def test_a_notice_has_exactly_one_recipient(payer):
    with (
        pytest.raises(IntegrityError, match="notices_notice_exactly_one_recipient"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO notices_notice (kind, values, link, created_at)"
            " VALUES ('binding_active', '{}', '', now())"
        )
    assert not Notice.objects.exists()


def kinds_in_the_code():
    """Yield every kind that is written out where somebody is told something."""
    for folder in ("pooling", "accounts", "portal"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in TELLERS:
                    yield from _literals(node)


def _name(func):
    return getattr(func, "attr", getattr(func, "id", ""))


def _literals(call):
    given = [word.value for word in call.keywords if word.arg == "kind"] or call.args[:1]
    for part in given:
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and str(node.value).isidentifier():
                yield node.value


def test_every_kind_in_the_code_has_a_sentence():
    used = {kind for kind in kinds_in_the_code() if not kind.startswith("_")}
    assert used
    assert used <= set(wording.SENTENCES), used - set(wording.SENTENCES)


def test_every_payer_notice_has_its_month_only_twin():
    kinds = ("settlement_payer", "settlement_payer_missed", "settlement_payer_returned")
    for kind in (*kinds, "settlement_share", "settlement_share_returned"):
        placeholders = _placeholders(wording.SENTENCES[f"{kind}_month"])
        assert not placeholders & {"date", "place"}, "day and place are not for the month"


def _placeholders(sentence):
    """Return the names in `%(name)s`."""
    return set(re.findall(r"%\((\w+)\)s", str(sentence)))
