"""How tests make what they need: plain functions, through the services, one section a domain.

Everybody is somebody: give people names and roles, and only say what the test is about.
"""

import io
import itertools
from datetime import date, datetime
from fractions import Fraction
from functools import cache

from django.db import transaction
from PIL import Image

from accounts import identity, selectors
from accounts.models import Enrolment, Institution, Member
from accounts.services import care, clients, members, users
from accounts.services import credentials as accounts_credentials
from pooling.bindings import services as bindings
from pooling.bindings import texts
from pooling.bindings.models import Binding
from pooling.bindings.services import Signing, Terms
from pooling.cases import documents
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.cases.uploads import CleanPage
from pooling.funds import selectors as fund_selectors
from pooling.funds import services as funds
from pooling.funds.models import FamilyFund, Payout, PersonalAccount, Quota, Transfer, Wallet
from pooling.hospital.national.services import credentials
from pooling.kinship import selectors as kinship_selectors
from pooling.kinship import services as kinship
from pooling.kinship.codes import kind_of
from pooling.kinship.models import Relation
from pooling.ledger import services as ledger
from pooling.ledger.movements import Draft, Movement
from pooling.policy import definitions, parameters
from pooling.policy import services as policy
from pooling.policy.models import Area
from pooling.settlements import services as settlements
from pooling.settlements.models import Refund, Settlement
from pooling.settlements.services import Bill
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.periods import SHANGHAI
from tests.published import publish

_serial = itertools.count(1)

#: A Sunday noon on which nothing special is due.
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
TODAY = NOON.date()
SHANGRAO, SHANGHAI_CITY, XIAN, NANCHANG = "361100", "310000", "610100", "360100"


def day(given: str | date) -> date:
    """Return a date from `2026-11-22`, or the date itself."""
    return given if isinstance(given, date) else date.fromisoformat(given)


def moment(text: str) -> datetime:
    """Return a moment in Shanghai: `moment("2026-01-31 23:59")`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


# --- who acts -----------------------------------------------------------------------------


def member_actor(member) -> Actor:
    return Actor.member(member.pk)


def clerk(id: int = 901, on_behalf_of=None) -> Actor:
    """Return somebody of the staff, at the window for a member if one is given."""
    return Actor(ActorKind.STAFF, id, on_behalf_of and on_behalf_of.pk, channel="counter")


JOB = Actor.job("test")


# --- who signs in -------------------------------------------------------------------------

PASSWORD = "a long enough password"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"


def phone_user(phone: str = "13800138000", member=None):
    """Return somebody who proved this phone, linked to a member if one is given."""
    user = users.open_sign_in(phone=phone, by=JOB, at=NOON)
    user = users.confirm_phone(user_id=user.pk, phone=phone, by=JOB, at=NOON)
    if member is not None:
        done = users.link_member(
            user_id=user.pk, cert_no=member.cert_no, name=member.name, by=JOB, at=NOON
        )
        assert done is users.Link.DONE
        user.refresh_from_db()
    return user


def staff(username: str = "li.reviewer", role: str = "reviewer", display_name: str = "李审核"):
    """Return a staff user whose second factor has TOTP_SECRET."""
    return users.make_staff(
        username=username,
        display_name=display_name,
        role=role,
        password=PASSWORD,
        totp_secret=TOTP_SECRET,
        by=JOB,
        at=NOON,
    )


def signed_in_staff(client, **who):
    """Sign a staff user in on a test client, second factor included; return the user."""
    user = staff(**who)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return user


def say_purpose(client, page: str, *, purpose: str = "dispute", what: str = "核查来访人的疑问"):
    """Say what for, as staff must before a page about people opens; return the answer."""
    return client.post(f"{page}purpose/", {"purpose": purpose, "what": what, "next": page})


# --- ledger -------------------------------------------------------------------------------


def scheme_account(code: str = "scheme:clearing") -> int:
    """Return the id of an account that may go below zero."""
    return ledger.ensure_scheme_account(code, "scheme")


def ledger_account(holding_fen: int = 0) -> int:
    """Return the id of a guarded account that holds so much."""
    account = ledger.open_accounts([f"test:{next(_serial)}"], "test")[0].pk
    if holding_fen:
        post((scheme_account("scheme:opening"), -holding_fen), (account, holding_fen))
    return account


def draft(*movements: tuple[int, int], key: str | None = None, on: date = TODAY) -> Draft:
    """Return an entry that is not posted yet."""
    return ledger.draft(
        key=key or f"test:{next(_serial)}",
        kind="test",
        movements=[Movement(account, fen) for account, fen in movements],
        business_date=on,
    )


def post(*movements: tuple[int, int], key: str | None = None, on: date = TODAY, locked=None):
    """Post (account id, fen) pairs as one entry, in a transaction of its own if need be."""
    with transaction.atomic():
        return ledger.post(
            key=key or f"test:{next(_serial)}",
            kind="test",
            movements=[Movement(account, fen) for account, fen in movements],
            business_date=on,
            at=NOON,
            locked=locked,
        )


def reverse(entry, *movements: tuple[int, int], key: str | None = None):
    """Reverse an entry, optionally with other movements than the opposite ones."""
    with transaction.atomic():
        return ledger.reverse(
            entry_id=entry.pk,
            key=key or f"test:{next(_serial)}",
            at=NOON,
            business_date=TODAY,
            movements=[Movement(account, fen) for account, fen in movements] or None,
        )


# --- accounts -----------------------------------------------------------------------------


def cert_no(born: str | date = "1988-03-05", gender: str = "1", region: str = "100101") -> str:
    """Return a new identity number that is nobody's: right check digit, no province."""
    serial = next(_serial)
    order = serial % 499 * 2 + (1 if gender == "1" else 0)
    region = f"{region[:4]}{int(region[4:]) + serial // 499:02d}"
    return identity.with_check_digit(f"{region}{day(born):%Y%m%d}{order:03d}")


