"""Who may open which address: every one of them, asked by everybody.

A new address without a row here fails. Rows say what a GET is answered; an address that only
takes a POST says 405 to those it would serve, so that being let in still shows.
"""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.access import CONFIRMED
from accounts.roles import ROLES, SEES
from pooling.audit.models import Look
from pooling.bindings import services
from pooling.bindings.services import applications
from pooling.counter.models import DeskCase
from pooling.policy import services as rules
from pooling.reports import services as reports
from pooling.shared.admin import ActAdmin
from tests import build

ASKERS = ("visitor", "newcomer", "payer", "stranger", "clerk")

#: name → what a visitor, somebody whose phone is proven but not who they are, the member
#: whose page it is, another member, and a clerk are answered. Members gave a fresh code.
EVERYBODY = (200, 200, 200, 200, 200)
NOBODY_NOW = (302, 302, 302, 302, 302)  # only on the way through sign-in
MEMBERS = (302, 302, 200, 200, 302)
OWNER = (302, 302, 200, 404, 302)
POSTED = (302, 302, 405, 405, 302)
#: Of a wallet or a fund, which nobody here has (tests/funds/test_pages.py).
NONE_THERE = (302, 302, 404, 404, 302)
PAGES = {
    "account_confirm_login_code": NOBODY_NOW,
    "account_inactive": EVERYBODY,
    "account_login": (200, 302, 302, 302, 302),
    "account_logout": (302, 200, 200, 200, 200),
    "account_reauthenticate": (302, 403, 403, 403, 200),
    "account_request_login_code": (200, 302, 302, 302, 302),
    "bindings:binding": OWNER,
    "bindings:block": POSTED,
    "bindings:can_bind": EVERYBODY,
    "bindings:case": (302, 302, 302, 404, 302),  # a draft sends its owner on to the next step
    "bindings:change_limits": OWNER,
    "bindings:check": OWNER,
    "bindings:family": MEMBERS,
    "bindings:limits": OWNER,
    "bindings:overall": MEMBERS,
    "bindings:person": OWNER,
    "bindings:press": POSTED,
    "bindings:quota": OWNER,
    "bindings:rank": POSTED,
    "bindings:relation": OWNER,
    "bindings:release": OWNER,
    "bindings:sign": OWNER,
    "bindings:start": MEMBERS,
    "care:add": MEMBERS,
    "care:keys": EVERYBODY,
    "care:mine": MEMBERS,
    "care:relative": OWNER,
    "cases:discard": POSTED,
    "cases:document": OWNER,
    "cases:hand_in": POSTED,
    "cases:page": OWNER,
    "cases:proof": OWNER,
    "cases:remove": POSTED,
    "check_receipt": EVERYBODY,
    "confirm_it_is_you": (302, 200, 200, 200, 302),
    "demo_outbox": EVERYBODY,
    "doors": EVERYBODY,
    "funds:answer_invitation": POSTED,
    "funds:answer_transfer": POSTED,
    "funds:close_fund": NONE_THERE,
    "funds:close_wallet": POSTED,
    "funds:found": POSTED,
    "funds:fund": MEMBERS,
    "funds:invite": NONE_THERE,
    "funds:leave": NONE_THERE,
    "funds:open_wallet": MEMBERS,
    "funds:order": POSTED,
    "funds:pay_in": NONE_THERE,
    "funds:place": NONE_THERE,
    "funds:send": MEMBERS,
    "funds:wallet": MEMBERS,
    "healthz": EVERYBODY,
    "help": EVERYBODY,
    "hospital:simulator": EVERYBODY,
    "home": (200, 302, 200, 200, 302),
    "identity": (302, 200, 302, 302, 302),
    "legal": EVERYBODY,
    "looks": MEMBERS,
    "me": (302, 200, 200, 200, 302),
    "mfa_authenticate": NOBODY_NOW,
    "mfa_reauthenticate": (302, 403, 403, 403, 200),
    "my_receipt": OWNER,
    "national": (405, 405, 405, 405, 405),  # signed messages by POST (tests/hospital)
    "notices:inbox": MEMBERS,
    "policy:areas": EVERYBODY,
    "policy:rules": EVERYBODY,
    "readyz": (503, 503, 503, 503, 503),  # no job worker runs beside the tests
    "session_ended": EVERYBODY,
    "set_language": NOBODY_NOW,
    "settlements:can_pay": EVERYBODY,
    "settlements:claim_premium": MEMBERS,
    "settlements:estimate": MEMBERS,
    "settlements:export": MEMBERS,
    "settlements:export_csv": MEMBERS,
    "settlements:export_xlsx": MEMBERS,
    "settlements:log": MEMBERS,
    "settlements:premiums": MEMBERS,
    "settlements:why": OWNER,
    "text_size": (405, 405, 405, 405, 405),
}
#: Of these, what is answered names nobody, whoever asks.
FOR_MACHINES = {"admin:jsi18n", "care:keys", "healthz", "readyz"}
#: What the relative of the payer's authorisation, who is the patient of the bill, is answered
#: where it is not what a stranger is.
RELATIVE = {
    "bindings:binding": 200,
    "bindings:change_limits": 403,  # the limits are the payer's
    "bindings:quota": 403,
    "bindings:release": 200,
    "settlements:why": 200,
}
#: name → method, and the answer without key, to a hotline, and to another institution's till.
REST = {
    "rest:api-root": ("GET", 404, 404, 404),
    "rest:balance": ("GET", 401, 200, 403),
    "rest:lookup": ("POST", 401, 422, 403),
    "rest:openapi-json": ("GET", 200, 200, 200),
    "rest:openapi-view": ("GET", 200, 200, 200),
    "rest:preview": ("POST", 401, 403, 422),
    "rest:refund": ("POST", 401, 403, 422),
    "rest:reverse": ("POST", 401, 403, 422),
    "rest:reverse_message": ("POST", 401, 403, 422),
    "rest:rules": ("GET", 401, 200, 200),
    "rest:settle": ("POST", 401, 403, 422),
    "rest:show": ("GET", 401, 403, 404),
}
#: Of the desk's own pages: what a visitor, a member, a clerk, a reviewer, an auditor, and whoever
#: sets the rules or keeps the system are answered. The case is a draft of the payer's, whom
#: nobody has identified at the window; 405 is let in, but by POST only.
DESK = {
    "admin:counter_deskcase_claims": (302, 302, 200, 200, 403, 403),
    "admin:counter_deskcase_codes": (302, 302, 200, 200, 403, 403),
    "admin:counter_deskcase_event": (302, 302, 200, 200, 403, 403),
    "admin:counter_deskcase_letters": (302, 302, 200, 200, 200, 403),
    "admin:counter_deskcase_find": (302, 302, 200, 200, 403, 403),
    "admin:counter_deskcase_intake": (302, 302, 302, 302, 403, 403),
    "admin:counter_deskcase_judge": (302, 302, 405, 405, 405, 405),
    "admin:counter_deskcase_notice": (302, 302, 200, 200, 200, 403),
    "admin:counter_deskcase_paper": (302, 302, 403, 403, 403, 403),  # nobody said what for
    "admin:counter_deskcase_receipt": (302, 302, 405, 405, 405, 405),
    "admin:counter_deskcase_void": (302, 302, 405, 405, 405, 405),
    "admin:counter_deskcase_renew": (302, 302, 200, 200, 403, 403),
    "admin:counter_deskcase_say": (302, 302, 302, 302, 403, 403),  # nobody identified
    "admin:counter_deskcase_scan": (302, 302, 302, 302, 403, 403),
}
#: Of the pages about tills, the same; only who keeps the system issues credentials.
TILLS = {
    "admin:hospital_exchange_rates": (302, 302, 403, 200, 200, 403),
    "admin:hospital_exchange_rehearse": (302, 302, 405, 405, 405, 405),
    "admin:hospital_exchange_replay": (302, 302, 405, 405, 405, 405),
    "admin:hospital_message_statement": (302, 302, 403, 403, 200, 403),
    "admin:hospital_tillcredential_issue": (302, 302, 403, 403, 403, 403),
}
#: Of the pages on which rules are written and tried, the same. The version is a draft.
RULES = {
    "admin:policy_ruleversion_clause": (302, 302, 403, 403, 403, 200),
    "admin:policy_ruleversion_draft": (302, 302, 403, 403, 403, 200),
    "admin:policy_ruleversion_unset": (302, 302, 405, 405, 405, 405),
    "admin:reports_replay_csv": (302, 302, 403, 403, 200, 200),
    "admin:reports_replay_start": (302, 302, 403, 403, 403, 200),
}
#: Verb of a version and of a replay → the same of a POST.
RULES_VERBS = {
    "policy/ruleversion": dict.fromkeys(
        (
            *("submit", "set_start", "publish", "take_back", "discard"),
            *("ask_withdrawal", "withdraw"),
        ),
        (302, 302, 403, 403, 403, 302),
    ),
    "reports/replay": {"stop": (302, 302, 403, 403, 403, 302)},
}
#: Verb of a case → the same of a POST: 302 goes to the staff door for outsiders.
DESK_VERBS = {
    "agree": (302, 302, 403, 302, 403, 403),
    "approve": (302, 302, 403, 302, 403, 403),
    "find": (302, 302, 302, 302, 403, 403),
    "more": (302, 302, 403, 302, 403, 403),
    "outcome": (302, 302, 302, 302, 403, 403),
    "propose": (302, 302, 302, 302, 403, 403),
    "reject": (302, 302, 403, 302, 403, 403),
    "turn_down": (302, 302, 403, 302, 403, 403),
    "refuse": (302, 302, 403, 302, 403, 403),
    "turn_back": (302, 302, 403, 302, 403, 403),
}
DESK_ASKERS = ("visitor", "payer", "clerk", "reviewer", "auditor", "policy_admin")
#: Of the admin's own pages: what a visitor, a member and a clerk are answered.
ADMIN = {
    "admin:app_list": (302, 302, 200),
    "admin:autocomplete": (302, 302, 403),
    "admin:index": (302, 302, 200),
    "admin:jsi18n": (302, 302, 200),
    "admin:login": (302, 403, 302),
    "admin:logout": (302, 302, 405),
    "admin:password_change": (302, 302, 200),
    "admin:password_change_done": (302, 302, 200),
    "admin:view_on_site": (302, 302, 404),
}


