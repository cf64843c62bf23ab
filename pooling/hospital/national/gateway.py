"""The door of the national interface: which signature, whose, how old, and used before or not."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func
from django.utils.translation import gettext_lazy as _

from pooling.hospital.models import TillCredential
from pooling.hospital.national import guomi, signatures
from pooling.hospital.national.dictionary import Invalid
from pooling.hospital.parsing import read_json
from pooling.shared.errors import DomainError
from pooling.shared.queries import compiled_once
from pooling.shared.work import BUSY, Busy

Family = TillCredential.Family
#: The gateway's own words: clients look for them.
NO_HEADERS = _("缺少服务网关的请求头!")
TOO_OLD = _("签名时间戳超时!")
UNKNOWN = _("非法用户!")
DIFFERS = _("签名不一致!")
LONGEST = 64


class GatewayRefused(DomainError):
    """The message was not let in: no headers, a wrong key, a wrong or an old signature.

    `claimed` is the credential whose key it bore.
    """

    code = "signature_differs"
    status = 401

    def __init__(self, sentence, *, code=None, claimed: TillCredential | None = None):
        super().__init__(sentence, code=code)
        self.claimed = claimed


def let_in(meta: Mapping[str, str]) -> tuple[TillCredential, datetime, str]:
    """Return whose message it is, the database's clock, and the nonce if there is one.

    `meta` is the request's WSGI environment. Raises GatewayRefused. One statement.
    """
    family, sent = _sent(meta)
    credential = next(iter(_credential(access_key=sent["key"], family=family)), None)
    if credential is None:
        raise GatewayRefused(UNKNOWN, code="key_unknown")
    if not signatures.in_window(sent["timestamp"], int(credential.clock.timestamp())):
        raise GatewayRefused(TOO_OLD, code="signature_old", claimed=credential)
    if not _fits(credential, sent):
        raise GatewayRefused(DIFFERS, claimed=credential)
    return credential, credential.clock, sent.get("nonce", "")


def spend(credential: TillCredential, nonce: str, body: bytes, *, repeatable: bool, at) -> None:
    """Use a nonce up. Raises GatewayRefused where another message has.

    The same bytes again are the client's own retry. A message that moves money may be asked
    for its answer so; a look-up may not, for its answer would be news to whoever listened in.
    """
    if not nonce:
        return
    digest = hashlib.sha256(body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hospital_nonce (credential_id, nonce, body, used_at)"
            " VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (credential_id, nonce) DO UPDATE SET nonce = excluded.nonce"
            # A row that was updated carries who did it; one just inserted carries nobody.
            " RETURNING body, xmax = 0",
            [credential.pk, nonce, digest, at],
        )
        used_for, is_new = cursor.fetchone()
    if not is_new and not (repeatable and used_for == digest):
        raise GatewayRefused(DIFFERS, code="nonce_used", claimed=credential)


def opened(credential: TillCredential, message: dict) -> Any:
    """Return a message's input; of an institution that encrypts, decrypted and its seal checked.

    There a plain input is refused: otherwise leaving the encryption out would be the way round
    it. Raises Invalid, Unreadable, and GatewayRefused for a wrong seal.
    """
    given = message["input"]
    if credential.sm4_key_sealed is None:
        if isinstance(given, str):
            raise Invalid("input", "交易输入", "encrypted")
        return given
    if not isinstance(given, str):
        raise Invalid("input", "交易输入", "plain")
    try:
        plain = guomi.decrypt(given, key=credential.sm4_key)
    except guomi.Undecipherable:
        raise Invalid("input", "交易输入", "undecipherable") from None
    if credential.sm2_public_key:
        _check_signature(credential, plain, message["cainfo"])
    return read_json(plain)


def _check_signature(credential: TillCredential, plain: bytes, signature: str) -> None:
    """Refuse an input its institution did not sign. Raises GatewayRefused, and Busy.

    A machine too busy to look has found no forgery: the till may ask again.
    """
    try:
        signed = guomi.verified(
            plain,
            signature=signature,
            public_key=credential.sm2_public_key,
            signer=credential.access_key,
        )
    except guomi.Unanswered as error:
        raise Busy(BUSY) from error
    if not signed:
        raise GatewayRefused(DIFFERS, code="cainfo_differs", claimed=credential)


def _sent(meta: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the family a client signs by and what it sent. Raises GatewayRefused."""
    csb = _headers(meta, "_API_", ("access_key", "name", "timestamp", "version", "signature"))
    tif = _headers(meta, "X_TIF_", ("paasid", "timestamp", "nonce", "signature"))
    if csb["access_key"]:
        family, sent = Family.CSB, csb | {"key": csb["access_key"]}
        # Some clients leave name or version out, and sign the emptiness.
        needed = ("timestamp", "signature")
    else:
        family, sent = Family.TIF, tif | {"key": tif["paasid"]}
        needed = ("key", "timestamp", "nonce", "signature")
    if not all(sent[name] for name in needed):
        raise GatewayRefused(NO_HEADERS, code="headers_missing")
    if len(sent.get("nonce", "")) > LONGEST or "\0" in "".join(sent.values()):
        raise GatewayRefused(DIFFERS)
    return str(family), sent


def _headers(meta: Mapping[str, str], prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: meta.get(f"HTTP_{prefix}{name.upper()}", "").strip() for name in names}


def _fits(credential: TillCredential, sent: dict[str, str]) -> bool:
    if credential.family == Family.CSB:
        signed = signatures.csb(
            credential.secret,
            key=sent["key"],
            name=sent["name"],
            timestamp=sent["timestamp"],
            version=sent["version"],
        )
        return signatures.same(signed, sent["signature"])
    signed = signatures.tif(credential.secret, nonce=sent["nonce"], timestamp=sent["timestamp"])
    return signatures.same(signed, sent["signature"].lower())


@compiled_once
def _credential(access_key, family):
    return (
        TillCredential.objects.filter(
            access_key=access_key, family=family, client__revoked_at__isnull=True
        )
        .select_related("client__institution")
        .annotate(clock=Func(function="clock_timestamp", output_field=DateTimeField()))
    )
