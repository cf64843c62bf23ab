"""Finding people: the same answer, after the same work, for a wrong name and nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors
from pooling.shared import crypto
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def grandmother():
    return build.member("张桂兰", born="1957-11-02", gender="2")


def test_a_number_and_name_in_any_spelling_find_the_member(grandmother):
    number = grandmother.cert_no
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    assert selectors.by_identity(wide, " 张桂兰 ") == grandmother


@pytest.mark.parametrize("name", ["张桂", "张桂兰兰", "王伟", ""])
def test_a_wrong_name_finds_nobody(grandmother, name):
    assert selectors.by_identity(grandmother.cert_no, name) is None


@pytest.mark.parametrize("number", ["", "x", "不是号码", "1" * 500, build.cert_no()])
def test_an_unknown_number_finds_nobody_whatever_it_looks_like(grandmother, number):
    assert selectors.by_identity(number, "张桂兰") is None


def test_nobody_is_not_the_person_unknown_numbers_are_compared_with():
    assert selectors.by_identity(build.cert_no(), "无名氏") is None


def test_a_wrong_name_and_an_unknown_number_cost_the_same_work(grandmother, monkeypatch):
    opened = []
    real = crypto.unseal
    monkeypatch.setattr(
        crypto, "unseal", lambda *args, **facts: opened.append(1) or real(*args, **facts)
    )

    def work(number, name):
        opened.clear()
        with CaptureQueriesContext(connection) as statements:
            assert selectors.by_identity(number, name) is None
        return len(statements), len(opened)

    unknown = work(build.cert_no(), "张桂兰")
    assert work(grandmother.cert_no, "王伟") == unknown == (1, 1)
