"""The demo comes to life: people can sign in, staff have desks, tills have charged bills.

Every verb here may be called again and then finds everything done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import generate_totp_secret

from accounts import roles
from accounts import selectors as people
from accounts.services import clients, users
from pooling.bindings import selectors as bindings
from pooling.bindings import services as authorisations
from pooling.funds import selectors as funds
from pooling.registry import demo
from pooling.settlements import services as settlements
from pooling.settlements.models import Use
from pooling.settlements.uses import Premium
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.periods import business_date

#: Username, shown name and role. The second factor is drawn anew for every demo.
STAFF = (
    ("clerk", "经办员（演示）", roles.CLERK),
    ("reviewer", "审核员（演示）", roles.REVIEWER),
    ("auditor", "审计员（演示）", roles.AUDITOR),
    # Two: who drafts rules does not publish them.
    ("policy", "规则管理员（演示）", roles.POLICY_ADMIN),
    ("policy2", "规则复核员（演示）", roles.POLICY_ADMIN),
    ("system", "系统管理员（演示）", roles.SYSTEM_ADMIN),
)
STAFF_PASSWORD = "gongji-demo"  # noqa: S105 - everybody may know it: a demo guards nothing
TILL = "demo-till"
BY = Actor(ActorKind.COMMAND, purpose="load_demo", channel="command")


@dataclass(frozen=True, slots=True)
class DemoBill:
    """A bill some days ago, in fen; `total` = fund + the four parts that people bear."""

    number: int
    days_ago: int
    patient: int
    institution: str
    use: Use
    fund_fen: int
    own_paid_fen: int = 0
    pre_paid_fen: int = 0
    in_scope_share_fen: int = 0
    refund_fen: int = 0
    reversed_because: str = ""


BILLS = (
    DemoBill(1, 20, demo.GRANDMOTHER, demo.CLINIC, Use.OUTPATIENT, 13_000, 3_000, 2_000, 8_000),
    # Above the payer's limit of 500 yuan a visit: the rest is cash, and the page says why.
    DemoBill(2, 15, demo.GRANDMOTHER, demo.HOSPITAL, Use.OUTPATIENT, 82_000, 0, 18_000, 50_000),
    # Nobody pays for the daughter yet: nothing deducted.
    DemoBill(3, 12, demo.CHILD_UNBOUND, demo.CLINIC, Use.OUTPATIENT, 4_000, 0, 0, 5_600),
    # The first payer has too little, the second gives the rest.
    DemoBill(4, 9, demo.SON_IN_XIAN, demo.CLINIC_IN_XIAN, Use.OUTPATIENT, 14_000, 0, 6_000, 20_000),
    DemoBill(5, 6, demo.PAYER, demo.PHARMACY, Use.PHARMACY_DRUGS, 0, 8_850),
    DemoBill(
        6, 3, demo.WIFE_OF_PAYER, demo.PHARMACY, Use.PHARMACY_DRUGS, 0, 12_640, refund_fen=2_640
    ),
    # By now the payer's account is empty.
    DemoBill(
        7, 2, demo.GRANDMOTHER_IN_XIAN, demo.HOSPITAL_IN_XIAN, Use.OUTPATIENT, 9_000, 0, 0, 4_500
    ),
    DemoBill(
        8,
        1,
        demo.GRANDFATHER,
        demo.CLINIC,
        Use.OUTPATIENT,
        3_000,
        in_scope_share_fen=4_500,
        reversed_because="患者退号",
    ),
    # The family fund, and then: her wallet first, the rest from the daughter's quota.
    DemoBill(
        9, 5, demo.MOTHER_IN_XIAMEN, demo.CLINIC_IN_XIAMEN, Use.OUTPATIENT, 6_000, 0, 0, 8_600
    ),
    DemoBill(10, 4, demo.MOTHER_FAR_AWAY, demo.CLINIC, Use.OUTPATIENT, 9_000, 0, 0, 21_000),
    # Next year's care insurance, paid at the collecting office from the payer's account.
    DemoBill(11, 1, demo.GRANDMOTHER, demo.PREMIUM_OFFICE, Use.LTC_PREMIUM, 0, 0, 0, 10_000),
)
#: Payer, relative, fen.
QUOTA = (demo.DAUGHTER_IN_SHANGHAI, demo.MOTHER_FAR_AWAY, 50_000)


def is_there() -> bool:
    """Return whether the demo's registry is loaded."""
    return people.by_psn_no(demo.psn_no(demo.PAYER)) is not None