def _walk(resolver, prefix: str = ""):
    """Yield (name, pattern) of every address."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry.pattern
        else:
            yield from _walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


ADDRESSES = dict(_walk(get_resolver()))
MODELS = [(model, page) for model, page in admin.site._registry.items()]


@pytest.fixture
def family(db, settings, tmp_path):
    """Return payer and stranger, and what a page of the payer's is addressed by."""
    build.built_in_areas(build.SHANGRAO)
    payer = build.employee("王伟")
    sister = build.resident("王敏")
    build.contribution(payer, 50_000)
    binding = build.active_binding(payer, sister)
    settlement = build.settle(sister, 1_000, place=build.institution())
    case = applications.start(by=build.member_actor(payer), at=build.NOON)
    settings.UPLOADS = tmp_path
    paper = build.paper(case)
    child = build.activated(build.resident("王小宝", born="2018-05-05"))
    return {
        "care": build.care_link(payer, child).pk,
        "child": child,
        "payer": payer,
        "relative": sister,
        "stranger": build.employee("陈志强"),
        "pk": {"bindings": binding.pk, "settlements": settlement.pk, "admin": case.pk, "funds": 0},
        "uid": settlement.uid,
        "number": case.number,
        "document": paper.pk,
        "submitted": build.waiting_case(payer),
    }


