"""The verbs of a till. Each that moves money is written down first, then carried out, once."""

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import ApiClient, Institution, Member
from accounts.services import credentials
from pooling.bindings import selectors as authorisations
from pooling.hospital import rendering, schemas
from pooling.hospital.models import ClearingLine, Message
from pooling.hospital.services.once import Answer, Envelope, claim, once, remember
from pooling.settlements import selectors as settled
from pooling.settlements import services as settlements
from pooling.settlements.uses import Premium
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.work import verb

Kind = Message.Kind


class OtherInterface(DomainError):
    """What one interface has settled, the other does not take back."""

    code = "other_interface"
    status = 409


def preview(*, client: ApiClient, bill: schemas.BillIn, by: Actor, at) -> Answer:
    """Split a bill on today's balances; nothing is posted, reserved or stored."""
    institution = _own(client, bill.institution)
    patient = _patient(bill.patient, at=at)
    proposal = settlements.preview(
        bill=_bill(bill, patient.pk, institution), backdate_days=client.backdate_days, by=by, at=at
    )
    body = rendering.proposal(proposal, bill, patient, institution)
    return Answer(200, rendering.text(body))


@verb
def settle(*, client: ApiClient, bill: schemas.BillIn, by: Actor, at) -> Answer:
    """Settle a bill, or repeat the answer this message got.

    Raises IdempotencyConflict, ReversedBeforeSettled, NotFound and whatever
    `settlements.settle` refuses.
    """
    institution = _own(client, bill.institution)
    envelope = Envelope(
        client,
        bill.message_id,
        Kind.SETTLEMENT,
        bill.fingerprint("settlement", institution.pk),
        bill.message_id,
    )

    def carry_out() -> Answer:
        patient_id, there = _charged(bill, institution, by=by, at=at)
        settlement = settlements.settle(
            bill=_bill(bill, patient_id, institution),
            backdate_days=client.backdate_days,
            there=there,
            by=by,
            at=at,
        )
        return Answer(201, _settlement(settlement, settlement.patient, institution))

    return once(envelope, carry_out, at=at)


@verb
def reverse(
    *,
    client: ApiClient,
    settlement_id: int,
    key: str,
    reversal: schemas.ReversalIn,
    by: Actor,
    at,
) -> Answer:
    """Reverse a settlement of the client's own institution, or repeat the answer."""
    operation = f"reversal:{settlement_id}"
    envelope = Envelope(
        client, key, Kind.REVERSAL, reversal.fingerprint(operation, client.institution_id)
    )
    return once(
        envelope, lambda: _reverse(client, settlement_id, reversal.reason, by=by, at=at), at=at
    )


@verb
def reverse_message(
    *, client: ApiClient, key: str, reversal: schemas.ReversalByMessageIn, by: Actor, at
) -> Answer:
    """Reverse by message id. Before its original it leaves a tombstone that refuses it."""
    institution = _own(client, reversal.institution)
    message_id = reversal.message_id
    fingerprint = reversal.fingerprint("reversal by message", institution.pk)
    tombstone = Envelope(client, key, Kind.TOMBSTONE, fingerprint, message_id)
    settlement_id = settled.id_by_message(institution.pk, message_id)
    if settlement_id is None:
        # Waits for an original under way; whichever row is in first decides.
        absent = Answer(202, rendering.text(rendering.tombstone(institution, message_id)))
        row = claim(tombstone, at=at)
        if row is not None:
            return remember(row, absent)
        settlement_id = settled.id_by_message(institution.pk, message_id)

    def carry_out() -> Answer:
        if settlement_id is None:  # an earlier tombstone, under another key
            return absent
        return _reverse(client, settlement_id, reversal.reason, by=by, at=at)

    return once(Envelope(client, key, Kind.REVERSAL, fingerprint), carry_out, at=at)


