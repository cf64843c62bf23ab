"""The rotating code of an e-credential, in two forms. Pure but for the keys.

The QR code holds a **token**, `YBM.` and base32 of key id, number, step and an Ed25519 signature:
whoever has the public key can check it without asking us. The barcode holds **20 digits**, number
and a keyed check of it, which only we can check: the national interface has 50 characters for a
certificate, and a phone is too narrow for a longer barcode.

Both stand for the same (number, step), so using one uses up the other. Neither names a person.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from pooling.shared import crypto

#: A new code every so many seconds …
STEP_SECONDS = 30
#: … and each is good until the second of these after its own has passed: 60 to 90 seconds.
STEPS = 3
PREFIX = "YBM."
PURPOSE = "e-credential"
_DIGITS = 10
_NUMBER, _STEP, _SIGNATURE = 5, 5, 64
_LENGTH = 1 + _NUMBER + _STEP + _SIGNATURE
#: Numbers have ten digits: of credentials the first is 1 to 4, of caregivers' entries 5 to 8.
CREDENTIALS = range(10**9, 5 * 10**9)
LINKS = range(5 * 10**9, 9 * 10**9)


class Unreadable(Exception):
    """Not one of our codes, or not as we made it."""


class Expired(Exception):
    """One of our codes, but not of this moment."""

    def __init__(self, number: int):
        super().__init__("expired")
        self.number = number


@dataclass(frozen=True, slots=True)
class Code:
    """Which code it is: the credential's or entry's number, and the step of time."""

    number: int
    step: int


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def seconds_left(at: datetime) -> int:
    """Return in how many seconds the next code comes."""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def token(number: int, at: datetime) -> str:
    """Return what the QR code says, in letters it packs densely."""
    body = number.to_bytes(_NUMBER) + step_at(at).to_bytes(_STEP)
    key_id, signature = crypto.sign(body, purpose=PURPOSE)
    return PREFIX + base64.b32encode(bytes([key_id]) + body + signature).decode().rstrip("=")


def digits(number: int, at: datetime) -> str:
    """Return the 20 digits of the barcode."""
    return f"{number}{_check(number, step_at(at))}"


def is_code(text: str) -> bool:
    """Return whether a text claims to be one of our codes; `read` says whether it is."""
    return text.startswith(PREFIX) or _is_digits(text)


def _is_digits(text: str) -> bool:
    return len(text) == 2 * _DIGITS and text.isascii() and text.isdigit()


def number_of(text: str) -> int | None:
    """Return the number in a code of any age, if it is one."""
    try:
        return _of_token(text).number if text.startswith(PREFIX) else int(text[:_DIGITS])
    except (Unreadable, ValueError):
        return None


def is_of(text: str, code: Code) -> bool:
    """Return whether a text, however old, is this code in either form."""
    try:
        if text.startswith(PREFIX):
            return _of_token(text) == code
        check = _check(code.number, code.step).encode()
        return _is_digits(text) and crypto.same(check, text[_DIGITS:].encode())
    except Unreadable:
        return False


def read(text: str, at: datetime) -> Code:
    """Return which code a till has scanned. Raises Unreadable and Expired."""
    code = _of_token(text) if text.startswith(PREFIX) else _of_digits(text, step_at(at))
    if not 0 <= step_at(at) - code.step < STEPS:
        raise Expired(code.number)
    return code


def _of_token(text: str) -> Code:
    packed = text.removeprefix(PREFIX)
    try:
        raw = base64.b32decode(packed + "=" * (-len(packed) % 8))
    except (binascii.Error, ValueError) as error:
        raise Unreadable from error
    if len(raw) != _LENGTH or base64.b32encode(raw).decode().rstrip("=") != packed:
        raise Unreadable
    body, signature = raw[1 : 1 + _NUMBER + _STEP], raw[-_SIGNATURE:]
    if not crypto.signed(body, signature, key_id=raw[0], purpose=PURPOSE):
        raise Unreadable
    return Code(int.from_bytes(body[:_NUMBER]), int.from_bytes(body[_NUMBER:]))


def _of_digits(text: str, now: int) -> Code:
    """Find the step whose check fits; older ones are looked at to tell expired from made up."""
    if not _is_digits(text):
        raise Unreadable
    number, given = int(text[:_DIGITS]), text[_DIGITS:].encode()
    for step in range(now, now - 4 * STEPS, -1):
        if crypto.same(_check(number, step).encode(), given):
            return Code(number, step)
    raise Unreadable


def _check(number: int, step: int) -> str:
    mac = crypto.blind_index(f"{number}:{step}", purpose=f"{PURPOSE}.digits", length=8)
    return f"{int.from_bytes(mac) % 10**_DIGITS:0{_DIGITS}d}"
