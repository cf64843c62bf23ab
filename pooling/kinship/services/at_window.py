"""What a window does about e-credentials and the 亲情账户, once documents and papers were seen.

Who has to show what is the desk's to ask (`counter.code_desk`); here it is done and everybody
concerned is told that a window did it. `by` is the clerk, on behalf of whose code it is.
"""

from accounts import selectors as people
from accounts.models import CareLink, ECredential
from accounts.services import care, credentials
from pooling.kinship.services.caring import bounds_of, tell
from pooling.shared.actor import Actor
from pooling.shared.periods import business_date
from pooling.shared.work import verb


@verb
def activate(
    *, kin_id: int | None = None, proven_as: str = "", promised: bool = False, by: Actor, at
) -> ECredential:
    """Activate somebody's e-credential. Raises CredentialRefused.

    `kin_id` is the relative who came for it, where one did, and `proven_as` what whose code it is
    was proven to be to them.
    """
    member_id = by.principal
    row = credentials.activate(
        member_id=member_id,
        via=ECredential.Via.COUNTER,
        proven_as=proven_as,
        promised=promised,
        by=by,
        at=at,
    )
    for reader in filter(None, (member_id, kin_id)):
        tell("credential_activated_at_window", reader, at=at, relative=member_id)
    return row


@verb
def end(*, by: Actor, at) -> ECredential:
    """End somebody's e-credential. Raises CredentialRefused."""
    row = credentials.end(member_id=by.principal, by=by, at=at)
    tell("credential_ended_at_window", by.principal, at=at, relative=by.principal)
    return row


@verb
def let_show(
    *, carer_id: int, proven_as: str, promised: bool, consented: bool, by: Actor, at
) -> CareLink:
    """Let a caregiver show somebody's code, as they or their child's family ask.

    What the caregiver has asked for online already is only agreed to. Raises CareRefused.
    """
    relative_id = by.principal
    on = business_date(at)
    relative = people.locked([carer_id, relative_id])[relative_id]
    bounds = bounds_of(relative, on)
    asked = people.link_between(carer_id, relative_id)
    if asked is not None and not asked.usable(on) and consented:
        row = care.consent(link_id=asked.pk, consent_age=bounds.consent_age, by=by, at=at)
        said = "care_agreed_at_window"
    else:
        row = care.add(
            carer_id=carer_id,
            relative_id=relative_id,
            proven_as=proven_as,
            bounds=bounds,
            promised=promised,
            consented=consented,
            by=by,
            at=at,
        )
        said = "care_added_at_window" if row.usable(on) else "care_asked"
    for reader in (carer_id, relative_id):
        tell(said, reader, at=at, payer=carer_id, relative=relative_id)
    return row


@verb
def stop_showing(*, link_id: int, by: Actor, at) -> CareLink:
    """End an entry as either of the two asks. Raises NotFound."""
    row = care.end(link_id=link_id, by=by, at=at)
    for reader in (row.carer_id, row.relative_id):
        tell("care_ended_at_window", reader, at=at, payer=row.carer_id, relative=row.relative_id)
    return row
