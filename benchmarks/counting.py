"""How many statements a request takes, counted in this process, BEGIN and COMMIT aside."""

import json
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.db import connection

from benchmarks.load import bill
from portal.wsgi import machines

#: Sent twice: what a process learns once does not count.
TWICE = 2


def count(till: dict, hotline: dict, patient: str) -> dict[str, int]:
    """Return statements by what was asked."""
    return {
        "settle": _statements(till, "POST", "/api/v1/settlements", patient),
        "preview": _statements(till, "POST", "/api/v1/preview", patient),
        "balance": _statements(hotline, "GET", f"/api/v1/members/{patient}/balance"),
    }


def send(client: dict, method: str, path: str, patient: str | None = None) -> dict:
    """Send one request past the network; return the answer. Raises for a refusal."""
    body = bill(patient, client) if patient else None
    raw = json.dumps(body).encode() if body else b""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_AUTHORIZATION": f"Bearer {client['key']}",
            "HTTP_IDEMPOTENCY_KEY": body["message_id"] if body else "",
            "wsgi.input": BytesIO(raw),
        }
    )
    response = machines.get_response(request)
    if response.status_code >= 400:
        raise SystemExit(f"{method} {path}: {response.content.decode()}")
    return json.loads(response.content)


def _statements(client: dict, method: str, path: str, patient: str | None = None) -> int:
    seen = []

    def note(execute, sql, parameters, many, context):
        seen.append(sql)
        return execute(sql, parameters, many, context)

    for _ in range(TWICE):
        seen.clear()
        with connection.execute_wrapper(note):
            send(client, method, path, patient)
    return len(seen)
