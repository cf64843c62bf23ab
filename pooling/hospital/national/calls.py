"""One message of the national interface, read and checked, and how its reply is written."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import ApiClient, Institution
from pooling.hospital.models import TillCredential
from pooling.hospital.national import dictionary, moments, numbers
from pooling.hospital.national.dictionary import Invalid
from pooling.hospital.parsing import Unreadable, read_json
from pooling.shared.crypto import blind_index
from pooling.shared.periods import SHANGHAI, business_date

OK, FAILED = 0, -1
LONGEST_ERROR = 200
#: What the envelope must say; real names of institutions are longer than the document's 20.
_ENVELOPE = {
    "msgid": ("发送方报文ID", 30, True),
    "mdtrtarea_admvs": ("就医地医保区划", 6, False),
    "insuplc_admdvs": ("参保地医保区划", 6, False),
    "infver": ("接口版本号", 10, False),
    "opter_type": ("经办人类别", 3, False),
    "opter": ("经办人", 30, False),
    "opter_name": ("经办人姓名", 50, False),
    "inf_time": ("交易时间", 30, False),
    "fixmedins_code": ("定点医药机构编号", 12, True),
    "fixmedins_name": ("定点医药机构名称", 200, False),
    "sign_no": ("交易签到流水号", 40, False),
}


@dataclass(frozen=True, slots=True)
class Call:
    """Who sent which message; `nodes` is its input by the dictionary."""

    credential: TillCredential
    infno: str
    msgid: str
    area: str
    operator: str
    nodes: dict[str, Any]
    #: `inf_time`, as the client's own clock has it.
    sent_at: str = ""

    @property
    def client(self) -> ApiClient:
        return self.credential.client

    @property
    def institution(self) -> Institution:
        return self.credential.client.institution

    @property
    def key(self) -> str:
        """Return what names the message among all of its institution's."""
        return f"{self.infno}:{self.msgid}"

    def moment(self, at: datetime) -> datetime:
        """Return of when a bill is: of now, or of the earlier day on which its till says it was.

        That is believed of an institution which may report late, within its limit. Of all
        others it is not: their clocks are days off.
        """
        said = moments.told(self.sent_at) if self.client.backdate_days else None
        return said if said and business_date(said) < business_date(at) else at

    @property
    def fingerprint(self) -> str:
        """Return the keyed fingerprint of the parsed input: `10` and `"10.00"` are equal."""
        content = [self.infno, self.institution.pk, self.nodes]
        text = json.dumps(content, sort_keys=True, default=_plain)
        return blind_index(text, purpose="hospital.message").hex()


def _plain(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def envelope(raw: bytes, infno: str) -> dict[str, Any]:
    """Return the envelope of a message, its transaction and input included.

    Raises Unreadable and Invalid. `infno` is the address's, empty at the one for all.
    """
    message = read_json(raw.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(message, dict):
        raise Unreadable("body_malformed")
    named = message.get("infno")
    if named not in (None, "") and not isinstance(named, str | int):
        raise Invalid("infno", "交易编号", "type")
    named = str(named or infno)
    if infno and named != infno:
        raise Invalid("infno", "交易编号", "differs", infno[:6])
    found = {"infno": named, "input": _input(message)}
    for key, (name, length, required) in _ENVELOPE.items():
        rule = dictionary.Field(key, name, "C", length, 0, required, coded=False)
        found[key] = rule.read(message.get(key), key) or ""
    if found["opter_type"] not in ("", *dictionary.codes()["opter_type"]):
        raise Invalid("opter_type", "经办人类别", "code", "1、2、3")
    # Most clients fill it with anything; who signs with it for certain is in our own records.
    found["cainfo"] = message["cainfo"] if isinstance(message.get("cainfo"), str) else ""
    return found


def _input(message: dict) -> Any:
    """Return the input; some gateways write it with a capital."""
    given = message.get("input")
    return message.get("Input") if given is None else given


def success(call: Call, output: dict[str, Any], at: datetime) -> str:
    """Return the whole reply as text: repeated, it is the same to the byte."""
    return reply(call.area or call.institution.area, at, OK, "", output)


def failure(error: str, *, area: str = "", at: datetime | None = None) -> str:
    """Return a business refusal: a sentence for whoever stands at the till, and no output."""
    return reply(area, at, FAILED, error[:LONGEST_ERROR], {})


def reply(area: str, at: datetime | None, code: int, error: str, output: dict) -> str:
    """Return a reply; before the database was asked there is no time and no number to give."""
    moment = at.astimezone(SHANGHAI) if at else None
    stamp = f"{moment:%Y%m%d%H%M%S}" if moment else ""
    full = f"{stamp}{moment.microsecond // 1000:03d}" if moment else ""
    return numbers.dumps(
        {
            "infcode": code,
            "inf_refmsgid": f"{area:0<6.6}{stamp}{secrets.randbelow(10**10):010d}" if stamp else "",
            "refmsg_time": full,
            "respond_time": full,
            "err_msg": error,
            "warn_msg": "",
            "cainfo": "",
            "signtype": "",
            "enctype": "",
            "output": output,
        }
    )
