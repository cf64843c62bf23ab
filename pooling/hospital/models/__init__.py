"""Tables of the tills; others import them from here."""

from pooling.hospital.models.clearing import ClearingLine, ExchangeFile
from pooling.hospital.models.exchanges import Exchange
from pooling.hospital.models.messages import Message
from pooling.hospital.models.tills import Nonce, SignIn, TillCredential
from pooling.hospital.models.visits import FeeLine, Visit

__all__ = [
    "ClearingLine",
    "Exchange",
    "ExchangeFile",
    "FeeLine",
    "Message",
    "Nonce",
    "SignIn",
    "TillCredential",
    "Visit",
]
