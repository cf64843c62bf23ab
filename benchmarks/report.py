"""What a run found, for people and for later runs."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
HISTORY = HERE / "history.jsonl"


def circumstances(asked) -> dict:
    """Return when, where and what was measured; `load` is how busy others kept the machine."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "commit": _commit(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        **vars(asked),
    }


def table(here: dict, found: dict) -> str:
    """Return the figures as the README shows them."""
    ratio, statements = found["ratios"], found["statements"]
    rows = [
        _row("settle, 8 tills", found["settle_8"], ratio["settle_8_to_floor"], "0.25"),
        _row("settle, 32 tills", found["settle_32"], ratio["settle_32_to_floor"], "0.25"),
        _row("balance, 8 hotlines", found["balance"], ratio["balance_to_four_queries"], "0.5"),
        _row(
            "one family, 32 tills at once",
            found["hot_family"],
            ratio["hot_family_to_settle"],
            "0.3",
        ),
        _row("*floor*: the same writes as prepared SQL, nothing read or locked", found["floor"]),
        _row("*four-query view* through the same server", found["four_queries"]),
    ]
    return "\n".join(
        [
            f"{here['members']:,} members, {here['cores']} cores; median of {here['rounds']} × "
            f"{here['seconds']} s; load before it {here['load']}; {here['at']}, {here['commit']}.",
            "",
            "| | a second | p50 ms | p95 ms | of its yardstick | goal |",
            "|---|--:|--:|--:|--:|--:|",
            *rows,
            "",
            f"Statements beside BEGIN and COMMIT: settle {statements['settle']}, preview "
            f"{statements['preview']}, balance {statements['balance']}. "
            f"{found['deadlocks']} deadlocks, {found['refused']} refusals; "
            "every fen accounted for.",
        ]
    )


def remember(found: dict) -> None:
    """Add a run to the history."""
    with HISTORY.open("a", encoding="utf-8") as history:
        history.write(json.dumps(found, ensure_ascii=False) + "\n")


def _row(name: str, seen: dict, ratio: float | None = None, goal: str = "") -> str:
    took = [seen.get(f"p{each}_ms") for each in (50, 95)]
    cells = [name, seen["per_second"], *("" if ms is None else f"{ms:,.0f}" for ms in took)]
    cells += [1 if ratio is None else f"{ratio:.2f}", goal]
    return f"| {' | '.join(map(str, cells))} |"


def _commit() -> str:
    """Return the commit, with a plus where files differ from it (the history itself aside)."""
    changed = _git("status", "--porcelain", "--", "..", f":!{HISTORY.name}")
    return _git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def _git(*words: str) -> str:
    said = subprocess.run(["git", *words], cwd=HERE, capture_output=True, text=True, check=False)
    return said.stdout.strip()