def member(
    name: str = "王伟",
    *,
    born: str | date = "1988-03-05",
    gender: str = "1",
    psn_no: str | None = None,
    number: str | None = None,
    phone: str | None = None,
    died_on: str | date | None = None,
) -> Member:
    """Return a new member; without enrolment they are in no insurance."""
    row = members.MemberRow(
        line=1,
        psn_no=psn_no or f"P{next(_serial):08d}",
        name=name,
        cert_type="01",
        cert_no=number or cert_no(born, gender),
        birth_date=day(born),
        gender=gender,
        phone=phone,
        died_on=day(died_on) if died_on else None,
    )
    loaded = members.load_members([row], by=JOB, at=NOON)
    assert not loaded.problems, loaded.problems
    return selectors.by_psn_no(row.psn_no)


def enrolment(
    person: Member,
    insutype: str = "310",
    *,
    area: str = SHANGRAO,
    psn_type: str = "",
    status: str = "1",
    since: str | date = "2020-01-01",
    until: str | date | None = None,
    employer: str = "",
) -> Enrolment:
    """Insure somebody: `310` as employee, `390` as resident."""
    row = members.EnrolmentRow(
        line=1,
        psn_no=person.psn_no,
        insutype=insutype,
        area=area,
        psn_type=psn_type or ("11" if insutype == "310" else "15"),
        status=status,
        from_date=day(since),
        to_date=day(until) if until else None,
        employer=employer,
    )
    loaded = members.load_enrolments([row], by=JOB, at=NOON)
    assert not loaded.problems, loaded.problems
    return person.enrolments.get(insutype=insutype, area=area, from_date=row.from_date)


def employee(name: str = "王伟", *, area: str = SHANGRAO, **facts) -> Member:
    """Return a member with employee insurance: somebody who can have an account."""
    person = member(name, **facts)
    enrolment(person, "310", area=area)
    return person


def resident(name: str = "王小雨", *, area: str = SHANGRAO, **facts) -> Member:
    """Return a member with resident insurance: somebody without an own account."""
    person = member(name, **facts)
    enrolment(person, "390", area=area)
    return person


def activated(person: Member, *, at: datetime = NOON) -> Member:
    """Activate somebody's e-credential and return them."""
    accounts_credentials.activate(member_id=person.pk, via="member", by=member_actor(person), at=at)
    return person


def activated_long_ago(*people: Member) -> None:
    """Have these e-credentials come from the registry; whoever has one already keeps it."""
    given = [
        accounts_credentials.CredentialRow(
            line, person.psn_no, max(day("2021-06-01"), person.birth_date)
        )
        for line, person in enumerate(people, 2)
    ]
    accounts_credentials.load(given, by=JOB, at=NOON)


def care_link(carer: Member, relative: Member, *, at: datetime = NOON, proven_as: str = "child"):
    """Put somebody into a caregiver's 亲情账户."""
    return care.add(
        carer_id=carer.pk,
        relative_id=relative.pk,
        proven_as=proven_as,
        bounds=care.Bounds(most_relatives=5, most_carers=2, consent_age=16),
        by=member_actor(carer),
        at=at,
    )


