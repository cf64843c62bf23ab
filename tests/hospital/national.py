"""A till of the national interface as the server sees one: signed requests, nothing mocked.

`adds_up` is the one place that knows the arithmetic every reply must satisfy.
"""

import itertools
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pooling.hospital.national import signatures
from tests.hospital.till import Reply, call, right_now

_serial = itertools.count(1)
FUNDS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay")
#: What a pre-settlement, a settlement and a reversal each are, by kind of care.
OUTPATIENT = ("2206", "2207", "2208")
PHARMACY = ("2101", "2102", "2103")
INPATIENT = ("2303", "2304", "2305")


def exact(reply: Reply) -> Any:
    """Return the reply with its amounts as they were written, every digit of them."""
    return json.loads(reply.raw, parse_float=Decimal)


def adds_up(setlinfo: dict[str, Any]) -> bool:
    """Check one `setlinfo`, positive or negative, to the fen; say which sum is wrong."""
    told = {name: Decimal(str(setlinfo[name])) for name in setlinfo if _is_amount(name)}
    fund = sum(told[name] for name in (*FUNDS, "oth_pay"))
    parts = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    bill, personal = told["medfee_sumamt"], told["psn_part_amt"]
    assert bill == told["fund_pay_sumamt"] + personal + told["hosp_part_amt"]
    assert personal == told["acct_pay"] + told["psn_cash_pay"]
    assert told["fund_pay_sumamt"] == fund
    assert bill == sum(told[name] for name in parts)
    assert abs(told["acct_mulaid_pay"]) <= abs(told["acct_pay"])
    assert told["psn_part_am"] == told["psn_pay"] == personal
    assert told["pdn_cash_pay"] == told["cash_payamt"] == told["psn_cash_pay"]
    assert told["cashPayamt"] == told["psn_cash_pay"]
    assert told["ownpay_hosp_part"] == told["hosp_part_amt"]
    assert told["balc"] >= 0
    signs = {each > 0 for name, each in told.items() if each and name != "balc"}
    assert len(signs) <= 1, "all of one sign"
    return True


def _is_amount(name: str) -> bool:
    endings = ("_pay", "_amt", "_sumamt", "ayamt", "_selfpay", "_am", "_dedc", "_part", "balc")
    return name.endswith(endings) and not name.startswith("pool_prop")


def without_null(value: Any) -> bool:
    """Return whether nothing in a reply is null."""
    if isinstance(value, dict):
        return all(map(without_null, value.values()))
    if isinstance(value, list):
        return all(map(without_null, value))
    return value is not None


@dataclass(eq=False)
class NationalTill:
    """Whoever holds an access key and its secret. `changes` go into every envelope."""

    access_key: str
    secret: str
    institution: str
    family: str = "csb"
    changes: dict[str, Any] = field(default_factory=dict)

    def message(self, infno: str, input_: Any, **changes) -> dict[str, Any]:
        """Return the envelope of a message, as hospital software writes it."""
        now = right_now()
        return {
            "infno": infno,
            "msgid": f"{self.institution}{now:%Y%m%d%H%M%S}{next(_serial) % 10000:04d}",
            "mdtrtarea_admvs": "999900",
            "insuplc_admdvs": "999900",
            "recer_sys_code": "99",
            "dev_no": "",
            "dev_safe_info": "null",
            "cainfo": "",
            "signtype": "",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "0001",
            "opter_name": "收费员",
            "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": self.institution,
            "fixmedins_name": "一家名称远远超过二十个字符的定点医药机构有限责任公司",
            "sign_no": "",
            "input": input_,
            **self.changes,
            **changes,
        }

    def signed(self, infno: str, *, at: int | None = None, nonce: str | None = None) -> dict:
        """Return the headers of one signature."""
        seconds = int(right_now().timestamp()) if at is None else at
        if self.family == "tif":
            nonce = nonce or uuid.uuid4().hex
            return {
                "x-tif-paasid": self.access_key,
                "x-tif-timestamp": str(seconds),
                "x-tif-nonce": nonce,
                "x-tif-signature": signatures.tif(
                    self.secret, nonce=nonce, timestamp=str(seconds)
                ).upper(),
            }
        moment = str(seconds * 1000)
        return {
            "_api_name": infno,
            "_api_version": "1.0",
            "_api_timestamp": moment,
            "_api_access_key": self.access_key,
            "_api_signature": signatures.csb(
                self.secret, key=self.access_key, name=infno, timestamp=moment, version="1.0"
            ),
        }

    def send(self, infno: str, message: Any, *, headers=None, path=None, raw=None) -> Reply:
        """Send a message as it is."""
        if raw is None:
            raw = json.dumps(message, ensure_ascii=False).encode()
        headers = self.signed(infno) if headers is None else headers
        headers = {"content-type": "text/plain;charset=utf-8", **headers}
        return call("POST", path or f"/{infno}", raw, headers, prefix="/hsa")

    def ask(self, infno: str, input_: Any, **changes) -> Reply:
        return self.send(infno, self.message(infno, input_, **changes))

    def do(self, infno: str, input_: Any, **changes) -> dict[str, Any]:
        """Send a message that must succeed; return its output, checked as every one is."""
        reply = self.ask(infno, input_, **changes)
        body = exact(reply)
        assert (reply.status, body["infcode"]) == (200, 0), reply
        assert without_null(body), reply
        if "setlinfo" in body["output"]:
            adds_up(body["output"]["setlinfo"])
        return body["output"]

    def refused(self, infno: str, input_: Any, **changes) -> str:
        """Send a message that must be refused lawfully; return the sentence."""
        reply = self.ask(infno, input_, **changes)
        assert (reply.status, reply.json["infcode"]) == (200, -1), reply
        return reply.json["err_msg"]

    # --- whole visits ---------------------------------------------------------------------

    def visit(self, patient, *amounts: str, insutype: str = "390", batch: str = "B1") -> dict:
        """Register an outpatient visit with fee lines; return what names it in later messages."""
        who = {"psn_no": patient.psn_no}
        mdtrt_id = self.do("2201", {"data": who | registration(insutype)})["data"]["mdtrt_id"]
        named = who | {"mdtrt_id": mdtrt_id}
        if amounts:
            self.fees("2204", named, *amounts, batch=batch)
        return named

    def fees(self, infno: str, named: dict, *amounts: str, batch: str = "B1") -> list[dict]:
        rows = [named | fee_line(amount, batch) for amount in amounts]
        return self.do(infno, {"feedetail": rows})["result"]

    def settle(self, named: dict, total: str, **changes) -> dict:
        return self.do("2207", {"data": bill(named, total, **changes)})["setlinfo"]

    def reverse(self, named: dict, setl_id: str) -> dict:
        return self.do("2208", {"data": named | {"setl_id": setl_id}})["setlinfo"]


