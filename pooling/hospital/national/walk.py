"""A till's way through one outpatient visit, message by message, against whatever answers.

The simulator and `manage.py till` walk it; where the messages go is the caller's. Pure. A walk that
took money gives it back, whatever else went wrong on the way.
"""

import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pooling.hospital.national import conformance, moments, signatures

#: The transactions in their order. 2601 comes only where 2207 gave no answer.
STEPS = (
    *("9001", "1101", "2201", "2203", "2204", "2206", "2207"),
    *("2208", "2205", "2202", "9002"),
)
#: The walk people are shown; the rest only tidies up.
SHOWN = STEPS[:8]
UNDO_BY_MESSAGE = "2601"
#: 2207 once more, byte for byte.
AGAIN = "2207 again"
#: Sent even after something went wrong, where the walk has got so far.
TIDYING = ("2208", "2205", "2202", "9002")
_serial = itertools.count(secrets.randbelow(10_000))
FAMILIES = {"A": "csb", "B": "tif"}


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: an institution's access key with its secret, in family A or B."""

    institution: str
    key: str
    secret: str
    family: str

    def headers(self, infno: str, at: datetime) -> dict[str, str]:
        """Return the headers of one signature."""
        seconds = int(at.timestamp())
        if FAMILIES[self.family] == "tif":
            stamp, nonce = str(seconds), secrets.token_hex(16)
            signed = signatures.tif(self.secret, nonce=nonce, timestamp=stamp)
            names = ("x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")
            return dict(zip(names, (self.key, stamp, nonce, signed), strict=True))
        stamp = str(seconds * 1000)
        signed = signatures.csb(
            self.secret, key=self.key, name=infno, timestamp=stamp, version="1.0"
        )
        return {
            "_api_name": infno,
            "_api_version": "1.0",
            "_api_timestamp": stamp,
            "_api_access_key": self.key,
            "_api_signature": signed,
        }


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is treated and for how much. Without number or name 1101 cannot ask, and is left out."""

    psn_no: str = ""
    cert_no: str = ""
    name: str = ""
    total: Decimal = Decimal("130.00")
    insutype: str = "390"
    acct_used_flag: str = "2"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message and its reply, and what is wrong with that. `step` is what it was for."""

    step: str
    sent: bytes
    status: int
    answer: bytes
    breaches: list[str]


#: Sends (infno, body, headers) and returns the HTTP status and the body.
Send = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]