def institution(
    code: str | None = None,
    *,
    name: str = "信州区人民医院",
    area: str = SHANGRAO,
    level: int = 1,
    type: str = "hospital",
) -> Institution:
    """Return a designated institution."""
    code = code or f"H{next(_serial):011d}"
    row = members.InstitutionRow(line=1, code=code, name=name, area=area, level=level, type=type)
    members.load_institutions([row], by=JOB, at=NOON)
    return selectors.institution_by_code(code)


def api_key(*, institution: Institution | None = None, scope: str = "settle", days: int = 0) -> str:
    """Return the bearer key of a new machine client."""
    _client, key = clients.create_client(
        name=f"till {next(_serial)}",
        scope=scope,
        institution_code=institution and institution.code,
        backdate_days=days,
        by=JOB,
        at=NOON,
    )
    return key


def till_credential(
    *, institution: Institution, family: str = "csb", share: str = "table", days: int = 0, **seal
):
    """Return the credential of a new till of the national interface, and its secret."""
    return credentials.create_credential(
        name=f"till {next(_serial)}",
        institution_code=institution.code,
        family=family,
        share=share,
        backdate_days=days,
        by=JOB,
        at=NOON,
        **seal,
    )


# --- policy -------------------------------------------------------------------------------


def built_in_areas(*codes: str) -> None:
    """Publish the rules this project ships: of these areas and those above them, else all."""
    wanted = {above for code in codes for above in parameters.chain(code)}
    shipped = [area for area in _all_areas() if not codes or area.code in wanted]
    publish(shipped, by=JOB, at=NOON)


@cache
def _all_areas() -> tuple[definitions.AreaDefinition, ...]:
    """Sixty files take a second to parse, and say the same to every test."""
    return tuple(definitions.read_folder())


def area(
    code: str = "999900", name: str = "试验市", *, since: str | date = "2020-01-01", **clauses
) -> Area:
    """Make an area whose rules say `clauses` and else nothing but the mechanism's defaults.

    Province and nation are made silent, unless the test has given them rules before.
    """
    above = [
        definitions.AreaDefinition(parent, parent, (rules_version(since),))
        for parent in parameters.chain(code)[1:]
        if not Area.objects.filter(pk=parent).exists()
    ]
    own = definitions.AreaDefinition(code, name, (rules_version(since, **clauses),))
    publish([*above, own], by=JOB, at=NOON)
    return Area.objects.get(pk=code)


def next_rules(code: str, *, since: str | date, **clauses) -> None:
    """Publish an area's next version: it starts after the day it is published."""
    name = Area.objects.get(pk=code).name
    own = definitions.AreaDefinition(code, name, (rules_version(since, **clauses),))
    policy.load([own], by=JOB, at=NOON)


def rules_version(since: str | date, **clauses) -> definitions.VersionDefinition:
    """Describe a version labelled by its first day."""
    return definitions.VersionDefinition(
        label=str(since),
        from_date=day(since),
        clauses=tuple(
            definitions.ClauseDefinition(name, value, "试验文件", name, "SEED", day(since))
            for name, value in clauses.items()
        ),
    )


# --- kinship ------------------------------------------------------------------------------


def relation(
    person: Member,
    relative: Member,
    code: str,
    *,
    evidence: str = "household_register",
    evidence_no: str = "",
    since: str | date | None = None,
    until: str | date | None = None,
) -> Relation:
    """Put on record that `relative` is `person`'s `code`; by default since both lived."""
    born = max(person.birth_date, relative.birth_date)
    if kind_of(code) == "spouse":
        born = date(2015, 5, 20)
    row = kinship.RelationRow(
        line=1,
        member_id=person.pk,
        relative_id=relative.pk,
        code=code,
        evidence=evidence,
        evidence_no=evidence_no,
        from_date=day(since) if since else born,
        to_date=day(until) if until else None,
    )
    loaded = kinship.record_many([row], by=JOB, at=NOON)
    assert not loaded.problems, loaded.problems
    return person.relations.get(relative=relative, from_date=row.from_date)


# --- funds --------------------------------------------------------------------------------


