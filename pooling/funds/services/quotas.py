"""Quotas: money a payer freezes for one relative, returned when it is taken back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.funds import rules, selectors
from pooling.funds.models import PersonalAccount, Quota
from pooling.funds.services import rows, scheme
from pooling.funds.services.rows import Refused
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date


@transaction.atomic
def set_quota(*, payer_id: int, relative_id: int, amount_fen: int, by: Actor, at) -> Quota:
    """Freeze so much for a relative from now on, in fen; what was spent before is not counted.

    Raising takes shareable money above the floor, prior then current; lowering gives back
    what was taken last first, each to the part of the same name. Nothing leaves no quota but
    an empty one. Raises NotFound, NotYours and Refused, with the most that may be frozen.
    """
    if amount_fen < 0:
        raise Refused.because("amount_impossible")
    members = rows.hold(payer_id, relative_id)
    rows.only_for(by, payer_id)
    on = business_date(at)
    rows.living(members.values(), on)
    standings = people.standings(members.values(), on)
    quota = selectors.open_quota(payer_id, relative_id)
    if quota is None:
        account = rows.paying_account(members[payer_id], standings[payer_id], on)
        may_freeze(account, standings[relative_id], on)
        quota = _open(account, relative_id, at)
    account = quota.personal_account
    held = books.locked([*account.part_ids, *quota.part_ids])
    frozen = rows.locked_parts(quota, held)
    if amount_fen > frozen.total_fen:
        area = may_freeze(account, standings[relative_id], on)
        parts = rows.taken(account, amount_fen - frozen.total_fen, held, area)
        movements = rows.moves(parts, account, quota)
    else:
        parts = rules.last_taken(frozen, frozen.total_fen - amount_fen)
        movements = rows.moves(parts, quota, account)
    _post(quota, movements, held, on, at)
    detail = {"relative": relative_id, "fen": [frozen.total_fen, amount_fen]}
    audit.record(verb="funds.set_quota", subject=quota, by=by, at=at, detail=detail)
    told = {"payer": payer_id, "relative": relative_id, "amount_fen": amount_fen}
    rows.tell("quota_set", (payer_id, relative_id), at=at, **told)
    return quota


@transaction.atomic
def release_quota(*, quota_id: int, by: Actor, at) -> int:
    """End a quota and return what is left, in fen, to the parts it came from.

    By either side, or by whoever ends the authorisation. Money whose account is closed or
    whose owner is dead goes to suspense. Raises NotFound, NotYours and Refused.
    """
    suspense = scheme.suspense()
    quota = selectors.quota(quota_id)
    if quota is None:
        raise NotFound(_("没有找到这份共济额度。"))
    account = quota.personal_account
    members = rows.hold(account.member_id, quota.relative_id)
    rows.only_for(by, account.member_id, quota.relative_id)
    held = books.locked([*account.part_ids, *quota.part_ids])
    quota = selectors.quota(quota_id)
    if quota.closed_at is not None:
        raise Refused.because("quota_closed", status=409)
    rest = rows.locked_parts(quota, held)
    payer = members[account.member_id]
    movements = rows.send_home(
        quota.personal_account, payer, rest, quota, quota, suspense, by=by, at=at
    )
    _post(quota, movements, held, business_date(at), at)
    quota.closed_at = at
    quota.save(update_fields=["closed_at"])
    detail = {"relative": quota.relative_id, "fen": rest.total_fen}
    audit.record(verb="funds.release_quota", subject=quota, by=by, at=at, detail=detail)
    told = {"payer": payer.pk, "relative": quota.relative_id, "amount_fen": rest.total_fen}
    rows.tell("quota_released", (payer.pk, quota.relative_id), at=at, **told)
    return rest.total_fen


def may_freeze(account: PersonalAccount, relative, on):
    """Return the rules of the account's area if they let money be frozen for this relative."""
    area = policy.in_force(account.area, on)
    if not relative.area:
        raise Refused.because("relative_not_insured")
    if area.value("model") == "quota":
        return area
    across = relative.area[:2] != account.area[:2]
    if not (across and area.value("quota_across_provinces")):
        clause = "quota_across_provinces" if across else "model"
        raise Refused.because("quota_not_here", area, clause)
    return area


def _open(account: PersonalAccount, relative_id: int, at) -> Quota:
    """Open an empty quota on ledger accounts of its own: an earlier one of the two had others."""
    before = Quota.objects.filter(personal_account=account, relative=relative_id).count()
    code = f"quota:{account.pk}:{relative_id}:{before + 1}"
    current, prior = ledger.open_accounts([f"{code}:current", f"{code}:prior"], "quota")
    return Quota.objects.create(
        personal_account=account,
        relative_id=relative_id,
        current=current,
        prior=prior,
        opened_at=at,
    )


def _post(quota: Quota, movements, held, on, at) -> None:
    if not movements:
        return
    quota.changes += 1
    quota.save(update_fields=["changes"])
    ledger.post(
        key=f"quota:{quota.pk}:{quota.changes}",
        kind="quota",
        movements=movements,
        business_date=on,
        at=at,
        locked=held,
    )
