"""Codes of e-credentials that a till may not use: kept, and told to whose they are."""

from accounts.models import Institution
from accounts.services import credentials
from accounts.services.credentials import CodeRefused
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.shared.actor import Actor
from pooling.shared.work import verb

#: A slow cashier is no misuse: whose code it is need not be told of these.
ORDINARY = {"expired", "unreadable"}


@verb
def keep(*, refusal: CodeRefused, institution: Institution, by: Actor, at) -> None:
    """Keep a refusal that took everything else back, and tell whose code it was."""
    attempt = refusal.attempt
    credentials.keep_refused(attempt=attempt, institution_id=institution.pk, by=by, at=at)
    if attempt.member_id is not None and attempt.reason not in ORDINARY:
        values = {"place": institution.type}
        told = Message(
            "code_refused", member_id=attempt.member_id, values=values, link="/credential/"
        )
        notices.enqueue([told], at=at)