def registration(insutype: str) -> dict[str, Any]:
    now = right_now()
    return {
        "insutype": insutype,
        "begntime": f"{now:%Y-%m-%d %H:%M:%S}",
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "",
        "ipt_otp_no": uuid.uuid4().hex[:20],
        "dept_code": "01",
        "dept_name": "内科",
        "caty": "A03",
    }


def fee_line(amount: str, batch: str = "B1") -> dict[str, Any]:
    now = right_now()
    return {
        "feedetl_sn": f"F{next(_serial)}",
        "chrg_bchno": batch,
        "rx_circ_flag": "0",
        "fee_ocur_time": f"{now:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": "XA01ABD075A002010100483",
        "medins_list_codg": "yp570",
        "det_item_fee_sumamt": amount,
        "cnt": 1,
        "pric": amount,
        "bilg_dept_codg": "01",
        "bilg_dept_name": "内科",
        "bilg_dr_codg": "D1",
        "bilg_dr_name": "医师甲",
        "med_type": "21",
        "hosp_appr_flag": "0",
    }


def bill(named: dict, total: str, **changes) -> dict[str, Any]:
    """Return the input of 2206 or 2207; amounts are strings, as many clients send them."""
    return (
        named
        | {
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": "",
            "med_type": "11",
            "medfee_sumamt": total,
            "psn_setlway": "01",
            "chrg_bchno": "B1",
            "acct_used_flag": "2",
            "insutype": "390",
        }
        | changes
    )


def purchase(patient, *amounts: str, **changes) -> dict[str, Any]:
    """Return the input of 2101 or 2102."""
    now = right_now()
    info = {
        "psn_no": patient.psn_no,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "",
        "begntime": f"{now:%Y-%m-%d %H:%M:%S}",
        "medfee_sumamt": str(sum(map(Decimal, amounts))),
        "insutype": "390",
        "acct_used_flag": "2",
        "med_type": "41",
    }
    return {"druginfo": info | changes, "drugdetail": [fee_line(each) for each in amounts]}


def admission(patient, insutype: str = "390") -> dict[str, Any]:
    """Return the input of 2401."""
    now = f"{right_now():%Y-%m-%d %H:%M:%S}"
    info = {
        "psn_no": patient.psn_no,
        "insutype": insutype,
        "begntime": now,
        "mdtrt_cert_type": "02",
        "med_type": "21",
        "ipt_no": uuid.uuid4().hex[:20],
        "atddr_no": "D1",
        "chfpdr_name": "医师甲",
        "adm_diag_dscr": "肺炎",
        "adm_dept_codg": "02",
        "adm_dept_name": "呼吸内科",
        "adm_bed": "7",
        "dscg_maindiag_code": "J18.900",
        "dscg_maindiag_name": "肺炎",
    }
    return {"mdtrtinfo": info, "diseinfo": [diagnosis(patient)]}


def diagnosis(patient) -> dict[str, Any]:
    return {
        "psn_no": patient.psn_no,
        "diag_type": "1",
        "maindiag_flag": "1",
        "diag_srt_no": "1",
        "diag_code": "J18.900",
        "diag_name": "肺炎",
        "diag_dept": "呼吸内科",
        "dise_dor_no": "D1",
        "dise_dor_name": "医师甲",
        "diag_time": f"{right_now():%Y-%m-%d %H:%M:%S}",
        "vali_flag": "1",
    }


def leaving(patient, named: dict, insutype: str = "390") -> dict[str, Any]:
    """Return the input of 2402."""
    info = named | {
        "insutype": insutype,
        "endtime": f"{right_now():%Y-%m-%d %H:%M:%S}",
        "dscg_dept_codg": "02",
        "dscg_dept_name": "呼吸内科",
        "dscg_way": "1",
    }
    return {"dscginfo": info, "diseinfo": [diagnosis(patient) | named]}