@verb
def refund(
    *, client: ApiClient, settlement_id: int, key: str, wish: schemas.RefundIn, by: Actor, at
) -> Answer:
    """Give part of a settlement back, or repeat the answer."""
    envelope = Envelope(
        client,
        key,
        Kind.REFUND,
        wish.fingerprint(f"refund:{settlement_id}", client.institution_id),
    )

    def carry_out() -> Answer:
        _must_be_rests(settlement_id)
        given = settlements.refund(
            settlement_id=settlement_id,
            institution_id=client.institution_id,
            amount_fen=wish.amount,
            reason=wish.reason,
            by=by,
            at=at,
        )
        return Answer(201, rendering.text(rendering.refund(given)))

    return once(envelope, carry_out, at=at)


def show(*, client: ApiClient, settlement_id: int) -> Answer:
    """Return a settlement of the client's own institution. Raises NotFound."""
    settlement = settled.get_for_institution(client.institution_id, settlement_id)
    return Answer(200, _settlement(settlement, settlement.patient, client.institution))


def _reverse(client: ApiClient, settlement_id: int, reason: str, *, by: Actor, at) -> Answer:
    _must_be_rests(settlement_id)
    settlement = settlements.reverse(
        settlement_id=settlement_id,
        institution_id=client.institution_id,
        reason=reason,
        by=by,
        at=at,
    )
    return Answer(200, _settlement(settlement, settlement.patient, client.institution))


def _must_be_rests(settlement_id: int) -> None:
    """Refuse what the national interface settled: its clearing lines would no longer add up."""
    if ClearingLine.objects.filter(settlement=settlement_id).exists():
        raise OtherInterface(_("这笔结算经国家接口办理，请用 2208、2103、2305 或 2601 撤销。"))


def _own(client: ApiClient, code: str) -> Institution:
    """Return the client's institution; a foreign one is as good as none."""
    institution = client.institution
    if institution is None or institution.code != code:
        raise NotFound(_("没有这家定点机构。"))
    return institution


def _charged(
    bill: schemas.BillIn, institution: Institution, *, by: Actor, at
) -> tuple[int, list[int] | None]:
    """Return who is treated and, of a number, who is locked already: the patient and all payers.

    A shown code is good for this message and no other.
    """
    patient = bill.patient
    if patient.psn_no is not None:
        patient_id, there = authorisations.lock_around_number(patient.psn_no)
        if patient_id is None:
            raise _unknown()
        return patient_id, there
    if patient.e_credential is None:
        return _patient(patient, at=at).pk, None
    holder = credentials.redeem(
        code=patient.e_credential, institution=institution, message=bill.message_id, by=by, at=at
    )
    return holder.pk, None


def _patient(patient: schemas.Patient, *, at) -> Member:
    """Return who is treated. A wrong name and an unknown number get the same words."""
    if patient.e_credential is not None:
        return credentials.look(code=patient.e_credential, at=at)
    if patient.psn_no is not None:
        member = people.by_psn_no(patient.psn_no)
    else:
        member = people.by_identity(patient.cert_no, patient.name)
    if member is None:
        raise _unknown()
    return member


def _unknown() -> NotFound:
    return NotFound(_("没有这位参保人，请核对编号，或证件号码与姓名。"))


def _bill(bill: schemas.BillIn, patient_id: int, institution: Institution) -> settlements.Bill:
    return settlements.Bill(
        patient_id=patient_id,
        institution=institution,
        use=bill.use,
        message_id=bill.message_id,
        business_time=bill.business_time,
        total_fen=bill.total,
        fund_fen=bill.fund,
        hospital_borne_fen=bill.hospital_borne,
        own_paid_fen=bill.own_paid,
        over_limit_fen=bill.over_limit,
        pre_paid_fen=bill.pre_paid,
        in_scope_share_fen=bill.in_scope_share,
        acct_used_flag=bill.acct_used_flag,
        buyer=bill.buyer.model_dump() if bill.buyer else None,
        premium=bill.premium and Premium(bill.premium.year, bill.premium.product or ""),
    )


def _settlement(settlement, patient: Member, institution: Institution) -> str:
    return rendering.text(rendering.settlement(settlement, patient, institution))
