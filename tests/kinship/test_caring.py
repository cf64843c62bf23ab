"""Who may activate whose e-credential and show whose code: by rules and by proof."""

from datetime import date

import pytest
from django.utils import timezone

from accounts import selectors, tokens
from accounts.access import CONFIRMED
from accounts.services import care, members
from accounts.services.credentials import CredentialRefused
from pooling.audit.models import Event, Look
from pooling.kinship.services import caring
from pooling.notices.models import Notice
from pooling.policy import selectors as policy
from pooling.shared.errors import NotFound
from portal import looks
from tests import build

pytestmark = pytest.mark.django_db
AREA = "999900"


def born(years: int) -> date:
    return build.TODAY.replace(year=build.TODAY.year - years)


@pytest.fixture
def mother():
    build.area(AREA)
    return build.employee("王芳", gender="2", born="1988-03-05", area=AREA)


def relative(mother, code: str, **facts):
    person = build.resident("王小宝", area=AREA, **facts)
    build.relation(mother, person, code)
    return person


@pytest.fixture
def child(mother):
    return relative(mother, "20", born=born(8))


def activate_for(mother, person):
    return caring.activate_for(relative_id=person.pk, by=build.member_actor(mother), at=build.NOON)


def add(mother, person, at=build.NOON):
    return caring.add(relative_id=person.pk, by=build.member_actor(mother), at=at)


def told(person) -> set[str]:
    return set(Notice.objects.filter(member=person).values_list("kind", flat=True))


def test_a_mother_activates_her_childs(mother, child):
    row = activate_for(mother, child)
    assert (row.via, row.proven_as, row.activated_by) == ("family", "child", f"member:{mother.pk}")
    assert "credential_activated" in told(mother) & told(child)
    with pytest.raises(CredentialRefused):
        activate_for(mother, child)


@pytest.mark.parametrize(
    ("clauses", "years", "code", "phone", "may"),
    [
        ({}, 15, "20", False, True),
        ({}, 16, "20", False, False),
        ({"e_credential_by_family_under": 18}, 16, "20", False, True),
        ({}, 60, "52", False, True),
        ({}, 60, "52", True, False),
        ({"e_credential_by_family_from": 61}, 60, "52", False, False),
    ],
)
def test_who_may_be_activated_by_a_relative(clauses, years, code, phone, may):
    build.area(AREA, **clauses)
    daughter = build.employee("王芳", gender="2", born="1990-03-05", area=AREA)
    gender = "2" if code == "52" else "1"
    person = relative(daughter, code, born=born(years), gender=gender)
    if phone:
        build.phone_user("13800138009", person)
    if may:
        assert activate_for(daughter, person)
    else:
        with pytest.raises(caring.NotByFamily):
            activate_for(daughter, person)


def test_whom_the_registry_does_not_prove_is_nobody(mother):
    stranger = build.resident(born=born(8), area=AREA)
    for act in (activate_for, add):
        with pytest.raises(NotFound):
            act(mother, stranger)


def test_an_area_says_how_many_and_from_which_age():
    build.area(AREA, care_max_relatives=1, care_max_carers=1, care_consent_age=10)
    mother = build.employee("王芳", gender="2", born="1988-03-05", area=AREA)
    father = build.employee("王伟", born="1988-03-05", area=AREA)
    first = relative(mother, "20", born=born(9))
    second = relative(mother, "20", born=born(10))
    build.relation(father, first, "20")
    assert add(mother, first).usable(build.TODAY)
    with pytest.raises(care.CareRefused, match="最多添加 1 位"):
        add(mother, second)
    with pytest.raises(care.CareRefused, match="最多在 1 个"):
        add(father, first)
    assert not add(father, relative(father, "20", born=born(10))).usable(build.TODAY)


@pytest.mark.parametrize(
    ("clause", "act"), [("e_credential_family_evidence", activate_for), ("care_evidence", add)]
)
def test_an_area_says_what_proves_the_relation(clause, act):
    build.area(AREA, **{clause: ["document"]})
    mother = build.employee("王芳", gender="2", born="1988-03-05", area=AREA)
    child = relative(mother, "20", born=born(8))
    with pytest.raises(caring.NotProven, match="要看证明材料") as refused:
        act(mother, child)
    assert "医保窗口" in str(refused.value.remedy)


def test_where_a_promise_is_wanted_it_is_asked_for_and_kept(site, mother, child):
    build.next_rules(
        AREA,
        since="2026-11-21",
        care_evidence=["commitment"],
        e_credential_family_evidence=["commitment"],
    )
    policy.forget()
    assert "我承诺" in site.get("/credential/add/").content.decode()
    said = site.post("/credential/add/", {"relative": child.pk}, follow=True).content.decode()
    assert "须先承诺亲属关系属实" in said
    site.post("/credential/add/", {"relative": child.pk, "promised": "on"})
    address = f"/credential/{selectors.cared_for(mother.pk)[0].pk}/"
    assert "我承诺" in site.get(address).content.decode()
    assert "须先承诺" in site.post(address, follow=True).content.decode()
    site.post(address, {"promised": "on"})
    kept = Event.objects.filter(
        verb__in=("accounts.add_care_link", "accounts.activate_e_credential")
    )
    assert [event.detail["promised"] for event in kept] == [True, True]