def as_(asker: str, client, family) -> None:
    if asker in ROLES:
        build.signed_in_staff(client, username=f"li.{asker}", role=asker)
    elif asker != "visitor":
        user = build.phone_user("13800138001", family.get(asker))
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = timezone.now().timestamp()
        session.save()


def address(name: str, family) -> str:
    """Return the payer's page of this name."""
    known = {
        "pk": family["pk"].get(name.partition(":")[0]),
        "settlement_id": family["pk"]["settlements"],
        "uid": family["uid"],
        "number": family["number"],
        "address": "2207",
        "document": family["document"],
        "page": 1,
        "psn_no": family["payer"].psn_no,
        "link_id": family["care"],
        "member_id": family["stranger"].pk,
        "code": build.SHANGRAO,
        "verb": "freeze",
        "place": 1,
        "nth": 1,
        "source": "account",
        "way": "raise",
        "clause": "floor_fen",
        "app_label": "accounts",
        "content_type_id": 1,
        "object_id": 0,
    }
    if name in ("check_receipt", "my_receipt"):
        known |= {"code": family["submitted"].check_code, "number": family["submitted"].number}
    pattern = ADDRESSES[name]
    wanted = pattern.converters or pattern.regex.groupindex
    return reverse(name, kwargs={key: known[key] for key in wanted})


