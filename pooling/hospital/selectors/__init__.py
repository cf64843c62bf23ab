"""What staff ask about tills: messages that moved money, and the log of all of them."""

from pooling.hospital.selectors.messages import about_settlement, answer_of

__all__ = ["about_settlement", "answer_of"]