def test_where_papers_are_wanted_the_pages_send_to_the_window(site, mother, child):
    build.next_rules(AREA, since="2026-11-21", e_credential_family_evidence=["document"])
    policy.forget()
    site.post("/credential/add/", {"relative": child.pk})
    address = f"/credential/{selectors.cared_for(mother.pk)[0].pk}/"
    page = site.get(address).content.decode()
    assert "到医保窗口办" in page
    assert '<button class="button main">' not in page


def test_both_are_told_of_what_becomes_of_an_entry(mother):
    grandmother = relative(mother, "52", born=born(62), gender="2")
    link = add(mother, grandmother)
    by = build.member_actor(grandmother)
    caring.agree(link_id=link.pk, by=by, at=build.NOON)
    caring.end(link_id=link.pk, by=by, at=build.NOON)
    assert told(mother) >= {"care_asked", "care_agreed", "care_ended"}
    assert told(grandmother) >= {"care_asked", "care_ended"}


def test_nobody_agrees_for_the_dead(mother):
    grandmother = relative(mother, "52", born=born(62), gender="2")
    link = add(mother, grandmother)
    members.record_death(member_id=grandmother.pk, died_on=build.TODAY, by=build.JOB, at=build.NOON)
    with pytest.raises(care.CareRefused, match="不能办理"):
        caring.agree(link_id=link.pk, by=build.member_actor(grandmother), at=build.NOON)


def test_a_new_one_voids_the_old(mother):
    by = build.member_actor(mother)
    old = caring.activate(by=by, at=build.NOON)
    new = caring.reissue(by=by, at=build.NOON)
    assert selectors.e_credential_of(mother.pk) == new != old
    caring.end_own(by=by, at=build.NOON)
    assert told(mother) == {"credential_activated", "credential_ended"}


# --- pages --------------------------------------------------------------------------------


@pytest.fixture
def site(client, mother):
    user = build.phone_user("13800138001", mother)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[CONFIRMED] = timezone.now().timestamp()
    session.save()
    return client


def test_activating_shows_a_code_without_a_number_of_the_person(site, mother):
    assert "激活医保电子凭证" in site.get("/credential/").content.decode()
    page = site.post("/credential/", {"verb": "activate"}, follow=True).content.decode()
    assert page.count('role="img"') >= 2
    assert mother.cert_no not in page
    assert "http-equiv" in page
    assert page.index("<noscript><meta") < page.index("http-equiv")


def test_the_code_comes_anew_as_a_part_of_the_page(site, mother):
    build.activated(mother)
    part = site.get("/credential/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="shown-code"')


def test_adding_and_showing_a_child_is_seen_by_the_child(site, mother, child):
    page = site.get("/credential/add/").content.decode()
    assert "王*" in page
    site.post("/credential/add/", {"relative": child.pk})
    link = selectors.cared_for(mother.pk)[0]
    address = f"/credential/{link.pk}/"
    assert "代为激活" in site.get(address).content.decode()
    assert 'role="img"' in site.post(address, follow=True).content.decode()
    assert Look.objects.get(page="care.relative").member_ids == [child.pk]
    assert [row.who for row in looks._rows(list(Look.objects.filter(page="care.relative")))] == [
        "亲情账户里添加了您的家人"
    ]
    site.get(address, headers={"HX-Request": "true"})
    assert Look.objects.filter(page="care.relative").count() == 1
    site.post("/credential/", {"verb": "end_link", "entry": link.pk})
    assert site.get(address).status_code == 404


def test_two_of_one_family_name_are_told_apart_by_what_they_are(site, mother, child):
    father = relative(mother, "51", born=born(62), gender="1")
    for person in (child, father):
        add(mother, person)
    page = site.get("/credential/").content.decode()
    assert page.count("王*") == 2
    assert "儿子" in page
    assert "父亲" in page
    link = selectors.cared_for(mother.pk)[0]
    assert "儿子" in site.get(f"/credential/{link.pk}/").content.decode()
    user = build.phone_user(member=child)
    site.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert "母亲" in site.get("/credential/").content.decode()


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 30])
def test_what_is_no_number_is_nobody(site, number):
    assert site.post("/credential/add/", {"relative": number}).status_code == 302
    assert site.post("/credential/", {"verb": "agree", "entry": number}).status_code == 302


def test_nothing_binding_happens_without_a_fresh_code(site, mother):
    session = site.session
    del session[CONFIRMED]
    session.save()
    for address, values in [
        ("/credential/", {"verb": "activate"}),
        ("/credential/add/", {"relative": 1}),
    ]:
        assert "confirm-it-is-you" in site.post(address, values)["Location"]
    assert selectors.e_credential_of(mother.pk) is None


def test_public_keys_are_published(client):
    said = client.get("/credential/keys.json").json()
    assert said["keys"][0]["algorithm"] == "Ed25519"
    assert said["step_seconds"] * said["steps"] == tokens.STEP_SECONDS * tokens.STEPS
