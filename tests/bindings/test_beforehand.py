"""能不能绑: the page answers what the rules answer, and says nothing about anybody."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.bindings import beforehand, drafts, rules
from pooling.bindings.forms import CanBindForm
from pooling.bindings.rules import Asker, Pair, Side, Terms
from pooling.bindings.services import Refused, authorise
from pooling.kinship import codes
from pooling.kinship import rules as kinship
from pooling.policy import selectors as policy
from tests import build

pytestmark = pytest.mark.django_db
PAGE = "/can/bind/"
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
AREAS = ("361100", "310000", "450200", "330100")


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr("pooling.bindings.views.beforehand.now", lambda: build.NOON)


@pytest.fixture
def site(client):
    build.built_in_areas()
    policy.forget()
    return client


def words(**said) -> dict:
    """Return a filled-in form: a man of 40 of Shangrao asks for his mother of 66."""
    return {
        "area": "361100",
        "own_status": "1",
        "age": "40",
        "gender": "1",
        "relation": "52",
        "relative_age": "66",
        "insured": "390",
        "relative_area": "",
    } | said


def ask(site, **said):
    return site.get(PAGE, words(**said))


forms = st.fixed_dictionaries(
    {
        "area": st.sampled_from(AREAS),
        "own_status": st.sampled_from(("1", "1", "1", "2", "4", "none")),
        "age": st.integers(0, 100),
        "gender": st.sampled_from("12"),
        "relation": st.sampled_from(drafts.OFFERED),
        "relative_age": st.integers(0, 100),
        "insured": st.sampled_from(("390", "310", "390-2", "310-2", "none")),
        "relative_area": st.sampled_from(("", *AREAS)),
    }
)


def test_a_mother_may_be_bound_and_the_page_says_how(site):
    page = ask(site).content.decode()
    assert "可以为母亲开通" in page
    assert "户口簿" in page
    assert "可以解除的人" in page
    assert "江西" in page, "each rule says whose it is"


def test_every_reason_is_told_with_its_clause_and_the_way_out(site):
    told = ask(site, relation="54", gender="2", own_status="none").context["answer"]
    assert [each.code for each in told.reasons] == ["payer_not_employee", "in_law_not_allowed"]
    assert told.reasons[1].clause.name == "relations"
    assert all(each.remedy for each in told.reasons)


def test_an_area_that_allows_more_answers_otherwise(site):
    allowing = [
        code
        for code, _name in [pair for _group, pairs in policy.area_choices() for pair in pairs]
        if "parent_in_law" in policy.in_force(code, build.TODAY).value("relations")
    ]
    assert ask(site, relation="54", gender="2").context["answer"].allowed is False
    for code in allowing:
        assert ask(site, relation="54", gender="2", area=code).context["answer"].allowed


def test_what_will_do_at_the_window_alone_is_said_so(site):
    build.area("999900", evidence_accepted=["registry"], evidence_at_counter=["commitment"])
    build.area("990000", "试验省")
    ways = {way.proof: way for way in ask(site, area="999900").context["answer"].ways}
    assert [way.at_window for way in ways.values()] == [False, True, False]
    assert "网上不行" in ask(site, area="999900").content.decode()


@pytest.mark.parametrize(
    ("clauses", "age", "says", "because"),
    [
        ({}, "66", "不必由家人确认", "relative_confirms"),
        ({"relative_confirms": True}, "66", "须由家人本人确认", "relative_confirms"),
        (
            {"relative_confirms": True, "confirms_for": ["spouse"]},
            *("66", "不必由家人确认", "confirms_for"),
        ),
        (
            {"relative_confirms": True, "confirms_from_age": 67},
            *("66", "不必由家人确认", "confirms_from_age"),
        ),
    ],
)
def test_who_has_to_confirm_is_said_for_this_relative(site, clauses, age, says, because):
    build.area("999900", **clauses)
    told = ask(site, area="999900", relative_age=age).context["answer"].begins[0]
    assert says in told.sentence
    assert told.clause.name == because


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"own_status": "2"}, "paused_payer"),
        ({"relative_area": "310000"}, "quota_across_provinces"),
        ({"area": "999900"}, "model"),
    ],
)
def test_bound_is_not_called_usable_at_once_where_money_waits_for_more(site, said, because):
    build.area("999900", model="quota")
    build.area("990000", "试验省")
    at_once = ask(site).context["answer"]
    waits = ask(site, **said).context["answer"]
    assert at_once.allowed
    assert waits.allowed
    names = [[told.clause.name for told in each.begins] for each in (at_once, waits)]
    assert "binding_counts" in names[0]
    assert because not in names[0]
    assert because in names[1]
    assert "binding_counts" not in names[1]


def test_what_was_not_asked_and_still_has_to_hold_is_told(site):
    build.area("999900", max_per_role={"father": 1}, payer_may_be_relative=False)
    told = {each.clause.name for each in ask(site, area="999900").context["answer"].also}
    assert {"max_per_role", "payer_may_be_relative"} <= told


def test_what_was_already_bound_counts(site):
    build.area("999900", max_relatives_per_payer=2)
    build.area("990000", "试验省")
    for bound, allowed in (("1", True), ("2", False)):
        assert ask(site, area="999900", relatives=bound).context["answer"].allowed is allowed


def test_whom_i_pay_for_already_counts_by_role(site):
    build.area("999900", max_per_role={"father": 1, "mother": 1, "child": 3})
    for already, allowed in (
        ({"has_father": "1", "has_child": "3"}, True),
        ({"has_mother": "1"}, False),
    ):
        answer = ask(site, area="999900", **already).context["answer"]
        assert answer.allowed is allowed
    (reason,) = answer.reasons
    assert (reason.code, reason.clause.name) == ("max_per_role", "max_per_role")
    assert "“母亲”最多为 1 位" in reason.why


def test_naming_some_of_them_counts_them_all(site):
    build.area("999900", max_relatives_per_payer=2)
    told = ask(site, area="999900", has_child="1", has_spouse="1").context["answer"]
    assert [each.code for each in told.reasons] == ["max_relatives"]


@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(said=forms)
def test_the_page_says_what_the_rules_say(site, said):
    answer = site.get(PAGE, said).context["answer"]
    found = {
        (proof, channel): set(_by_hand(said, proof, channel))
        for proof in ("registry", "commitment", "documented")
        for channel in ("online", "counter")
    }
    assert answer.allowed is any(not against for against in found.values())
    always = set.intersection(*found.values())
    if not answer.allowed:
        last = found["documented", "counter"]
        assert {each.code for each in answer.reasons} == (always or last)
    for way in answer.ways:
        online, there = (found[way.proof, channel] - always for channel in ("online", "counter"))
        assert way.at_window is (bool(online) and not there)
        assert {each.code for each in way.against} == (set() if way.at_window else online)


def _by_hand(said, proof, channel) -> list[str]:
    """Ask the pure rules, from facts put together here once more."""
    area = policy.in_force(said["area"], build.TODAY).values()
    kind = codes.kind_of(said["relation"])
    insutype, _dash, status = said["insured"].partition("-")
    insured = insutype != "none"
    asker = Asker(
        member_id=1,
        dead=False,
        employee_status="" if said["own_status"] == "none" else said["own_status"],
        area=said["area"],
        relatives=0,
    )
    problems = kinship.implausible(
        _Born(1, said["age"], said["gender"]),
        _Born(2, said["relative_age"], codes.CODES[said["relation"]].gender),
        said["relation"],
        build.TODAY,
    )
    pair = Pair(
        relative=Side(
            2,
            insutype=insutype if insured else "",
            area=(said["relative_area"] or said["area"]) if insured else "",
            status=(status or "1") if insured else "",
        ),
        registered=kind if proof == "registry" else None,
        proof=proof,
        payers=0,
        already_bound=False,
        blocked=False,
        channel=channel,
        implausible=tuple((each.code, each.values) for each in problems),
    )
    against = [*rules.of_asker(asker, kind, area), *rules.of_pair(asker, pair, kind, area)]
    return [each.code for each in against]


class _Born:
    died_on = None

    def __init__(self, pk, age, gender):
        self.pk, self.gender = pk, gender
        self.birth_date = date(build.TODAY.year - age, build.TODAY.month, build.TODAY.day)


@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURES)
@given(said=forms)
def test_really_bound_it_is_refused_for_the_reason_the_page_gave(site, said):
    """The same two people in the database, with papers in hand, get the page's first reason."""
    form = CanBindForm(said, areas=policy.area_choices())
    assert form.is_valid()
    area = policy.in_force(said["area"], build.TODAY)
    told = list(beforehand.objections(form.question(), "documented", area, build.TODAY))
    with transaction.atomic():
        payer, relative = _people(said)
        try:
            authorise(
                payer_id=payer.pk,
                relative_id=relative.pk,
                relation_code=said["relation"],
                terms=Terms(from_date=build.TODAY),
                proof="documented",
                signing=build.signing(),
                confirmed=True,
                by=build.clerk(on_behalf_of=payer),
                at=build.NOON,
            )
            refused = None
        except Refused as error:
            refused = error.code
        transaction.set_rollback(True)
    assert refused == (told[0].code if told else None)