def test_every_address_has_a_row():
    of_models = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
        for model, _page in MODELS
        for what in ("changelist", "add", "history", "delete", "change", "act", "purpose")
    }
    unnamed = {"admin:None"}  # old forms of addresses, which only redirect
    assert set(ADDRESSES) - of_models - unnamed == {*PAGES, *REST, *ADMIN, *DESK, *RULES, *TILLS}


@pytest.mark.parametrize("asker", ASKERS)
def test_who_may_open_which_page(asker, family, client):
    as_(asker, client, family)
    answered = {name: client.get(address(name, family)).status_code for name in PAGES}
    assert answered == {name: row[ASKERS.index(asker)] for name, row in PAGES.items()}


def test_what_the_relative_may_open(family, client):
    as_("relative", client, family)
    answered = {name: client.get(address(name, family)).status_code for name in PAGES}
    stranger = ASKERS.index("stranger")
    assert answered == {name: RELATIVE.get(name, row[stranger]) for name, row in PAGES.items()}


@pytest.mark.parametrize("asker", ["newcomer", "payer", "relative", "clerk"])
def test_no_page_shown_to_somebody_signed_in_is_kept_by_a_browser(asker, family, client):
    as_(asker, client, family)
    answered = {name: client.get(address(name, family)) for name in [*PAGES, *ADMIN]}
    kept = {
        name
        for name, answer in answered.items()
        if answer.status_code == 200
        and name not in FOR_MACHINES
        and "no-store" not in answer.headers.get("Cache-Control", "")
    }
    assert not kept, "whoever presses back after signing out would read them"


@pytest.mark.parametrize("asker", ["reviewer", "auditor"])
def test_other_staff_open_of_the_portal_what_a_clerk_opens(asker, family, client):
    as_(asker, client, family)
    answered = {name: client.get(address(name, family)).status_code for name in PAGES}
    assert answered == {name: row[ASKERS.index("clerk")] for name, row in PAGES.items()}


@pytest.mark.parametrize("name", [name for name, row in PAGES.items() if row[3] == 404])
def test_a_stranger_changes_nothing_by_post_either(name, family, client):
    as_("stranger", client, family)
    assert client.post(address(name, family)).status_code in {404, 405}


@pytest.mark.parametrize("name", ["bindings:press", "bindings:rank"])
def test_a_stranger_presses_no_button_of_the_family(name, family, client):
    as_("stranger", client, family)
    assert client.post(address(name, family)).status_code == 404


@pytest.mark.parametrize(("column", "scope"), [(1, None), (2, "lookup"), (3, "settle")])
def test_which_machine_may_ask_what(column, scope, family, client):
    place = build.institution() if scope == "settle" else None
    headers = {"idempotency-key": "a key"}
    if scope:
        key = build.api_key(institution=place, scope=scope)
        headers["authorization"] = f"Bearer {key}"
    answered = {
        name: client.generic(
            row[0],
            address(name, family),
            b"{}",
            content_type="application/json",
            headers=headers,
        ).status_code
        for name, row in REST.items()
    }
    assert answered == {name: row[column] for name, row in REST.items()}


@pytest.mark.parametrize(("column", "asker"), [(0, "visitor"), (1, "payer"), (2, "clerk")])
def test_who_may_enter_the_admin(column, asker, family, client):
    as_(asker, client, family)
    answered = {name: client.get(address(name, family)).status_code for name in ADMIN}
    assert answered == {name: row[column] for name, row in ADMIN.items()}


