"""Who may call what: the bearer key, its scope, and the headers every till sends."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from accounts import selectors
from accounts.models import ApiClient
from accounts.services.clients import hash_key
from pooling.hospital.services import exchanges
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError

LONGEST_KEY = 64


class KeyRefused(DomainError):
    """No key, or none that opens anything."""

    code = "unauthorized"
    status = 401


class ScopeRefused(DomainError):
    """The key is good, but not for this call."""

    code = "wrong_scope"
    status = 403


class HeaderRefused(DomainError):
    """A header is missing, given twice or not usable."""

    code = "bad_header"
    status = 400


class Key(HttpBearer):
    """A live client's key; with scopes, one of those alone. One statement, which tells the time."""

    def __init__(self, *scopes: ApiClient.Scope):
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> ApiClient:
        scheme, _space, token = _single(request, "Authorization").partition(" ")
        if scheme.lower() != "bearer":
            raise KeyRefused(_("请用 Authorization: Bearer 出示有效的密钥。"))
        return self.authenticate(request, token)

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient:
        client = selectors.client_by_key(hash_key(token))
        if client is None:
            raise KeyRefused(_("请用 Authorization: Bearer 出示有效的密钥。"))
        exchanges.of(request).client = client
        if self.scopes and client.scope not in self.scopes:
            raise ScopeRefused(_("这个密钥没有此项权限。"))
        return client


def idempotency_key(request: HttpRequest) -> str:
    """Return the key under which this message may be repeated. Raises HeaderRefused."""
    key = _single(request, "Idempotency-Key")
    if not key:
        raise HeaderRefused(
            _("缺少 Idempotency-Key：动款项的请求必须能安全重发。"), code="idempotency_key_missing"
        )
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise HeaderRefused(_("Idempotency-Key 应为 1 至 64 个可见 ASCII 字符。"))
    return key


def actor(client: ApiClient) -> Actor:
    """Return who acts: the machine itself, never somebody its payload names."""
    return Actor(ActorKind.CLIENT, client.pk, channel="rest")


def _single(request: HttpRequest, header: str) -> str:
    """Return a header's value; servers join one that was sent twice with a comma."""
    value = request.headers.get(header, "").strip()
    if "," in value:
        raise HeaderRefused(
            _("请求头 %(header)s 重复或含有逗号。") % {"header": header}, code="header_duplicated"
        )
    return value
