"""E-credentials, their codes, and the 亲情账户 that shows them."""

import base64
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts import barcodes, selectors, tokens
from accounts.models import CareLink, ECredential, RefusedCode, ShownCode
from accounts.services import care, credentials
from accounts.services.credentials import CodeRefused, CredentialRefused
from pooling.audit.models import Event
from pooling.shared import crypto
from pooling.shared.errors import NotFound
from tests import build

NUMBER = 2_345_678_901
FORMS = pytest.mark.parametrize("form", [tokens.token, tokens.digits])


@pytest.fixture
def grandmother(db):
    return build.activated(build.resident("赵秀兰", born="1950-02-03", gender="2"))


@pytest.fixture
def hospital(db):
    return build.institution()


def code_of(person, at=build.NOON, form=tokens.token) -> str:
    return form(selectors.e_credential_of(person.pk).number, at)


def redeem(code, place, *, at=build.NOON, message="M1"):
    return credentials.redeem(
        code=code, institution=place, message=message, by=build.till(place), at=at
    )


def why_refused(code, place, **when) -> str:
    with pytest.raises(CodeRefused) as refusal:
        redeem(code, place, **when)
    return refusal.value.attempt.reason


# --- the code itself ----------------------------------------------------------------------


@FORMS
def test_a_code_is_good_to_the_second_and_not_one_longer(form):
    code = form(NUMBER, build.NOON)
    last = build.NOON + timedelta(seconds=tokens.STEP_SECONDS * tokens.STEPS - 1)
    assert tokens.read(code, last).number == NUMBER
    with pytest.raises(tokens.Expired):
        tokens.read(code, last + timedelta(seconds=1))


def test_a_code_of_the_future_is_not_good_yet():
    with pytest.raises(tokens.Expired):
        tokens.read(tokens.token(NUMBER, build.NOON), build.NOON - timedelta(seconds=1))


def test_both_forms_stand_for_the_same():
    forms = (tokens.token(NUMBER, build.NOON), tokens.digits(NUMBER, build.NOON))
    assert len({tokens.read(form, build.NOON) for form in forms}) == 1
    assert len(forms[1]) == 20


@given(st.text(max_size=200) | st.from_regex(r"YBM\.[A-Z2-7]{0,140}", fullmatch=True))
def test_what_we_did_not_make_is_not_read(text):
    with pytest.raises(tokens.Unreadable):
        tokens.read(text, build.NOON)


@given(st.data())
def test_a_token_cut_or_changed_anywhere_is_not_read(data):
    good = tokens.token(NUMBER, build.NOON)
    place = data.draw(st.integers(len(tokens.PREFIX), len(good) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    changed = good[:place] + letter + good[place + 1 :]
    for text in {good[:place], changed} - {good}:
        with pytest.raises(tokens.Unreadable):
            tokens.read(text, build.NOON)


@given(st.integers(0, 10**10 - 1))
def test_made_up_digits_are_not_read(check):
    text = f"{NUMBER}{check:010d}"
    if text != tokens.digits(NUMBER, build.NOON):
        with pytest.raises((tokens.Unreadable, tokens.Expired)):
            tokens.read(text, build.NOON)


def test_whoever_has_the_public_key_can_check_a_token_without_us():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    packed = tokens.token(NUMBER, build.NOON).removeprefix("YBM.")
    raw = base64.b32decode(packed + "=" * (-len(packed) % 8))
    key = Ed25519PublicKey.from_public_bytes(crypto.public_keys(tokens.PURPOSE)[raw[0]])
    key.verify(raw[-64:], raw[1:-64])
    assert int.from_bytes(raw[1:6]) == NUMBER
    assert int.from_bytes(raw[6:11]) * 30 == build.NOON.timestamp()


def test_a_barcode_is_code_128_with_its_check_symbol():
    """The values of an example that can be added up by hand: 105 + 1·12 + 2·34 = 185 = 103 + 82."""
    assert barcodes.symbols("1234") == [105, 12, 34, 82]
    assert {sum(map(int, widths)) for widths in barcodes._WIDTHS} == {11}
    assert len(barcodes._WIDTHS) == len(set(barcodes._WIDTHS)) == 106
    assert 'aria-label="条形码"' in barcodes.code128("1234", label="条形码")


# --- activating and ending ----------------------------------------------------------------


def test_a_member_activates_once(grandmother):
    row = selectors.e_credential_of(grandmother.pk)
    assert (row.via, row.activated_on) == ("member", build.TODAY)
    assert Event.objects.get(verb="accounts.activate_e_credential").subject_id == row.pk
    with pytest.raises(CredentialRefused, match="已经激活"):
        build.activated(grandmother)


def test_the_number_says_nothing_of_the_person(grandmother):
    number = selectors.e_credential_of(grandmother.pk).number
    assert number in tokens.CREDENTIALS
    assert grandmother.cert_no not in code_of(grandmother)
    assert grandmother.psn_no not in code_of(grandmother)


def test_issued_anew_the_old_codes_are_void(grandmother, hospital):
    old = code_of(grandmother)
    by = build.member_actor(grandmother)
    credentials.end(member_id=grandmother.pk, by=by, at=build.NOON)
    assert why_refused(old, hospital) == "ended"
    build.activated(grandmother)
    assert why_refused(old, hospital) == "ended"
    assert redeem(code_of(grandmother), hospital) == grandmother


def test_nobody_activates_for_the_dead(db):
    with pytest.raises(CredentialRefused):
        build.activated(build.resident(died_on="2026-01-01"))


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("accounts_ecredential_one_active", {}),
        ("accounts_ecredential_via_known", {"via": "magic"}),
        ("accounts_ecredential_family_proves_relation", {"via": "family"}),
        ("accounts_ecredential_ended_has_name", {"ended_at": build.NOON}),
    ],
)
def test_laws_of_credentials(law, facts, grandmother):
    row = ECredential.objects.get()
    row.pk, row.number = None, row.number + 1
    for name, value in facts.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        row.save()