@pytest.mark.parametrize("asker", DESK_ASKERS)
def test_who_may_work_at_the_desk(asker, family, client):
    as_(asker, client, family)
    column = DESK_ASKERS.index(asker)
    answered = {name: client.get(address(name, family)).status_code for name in DESK}
    assert answered == {name: row[column] for name, row in DESK.items()}
    page = f"/admin/counter/deskcase/{family['pk']['admin']}/act/"
    answered = {verb: client.post(f"{page}{verb}/").status_code for verb in DESK_VERBS}
    assert answered == {verb: row[column] for verb, row in DESK_VERBS.items()}
    assert {client.get(f"{page}{verb}/").status_code for verb in DESK_VERBS} <= {302, 405}


@pytest.mark.parametrize("asker", DESK_ASKERS)
def test_who_may_write_and_try_rules(asker, family, client):
    when = {"since": build.day("2026-10-01"), "until": build.TODAY, "by": build.JOB}
    late = build.day("2099-01-01")
    version = rules.draft(
        area_code=build.SHANGRAO, label="草稿", from_date=late, by=build.JOB, at=build.NOON
    )
    replay = reports.start(version_id=version.pk, **when, at=build.NOON)
    as_(asker, client, family)
    column = DESK_ASKERS.index(asker)
    of = {"policy": version.pk, "reports": replay.pk}
    answered = {}
    for name in RULES:
        family["pk"]["admin"] = of[name.removeprefix("admin:").partition("_")[0]]
        answered[name] = client.get(address(name, family)).status_code
    assert answered == {name: row[column] for name, row in RULES.items()}
    for table, verbs in RULES_VERBS.items():
        page = f"/admin/{table}/{of[table.partition('/')[0]]}/act/"
        answered = {verb: client.post(f"{page}{verb}/").status_code for verb in verbs}
        assert answered == {verb: row[column] for verb, row in verbs.items()}


@pytest.mark.parametrize("asker", [*DESK_ASKERS, "system_admin"])
def test_who_may_see_to_the_tills(asker, family, client):
    as_(asker, client, family)
    answered = {name: client.get(address(name, family)).status_code for name in TILLS}
    keeper = {
        "admin:hospital_exchange_rates": 200,
        "admin:hospital_exchange_rehearse": 405,
        "admin:hospital_exchange_replay": 405,
        "admin:hospital_message_statement": 403,
        "admin:hospital_tillcredential_issue": 200,
    }
    column = [*DESK_ASKERS, "system_admin"].index(asker)
    assert answered == {name: [*row, keeper[name]][column] for name, row in TILLS.items()}
    page = f"/admin/hospital/tillcredential/{family['pk']['admin']}/act/revoke/"
    assert client.get(page).status_code in (302, 405)
    assert client.post(page).status_code in (302, 403, 404)


@pytest.mark.parametrize("asker", [*DESK_ASKERS, "system_admin"])
def test_who_may_let_somebody_in_again(asker, family, client):
    as_(asker, client, family)
    page = f"/admin/accounts/user/{build.staff('locked.out', 'clerk').pk}/act/let-in-again/"
    outside = asker in ("visitor", "payer")
    assert client.get(page).status_code == (302 if outside else 405)
    assert client.post(page).status_code == (302 if outside or asker == "system_admin" else 403)


def test_every_verb_about_rules_has_a_row():
    acting = {
        f"{model._meta.app_label}/{model._meta.model_name}": set(page.acts)
        for model, page in MODELS
        if model._meta.app_label in ("policy", "reports") and isinstance(page, ActAdmin)
    }
    assert acting == {table: set(verbs) for table, verbs in RULES_VERBS.items()}


def test_every_verb_of_the_desk_has_a_row():
    assert set(DESK_VERBS) == set(admin.site._registry[DeskCase].acts)


