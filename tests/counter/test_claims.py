"""Premiums asked back at the window: taken in with papers, decided by another, paid as online."""

import pytest

from accounts import roles
from pooling.audit import selectors as trail
from pooling.bindings.services import Refused
from pooling.cases import documents
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.cases.services import FourEyes, NotNow
from pooling.cases.uploads import CleanPage
from pooling.counter import claim_cases, printing, selectors, services
from pooling.counter.agents import AgentRefused
from pooling.notices.models import Notice
from pooling.settlements.models import Settlement
from pooling.settlements.services import claims
from pooling.settlements.services.claims import ClaimRefused
from pooling.shared.errors import NotFound
from tests import build
from tests.cases import files
from tests.settlements.household import balance, household, paid
from tests.settlements.test_claims import to_the_bank, wish

pytestmark = pytest.mark.django_db
DESK = "/admin/counter/deskcase/"
REVIEWER = build.clerk(902)
PAPERS = {"applicant_id", "premium_receipt", "claim_form"}


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def family():
    return household(premium_form={"resident_premium": "refund"})


def come(member, asked=None, *, seen=PAPERS, agent=None) -> Case:
    """Return a claim a clerk has filled in for somebody at the window."""
    by = build.clerk(on_behalf_of=member)
    words = agent and {"name": agent.name, "cert_no": agent.cert_no}
    case = claim_cases.take_in(agent=words, by=by, at=build.NOON)
    claim_cases.fill_in(case_id=case.pk, wish=asked, seen=set(seen), by=by, at=build.NOON)
    return case


def scan(case) -> None:
    page = CleanPage(files.photo((600, 800)), 600, 800)
    by = build.clerk(on_behalf_of=case.member)
    documents.bring(case_id=case.pk, kind=claims.RECEIPT, pages=[page], by=by, at=build.NOON)


def hand_in(case) -> Case:
    by = build.clerk(on_behalf_of=case.member)
    return claim_cases.hand_in(case_id=case.pk, by=by, at=build.NOON)


def waiting(family) -> Case:
    case = come(family.wei, wish(family.mei))
    scan(case)
    return hand_in(case)