# --- at the till --------------------------------------------------------------------------


@FORMS
def test_a_code_finds_its_person_for_one_message_only(form, grandmother, hospital):
    code = code_of(grandmother, form=form)
    assert redeem(code, hospital) == redeem(code, hospital) == grandmother
    assert why_refused(code, hospital, message="M2") == "used"
    assert why_refused(code, build.institution()) == "used_elsewhere"
    assert why_refused(code_of(grandmother, form=tokens.digits), hospital, message="M2") == "used"
    assert ShownCode.objects.count() == 1


def test_a_code_is_taken_once_by_law_too(grandmother, hospital):
    redeem(code_of(grandmother), hospital)
    row = ShownCode.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="accounts_showncode_taken_once"), transaction.atomic():
        row.save()


def test_the_next_code_is_good_again(grandmother, hospital):
    redeem(code_of(grandmother), hospital)
    later = build.NOON + timedelta(seconds=tokens.STEP_SECONDS)
    assert redeem(code_of(grandmother, later), hospital, at=later, message="M2") == grandmother


def test_refusals_name_whose_code_it_was(grandmother, hospital):
    late = build.NOON + timedelta(minutes=5)
    for code, reason, whose in [
        (code_of(grandmother), "expired", grandmother.pk),
        (tokens.token(NUMBER, late), "unreadable", None),
        ("YBM.", "unreadable", None),
    ]:
        with pytest.raises(CodeRefused) as refusal:
            redeem(code, hospital, at=late)
        attempt = refusal.value.attempt
        assert (attempt.reason, attempt.member_id) == (reason, whose)


def test_looking_leaves_a_code_good(grandmother, hospital):
    assert credentials.look(code=code_of(grandmother), at=build.NOON) == grandmother
    assert redeem(code_of(grandmother), hospital) == grandmother


def test_a_refused_code_is_kept(grandmother, hospital):
    attempt = credentials.Attempt("used", grandmother.pk)
    credentials.keep_refused(
        attempt=attempt, institution_id=hospital.pk, by=build.till(hospital), at=build.NOON
    )
    assert selectors.refused_codes_of(grandmother.pk, limit=5) == list(RefusedCode.objects.all())


# --- 亲情账户 -----------------------------------------------------------------------------


@pytest.fixture
def mother(db):
    return build.employee("王芳", gender="2")


@pytest.fixture
def child(db):
    return build.activated(build.resident("王小宝", born="2015-05-05"))


