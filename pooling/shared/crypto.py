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

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
_HEAD = 3
NONCE = 12
TAG = 16
SM4, AES = 1, 2
#: Stands where the root key's id would: closed with a key of its own (`make_data_key`).
_OWN_KEY = 0
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
    return seal_bytes(text.encode(), table=table, column=column, uid=uid)


def seal_bytes(data: bytes, *, table: str, column: str, uid) -> bytes:
    """Return the ciphertext of `data` for exactly this table, column and row."""
    source = str(settings.PORTAL_KEY_FILE)
    key_id = max(_roots(source))
    algorithm = _chosen()
    key = _derived(source, key_id, f"data:{algorithm}", _KEY_LENGTH[algorithm])
    head = bytes((VERSION, algorithm, key_id))
    return _encrypt(head, key, data, f"{table}.{column}.{uid}")


def unseal(sealed: bytes, *, table: str, column: str, uid) -> str:
    """Return the text sealed for this table, column and row. Raises CannotOpen."""
    return unseal_bytes(sealed, table=table, column=column, uid=uid).decode()


def unseal_bytes(sealed: bytes, *, table: str, column: str, uid) -> bytes:
    """Return the data sealed for this table, column and row. Raises CannotOpen."""
    bound = f"{table}.{column}.{uid}"
    try:
        _version, algorithm, key_id = bytes(sealed[:_HEAD])
        key = _derived(
            str(settings.PORTAL_KEY_FILE), key_id, f"data:{algorithm}", _KEY_LENGTH[algorithm]
        )
        return _decrypt(bytes(sealed), key, bound)
    except Exception as error:
        raise CannotOpen(f"{table}.{column} of {uid} does not open") from error


def make_data_key() -> str:
    """Return a fresh key for things that are to be forgotten together, as 64 hex digits.

    It is kept sealed by the root; deleting it makes unreadable whatever `encrypt` closed with it.
    """
    return os.urandom(32).hex()


def encrypt(data: bytes, *, key: str, bound: str) -> bytes:
    """Return `data` encrypted with a key of `make_data_key`, for the place `bound` names."""
    algorithm = _chosen()
    head = bytes((VERSION, algorithm, _OWN_KEY))
    return _encrypt(head, _of_data_key(key, algorithm), data, bound)


def decrypt(encrypted: bytes, *, key: str, bound: str) -> bytes:
    """Return what `encrypt` closed with this key for this place. Raises CannotOpen."""
    try:
        _version, algorithm, _own = encrypted[:_HEAD]
        return _decrypt(encrypted, _of_data_key(key, algorithm), bound)
    except Exception as error:
        raise CannotOpen(f"{bound} does not open") from error


def sm3(data: bytes) -> str:
    """Return the SM3 digest in hex: for noticing change, never for hiding a value."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def _chosen() -> int:
    return AES if settings.FIELD_CIPHER == "AES-256-GCM" else SM4


def _of_data_key(key: str, algorithm: int) -> bytes:
    label = f"file:{algorithm}".encode()
    kdf = HKDF(hashes.SM3(), _KEY_LENGTH[algorithm], salt=None, info=label)
    return kdf.derive(bytes.fromhex(key))


def _encrypt(head: bytes, key: bytes, data: bytes, bound: str) -> bytes:
    nonce = os.urandom(NONCE)
    encryptor = Cipher(_ALGORITHM[head[1]](key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(head + bound.encode())
    return head + nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag


def _decrypt(sealed: bytes, key: bytes, bound: str) -> bytes:
    head, nonce = sealed[:_HEAD], sealed[_HEAD : _HEAD + NONCE]
    data, tag = sealed[_HEAD + NONCE : -TAG], sealed[-TAG:]
    decryptor = Cipher(_ALGORITHM[head[1]](key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(head + bound.encode())
    return decryptor.update(data) + decryptor.finalize()


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


def sign(data: bytes, *, purpose: str) -> tuple[int, bytes]:
    """Return the id of the signing key and an Ed25519 signature of 64 bytes."""
    key_id = max(_roots(str(settings.PORTAL_KEY_FILE)))
    return key_id, _signing_key(key_id, purpose).sign(data)


def signed(data: bytes, signature: bytes, *, key_id: int, purpose: str) -> bool:
    """Return whether one of our keys made this signature for this purpose."""
    if key_id not in _roots(str(settings.PORTAL_KEY_FILE)):
        return False
    try:
        _signing_key(key_id, purpose).public_key().verify(signature, data)
    except InvalidSignature:
        return False
    return True


def public_keys(purpose: str) -> dict[int, bytes]:
    """Return key id → the 32 bytes with which anybody can check our signatures."""
    ids = sorted(_roots(str(settings.PORTAL_KEY_FILE)))
    return {each: _signing_key(each, purpose).public_key().public_bytes_raw() for each in ids}


def _signing_key(key_id: int, purpose: str) -> Ed25519PrivateKey:
    seed = _derived(str(settings.PORTAL_KEY_FILE), key_id, f"sign:{purpose}", 32)
    return Ed25519PrivateKey.from_private_bytes(seed)


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