@dataclass(eq=False)
class Walk:
    """One visit, from sign-in to its reversal."""

    signer: Signer
    visit: Visit
    send: Send
    clock: Callable[[], datetime]
    known: dict[str, str] = field(default_factory=dict)
    settled: dict[str, Any] = field(default_factory=dict)

    def take(self, wanted: tuple[str, ...] = STEPS) -> Iterator[Exchange]:
        """Send the wanted transactions one by one; after a breach only what tidies up."""
        self.known = {"psn_no": self.visit.psn_no}
        going = True
        for infno in STEPS:
            if infno not in wanted or not (going or infno in TIDYING) or not self._can(infno):
                continue
            message = self._message(infno, getattr(self, f"_{infno}")())
            done = self._exchange(infno, message)
            going = going and not done.breaches
            yield done
            if infno == "2207":
                for more in self._after_settling(done, message):
                    going = going and not more.breaches
                    yield more

    def _can(self, infno: str) -> bool:
        """Return whether the walk knows enough for a transaction."""
        if infno == "1101":
            return bool(self.visit.cert_no and self.visit.name)
        needs = {"2201": "psn_no", "2208": "setl_id", "2205": "fees", "9002": "sign_no"}
        of_visit = infno in ("2203", "2204", "2206", "2207", "2202")
        return bool(infno == "9001" or self.known.get("mdtrt_id" if of_visit else needs[infno]))

    def _after_settling(self, done: Exchange, message: dict) -> Iterator[Exchange]:
        """Ask once more with the same msgid, or undo by msgid what nobody has answered."""
        if "setl_id" in self.known:
            again = self._exchange("2207", message, step=AGAIN)
            if again.answer != done.answer:
                again.breaches.append(
                    "the same msgid got another answer: keep the first and send it again"
                )
            yield again
        elif done.status != 200 or conformance.read(done.answer) is None:
            undo = {"psn_no": self.known["psn_no"], "omsgid": message["msgid"], "oinfno": "2207"}
            message = self._message(UNDO_BY_MESSAGE, {"data": undo})
            yield self._exchange(UNDO_BY_MESSAGE, message)

    def _exchange(self, infno: str, message: dict, *, step: str = "") -> Exchange:
        body = json.dumps(message, ensure_ascii=False).encode()
        status, answer = self.send(infno, body, self.signer.headers(infno, self.clock()))
        found = conformance.breaches(infno, status, answer)
        told = conformance.read(answer)
        output = told.get("output") if isinstance(told, dict) else None
        if isinstance(output, dict) and told.get("infcode") in (0, "0"):
            found = found + self._learn(infno, output, whole=not found)
        return Exchange(step or infno, body, status, answer, found)

    def _learn(self, infno: str, output: dict, *, whole: bool) -> list[str]:
        """Keep what later messages name; return in what the reply contradicts the walk."""
        places = {
            "9001": ("signinoutb", "sign_no"),
            "1101": ("baseinfo", "psn_no"),
            "2201": ("data", "mdtrt_id"),
            "2207": ("setlinfo", "setl_id"),
        }
        if infno == "2204":
            self.known["fees"] = "yes"
        if infno in places:
            node, name = places[infno]
            value = str((output.get(node) or {}).get(name) or "")
            if not value:
                return [f"output.{node}.{name} is empty"]
            if infno == "1101" and self.known["psn_no"] not in ("", value):
                return [f"psn_no is {value} and not {self.known['psn_no']}"]
            self.known[name] = value
        if not whole or infno not in ("2206", "2207", "2208"):
            return []
        setlinfo = output.get("setlinfo") or {}
        if infno == "2208":
            return conformance.opposite(self.settled, setlinfo) if self.settled else []
        if infno == "2207":
            self.settled = setlinfo
        if setlinfo["medfee_sumamt"] != self.visit.total:
            return [f"medfee_sumamt is {setlinfo['medfee_sumamt']} and not {self.visit.total}"]
        return []

    def _message(self, infno: str, given: dict) -> dict[str, Any]:
        now = self.clock()
        return {
            "infno": infno,
            "msgid": f"{self.signer.institution}{now:%Y%m%d%H%M%S}{next(_serial) % 10_000:04d}",
            "mdtrtarea_admvs": "",
            "insuplc_admdvs": "",
            "recer_sys_code": "01",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "0001",
            "opter_name": "接口自检",
            "inf_time": moments.shown(now),
            "fixmedins_code": self.signer.institution,
            "fixmedins_name": self.signer.institution,
            "sign_no": self.known.get("sign_no", ""),
            "input": given,
        }

    # --- what each transaction says ---------------------------------------------------------

    def _named(self) -> dict[str, str]:
        return {"psn_no": self.known["psn_no"], "mdtrt_id": self.known["mdtrt_id"]}

    def _now(self) -> str:
        return moments.shown(self.clock())

    def _9001(self) -> dict:
        return {"signIn": {"opter_no": "0001", "mac": "", "ip": ""}}

    def _1101(self) -> dict:
        number = self.visit.cert_no
        asked = {"mdtrt_cert_type": "02", "mdtrt_cert_no": number, "psn_cert_type": "01"}
        return {"data": asked | {"certno": number, "psn_name": self.visit.name}}

    def _2201(self) -> dict:
        told = {"insutype": self.visit.insutype, "begntime": self._now(), "mdtrt_cert_type": "02"}
        told |= {"mdtrt_cert_no": self.visit.cert_no, "ipt_otp_no": secrets.token_hex(8)}
        place = {"dept_code": "01", "dept_name": "内科", "caty": "A03"}
        return {"data": {"psn_no": self.known["psn_no"]} | told | place}

    def _2203(self) -> dict:
        now = self._now()
        about = self._named() | {"med_type": "11", "begntime": now, "main_cond_dscr": "咳嗽"}
        found = {
            **{"diag_type": "1", "diag_srt_no": "1", "diag_code": "J06.900"},
            **{"diag_name": "急性上呼吸道感染", "diag_dept": "内科", "dise_dor_no": "D1"},
            **{"dise_dor_name": "医师甲", "diag_time": now, "vali_flag": "1"},
        }
        return {"mdtrtinfo": about, "diseinfo": [found]}

    def _2204(self) -> dict:
        amount = str(self.visit.total)
        line = self._named() | {
            **{"feedetl_sn": secrets.token_hex(8), "chrg_bchno": "B1", "rx_circ_flag": "0"},
            **{"fee_ocur_time": self._now(), "med_list_codg": "XA01ABD075A002010100483"},
            **{"medins_list_codg": "yp570", "det_item_fee_sumamt": amount, "cnt": "1"},
            **{"pric": amount, "bilg_dept_codg": "01", "bilg_dept_name": "内科"},
            **{"bilg_dr_codg": "D1", "bilg_dr_name": "医师甲", "hosp_appr_flag": "0"},
        }
        return {"feedetail": [line]}

    def _2206(self) -> dict:
        bill = self._named() | {
            **{"mdtrt_cert_type": "02", "mdtrt_cert_no": self.visit.cert_no, "med_type": "11"},
            **{"medfee_sumamt": str(self.visit.total), "psn_setlway": "01", "chrg_bchno": "B1"},
            **{"acct_used_flag": self.visit.acct_used_flag, "insutype": self.visit.insutype},
        }
        return {"data": bill}

    _2207 = _2206

    def _2208(self) -> dict:
        return {"data": self._named() | {"setl_id": self.known["setl_id"]}}

    def _2205(self) -> dict:
        return {"data": self._named() | {"chrg_bchno": "0000"}}

    def _2202(self) -> dict:
        return {"data": self._named()}

    def _9002(self) -> dict:
        return {"signOut": {"sign_no": self.known["sign_no"], "opter_no": "0001"}}
