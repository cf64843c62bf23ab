"""What the rules look at: the two people, what they did before, and what comes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, the values of its sentence (ids, fen, codes), the clause behind it."""

    code: str
    values: dict = field(default_factory=dict)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody as far as age and sex go, whom nobody has looked up: a `kinship.rules.Person`."""

    pk: int
    birth_date: date
    gender: str
    died_on: None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people as the registry knows them on the day; empty texts: no insurance."""

    member_id: int
    dead: bool = False
    insutype: str = ""
    area: str = ""
    status: str = ""
    psn_type: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What the asker did with authorisations before, ended ones included.

    `relatives` is how many different people they ever bound, `changes` how often they bound
    or somebody released this calendar year. `bound_before` and `ended_on` are about the very
    person asked for now.
    """

    today: date
    relatives: int = 0
    changes: int = 0
    bound_before: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of the payer. `area` is that of the employee insurance: its rules count.

    `roles` counts whom they pay for by role, `takes` are the roles the person asked for would
    have (a father is also a parent); `paid_for` is whether somebody pays for them.
    """

    member_id: int
    dead: bool
    employee_status: str
    area: str
    relatives: int
    psn_type: str = ""
    roles: Mapping[str, int] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    paid_for: bool = False
    past: Past | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of the two together.

    `registered` is the kind of relation the registry proves, `proof` what the payer offers
    where it proves none, through which `channel` (`evidence`); `implausible` what
    `kinship.rules` found (codes with values). `pays` is whether the relative pays for anybody.
    """

    relative: Side
    registered: str | None
    proof: str
    payers: int
    already_bound: bool
    blocked: bool
    implausible: tuple[tuple[str, dict], ...] = ()
    channel: str = "online"
    pays: bool = False