def told(member) -> list[str]:
    return list(Notice.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def approve(case, by=REVIEWER) -> None:
    services.approve(case, remark="凭证相符", by=by, at=build.NOON)


def test_a_clerk_takes_it_in_another_decides_and_the_claimants_account_pays(family):
    case = waiting(family)
    assert (case.state, case.submitted_by, case.reason_code) == (
        "waiting",
        "staff:901",
        "premium_to_check",
    )
    assert told(family.wei)[-1] == "premium_claim_at_window"
    assert balance(family.wei) == (2000, 4000)
    [receipt] = cases.documents_of(case.pk)
    with pytest.raises(FourEyes):
        documents.accept(document_id=receipt.id, by=build.clerk(), at=build.NOON)
    with pytest.raises(ClaimRefused, match="采信缴费凭证"):
        approve(case)
    documents.accept(document_id=receipt.id, by=REVIEWER, at=build.NOON)
    with pytest.raises(FourEyes):
        approve(case, by=build.clerk())
    assert not Settlement.objects.exists()
    approve(case)
    settlement = Settlement.objects.get(claim=case)
    assert paid(family, settlement) == [("Wei", "prior", 4000), ("Wei", "current", 1000)]
    assert to_the_bank() == [("王伟", "6222020000000000000", 5000)]
    assert told(family.wei)[-1] == "premium_claim_paid"


def test_nothing_is_handed_in_before_it_is_filled_in_shown_and_scanned(family):
    empty = come(family.wei)
    with pytest.raises(ClaimRefused, match="请先填好"):
        hand_in(empty)
    case = come(family.wei, wish(family.mei), seen={"applicant_id"})
    assert case == empty, "the case begun is taken up"
    with pytest.raises(Refused, match="缴费凭证、申请人签字的保费报销申请书"):
        hand_in(case)
    come(family.wei, wish(family.mei))
    with pytest.raises(ClaimRefused, match="请先上传或拍摄缴费凭证"):
        hand_in(case)
    scan(case)
    assert hand_in(case).state == "waiting"


def test_what_cannot_be_asked_back_is_said_before_it_is_kept(family):
    with pytest.raises(ClaimRefused, match="一年以内"):
        come(family.wei, wish(family.mei, paid_on=build.day("2025-11-20")))
    with pytest.raises(ClaimRefused, match="没有为这位家人开通共济"):
        come(family.wei, wish(family.lan))


def test_where_no_account_gives_premiums_back_no_case_is_opened(family):
    with pytest.raises(ClaimRefused, match="没有可以报销的保费"):
        come(family.mei)
    assert Case.objects.count() == 0


def test_an_agent_comes_where_the_area_lets_them_and_shows_what_it_asks():
    family = household(premium_form={"resident_premium": "refund"}, agent_relatives_only=True)
    case = come(family.wei, wish(family.mei), agent=family.lan)
    wanted = [line.any_of[0] for line in selectors.of_claim(case, build.TODAY)]
    assert wanted == [*_in_order(), "agent_id", "agent_authorisation", "agent_kinship"]
    scan(case)
    with pytest.raises(Refused, match="代办人身份证件"):
        hand_in(case)


def test_an_area_that_wants_the_applicant_turns_an_agent_away():
    family = household(premium_form={"resident_premium": "refund"}, agent_allowed=False)
    with pytest.raises(AgentRefused, match="须由本人到窗口办理"):
        come(family.wei, agent=family.lan)
    assert Case.objects.count() == 0


def test_a_claim_begun_online_is_finished_at_the_window(family):
    online = claims.begin(wish=wish(family.mei), by=build.member_actor(family.wei), at=build.NOON)
    case = come(family.wei, wish(family.mei, 4000))
    assert case == online
    assert [line.any_of[0] for line in selectors.of_claim(case, build.TODAY)] == _in_order()
    scan(case)
    assert cases.opened(hand_in(case))["amount_fen"] == 4000


def test_a_claim_made_online_asks_for_no_originals(family):
    case = claims.begin(wish=wish(family.mei), by=build.member_actor(family.wei), at=build.NOON)
    build.paper(case, kind=claims.RECEIPT)
    documents.hand_in(case_id=case.pk, by=build.member_actor(family.wei), at=build.NOON)
    case.refresh_from_db()
    assert selectors.page(case, build.NOON, open=False).checklist == ()


def test_an_empty_claim_of_a_window_is_not_handed_in_online(family):
    case = come(family.wei)
    build.paper(case, kind=claims.RECEIPT)
    with pytest.raises(NotNow, match="还没有填完"):
        documents.hand_in(case_id=case.pk, by=build.member_actor(family.wei), at=build.NOON)


def test_whose_account_it_is_takes_a_waiting_claim_back(family):
    case = waiting(family)
    by = build.member_actor(family.wei)
    assert case_services.withdraw(case_id=case.pk, by=by, at=build.NOON).state == "withdrawn"
    with pytest.raises(NotNow):
        approve(case)
    assert balance(family.wei) == (2000, 4000)


def test_nobody_fills_in_or_hands_in_for_somebody_else_than_whom_it_is_of(family):
    case = come(family.wei, wish(family.mei))
    by = build.clerk(on_behalf_of=family.lan)
    with pytest.raises(NotFound):
        claims.fill_in(case_id=case.pk, wish=wish(family.mei), by=by, at=build.NOON)
    with pytest.raises(NotFound):
        claims.hand_in(case_id=case.pk, by=by, at=build.NOON)


def test_the_receipt_says_that_no_money_moved_yet(family):
    case = waiting(family)
    assert "在那以前不动任何钱" in " ".join(map(str, printing._promise_lines(case)))


def typed(family, **changes) -> dict:
    return {
        "insured": family.mei.pk,
        "use": "resident_premium",
        "year": build.TODAY.year + 1,
        "paid_on": build.TODAY.isoformat(),
        "amount_fen": "50",
        "bank": "上饶银行",
        "bank_account": "6222020000000000000",
        "seen": sorted(PAPERS),
    } | changes


@pytest.fixture
def at_noon(monkeypatch):
    """Stop the clock of the page at the noon the family lives at."""
    for where in ("claim_intake", "intake", "admin"):
        monkeypatch.setattr(f"pooling.counter.{where}.database_clock", lambda: build.NOON)


def test_the_pages_find_fill_in_and_hand_in(client, family, at_noon):
    clerk = build.signed_in_staff(client, username="wang.clerk", role=roles.CLERK)
    found = {"name": family.wei.name, "cert_no": family.wei.cert_no}
    answer = client.post(f"{DESK}claims/", found)
    case = Case.objects.get(kind="premium")
    assert answer.url == f"{DESK}{case.pk}/intake/"
    page = client.get(answer.url).content.decode()
    assert "申请人签字的保费报销申请书" in page
    assert "梅*（" in page
    assert family.wei.name not in page
    assert trail.looks_at(family.mei.pk)[0].page == answer.url
    client.post(answer.url, {"act": "save", "seen": ["applicant_id"], "year": 2026})
    assert cases.originals_of(case.pk) == ["applicant_id"]
    assert "请填写金额" in client.post(answer.url, typed(family, amount_fen="")).content.decode()
    assert client.post(answer.url, typed(family, act="save")).url == answer.url
    scan(case)
    assert client.post(answer.url, typed(family, act="submit")).url == f"{DESK}{case.pk}/change/"
    case.refresh_from_db()
    assert (case.state, case.submitted_by) == ("waiting", f"staff:{clerk.pk}")
    shown = client.get(f"{DESK}{case.pk}/change/").content.decode()
    assert "原件已核" in shown


def _in_order() -> list[str]:
    return ["applicant_id", "premium_receipt", "claim_form"]
