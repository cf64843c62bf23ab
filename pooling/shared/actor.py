"""Who acts: taken from the session, the client key or the job, never from a payload."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    MEMBER = "member"
    STAFF = "staff"
    CLIENT = "client"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the member's, user's or client's primary key; None for jobs and commands.

    `on_behalf_of` is the member an agent or clerk acts for; `purpose` why personal
    data is looked at; `channel` where it happens (portal, counter, rest, hsa, job).
    """

    kind: ActorKind
    id: int | None = None
    on_behalf_of: int | None = None
    purpose: str = ""
    channel: str = ""

    @classmethod
    def member(cls, member_id: int, channel: str = "portal") -> "Actor":
        return cls(ActorKind.MEMBER, member_id, channel=channel)

    @classmethod
    def job(cls, name: str) -> "Actor":
        return cls(ActorKind.JOB, purpose=name, channel="job")

    @property
    def principal(self) -> int | None:
        """Return the member who acts, or for whom a clerk or agent acts; None for machines."""
        if self.on_behalf_of is not None:
            return self.on_behalf_of
        return self.id if self.kind == ActorKind.MEMBER else None

    @property
    def name(self) -> str:
        """Return the actor as stored in `x_by` text columns: `member:12`, `job:nightly`."""
        return f"{self.kind}:{self.id if self.id is not None else self.purpose}"
