"""What every reply of the national interface must be, whoever gives it. Pure.

Used against ourselves (tests, the simulator) and against any address (`manage.py till`). Breaches
are in English, like the command that prints them: they are read by programmers, not at a till.
"""

import json
from decimal import Decimal
from typing import Any

from pooling.hospital.national import dictionary

ENVELOPE = ("infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output")
FUNDS = (
    *("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay"),
    *("hifob_pay", "hifdm_pay", "maf_pay", "oth_pay"),
)
PARTS = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
#: Further names under which clients look for an amount.
ALIASES = {
    "psn_part_am": "psn_part_amt",
    "psn_pay": "psn_part_amt",
    "pdn_cash_pay": "psn_cash_pay",
    "cash_payamt": "psn_cash_pay",
    "cashPayamt": "psn_cash_pay",
    "ownpay_hosp_part": "hosp_part_amt",
}
#: Amounts without which there is nothing to add up.
NEEDED = (
    *("medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "hosp_part_amt"),
    *("acct_pay", "acct_mulaid_pay", "psn_cash_pay", "balc"),
)
LONGEST_NUMBER = 30
#: What to look at when the gateway says one of its four sentences, by a word of each.
_AT_THE_GATE = {
    "请求头": "no signature came: check --family; a proxy may drop headers with an underscore",
    "时间戳": "the clocks are more than 30 minutes apart",
    "非法用户": "check --key and --family: unknown, stopped, or a key of the other family",
    "签名": "check --secret and what is signed, in which order, with which separator",
}
_EMPTY = "where there is nothing answer 0 or an empty text"
_CENT = Decimal("0.01")


def read(raw: bytes) -> Any:
    """Return a reply with its amounts as they were written, or None where it is no JSON."""
    try:
        return json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def breaches(infno: str, status: int, raw: bytes) -> list[str]:
    """Return what is wrong with the reply to a message that should have succeeded."""
    reply = read(raw)
    if not isinstance(reply, dict):
        return [_unreadable(status, raw)]
    if "code" in reply and "infcode" not in reply:
        said = f"the gateway did not let it in: {reply.get('code')} {reply.get('message')}"
        advice = (text for word, text in _AT_THE_GATE.items() if word in str(reply.get("message")))
        return [f"{said} ({next(advice, 'ask whoever keeps the gateway')})"]
    found = [] if status == 200 else [f"HTTP {status} instead of 200"]
    found += [f"{name} is missing" for name in ENVELOPE if name not in reply]
    if reply.get("infcode") not in (0, "0"):
        return [*found, f"infcode {reply.get('infcode')}: {reply.get('err_msg')}"]
    if len(str(reply.get("inf_refmsgid", ""))) > LONGEST_NUMBER:
        found.append(f"inf_refmsgid is longer than {LONGEST_NUMBER}")
    found += [f"{place} is null: {_EMPTY}" for place in _nulls(reply.get("output"), "output")]
    output = reply.get("output")
    if not isinstance(output, dict):
        return [*found, "output is no object"]
    found += _incomplete(infno, output)
    if "setlinfo" in output and not found:
        found += arithmetic(output["setlinfo"])
    return found


def _unreadable(status: int, raw: bytes) -> str:
    if not status:
        said = raw[:200].decode(errors="replace")
        return f"nobody answered: {said} (check --base, the port and what stands between)"
    advice = " (check --base: it ends with /hsa)" if status == 404 else ""
    return f"HTTP {status}, and no JSON object{advice}"


def _nulls(value: Any, place: str) -> list[str]:
    if value is None:
        return [place]
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    return [each for key, one in inside for each in _nulls(one, f"{place}.{key}")]


def _incomplete(infno: str, output: dict) -> list[str]:
    """Return the fields of the document that a reply lacks, in the nodes it has."""
    tables = dictionary.tables().get((infno, "out"), {})
    lacking = []
    for node, fields in tables.items():
        given = output.get(node, [])
        for row in given if isinstance(given, list) else [given]:
            if isinstance(row, dict):
                absent = [key for key in fields if key not in row]
                lacking += [f"output.{node}.{key} is missing: {_EMPTY}" for key in absent]
    return lacking


def arithmetic(setlinfo: dict[str, Any]) -> list[str]:
    """Return which sums of one `setlinfo`, positive or negative, are wrong, to the fen."""
    told = {name: value for name, value in setlinfo.items() if _is_amount(value)}
    absent = [name for name in (*NEEDED, *FUNDS, *PARTS) if name not in told]
    if absent:
        return [f'setlinfo.{name} is no number: write 12.50 and not "12.50"' for name in absent]
    fund = sum(told[name] for name in FUNDS)
    sums = {
        "medfee_sumamt = fund_pay_sumamt + psn_part_amt + hosp_part_amt": (
            told["medfee_sumamt"],
            told["fund_pay_sumamt"] + told["psn_part_amt"] + told["hosp_part_amt"],
        ),
        "psn_part_amt = acct_pay + psn_cash_pay": (
            told["psn_part_amt"],
            told["acct_pay"] + told["psn_cash_pay"],
        ),
        "fund_pay_sumamt = the funds": (told["fund_pay_sumamt"], fund),
        "medfee_sumamt = the four parts": (
            told["medfee_sumamt"],
            sum(told[name] for name in PARTS),
        ),
    }
    sums |= {
        f"{other} = {name}": (told[other], told[name])
        for other, name in ALIASES.items()
        if other in told
    }
    wrong = [f"{rule}: {left} and {right}" for rule, (left, right) in sums.items() if left != right]
    if abs(told["acct_mulaid_pay"]) > abs(told["acct_pay"]):
        wrong.append("acct_mulaid_pay lies outside acct_pay: it is the part of it relatives paid")
    if told["balc"] < 0:
        wrong.append("balc is negative")
    money = (*NEEDED[:-1], *FUNDS, *PARTS)
    if len({told[name] > 0 for name in money if told[name]}) > 1:
        wrong.append("amounts of both signs: a settlement's are positive, a reversal's negative")
    wrong += [f"{name} has more than two decimals" for name in money if told[name] % _CENT]
    return wrong


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def opposite(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Return the amounts in which a reversal is not the settlement with the other sign."""
    names = (*NEEDED[:-1], *FUNDS)
    return [f"{name} was not given back as taken" for name in names if first[name] != -second[name]]
