"""What every page has on which a clerk fills in for whoever stands at the window."""

from dataclasses import replace

from pooling.shared.actor import Actor
from pooling.shared.admin import acting
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


def handling(request, case) -> Actor:
    """Return who handles a case for the member whose case it is."""
    return replace(
        acting(request),
        on_behalf_of=case.member_id,
        purpose=f"handling {case.number}",
        channel="counter",
    )


class Shown:
    """Whom one page shows, for the record."""

    def __init__(self, member_ids):
        self.member_ids = member_ids


class Intake:
    """One page at the window: who acts for whom, and carrying out with refusals shown."""

    #: Whom the page shows besides those of the case, for the record of looks.
    also_shown: list[int] = []

    def __init__(self, request, case):
        self.case = case
        self.by = handling(request, case)

    def carry_out(self, request) -> bool:
        try:
            unit_of_work(lambda: self.work(request, database_clock()))
        except DomainError as error:
            self.refused(error)
            return False
        return True
