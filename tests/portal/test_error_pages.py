"""What people read when something went wrong: Chinese, what happened to their money, what to do."""

import pytest
from django.db import InterfaceError, OperationalError
from django.template.loader import get_template

from portal import views

pytestmark = pytest.mark.django_db


def test_what_is_too_large_is_told_in_words_and_nothing_was_done(client):
    answer = client.post("/login/", {"phone": "1" * 3_000_000})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "没有收到完整的内容" in page
    assert "没有动任何钱" in page
    assert "Bad Request" not in page


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_shown_without_a_request_need_none(name):
    page = get_template(name).render()
    assert 'lang="zh-Hans"' in page
    assert "12393" in page
    assert 'href="/"' in page


@pytest.mark.parametrize(
    ("broken", "status"), [(OperationalError, 503), (InterfaceError, 503), (ZeroDivisionError, 500)]
)
def test_whatever_breaks_the_page_is_calm_and_a_database_away_is_told_as_such(
    client, monkeypatch, broken, status
):
    def fail(*given, **more):
        raise broken

    monkeypatch.setattr(views, "render", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert ("Retry-After" in answer) is (status == 503)
    assert "同一笔钱不会扣两次" in page
    assert "nothing is paid twice" in page
    assert broken.__name__ not in page
