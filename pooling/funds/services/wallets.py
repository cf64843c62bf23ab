"""Wallets: opened for oneself or for somebody without a sign-in, moved, closed empty."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.funds import selectors
from pooling.funds.models import Wallet
from pooling.funds.services import rows
from pooling.funds.services.rows import Refused
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date


@transaction.atomic
def open_wallet(*, owner_id: int, by: Actor, at) -> Wallet:
    """Open somebody's wallet, to be used where they are insured.

    By the owner, or by a near relative where the owner does not sign in: children, and
    elders without a phone. Raises NotFound and Refused.
    """
    opener = by.principal
    members = rows.hold(*filter(None, {owner_id, opener}))
    on = business_date(at)
    rows.living(members.values(), on)
    if opener is None:
        rows.only_for(by, owner_id)
    elif opener != owner_id:
        _may_open_for(opener, owner_id, on)
    area = may_have(members[owner_id], at)
    if selectors.wallet_of(owner_id) is not None:
        raise Refused.because("wallet_there_already", status=409)
    wallet = new_wallet(owner_id, area, opened_by=opener, at=at)
    detail = {"owner": owner_id, "area": area}
    audit.record(verb="funds.open_wallet", subject=wallet, by=by, at=at, detail=detail)
    rows.tell("wallet_opened", (owner_id, opener or owner_id), at=at, relative=owner_id)
    return wallet


def may_have(owner, at) -> str:
    """Return the area where somebody may have a wallet today: where they are insured."""
    area = rows.standing_of(owner, at).area
    if not area:
        raise Refused.because("owner_not_insured")
    clauses = policy.in_force(area, business_date(at))
    if not clauses.value("wallet_open"):
        raise Refused.because("wallet_closed_here", clauses, "wallet_open")
    return area


def _may_open_for(opener: int, owner_id: int, on) -> None:
    rows.near_relatives(opener, owner_id, on)
    if people.signs_in(owner_id):
        raise Refused.because("wallet_owner_signs_in")


def new_wallet(owner_id: int, area: str, *, opened_by: int | None, at) -> Wallet:
    """Insert a wallet on a ledger account of its own; the owner is locked."""
    before = Wallet.objects.filter(owner=owner_id).count()
    (held,) = ledger.open_accounts([f"wallet:{owner_id}:{before + 1}"], "wallet")
    return Wallet.objects.create(
        owner_id=owner_id, ledger_account=held, area=area, opened_at=at, opened_by=opened_by
    )


@transaction.atomic
def change_place(*, wallet_id: int, area: str, by: Actor, at) -> Wallet:
    """Let a wallet be used elsewhere, where its present place allows that. Refused otherwise."""
    wallet = held_wallet(wallet_id, by)
    on = business_date(at)
    here, there = policy.in_force(wallet.area, on), policy.in_force(area, on)
    if not here.value("wallet_place_changeable"):
        raise Refused.because("wallet_place_fixed", here, "wallet_place_changeable")
    if not there.value("wallet_open"):
        raise Refused.because("wallet_closed_there", there, "wallet_open")
    if area == wallet.area:
        raise Refused.because("wallet_place_same", status=409)
    detail = {"area": [wallet.area, area]}
    wallet.area = area
    wallet.save(update_fields=["area"])
    audit.record(verb="funds.change_place", subject=wallet, by=by, at=at, detail=detail)
    rows.tell("wallet_place_changed", (wallet.owner_id,), at=at, relative=wallet.owner_id)
    return wallet


@transaction.atomic
def close_wallet(*, wallet_id: int, by: Actor, at) -> Wallet:
    """Close an empty wallet to which nothing is on its way. Raises NotFound and Refused."""
    wallet = held_wallet(wallet_id, by)
    held = books.locked([wallet.ledger_account_id])
    if any(account.balance_fen for account in held.values()):
        raise Refused.because("wallet_not_empty", status=409)
    if selectors.awaits(wallet):
        raise Refused.because("wallet_awaits", status=409)
    wallet.closed_at = at
    wallet.save(update_fields=["closed_at"])
    audit.record(verb="funds.close_wallet", subject=wallet, by=by, at=at)
    return wallet


def held_wallet(wallet_id: int, by: Actor) -> Wallet:
    """Return an open wallet under its owner's lock, for its owner or a machine."""
    wallet = Wallet.objects.filter(pk=wallet_id, closed_at__isnull=True).first()
    if wallet is None:
        raise NotFound(_("没有找到这个医保钱包。"))
    rows.only_for(by, wallet.owner_id)
    rows.hold(wallet.owner_id)
    wallet.refresh_from_db()
    if wallet.closed_at is not None:
        raise NotFound(_("没有找到这个医保钱包。"))
    return wallet