def is_wanted() -> bool:
    """Return whether a demo may be made here, or was begun and not finished.

    A demo never mixes with other people; its last step is the till.
    """
    return not people.client_is_named(TILL) and (is_there() or not people.anybody())


def let_member_in(serial: int, *, by: Actor, at: datetime) -> None:
    """Make the sign-in of a story person, with phone and person already confirmed."""
    member = people.by_psn_no(demo.psn_no(serial))
    if member is None:
        return
    user = users.open_sign_in(phone=demo.phone(serial), by=by, at=at)
    users.confirm_phone(user_id=user.pk, phone=demo.phone(serial), by=by, at=at)
    if user.member_id is None:
        users.link_member(user_id=user.pk, cert_no=member.cert_no, name=member.name, by=by, at=at)


def let_staff_in(username: str, display_name: str, role: str, *, by: Actor, at: datetime) -> None:
    """Make one user of the staff; one who is there already keeps their second factor."""
    try:
        users.make_staff(
            username=username,
            display_name=display_name,
            role=role,
            password=STAFF_PASSWORD,
            totp_secret=generate_totp_secret(),
            by=by,
            at=at,
        )
    except users.UsernameTaken:
        return


def make_till(*, by: Actor, at: datetime) -> str | None:
    """Make the clinic's till and return its key; None where it is there already."""
    try:
        _client, key = clients.create_client(
            name=TILL,
            scope="settle",
            institution_code=demo.CLINIC,
            backdate_days=0,
            by=by,
            at=at,
        )
    except clients.ClientRefused as refusal:
        if refusal.code != "name_taken":
            raise
        return None
    return key


def freeze(*, at: datetime) -> None:
    """Set the story's quota, as the payer did herself; one that is there stays as it is."""
    payer, relative = (people.by_psn_no(demo.psn_no(serial)) for serial in QUOTA[:2])
    if payer is None or relative is None or funds.open_quota(payer.pk, relative.pk) is not None:
        return
    by = Actor(ActorKind.COMMAND, on_behalf_of=payer.pk, purpose="load_demo", channel="command")
    for row in bindings.of_payer(payer.pk, business_date(at)):
        if row.other_id == relative.pk and row.is_open:
            authorisations.set_quota(binding_id=row.id, amount_fen=QUOTA[2], by=by, at=at)


def charge(bill: DemoBill, *, by: Actor, at: datetime) -> None:
    """Settle one bill of the story, and give back what the story gives back."""
    patient = people.by_psn_no(demo.psn_no(bill.patient))
    institution = people.institution_by_code(bill.institution)
    if patient is None or institution is None:
        return
    billed_at = at - timedelta(days=bill.days_ago)
    personal_fen = bill.own_paid_fen + bill.pre_paid_fen + bill.in_scope_share_fen
    settlement = settlements.settle(
        bill=settlements.Bill(
            patient_id=patient.pk,
            institution=institution,
            use=bill.use,
            message_id=f"DEMO-{bill.number}",
            business_time=billed_at,
            total_fen=bill.fund_fen + personal_fen,
            fund_fen=bill.fund_fen,
            hospital_borne_fen=0,
            own_paid_fen=bill.own_paid_fen,
            over_limit_fen=0,
            pre_paid_fen=bill.pre_paid_fen,
            in_scope_share_fen=bill.in_scope_share_fen,
            premium=_next_year(billed_at) if bill.use == Use.LTC_PREMIUM else None,
        ),
        backdate_days=30,
        by=by,
        at=at,
    )
    back = {"settlement_id": settlement.pk, "institution_id": institution.pk, "by": by, "at": at}
    if bill.refund_fen:
        settlements.refund(amount_fen=bill.refund_fen, reason="退回未拆封药品", **back)
    if bill.reversed_because:
        settlements.reverse(reason=bill.reversed_because, **back)


def _next_year(billed_at: datetime) -> Premium:
    """Return the year after a bill's own, which on 1 January is the new one."""
    return Premium(business_date(billed_at).year + 1)


def whom_to_sign_in_as() -> list[str]:
    """Return a line for each person of the story and each desk."""
    lines = [f"{demo.phone(serial)}  {name}：{story}" for serial, name, story in demo.LOGINS]
    names = "、".join(username for username, _name, _role in STAFF)
    desks = f"工作台用户名 {names}，密码 {STAFF_PASSWORD}"
    return [*lines, desks, f"接口 {TILL}（{demo.CLINIC}）的密钥：PORTAL_HOME/demo/till-key"]
