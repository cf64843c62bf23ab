"""What a window asks for about somebody's code, and what decides without a second person.

Whose code it is applies; the *other* is the relative who came for them, or who is to show it.
What an area may want is its clauses' to say; the documents of the people are always wanted,
for without them nobody knows who stands there (ADR 37).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pooling.bindings.evidence import COMMITMENT, REGISTRY
from pooling.bindings.papers import Wanted, proofs
from pooling.cases.materials import PROVING

ACTIVATE, END, SHOW, UNSHOW = "activate", "end", "show", "unshow"
#: What takes something away is done at once, and no area can make it harder.
ENDS = (END, UNSHOW)
#: want → the clauses that say what proves the relation, and which papers are wanted.
EVIDENCE = {ACTIVATE: "e_credential_family_evidence", SHOW: "care_evidence"}
MATERIALS = {ACTIVATE: "e_credential_materials", SHOW: "care_materials"}
PROMISE, CONSENT = "kinship_promise", "care_consent"
#: Rules that decide alone besides those clauses.
SHOWN, ENDED = "identity_shown", "code_ended"
#: A small child has no identity card.
_CHILDS_OWN = ("applicant_id", "household_register", "birth_certificate")


@dataclass(frozen=True, slots=True)
class Coming:
    """Who stands at the window for what, as far as papers go.

    `child`: too young to do it themselves. `elder`: old enough, and without a sign-in, for family
    to do it. `agent`: somebody came instead, `agent_is_other` that this is the relative the case
    is about, `agent_is_kin` that the registry knows them as a relative. `known`: the other is in
    the registry at all; `registered`: it proves the relation to them; `kind` is what whose code it
    is is to them, None: unknown.
    """

    want: str
    child: bool = False
    elder: bool = False
    agent: bool = False
    agent_is_other: bool = False
    agent_is_kin: bool = False
    known: bool = False
    registered: bool = False
    kind: str | None = None

    @property
    def by_family(self) -> bool:
        """Return whether the relation counts: a relative activates, or is to show the code."""
        if self.want == ACTIVATE:
            return self.agent and (self.child or self.elder)
        return self.want == SHOW


def checklist(coming: Coming, rules: Mapping[str, Any]) -> list[Wanted]:
    """Return what has to be shown; `rules` are the values in force where the owner is insured."""
    named = rules[MATERIALS[coming.want]] if coming.want in MATERIALS else None
    wanted = [Wanted(_CHILDS_OWN if coming.child else ("applicant_id",))]
    if coming.agent:
        wanted += _of_agent(coming, rules)
    if coming.want == SHOW and not coming.agent_is_other:
        wanted.append(Wanted(("relative_id",)))
    if coming.want == SHOW and not (coming.child and coming.agent_is_other):
        wanted.append(Wanted((CONSENT,)))
    if coming.by_family and not _by_registry(coming, rules):
        wanted.append(_relation(coming, rules, named))
    covered = {code for line in wanted for code in line.any_of} | set(PROVING)
    return wanted + [Wanted((code,)) for code in named or () if code not in covered]


def decided_by(coming: Coming, rules: Mapping[str, Any], seen: Iterable[str]) -> str:
    """Return the rule that decides alone, empty where another person has to look at papers."""
    if coming.want in ENDS:
        return ENDED
    if coming.want == ACTIVATE and not coming.agent:
        return SHOWN
    if not coming.by_family or _rests_on_paper(coming):
        return ""
    clause = EVIDENCE[coming.want]
    if _by_registry(coming, rules):
        return f"{clause}:{REGISTRY}"
    # The promise of somebody nobody knows binds nobody.
    promised = coming.known and COMMITMENT in rules[clause] and PROMISE in set(seen)
    return f"{clause}:{COMMITMENT}" if promised else ""


def _by_registry(coming: Coming, rules: Mapping[str, Any]) -> bool:
    return coming.registered and REGISTRY in rules[EVIDENCE[coming.want]]


def _rests_on_paper(coming: Coming) -> bool:
    """Return whether somebody's will is known from a paper alone, and not from themselves.

    A grown person who stays at home agrees by a signature; a child's family is believed where
    the registry knows who came.
    """
    if coming.want != SHOW or not coming.agent:
        return False
    return not coming.child or not (coming.agent_is_other or coming.agent_is_kin)


def _of_agent(coming: Coming, rules: Mapping[str, Any]) -> list[Wanted]:
    """Return what whoever came instead shows; of a child nobody asks for a signature."""
    by_blood = coming.child or (coming.want == ACTIVATE and coming.elder)
    ends = coming.want in ENDS
    more = ("agent_authorisation",) if ends else rules["agent_materials"]
    theirs = dict.fromkeys(("agent_id", *more))
    lines = [Wanted((code,)) for code in theirs if not (by_blood and code == "agent_authorisation")]
    known = coming.agent_is_kin or (coming.agent_is_other and coming.by_family)
    if not known and (coming.child or (rules["agent_relatives_only"] and not ends)):
        lines.append(Wanted(("agent_kinship", *(PROVING if coming.child else ()))))
    return lines


def _relation(coming: Coming, rules: Mapping[str, Any], named: list[str] | None) -> Wanted:
    """Return the line that proves the relation: a promise where that does, else one of the papers.

    An elder's authorisation is as good as a relation: it is their own word.
    """
    ours = proofs(coming.kind) if coming.kind else PROVING
    papers = tuple(code for code in ours if code in (named or ())) or ours
    promise = (PROMISE,) if COMMITMENT in rules[EVIDENCE[coming.want]] else ()
    instead = ("agent_authorisation",) if coming.want == ACTIVATE and not coming.child else ()
    return Wanted((*promise, *papers, *instead))
