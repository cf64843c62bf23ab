"""What the verbs of this package share: who may act, whose money, and where it goes back to."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from accounts.selectors import Standing
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.funds import rules, selectors, wording
from pooling.funds.models import PersonalAccount
from pooling.funds.rules import Parts
from pooling.kinship import selectors as kinship
from pooling.ledger.services import Movement
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import parameters
from pooling.policy.rules import Rules
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.money import show_yuan
from pooling.shared.periods import business_date

_MACHINES = (ActorKind.JOB, ActorKind.COMMAND)


class Refused(DomainError):
    """A rule or a state stands against it; `rule` is the clause of the area, where there is one."""

    code = "fund_refused"

    @classmethod
    def because(
        cls, code: str, rules: Rules | None = None, clause: str = "", status: int = 422, **values
    ) -> "Refused":
        """Return the refusal of a code, with the clause behind it quoted from `rules`."""
        shown = {
            name: show_yuan(value) if name.endswith("_fen") else value
            for name, value in values.items()
        }
        return cls(
            wording.REFUSALS[code] % shown,
            remedy=wording.REMEDIES.get(code, ""),
            code=code,
            status=status,
            details=values,
            rule=rules.clause(clause) if rules is not None and clause else None,
        )


class NotYours(DomainError):
    """Only somebody else may do this."""

    code = "not_yours"
    status = 403


def only_for(by: Actor, *member_ids: int) -> None:
    """Refuse whoever is none of these members, nor acts for one; jobs and commands may."""
    if by.kind not in _MACHINES and by.principal not in member_ids:
        raise NotYours(_("只能由本人办理。"))


def hold(*member_ids: int) -> dict[int, Member]:
    """Lock members, all of whom exist, and return them. Raises NotFound."""
    held = people.locked(set(member_ids))
    if set(member_ids) - set(held):
        raise NotFound(_("没有找到这位参保人。"))
    return held


def living(members, on: date) -> None:
    """Refuse where one of them is dead."""
    if any(member.dead(on) for member in members):
        raise Refused.because("dead")


def positive(amount_fen: int) -> None:
    """Refuse an amount of nothing or less."""
    if amount_fen <= 0:
        raise Refused.because("amount_impossible")


def settled_phone(member_id: int, by: Actor, at) -> None:
    """Refuse soon after the phone changed: whoever has it now may not be the owner."""
    if people.phone_unsettled_until(member_id, by, at):
        raise Refused.because("phone_changed")


def paying_account(member: Member, standing: Standing, on: date) -> PersonalAccount:
    """Return the account that pays for a member on a day, unlocked."""
    found = selectors.account_for([member.pk], {member.pk: standing}, on).get(member.pk)
    if found is None:
        raise Refused.because("no_account")
    return found


def locked_parts(pair, held) -> Parts:
    """Return what lies in both parts of a pair of ledger accounts that are locked in `held`."""
    return Parts(held[pair.prior_id].balance_fen, held[pair.current_id].balance_fen)


def shareable(parts: Parts, area: Rules) -> Parts:
    """Return what of this an area lets leave an account for the family."""
    return rules.shareable(
        parts, parts=area.value("shareable_parts"), floor_fen=area.value("floor_fen")
    )


def taken(account: PersonalAccount, amount_fen: int, held, area: Rules) -> Parts:
    """Return how an amount leaves an account whose parts are locked in `held`.

    Raises Refused with the most that may leave where the amount is more.
    """
    parts = locked_parts(account, held)
    free = shareable(parts, area)
    if amount_fen > free.total_fen:
        clause = "floor_fen" if area.value("shareable_parts") == "all" else "shareable_parts"
        raise Refused.because(
            "not_enough",
            area,
            clause,
            most_fen=free.total_fen,
            held_fen=parts.total_fen,
            floor_fen=area.value("floor_fen"),
        )
    return rules.first_taken(free, amount_fen)


def moves(parts: Parts, away, to) -> list[Movement]:
    """Return the movements of both parts from one pair of accounts to another, part to part.

    A pair is anything with `prior_id` and `current_id`.
    """
    movements = []
    for name in ("prior", "current"):
        if fen := getattr(parts, f"{name}_fen"):
            movements.append(Movement(getattr(away, f"{name}_id"), -fen))
            movements.append(Movement(getattr(to, f"{name}_id"), fen))
    return movements


def proven_kind(one: int, other: int, on: date) -> str:
    """Return what the other is to the one by the record, or nothing. Refuses oneself."""
    if one == other:
        raise Refused.because("oneself")
    tie = kinship.proven_between(one, other, on)
    return tie.kind if tie is not None else ""


def near_relatives(one: int, other: int, on: date) -> None:
    """Refuse unless the record proves them near relatives of the Civil Code."""
    if proven_kind(one, other, on) not in parameters.NEAR_RELATIVES:
        raise Refused.because("not_near_relatives")


def homeless(account: PersonalAccount, owner: Member) -> str:
    """Return why money cannot go back to an account, or nothing where it can."""
    if account.closed_on is not None:
        return "account_closed"
    return "owner_dead" if owner.died_on is not None else ""


def send_home(
    account: PersonalAccount, owner: Member, parts: Parts, away, subject, suspense: int, *, by, at
) -> list[Movement]:
    """Return the movements that bring money home to an account, part to part.

    Where it has no home any more it goes to `suspense` (asked for before any lock), and a
    case for staff is opened.
    """
    cause = homeless(account, owner)
    if not cause or not parts.total_fen:
        return moves(parts, away, account)
    cases.open_waiting(
        kind=Case.Kind.SUSPENSE,
        member_id=owner.pk,
        reason_code=cause,
        reason_values={"amount_fen": parts.total_fen, "account": account.pk},
        subject=subject,
        by=by,
        at=at,
    )
    out = [
        Movement(getattr(away, f"{name}_id"), -fen)
        for name in ("prior", "current")
        if (fen := getattr(parts, f"{name}_fen"))
    ]
    return [*out, Movement(suspense, parts.total_fen)]


#: Where the first word of a kind of notice leads.
_PAGES = {
    "quota": "/family/",
    "wallet": "/wallet/",
    "transfer": "/wallet/",
    "fund": "/fund/",
    "payout": "",
}


def tell(kind: str, to, *, at, **values) -> None:
    """Tell each of these members once, in the same neutral words."""
    link = _PAGES[kind.partition("_")[0]]
    notices.enqueue(
        [Message(kind=kind, member_id=pk, values=values, link=link) for pk in dict.fromkeys(to)],
        at=at,
    )


def standing_of(member: Member, at) -> Standing:
    """Return how a member stands today."""
    return people.standings([member], business_date(at))[member.pk]