def test_a_mother_shows_her_childs_code(mother, child, hospital):
    link = build.care_link(mother, child)
    assert redeem(tokens.token(link.number, build.NOON), hospital) == child
    assert ShownCode.objects.get().carer == mother


def test_a_code_from_an_ended_entry_is_refused(mother, child, hospital):
    link = build.care_link(mother, child)
    care.end(link_id=link.pk, by=build.member_actor(mother), at=build.NOON)
    with pytest.raises(CodeRefused) as refusal:
        redeem(tokens.token(link.number, build.NOON), hospital)
    attempt = refusal.value.attempt
    assert (attempt.reason, attempt.member_id, attempt.carer_id) == (
        "link_ended",
        child.pk,
        mother.pk,
    )


def test_at_16_it_takes_the_childs_own_consent(mother, child, hospital):
    link = build.care_link(mother, child)
    eve, day = build.moment("2031-05-04 12:00"), build.moment("2031-05-05 12:00")
    assert redeem(tokens.token(link.number, eve), hospital, at=eve) == child
    assert why_refused(tokens.token(link.number, day), hospital, at=day) == "consent_wanted"
    by = build.member_actor(child)
    with pytest.raises(care.CareRefused, match="满 16 周岁"):
        care.consent(link_id=link.pk, consent_age=16, by=by, at=eve)
    care.consent(link_id=link.pk, consent_age=16, by=by, at=day)
    assert redeem(tokens.token(link.number, day), hospital, at=day) == child


def test_a_grown_relative_agrees_first(mother, grandmother, hospital):
    link = build.care_link(mother, grandmother, proven_as="")
    assert why_refused(tokens.token(link.number, build.NOON), hospital) == "consent_wanted"
    with pytest.raises(NotFound):
        care.consent(link_id=link.pk, consent_age=16, by=build.member_actor(mother), at=build.NOON)
    care.consent(link_id=link.pk, consent_age=16, by=build.member_actor(grandmother), at=build.NOON)
    assert redeem(tokens.token(link.number, build.NOON), hospital) == grandmother


def test_an_unactivated_credential_is_shown_by_nobody(mother, hospital):
    link = build.care_link(mother, build.resident(born="2015-05-05"))
    assert why_refused(tokens.token(link.number, build.NOON), hospital) == "ended"


def test_a_child_is_entered_on_proof_alone(mother, child):
    with pytest.raises(care.CareRefused, match="不能证明"):
        build.care_link(mother, child, proven_as="")


def test_five_relatives_and_no_sixth(mother):
    for _each in range(5):
        build.care_link(mother, build.resident(born="2015-05-05"))
    with pytest.raises(care.CareRefused, match="最多添加 5 位"):
        build.care_link(mother, build.resident(born="2015-05-05"))


def test_two_carers_and_no_third(child):
    for _each in range(2):
        build.care_link(build.employee(), child)
    with pytest.raises(care.CareRefused, match="最多在 2 个"):
        build.care_link(build.employee(), child)


def test_nobody_is_entered_twice_or_cares_for_themselves(mother, child):
    build.care_link(mother, child)
    with pytest.raises(care.CareRefused, match="已经在"):
        build.care_link(mother, child)
    with pytest.raises(care.CareRefused):
        build.care_link(mother, mother)


def test_a_stranger_ends_nothing(mother, child):
    link = build.care_link(mother, child)
    with pytest.raises(NotFound):
        care.end(link_id=link.pk, by=build.member_actor(build.employee()), at=build.NOON)
    care.end(link_id=link.pk, by=build.member_actor(child), at=build.NOON)
    assert selectors.cared_for(mother.pk) == []


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("accounts_carelink_one_active", {}),
        ("accounts_carelink_not_oneself", {"self": True}),
        ("accounts_carelink_consent_has_name", {"consented_by": "member:1"}),
        ("accounts_carelink_consent_is_due_or_given", {"consent_due_on": None}),
        ("accounts_carelink_ended_has_name", {"ended_by": "member:1"}),
    ],
)
def test_laws_of_entries(law, facts, mother, child):
    build.care_link(mother, child)
    row = CareLink.objects.get()
    row.pk, row.number = None, row.number + 1
    if facts.pop("self", False):
        row.carer = child
    for name, value in facts.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        row.save()
