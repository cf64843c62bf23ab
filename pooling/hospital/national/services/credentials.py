"""How a till gets the key it signs with. Shown once; kept sealed, for the formulas need it."""

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from accounts.services import clients
from accounts.services.clients import ClientRefused
from pooling.audit import services as audit
from pooling.hospital.models import Nonce, TillCredential
from pooling.hospital.national import core, guomi
from pooling.shared.actor import Actor
from pooling.shared.periods import business_date
from pooling.shared.work import BUSY, Busy

KEY_BYTES, SECRET_BYTES = 12, 32
#: Far longer than a signature is good for.
NONCES_KEPT = timedelta(days=1)


@transaction.atomic
def create_credential(
    *,
    name: str,
    institution_code: str,
    family: str,
    share: str,
    backdate_days: int,
    by: Actor,
    at,
    encrypts: bool = False,
    sm2_public_key: str = "",
) -> tuple[TillCredential, str]:
    """Make a client that signs, and return its credential with the secret.

    With `encrypts` its inputs come encrypted with a fresh SM4 key, with `sm2_public_key` (PEM)
    signed too. Raises ClientRefused as `create_client` does, and for what cannot be verified
    here. The client's own bearer key is thrown away: this one opens `/hsa/` alone.
    """
    _check_seal(encrypts, sm2_public_key)
    if family not in TillCredential.Family or share not in TillCredential.Share:
        raise ClientRefused(
            _("签名方式只能是 csb 或 tif，基金支付来源只能是 table、message 或 core。")
        )
    _check_share(share)
    client, _unused = clients.create_client(
        name=name,
        scope=ApiClient.Scope.SETTLE,
        institution_code=institution_code,
        backdate_days=backdate_days,
        by=by,
        at=at,
    )
    secret = secrets.token_hex(SECRET_BYTES)
    credential = TillCredential(
        client=client,
        access_key=secrets.token_hex(KEY_BYTES),
        family=family,
        share=share,
        sm2_public_key=sm2_public_key,
        made_at=at,
    )
    credential.secret = secret
    credential.sm4_key = guomi.make_sm4_key() if encrypts else None
    credential.save(force_insert=True)
    audit.record(
        verb="hospital.create_credential",
        subject=credential,
        by=by,
        at=at,
        detail={
            "client": client.pk,
            "family": family,
            "share": share,
            "sm4": encrypts,
            "sm2": bool(sm2_public_key),
        },
    )
    return credential, secret


@transaction.atomic
def change_share(
    credential: TillCredential, *, share: str, from_date: date, by: Actor, at
) -> TillCredential:
    """Take the fund's share from another source from a day on; days before keep theirs.

    A change planned for the same day is replaced. Raises ClientRefused for a day that is over,
    and for what is so already.
    """
    row = TillCredential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if share not in TillCredential.Share:
        raise ClientRefused(_("基金支付来源只能是 table、message 或 core。"))
    _check_share(share)
    if from_date < business_date(at):
        raise ClientRefused(_("只能从今天或以后的日期起变更，已经结算的日子不变。"))
    if row.share_on(from_date) == share:
        raise ClientRefused(_("从这一天起本来就是这个来源，不用变更。"))
    day = from_date.isoformat()
    others = [each for each in row.later_shares if each[0] != day]
    row.later_shares = sorted([*others, [day, share]])
    row.save(update_fields=["later_shares"])
    detail = {"share": share, "from_date": day}
    audit.record(verb="hospital.change_share", subject=row, by=by, at=at, detail=detail)
    return row


def _check_share(share: str) -> None:
    """Refuse to ask a core of which nobody has said where it is. Raises ClientRefused."""
    if share == TillCredential.Share.CORE and not core.configured():
        raise ClientRefused(
            _("没有设置核心业务系统的地址（PORTAL_CORE_URL），不能选 core。"), code="core_missing"
        )


def _check_seal(encrypts: bool, sm2_public_key: str) -> None:
    """Refuse a signature that nobody here could verify. Raises ClientRefused."""
    if not sm2_public_key:
        return
    if not encrypts:
        raise ClientRefused(_("SM2 签名覆盖加密前的输入，须同时启用 SM4 加密（--sm4）。"))
    if guomi.openssl() is None:
        raise ClientRefused(
            _("本机没有 openssl 程序，无法验证 SM2 签名，不能启用。请安装 OpenSSL 3。"),
            code="openssl_missing",
        )
    try:
        readable = guomi.is_sm2_key(sm2_public_key)
    except guomi.Unanswered as error:
        raise Busy(BUSY) from error
    if not readable:
        raise ClientRefused(_("这不是 openssl 能读取的 SM2 公钥（PEM）。"), code="sm2_key")


@transaction.atomic
def forget_nonces(*, at) -> int:
    """Forget nonces whose signatures are too old to be let in anyway; return how many."""
    deleted, _by_model = Nonce.objects.filter(used_at__lt=at - NONCES_KEPT).delete()
    return deleted
