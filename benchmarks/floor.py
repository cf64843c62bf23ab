"""The floor: what PostgreSQL alone can do with the writes of one settlement.

One real settlement is made, and whatever it wrote becomes statements that write its like for
another family: prepared SQL, our triggers, indexes and flushes on, no program in between.
pgbench (it comes with the embedded PostgreSQL) repeats them with 8 clients. Locks and readings
are left out, so the floor is a bound that nobody reaches.
"""

import re
import subprocess
from pathlib import Path

from django.db import connection

from benchmarks.place import COPY, Place

CLIENTS = 8

#: Who pays for whom, by a number pgbench can draw.
_FAMILIES = """
CREATE TABLE floor_family AS
SELECT row_number() OVER (ORDER BY child.id) AS n, child.id AS child_id,
       father.id AS father_binding, father.payer_id AS father_id, fathers.prior_id AS father_part,
       mother.id AS mother_binding, mother.payer_id AS mother_id, mothers.prior_id AS mother_part
FROM accounts_member AS child
JOIN bindings_binding AS father ON father.relative_id = child.id AND father.rank = 1
JOIN bindings_binding AS mother ON mother.relative_id = child.id AND mother.rank = 2
JOIN funds_personalaccount AS fathers ON fathers.member_id = father.payer_id
JOIN funds_personalaccount AS mothers ON mothers.member_id = mother.payer_id
WHERE child.psn_no = ANY(%s)
"""
#: The ledger's own statement (`pooling/ledger/services.py`), which here reads the balances too.
_LEDGER = r"""
WITH entry AS (
    {entry}
), balance AS (
    UPDATE ledger_account SET balance_fen = balance_fen - part.fen
    FROM floor_family,
         LATERAL (VALUES (father_part, {father}), (mother_part, {mother})) AS part (id, fen)
    WHERE n = :family AND ledger_account.id = part.id
    RETURNING ledger_account.id, -part.fen AS fen, balance_fen
), posting AS (
    INSERT INTO ledger_posting (entry_id, account_id, amount_fen, balance_after_fen)
    SELECT entry.id, line.id, line.fen, line.balance_fen
    FROM entry, (SELECT * FROM balance UNION ALL SELECT {payable}, {father} + {mother}, NULL)
        AS line (id, fen, balance_fen)
)
SELECT id AS entry FROM entry \gset
"""
_PARENTS = ("father", "mother")
#: A new text where a column is unique.
_NEW = "left('floor' || gen_random_uuid(), 40)"


def prepare(place: Place, settlement_id: int, children: list[str]) -> Path:
    """Write the script that repeats this settlement's writes, and return it."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, [children])
        cursor.execute("ALTER TABLE floor_family ADD PRIMARY KEY (n)")
    script = place.home / "floor.sql"
    script.write_text(_script(settlement_id, len(children)), "utf-8")
    return script


def run(place: Place, script: Path, seconds: int) -> float:
    """Return settlements a second."""
    words = [
        *("-n", "-M", "prepared", "-c", CLIENTS, "-j", 2, "-T", seconds, "-f", script),
        *("-h", place.server.sockets, "-U", "postgres", COPY),
    ]
    pgbench = [place.program("pgbench"), *map(str, words)]
    said = subprocess.run(pgbench, cwd=place.home, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([\d.]+)", said.stdout, re.MULTILINE)
    if said.returncode or not found:
        raise SystemExit(f"pgbench failed: {said.stderr[-2000:]}")
    return round(float(found[1]), 1)


def _script(settlement_id: int, families: int) -> str:
    (settlement,) = _rows("settlements_settlement", f"id = {settlement_id}")
    (message,) = _rows("hospital_message", f"message_id = {settlement['message_id']}")
    (entry,) = _rows("ledger_entry", f"id = {settlement['entry_id']}")
    (payable,) = _rows(
        "ledger_posting", f"entry_id = {settlement['entry_id']} AND balance_after_fen IS NULL"
    )
    (event,) = _rows("audit_event", f"verb = 'settlements.settle' AND subject_id = {settlement_id}")
    lines = _rows("settlements_line", f'settlement_id = {settlement_id} ORDER BY "order"')
    notices = _rows("notices_notice", f"link = '/usage/{settlement_id}/' ORDER BY id")
    of_parent = dict(zip(_PARENTS, lines, strict=True))
    whose = {settlement["patient_id"]: "child_id"}
    whose |= {line["payer_id"]: f"{parent}_id" for parent, line in of_parent.items()}
    answer = message["answer"]
    message |= {"key": _NEW, "message_id": _NEW, "status": "NULL::smallint", "answer": "''"}
    settlement |= {"uid": "gen_random_uuid()", "message_id": _NEW}
    settlement |= {"patient_id": "child_id", "entry_id": ":entry::bigint"}
    for parent, line in of_parent.items():
        line |= {"payer_id": f"{parent}_id", "binding_id": f"{parent}_binding"}
        line |= {"ledger_account_id": f"{parent}_part"}
        line |= {"settlement_id": ":settlement::bigint", "patient_id": "child_id"}
    for notice in notices:
        notice["member_id"] = whose[notice["member_id"]]
    return "\n".join(
        [
            rf"\set family random(1, {families})",
            "BEGIN;",
            _insert("hospital_message", message) + r" RETURNING id AS message \gset",
            _LEDGER.format(
                entry=_insert("ledger_entry", entry | {"key": _NEW}) + " RETURNING id",
                payable=payable["account_id"],
                **{parent: line["amount_fen"] for parent, line in of_parent.items()},
            ),
            _insert("settlements_settlement", settlement) + r" RETURNING id AS settlement \gset",
            _insert("settlements_line", *lines) + ";",
            _insert("audit_event", event | {"subject_id": ":settlement::bigint"}) + ";",
            _insert("notices_notice", *notices) + ";",
            f"UPDATE hospital_message SET status = 201, answer = {answer} WHERE id = :message;",
            "COMMIT;",
        ]
    )


def _insert(table: str, *rows: dict[str, str]) -> str:
    """Return the statement that writes these rows for the family that was drawn."""
    names = ", ".join(f'"{name}"' for name in rows[0])
    chosen = (
        f"SELECT {', '.join(row.values())} FROM floor_family WHERE n = :family" for row in rows
    )
    return f"INSERT INTO {table} ({names}) {' UNION ALL '.join(chosen)}"


def _rows(table: str, which: str) -> list[dict[str, str]]:
    """Return rows without their ids, each value written as SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'id'",
            [table],
        )
        types = dict(cursor.fetchall())
        values = ", ".join(f'"{name}"::text' for name in types)
        cursor.execute(f"SELECT {values} FROM {table} WHERE {which}")
        found = cursor.fetchall()
    return [
        {name: _literal(text, types[name]) for name, text in zip(types, row, strict=True)}
        for row in found
    ]


def _literal(text: str | None, kind: str) -> str:
    """Return a value as SQL in which pgbench finds no variable of its own (`:name`)."""
    if text is None:
        return f"NULL::{kind}"
    for character, escaped in (("\\", r"\\"), ("'", "''"), (":", r"\x3A"), ("\n", r"\n")):
        text = text.replace(character, escaped)
    return f"E'{text}'::{kind}"
