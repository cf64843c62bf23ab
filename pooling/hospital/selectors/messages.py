"""Reading back what tills said and what we answered."""

from django.db.models import Q, QuerySet

from pooling.hospital.models import ClearingLine, Message
from pooling.shared import crypto


def answer_of(message: Message) -> str:
    """Return the text a message was answered; empty where there is none."""
    if message.answer_sealed is None:
        return message.answer
    place = {"table": "hospital_message", "column": "answer_sealed", "uid": message.pk}
    return crypto.unseal(bytes(message.answer_sealed), **place)


def about_settlement(rows: QuerySet[Message], number: int) -> QuerySet[Message]:
    """Return the messages of the national interface that settled or gave back a settlement."""
    wanted = Q(pk__in=[])
    lines = ClearingLine.objects.filter(settlement=number).select_related("settlement")
    for line in lines:
        mine = Q(institution=line.institution_id) & ~Q(infno="")
        wanted |= mine & Q(message_id=line.settlement.message_id)
        if line.returned:
            wanted |= mine & Q(key__endswith=f":{line.msgid}")
    return rows.filter(wanted)
