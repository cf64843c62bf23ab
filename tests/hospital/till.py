"""A till as the server sees one: raw requests through the WSGI application, nothing mocked."""

import io
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

from portal.wsgi import application


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return self.json["code"]

    def __repr__(self):
        return f"<{self.status} {self.raw.decode()}>"


@dataclass
class Till:
    """Whoever holds a bearer key. `institution` is only what `bill()` writes into bills."""

    key: str | None = None
    institution: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body=None, *, raw: bytes | None = None, **headers):
        """Send one request; `body` becomes JSON, `raw` goes as it is."""
        if raw is None:
            raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        wanted = {"content-type": "application/json", **self.headers}
        if self.key is not None:
            wanted["authorization"] = f"Bearer {self.key}"
        wanted |= {name.replace("_", "-"): value for name, value in headers.items()}
        return call(method, path, raw, {k: v for k, v in wanted.items() if v is not None})

    def get(self, path: str, **headers) -> Reply:
        return self.send("GET", path, **headers)

    def post(self, path: str, body=None, *, key: str | None = None, **headers) -> Reply:
        """POST; `key` is the idempotency key."""
        if key is not None:
            headers["idempotency_key"] = key
        return self.send("POST", path, body, **headers)

    def settle(self, bill: dict, **headers) -> Reply:
        return self.post("/settlements", bill, key=bill["message_id"], **headers)

    def reverse(self, settlement_id, *, reason="录错", key: str | None = None) -> Reply:
        key = key or uuid.uuid4().hex
        return self.post(f"/settlements/{settlement_id}/reversal", {"reason": reason}, key=key)

    def reverse_message(self, message_id: str, *, key: str | None = None, **changes) -> Reply:
        body = {"institution": self.institution, "message_id": message_id, "reason": "超时"}
        return self.post("/reversals", body | changes, key=key or uuid.uuid4().hex)

    def refund(self, settlement_id, amount, *, reason="退药", key: str | None = None) -> Reply:
        body = {"amount": amount, "reason": reason}
        key = key or uuid.uuid4().hex
        return self.post(f"/settlements/{settlement_id}/refunds", body, key=key)

    def bill(self, patient, personal="130.00", /, *, at=None, **changes) -> dict:
        """Return a bill whose personal part is all in scope, unless `changes` say otherwise."""
        bill = {
            "message_id": uuid.uuid4().hex,
            "patient": {"psn_no": patient.psn_no},
            "institution": self.institution,
            "use": "outpatient",
            "business_time": (at or right_now()).isoformat(),
            "total": "0",
            "fund": "0.00",
            "hospital_borne": "0.00",
            "own_paid": "0.00",
            "over_limit": "0.00",
            "pre_paid": "0.00",
            "in_scope_share": personal,
            "acct_used_flag": 2,
        } | changes
        parts = ("fund", "hospital_borne", "own_paid", "over_limit", "pre_paid", "in_scope_share")
        if "total" not in changes:
            bill["total"] = str(sum(Decimal(str(bill[part])) for part in parts))
        return bill


def right_now():
    """Return the database's clock: a bill must lie close to it."""
    from pooling.shared.periods import SHANGHAI
    from pooling.shared.work import database_clock

    return database_clock().astimezone(SHANGHAI).replace(microsecond=0)


def call(
    method: str, path: str, raw: bytes, headers: dict[str, str], *, prefix: str = "/api/v1"
) -> Reply:
    """Run one request through the application server's own entry."""
    # As in a request line: whatever stands before the first ? is the path.
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": (prefix + path).encode().decode("latin-1"),
        "QUERY_STRING": quote(query, safe="=&%"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        cgi = name.upper().replace("-", "_")
        cgi = cgi if cgi in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{cgi}"
        environ[cgi] = value.encode().decode("latin-1")
    started = {}

    def start_response(status, response_headers, exc_info=None):
        started["status"] = int(status.split()[0])
        started["headers"] = dict(response_headers)

    body = application(environ, start_response)
    try:
        content = b"".join(body)
    finally:
        body.close()
    return Reply(started["status"], started["headers"], content)
