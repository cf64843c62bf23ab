"""What people read when something went wrong: Chinese, what happened to their money, what to do."""

import pytest
from django.template.loader import get_template

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
