"""What a window asks for where a premium is asked back. Pure.

Who applies is whose account pays and whose bank account is paid; they sign, for nobody gives a
code at a window. What an agent shows is the area's to say (ADR 33).
"""

from collections.abc import Mapping
from typing import Any

from pooling.bindings.papers import Agent, Wanted, of_agent

_THEIRS = ("applicant_id", "premium_receipt", "claim_form")


def checklist(rules: Mapping[str, Any], agent: Agent | None) -> list[Wanted]:
    """Return what has to be shown; `rules` are the values in force where the account is."""
    wanted = [Wanted((code,)) for code in _THEIRS]
    return wanted if agent is None else wanted + of_agent(agent, rules)
