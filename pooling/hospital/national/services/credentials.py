"""How a till gets the key it signs with. Shown once; kept sealed, for the formulas need it."""

import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from accounts.services import clients
from accounts.services.clients import ClientRefused
from pooling.audit import services as audit
from pooling.hospital.models import TillCredential
from pooling.shared.actor import Actor

KEY_BYTES, SECRET_BYTES = 12, 32


@transaction.atomic
def create_credential(
    *, name: str, institution_code: str, family: str, share: str, backdate_days: int, by: Actor, at
) -> tuple[TillCredential, str]:
    """Make a client that signs, and return its credential with the secret.

    Raises ClientRefused as `create_client` does, and for an unknown family or share. The
    client's own bearer key is thrown away: this one opens `/hsa/` alone.
    """
    if family not in TillCredential.Family or share not in TillCredential.Share:
        raise ClientRefused(_("签名方式只能是 csb 或 tif，基金支付来源只能是 table 或 message。"))
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
        made_at=at,
    )
    credential.secret = secret
    credential.save(force_insert=True)
    audit.record(
        verb="hospital.create_credential",
        subject=credential,
        by=by,
        at=at,
        detail={"client": client.pk, "family": family, "share": share},
    )
    return credential, secret
