"""Family C of the national interface: an input encrypted with SM4 and signed with SM2.

SM4 comes from `cryptography`; SM2 it has not, so signatures are verified by the `openssl` program
where there is one. Pure.
"""

import base64
import binascii
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK = 128
#: Two numbers of 32 bytes side by side: how signatures travel that are no DER.
_RAW = 64
_SECONDS = 5


class Unanswered(Exception):
    """`openssl` is away or took too long, which says nothing about a key or a signature."""


class Undecipherable(ValueError):
    """The text is no base64, or the key does not open it."""


def make_sm4_key() -> str:
    """Return a fresh SM4 key as 32 hex digits."""
    return os.urandom(16).hex()


def encrypt(data: bytes, *, key: str) -> str:
    """Return what a client sends as `input`: Base64 of SM4-ECB with PKCS #7 padding."""
    padder = PKCS7(BLOCK).padder()
    encryptor = _sm4(key).encryptor()
    padded = padder.update(data) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(text: str, *, key: str) -> bytes:
    """Return what was encrypted. Raises Undecipherable."""
    try:
        decryptor = _sm4(key).decryptor()
        closed = base64.b64decode(text, validate=True)
        padded = decryptor.update(closed) + decryptor.finalize()
        unpadder = PKCS7(BLOCK).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, binascii.Error) as error:
        raise Undecipherable from error


def _sm4(key: str) -> Cipher:
    # The mode is the gateways', not ours: what we keep ourselves is closed with GCM.
    return Cipher(algorithms.SM4(bytes.fromhex(key)), modes.ECB())  # noqa: S305


def openssl() -> str | None:
    """Return the `openssl` program, or None where there is none."""
    return shutil.which("openssl")


def is_sm2_key(pem: str) -> bool:
    """Return whether this is an SM2 public key that the `openssl` found here can read.

    Raises Unanswered.
    """
    told = _run(["pkey", "-pubin", "-noout", "-text", "-in", "key.pem"], {"key.pem": pem.encode()})
    return told is not None and b"SM2" in told


def verified(data: bytes, *, signature: str, public_key: str, signer: str) -> bool:
    """Return whether SM3withSM2 over `data` is the signer's (DER, or r and s side by side).

    Raises Unanswered.
    """
    try:
        raw = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    if len(raw) == _RAW:
        half = _RAW // 2
        numbers = int.from_bytes(raw[:half]), int.from_bytes(raw[half:])
        raw = encode_dss_signature(*numbers)
    question = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-in", "data", "-rawin"]
    question += ["-digest", "sm3", "-sigfile", "signature", "-pkeyopt", f"distid:{signer}"]
    files = {"key.pem": public_key.encode(), "data": data, "signature": raw}
    return _run(question, files) is not None


def _run(question: list[str], files: dict[str, bytes]) -> bytes | None:
    """Ask `openssl` in a folder of its own; None where it says no. Raises Unanswered."""
    program = openssl()
    if program is None:
        raise Unanswered
    with TemporaryDirectory(prefix="sm2-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        try:
            done = subprocess.run(  # noqa: S603 - the program and every word are ours
                [program, *question], cwd=folder, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unanswered from error
    return done.stdout if done.returncode == 0 else None
