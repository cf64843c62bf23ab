"""`manage.py check_ledger`, the nightly look at all books."""

import pytest
from django.core.management import CommandError, call_command

from pooling.notices import selectors as notices
from tests import build
from tests.ledger.tampering import tampered

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return build.staff("zhao.auditor", "auditor", "赵审计")


@pytest.fixture
def clearing():
    clearing = build.scheme_account()
    build.post((build.ledger_account(60_00), -20_00), (clearing, 20_00))
    return clearing


def test_books_that_add_up_end_well_and_tell_nobody(auditor, clearing, capsys):
    call_command("check_ledger")
    assert "没有不一致" in capsys.readouterr().out
    assert notices.inbox_of_user(user_id=auditor.pk) == []


def test_a_difference_ends_with_an_exit_code_and_tells_the_staff(auditor, clearing, capsys):
    forged = "INSERT INTO ledger_entry (key, kind, posted_at, business_date)"
    with tampered(f"{forged} VALUES ('forged', 'test', now(), now())"):
        with pytest.raises(CommandError) as end:
            call_command("check_ledger")
        told = notices.inbox_of_user(user_id=auditor.pk)
    assert end.value.returncode == 1
    assert "entry: ledger_entry" in capsys.readouterr().err
    assert [notice.sentence for notice in told] == [
        "账务核对发现 1 处不一致，请立即查看。系统不会自行更正。"
    ]
