"""Encryption of what identifies people, and blind indexes to find it again.

SM4-GCM by default, AES-256-GCM as the setting `FIELD_CIPHER`. A ciphertext is
version, algorithm, key id, nonce, data and tag; its associated data binds table,
column and the row's `uid`, so that a value moved to another row does not open.
Keys come from one root by HKDF-SM3, separate for data and for indexes.
"""

import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
NONCE = 12
TAG = 16
SM4, AES = 1, 2
_KEY_LENGTH = {SM4: 16, AES: 32}
_ALGORITHM = {SM4: algorithms.SM4, AES: algorithms.AES}


class CannotOpen(Exception):
    """The ciphertext is damaged, belongs to another row, or its key is gone."""


def make_root_key() -> str:
    """Return a fresh root key as 64 hex digits."""
    return os.urandom(32).hex()


@lru_cache(maxsize=8)
def _roots(source: str) -> dict[int, bytes]:
    """Return key id → root key from a file of `id:hex` lines; the highest id seals."""
    try:
        text = Path(source).read_text("ascii")
    except OSError as error:
        raise ImproperlyConfigured(
            f"Set PORTAL_KEY_FILE: no root key can be read from {source}. "
            "`manage.py up` makes one on the first start; losing it loses every name and number."
        ) from error
    keys = {}
    for line in text.split():
        key_id, _, digits = line.partition(":")
        keys[int(key_id)] = bytes.fromhex(digits)
    return keys


@lru_cache(maxsize=64)
def _derived(source: str, key_id: int, label: str, length: int) -> bytes:
    root = _roots(source)[key_id]
    return HKDF(hashes.SM3(), length, salt=None, info=label.encode()).derive(root)


def seal(text: str, *, table: str, column: str, uid) -> bytes:
    """Return the ciphertext of `text` for exactly this table, column and row."""
    source = str(settings.PORTAL_KEY_FILE)
    key_id = max(_roots(source))
    algorithm = AES if settings.FIELD_CIPHER == "AES-256-GCM" else SM4
    key = _derived(source, key_id, f"data:{algorithm}", _KEY_LENGTH[algorithm])
    nonce = os.urandom(NONCE)
    head = bytes((VERSION, algorithm, key_id))
    encryptor = Cipher(_ALGORITHM[algorithm](key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(head + f"{table}.{column}.{uid}".encode())
    data = encryptor.update(text.encode()) + encryptor.finalize()
    return head + nonce + data + encryptor.tag


def unseal(sealed: bytes, *, table: str, column: str, uid) -> str:
    """Return the text sealed for this table, column and row. Raises CannotOpen."""
    sealed = bytes(sealed)
    head, nonce = sealed[:3], sealed[3 : 3 + NONCE]
    data, tag = sealed[3 + NONCE : -TAG], sealed[-TAG:]
    try:
        _version, algorithm, key_id = head
        key = _derived(
            str(settings.PORTAL_KEY_FILE), key_id, f"data:{algorithm}", _KEY_LENGTH[algorithm]
        )
        decryptor = Cipher(_ALGORITHM[algorithm](key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(head + f"{table}.{column}.{uid}".encode())
        return (decryptor.update(data) + decryptor.finalize()).decode()
    except Exception as error:
        raise CannotOpen(f"{table}.{column} of {uid} does not open") from error


def blind_index(value: str, *, purpose: str, length: int = 32) -> bytes:
    """Return a keyed fingerprint of a *normalised* value, for equality search only.

    A plain hash would not do: the space of identity numbers can be walked in minutes.
    """
    source = str(settings.PORTAL_KEY_FILE)
    # The index key stays on the first root: changing it would mean re-indexing every row.
    key = _derived(source, min(_roots(source)), f"index:{purpose}", 32)
    mac = HMAC(key, hashes.SM3())
    mac.update(value.encode())
    return mac.finalize()[:length]


def same(left: bytes, right: bytes) -> bool:
    """Compare two fingerprints in constant time."""
    return hmac.compare_digest(bytes(left), bytes(right))


def sealed_text(name: str, *, store: str | None = None) -> property:
    """Return a model property that reads and writes the sealed column `<name>_sealed`.

    The model needs a `uid` made in Python. None stands for NULL.
    """
    column = store or f"{name}_sealed"

    def read(row) -> str | None:
        value = getattr(row, column)
        if value is None:
            return None
        return unseal(value, table=row._meta.db_table, column=column, uid=row.uid)

    def write(row, text: str | None) -> None:
        value = None
        if text is not None:
            value = seal(text, table=row._meta.db_table, column=column, uid=row.uid)
        setattr(row, column, value)

    return property(read, write)
