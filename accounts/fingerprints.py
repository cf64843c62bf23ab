"""Blind indexes of what identifies a person: equal values meet, nothing can be read back."""

from accounts import identity, names
from pooling.shared.crypto import blind_index


def of_cert_no(number: str) -> bytes:
    """Return the full fingerprint of an identity number in any spelling."""
    return blind_index(identity.fold(number), purpose="cert_no")


def of_name(name: str) -> bytes:
    """Return a name's fingerprint cut to two bytes: many names share one, on purpose."""
    return blind_index(names.fold_name(name), purpose="name", length=2)


def of_phone(phone: str) -> bytes:
    """Return the full fingerprint of a phone number of 11 digits."""
    return blind_index(phone, purpose="phone")