def _people(said):
    payer = build.member("王伟", born=_Born(0, said["age"], "").birth_date, gender=said["gender"])
    if said["own_status"] != "none":
        build.enrolment(payer, "310", area=said["area"], status=said["own_status"])
    relative = build.member(
        "王小雨",
        born=_Born(0, said["relative_age"], "").birth_date,
        gender=codes.CODES[said["relation"]].gender,
    )
    insutype, _dash, status = said["insured"].partition("-")
    if insutype != "none":
        area = said["relative_area"] or said["area"]
        build.enrolment(relative, insutype, area=area, status=status or "1")
    return payer, relative


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"area": "123456"}, "area"),
        ({"area": ""}, "area"),
        ({"age": "六十"}, "age"),
        ({"relative_age": "-1"}, "relative_age"),
        ({"relation": "97"}, "relation"),
        ({"relatives": "x"}, "relatives"),
    ],
)
def test_what_cannot_be_meant_is_asked_again(site, wrong, says):
    page = ask(site, **wrong)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [says]
    assert "answer" not in page.context
    assert "<title>错误：" in page.content.decode()


def test_nobody_is_looked_up(site):
    """Not a single row about a person is read, so no answer can tell of one."""
    ask(site)
    with CaptureQueriesContext(connection) as asked:
        ask(site)
    tables = [each["sql"] for each in asked]
    assert len(tables) == 1, tables
    assert 'FROM "policy_area"' in tables[0]


def test_a_link_from_an_area_asks_nothing_yet(site):
    page = site.get(PAGE, {"area": "361100"})
    assert page.context["form"]["area"].value() == "361100"
    assert not page.context["form"].errors


def test_the_wrong_door_is_named(site):
    user = build.phone_user(member=build.employee("王伟"))
    site.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = site.get("/bind/", {"want": "code"}).content.decode()
    assert "您要的是亲情账户" in page
    assert "不能在您手机上出示家人的医保码" in page
    assert "开始办理" in site.get("/bind/", {"want": "pay"}).content.decode()
    for address in ("/bind/", "/family/", "/help/", "/doors/"):
        assert "两件事，不要办错" in site.get(address).content.decode()
