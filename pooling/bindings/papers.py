"""What has to be shown at the window, by relation and by the rules of the applicant's area. Pure.

Here rather than at the desk, because members ask beforehand. The words stand in `cases.materials`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pooling.bindings import evidence

#: kind of relation → papers of which one proves it, the usual one first.
PROOFS = {
    "spouse": ("marriage_certificate", "household_register"),
    "parent": ("household_register", "birth_certificate", "adoption_certificate"),
    "child": ("birth_certificate", "household_register", "adoption_certificate"),
    "parent_in_law": ("household_register", "kinship_certificate"),
    "child_in_law": ("household_register", "kinship_certificate"),
}
_OF_PEOPLE = ("applicant_id", "relative_id")
#: Every other relation goes over somebody in between.
_OVER_OTHERS = ("household_register", "kinship_certificate")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the checklist: any one of these materials satisfies it."""

    any_of: tuple[str, ...]
    needed: bool = True

    def shown_by(self, seen: Iterable[str]) -> bool:
        """Return whether one of them was held in hand."""
        return not set(self.any_of).isdisjoint(seen)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who came for the applicant, as far as papers go: the registry may know them as kin."""

    is_relative: bool = True


def checklist(
    kind: str | None,
    rules: Mapping[str, Any],
    *,
    registered: bool,
    agent: Agent | None = None,
    consents: bool | None = None,
) -> list[Wanted]:
    """Return what is wanted at the window for a relation (None: not chosen yet).

    `rules` are the values in force in the applicant's area, `registered` says that the
    registry proves the relation, `consents` whether this relative has to agree (None: not known
    yet). Where the area names no papers, ours are asked for. A proof
    is asked for where nothing else proves it, and any of those that can will do. The
    signature is ours to ask: without it nobody has authorised anything.
    """
    named = rules["counter_materials"]
    people = [code for code in _OF_PEOPLE if named is None or code in named]
    wanted = [Wanted((code,)) for code in people]
    if agent is not None:
        more = [code for code in named or () if code.startswith("agent_")]
        wanted += of_agent(agent, rules, more)
    if kind is not None:
        by_itself = registered or evidence.COMMITMENT in evidence.accepted(
            kind, evidence.COUNTER, rules
        )
        wanted.append(Wanted(_named_proofs(kind, named), needed=not by_itself))
    wanted.append(Wanted(("signed_authorisation",)))
    if named is not None and "relative_consent" in named:
        wanted.append(Wanted(("relative_consent",)))
    elif rules["relative_confirms"] if consents is None else consents:
        # It spares the relative an answer later.
        wanted.append(Wanted(("relative_consent",), needed=False))
    return wanted


def of_agent(agent: Agent, rules: Mapping[str, Any], more: Iterable[str] = ()) -> list[Wanted]:
    """Return what somebody shows who came for the applicant; `more`: asked besides."""
    theirs = dict.fromkeys([*rules["agent_materials"], *more])
    wanted = [Wanted((code,)) for code in theirs]
    if rules["agent_relatives_only"] and not agent.is_relative:
        wanted.append(Wanted(("agent_kinship",)))
    return wanted


def _named_proofs(kind: str, named: list[str] | None) -> tuple[str, ...]:
    """Return those of the area's papers that prove this relation; ours where none does."""
    ours = proofs(kind)
    return tuple(code for code in ours if code in (named or ())) or ours


def proofs(kind: str) -> tuple[str, ...]:
    """Return the papers of which one proves a relation of this kind."""
    found = PROOFS.get(kind, _OVER_OTHERS)
    return found if "kinship_certificate" in found else (*found, "kinship_certificate")


def lacking(wanted: Iterable[Wanted], seen: Iterable[str]) -> list[str]:
    """Return the materials still to be brought; of alternatives the usual one."""
    held = set(seen)
    return [line.any_of[0] for line in wanted if line.needed and not line.shown_by(held)]