#: Tables whose names open on a row's page to who said what for → whose full names stand there.
NAMED = {
    "accounts.ecredential": ("child",),
    "accounts.enrolment": ("payer",),
    "accounts.member": ("payer",),
    "bindings.binding": ("payer", "relative"),
    "bindings.block": ("payer", "relative"),
    "bindings.payercap": ("payer",),
    "kinship.relation": ("payer", "relative"),
    "settlements.line": ("payer", "relative"),
    "settlements.settlement": ("payer", "relative"),
}


def test_every_table_whose_names_open_has_a_row():
    opened = {model._meta.label_lower for model, page in MODELS if getattr(page, "in_full", None)}
    assert opened == set(NAMED)


def _row_about(label: str, family) -> int:
    """Return a row of a table that is about the payer, the sister or the child."""
    payer, sister, child = (family[who].pk for who in ("payer", "relative", "child"))
    of = {
        "accounts.ecredential": {"member": child},
        "accounts.enrolment": {"member": payer},
        "accounts.member": {"pk": payer},
        "kinship.relation": {"member": payer, "relative": sister},
        "settlements.settlement": {"patient": sister},
        "bindings.payercap": {"payer": payer},
        "bindings.block": {"payer": payer, "relative": sister},
    }.get(label, {"payer": payer})
    return apps.get_model(label).objects.filter(**of).first().pk


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", sorted(NAMED))
def test_names_open_to_who_may_look_and_said_what_for(label, role, family, client):
    services.block(
        payer_id=family["payer"].pk, by=build.member_actor(family["relative"]), at=build.NOON
    )
    services.set_payer_caps(
        cap_per_year_fen=9_900, by=build.member_actor(family["payer"]), at=build.NOON
    )
    build.signed_in_staff(client, username="li.staff", role=role)
    root = f"/admin/{label.replace('.', '/')}/"
    page, per_row = f"{root}{_row_about(label, family)}/", label.split(".")[0] != "settlements"
    names = [family[who].name for who in NAMED[label]]
    if label not in SEES[role]:
        assert client.get(f"{page}change/").status_code == 403
        assert build.say_purpose(client, page if per_row else root).status_code == 403
        return
    masked = client.get(f"{page}change/").content.decode()
    assert not any(name in masked for name in names), "nothing was said yet"
    build.say_purpose(client, page if per_row else root)
    shown = client.get(f"{page}change/").content.decode()
    assert all(name in shown for name in names)
    looked = Look.objects.order_by("-pk")[0]
    assert {family[who].pk for who in NAMED[label]} <= set(looked.member_ids)
    assert any(field.endswith("_in_full") or field == "full_name" for field in looked.fields)
    assert looked.purpose.startswith("dispute ")
    listed = client.get(root).content.decode()
    assert not any(name in listed for name in names), "a list stays masked"


def _of_model(client, model) -> dict[str, int]:
    """Return what the pages of a model answer; row 0 is never there.

    Where a table asks for a purpose before it opens, one is said.
    """
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = {"object_id": 0}
    if f"{name}_purpose" in ADDRESSES:
        build.say_purpose(client, reverse(f"{name}_changelist"))
    answered = {
        "list": client.get(reverse(f"{name}_changelist")),
        "row": client.get(reverse(f"{name}_change", kwargs=row)),
        "add": client.post(reverse(f"{name}_add")),
        "change": client.post(reverse(f"{name}_change", kwargs=row)),
        "delete": client.post(reverse(f"{name}_delete", kwargs=row)),
    }
    return {what: answer.status_code for what, answer in answered.items()}


@pytest.mark.parametrize("asker", ["visitor", "payer"])
def test_nobody_but_staff_looks_anything_up(asker, family, client):
    as_(asker, client, family)
    for model, _page in MODELS:
        assert set(_of_model(client, model).values()) == {302}, model


@pytest.mark.parametrize("role", ROLES)
def test_each_role_looks_up_its_own_tables_and_writes_none(role, client, db):
    build.signed_in_staff(client, username="li.staff", role=role)
    for model, _page in MODELS:
        sees = model._meta.label_lower in SEES[role]
        assert _of_model(client, model) == {
            "list": 200 if sees else 403,
            "row": 302 if sees else 403,
            "add": 403,
            "change": 403,
            "delete": 403,
        }, model
