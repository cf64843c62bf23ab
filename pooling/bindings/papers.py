"""What has to be shown at the window, by relation and by the rules of the applicant's area. Pure.

Here rather than at the desk, because members ask beforehand. The words stand in `cases.materials`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

#: kind of relation → papers of which one proves it, the usual one first.
PROOFS = {
    "spouse": ("marriage_certificate", "household_register"),
    "parent": ("household_register", "birth_certificate", "adoption_certificate"),
    "child": ("birth_certificate", "household_register", "adoption_certificate"),
    "parent_in_law": ("household_register", "kinship_certificate"),
    "child_in_law": ("household_register", "kinship_certificate"),
}
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


def checklist(
    kind: str | None, *, agent: bool, registered: bool, evidence: list[str], consent: bool
) -> list[Wanted]:
    """Return what is wanted for a relation (None: not chosen yet).

    `registered`: the registry proves the relation. `evidence` is the area's clause
    `evidence_accepted`, `consent` its `relative_confirms`: a signed consent then spares the
    relative an answer later, and is never demanded.
    """
    wanted = [Wanted(("applicant_id",)), Wanted(("relative_id",))]
    if agent:
        wanted += [Wanted(("agent_id",)), Wanted(("agent_authorisation",))]
    if kind is not None:
        by_itself = registered or "commitment" in evidence
        wanted.append(Wanted(proofs(kind), needed=not by_itself))
    wanted.append(Wanted(("signed_authorisation",)))
    if consent:
        wanted.append(Wanted(("relative_consent",), needed=False))
    return wanted


def proofs(kind: str) -> tuple[str, ...]:
    """Return the papers of which one proves a relation of this kind."""
    found = PROOFS.get(kind, _OVER_OTHERS)
    return found if "kinship_certificate" in found else (*found, "kinship_certificate")


def lacking(wanted: Iterable[Wanted], seen: Iterable[str]) -> list[str]:
    """Return the materials still to be brought; of alternatives the usual one."""
    held = set(seen)
    return [line.any_of[0] for line in wanted if line.needed and not line.shown_by(held)]