def contribution_row(
    person: Member,
    fen: int,
    *,
    part: str = "current",
    area: str = SHANGRAO,
    on: str | date = "2026-03-01",
    reference: str | None = None,
    line: int = 2,
) -> funds.ContributionRow:
    """Return one line of contributions.csv."""
    return funds.ContributionRow(
        line=line,
        reference=reference or f"C{next(_serial):09d}",
        psn_no=person.psn_no,
        area=area,
        part=part,
        amount_fen=fen,
        business_date=day(on),
    )


def contribution(person: Member, fen: int, **facts) -> None:
    """Pay something into somebody's personal account, opening it where there is none."""
    loaded = funds.contribute_many([contribution_row(person, fen, **facts)], by=JOB, at=NOON)
    assert not loaded.problems, loaded.problems


def personal_account(
    person: Member, *, current: int = 0, prior: int = 0, area: str = SHANGRAO
) -> PersonalAccount:
    """Return somebody's personal account holding so many fen in each part."""
    if prior:
        contribution(person, prior, part="prior", area=area, on="2025-03-01")
    if current or not prior:
        contribution(person, current or 1, area=area)
    account = next(each for each in fund_selectors.of_member(person.pk) if each.area == area)
    if not current and not prior:
        scheme = ledger.ensure_scheme_account("scheme:opening", "scheme")
        post((account.current_id, -1), (scheme, 1))
    return account


def holdings(person: Member, area: str | None = None) -> tuple[int, int]:
    """Return what lies in current and prior of somebody's (first) personal account."""
    accounts = fund_selectors.of_member(person.pk)
    account = next(each for each in accounts if area in (None, each.area))
    return account.current.balance_fen, account.prior.balance_fen


def quota(payer: Member, relative: Member, fen: int, *, at: datetime = NOON) -> Quota:
    """Freeze so much of a payer's money for a relative."""
    return funds.set_quota(
        payer_id=payer.pk, relative_id=relative.pk, amount_fen=fen, by=member_actor(payer), at=at
    )


def frozen(row: Quota) -> tuple[int, int]:
    """Return what is frozen in a quota now: current and prior."""
    row = fund_selectors.quota(row.pk)
    return row.current.balance_fen, row.prior.balance_fen


def wallet(owner: Member, *, at: datetime = NOON) -> Wallet:
    """Open somebody's wallet."""
    return funds.open_wallet(owner_id=owner.pk, by=member_actor(owner), at=at)


def purse(owner: Member) -> int:
    """Return what is in somebody's wallet."""
    return fund_selectors.wallet_of(owner.pk).ledger_account.balance_fen


def transfer(
    sender: Member, receiver: Member, fen: int, *, at: datetime = NOON, **more
) -> Transfer:
    """Send money to somebody's wallet."""
    return funds.send(
        sender_id=sender.pk,
        receiver_id=receiver.pk,
        amount_fen=fen,
        by=member_actor(sender),
        at=at,
        **more,
    )


def family_fund(founder: Member, *others: Member, at: datetime = NOON) -> FamilyFund:
    """Found a family fund in which these people are."""
    fund = funds.found(founder_id=founder.pk, by=member_actor(founder), at=at)
    for relative in others:
        row = funds.invite(fund_id=fund.pk, member_id=relative.pk, by=member_actor(founder), at=at)
        if row.joined_at is None:
            funds.join(fund_id=fund.pk, member_id=relative.pk, by=member_actor(relative), at=at)
    return fund


def pay_in(fund: FamilyFund, who: Member, fen: int, *, at: datetime = NOON) -> Transfer:
    """Pay into a family fund."""
    return funds.pay_in(
        fund_id=fund.pk, member_id=who.pk, amount_fen=fen, by=member_actor(who), at=at
    )


#: Papers for every reason: what a test about something else brings.
ALL_PAPERS = parameters.PAYOUT_PAPERS
BANK = {"bank": "中国工商银行信州支行", "bank_account": "6222 0213 0800 1234 567"}


def payout(
    account: PersonalAccount, reason: str = "left", *to: funds.To, at: datetime = NOON, **more
) -> Payout:
    """Propose to pay an account out, to its owner unless heirs are named."""
    return funds.propose_payout(
        personal_account_id=account.pk,
        reason=reason,
        to=to or [funds.To(**BANK, member_id=account.member_id)],
        **{"papers": ALL_PAPERS, "by": clerk(), "at": at} | more,
    )


def paid_out(account: PersonalAccount, *given, at: datetime = NOON, **more) -> Payout:
    """Pay an account out by two people."""
    proposed = payout(account, *given, at=at, **more)
    return funds.approve_payout(payout_id=proposed.pk, by=clerk(902), at=at)


