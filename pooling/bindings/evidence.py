"""What proves a relation: by the kind of relation and the door through which it comes. Pure.

A kind the area singles out is judged by its own list at every door. Papers that a person has
looked at are a way out at every door too, whether an area names them or not: without one,
somebody the registry has forgotten could never be bound.
"""

from collections.abc import Mapping
from typing import Any

#: The doors. A file of the authority tells what was agreed at either of the others, and so
#: does a consent that is given to what was asked for before.
ONLINE, COUNTER, EITHER = "online", "counter", "either"

REGISTRY, COMMITMENT, DOCUMENT = "registry", "commitment", "document"
#: The proofs of a binding → the area's words for them.
_WORD = {"registry": REGISTRY, "commitment": COMMITMENT, "confirmed": COMMITMENT}


def clause(kind: str, channel: str, rules: Mapping[str, Any]) -> str:
    """Return the name of the clause that decides."""
    if kind in rules["evidence_by_relation"]:
        return "evidence_by_relation"
    if channel == COUNTER and rules["evidence_at_counter"] is not None:
        return "evidence_at_counter"
    return "evidence_accepted"


def accepted(kind: str | None, channel: str, rules: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the area takes as proof, in its words; `kind` None: not chosen yet."""
    if kind in rules["evidence_by_relation"]:
        return tuple(rules["evidence_by_relation"][kind])
    online, desk = rules["evidence_accepted"], rules["evidence_at_counter"]
    if desk is None or channel == ONLINE:
        return tuple(online)
    return tuple(desk if channel == COUNTER else dict.fromkeys([*online, *desk]))


def suffices(proof: str, kind: str, channel: str, rules: Mapping[str, Any]) -> bool:
    """Return whether a binding's proof is enough by itself."""
    return proof == "documented" or _WORD[proof] in accepted(kind, channel, rules)


def best(registered: bool, kind: str, channel: str, rules: Mapping[str, Any]) -> str:
    """Return the proof to go by: the registry's word, a signed promise, else papers to be read."""
    words = accepted(kind, channel, rules)
    if registered and REGISTRY in words:
        return "registry"
    return "commitment" if COMMITMENT in words else "documented"
