"""The two families of signatures that gateways use. Neither covers the body. Pure."""

import base64
import hashlib
import hmac

#: Seconds a signature is good for, before and after its timestamp.
WINDOW = 30 * 60
#: From here on a number can only be milliseconds.
_MILLISECONDS = 10**11


def csb(secret: str, *, key: str, name: str, timestamp: str, version: str) -> str:
    """Return the signature of family A: HMAC-SHA1 over the `_api_*` fields in natural order."""
    text = (
        f"_api_access_key={key}&_api_name={name}&_api_timestamp={timestamp}&_api_version={version}"
    )
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def tif(secret: str, *, nonce: str, timestamp: str) -> str:
    """Return the signature of family B: SHA-256 of timestamp, secret, nonce, timestamp, in hex."""
    return hashlib.sha256(f"{timestamp}{secret}{nonce}{timestamp}".encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time, whatever was sent."""
    return hmac.compare_digest(left.encode(), right.encode())


def in_window(timestamp: str, now: int) -> bool:
    """Return whether a timestamp in seconds or milliseconds lies close to `now` in seconds."""
    if not (timestamp.isascii() and timestamp.isdecimal() and 9 <= len(timestamp) <= 14):
        return False
    moment = int(timestamp)
    seconds = moment // 1000 if moment >= _MILLISECONDS else moment
    return abs(now - seconds) <= WINDOW