def heir(name: str, share: str = "1", **more) -> funds.To:
    """Return somebody who inherits such a share: `heir("王敏", "1/3")`."""
    return funds.To(**BANK, name=name, share=Fraction(share), **more)


# --- bindings -----------------------------------------------------------------------------


def signing(version: str = texts.PAPER, *, at: datetime = NOON) -> Signing:
    """Return a signature under one of the texts, as its page would send it back."""
    return Signing(version, texts.fingerprint(version), at)


def active_binding(
    payer: Member,
    relative: Member,
    code: str = "70",
    *,
    at: datetime | None = None,
    registered: bool = True,
    **terms,
) -> Binding:
    """Bind two people as the portal would; siblings, because that fits any two adults.

    Both have an e-credential. `terms` are those of `Terms`; it begins at the start of the year
    unless `at` says else.
    """
    at = at or moment("2026-01-02 09:00")
    on = at.astimezone(SHANGHAI).date()
    activated_long_ago(payer, relative)
    if registered and kinship_selectors.proven_between(payer.pk, relative.pk, on) is None:
        relation(payer, relative, code)
    return bindings.authorise(
        payer_id=payer.pk,
        relative_id=relative.pk,
        relation_code=code,
        terms=Terms(**{"from_date": on} | terms),
        proof="registry" if registered else "commitment",
        signing=signing(at=at),
        confirmed=True,
        by=member_actor(payer),
        at=at,
    )


# --- cases --------------------------------------------------------------------------------


def waiting_case(applicant: Member, *, at: datetime = NOON, **facts) -> Case:
    """Return an application that a reviewer must see to."""
    values = {"kind": Case.Kind.BIND, "reason_code": "reviewer_needed", "reason_values": {}} | facts
    by = member_actor(applicant)
    return cases.open_waiting(member_id=applicant.pk, by=by, at=at, **values)


def paper(case: Case, *, kind: str = "household_register", pages: int = 1, at: datetime = NOON):
    """Return a document of the applicant's, photographed and not handed in yet."""
    by = Actor.member(case.member_id)
    document = documents.begin(case_id=case.pk, kind=kind, by=by, at=at)
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "beige").save(out, "JPEG")
    clean = [CleanPage(out.getvalue(), 600, 800)] * pages
    return documents.add_pages(document_id=document.pk, pages=clean, by=by, at=at)


# --- settlements --------------------------------------------------------------------------


def bill(
    patient: Member,
    fen: int,
    *,
    place: Institution,
    at: datetime = NOON,
    use: str = "outpatient",
    own_paid: int = 0,
    fund: int = 0,
    flag: int = 2,
    message_id: str | None = None,
    **facts,
) -> Bill:
    """Return a bill whose personal part is `fen`, of which `own_paid` is own-paid."""
    return Bill(
        **{
            "patient_id": patient.pk,
            "institution": place,
            "use": use,
            "message_id": message_id or f"M{next(_serial):012d}",
            "business_time": at,
            "total_fen": fund + fen,
            "fund_fen": fund,
            "hospital_borne_fen": 0,
            "own_paid_fen": own_paid,
            "over_limit_fen": 0,
            "pre_paid_fen": 0,
            "in_scope_share_fen": fen - own_paid,
            "acct_used_flag": flag,
        }
        | facts
    )


def till(place: Institution) -> Actor:
    """Return the machine of an institution."""
    return Actor(ActorKind.CLIENT, place.pk, channel="rest")


def settle(
    patient: Member,
    fen: int,
    *,
    place: Institution,
    at: datetime = NOON,
    backdate: int = 0,
    **facts,
) -> Settlement:
    """Settle a bill at an institution's till."""
    return settlements.settle(
        bill=bill(patient, fen, place=place, **{"at": at} | facts),
        backdate_days=backdate,
        by=till(place),
        at=at,
    )


def reversal(settlement: Settlement, *, at: datetime = NOON) -> Settlement:
    return settlements.reverse(
        settlement_id=settlement.pk,
        institution_id=settlement.institution_id,
        reason="收费有误",
        by=till(settlement.institution),
        at=at,
    )


def refund(settlement: Settlement, fen: int, *, at: datetime = NOON) -> Refund:
    return settlements.refund(
        settlement_id=settlement.pk,
        institution_id=settlement.institution_id,
        amount_fen=fen,
        reason="退药",
        by=till(settlement.institution),
        at=at,
    )
