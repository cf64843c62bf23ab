"""Machine clients: tills that settle for one institution, hotlines and kiosks that look up."""

import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Institution
from pooling.audit import services as audit
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError

MAX_BACKDATE_DAYS = 30
#: 256 random bits: nobody walks that space, so a plain hash is enough (unlike identity numbers).
KEY_BYTES = 32


class ClientRefused(DomainError):
    """The client cannot be made or stopped as asked."""

    code = "client_refused"


def hash_key(key: str) -> bytes:
    """Return what is stored of a bearer key: nothing that would open the door again."""
    return hashlib.sha256(key.encode()).digest()


@transaction.atomic
def create_client(
    *, name: str, scope: str, institution_code: str | None, backdate_days: int, by: Actor, at
) -> tuple[ApiClient, str]:
    """Make a client and return it with its key, which nobody can read again.

    Raises ClientRefused for an unknown institution or scope, a name already taken, a till
    without institution, and more than 30 days of late reports.
    """
    institution = _institution(institution_code)
    if not name.strip() or len(name) > ApiClient._meta.get_field("name").max_length:
        raise ClientRefused(_("请给客户端起一个 1 至 80 字的名称。"), details={"name": name})
    if scope not in ApiClient.Scope:
        raise ClientRefused(_("权限只能是 settle 或 lookup。"), details={"scope": scope})
    if scope == ApiClient.Scope.SETTLE and institution is None:
        raise ClientRefused(_("结算客户端必须属于一家定点机构（--institution）。"))
    if not 0 <= backdate_days <= MAX_BACKDATE_DAYS:
        raise ClientRefused(_("可补报天数只能是 0 至 30 天。"))
    if ApiClient.objects.filter(name=name).exists():
        raise ClientRefused(_("已经有同名的客户端，请换一个名称。"), code="name_taken")
    key = secrets.token_hex(KEY_BYTES)
    client = ApiClient.objects.create(
        name=name,
        key_hash=hash_key(key),
        scope=scope,
        institution=institution,
        backdate_days=backdate_days,
        created_at=at,
    )
    audit.record(
        verb="accounts.create_client",
        subject=client,
        by=by,
        at=at,
        detail={"scope": scope, "institution": institution_code, "backdate_days": backdate_days},
    )
    return client, key


@transaction.atomic
def revoke_client(*, name: str, by: Actor, at) -> ApiClient:
    """Stop a client at once: its key no longer opens anything. Raises ClientRefused."""
    client = ApiClient.objects.select_for_update(no_key=True).filter(name=name).first()
    if client is None:
        raise ClientRefused(_("没有这个名称的客户端。"), code="client_unknown")
    if client.revoked_at is not None:
        raise ClientRefused(_("这个客户端早已停用。"), code="client_revoked")
    client.revoked_at = at
    client.save(update_fields=["revoked_at"])
    audit.record(verb="accounts.revoke_client", subject=client, by=by, at=at)
    return client


def _institution(code: str | None) -> Institution | None:
    if code is None:
        return None
    institution = Institution.objects.filter(code=code).first()
    if institution is None:
        raise ClientRefused(_("没有这个编码的定点机构。"), code="institution_unknown")
    return institution
