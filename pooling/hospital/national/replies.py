"""The `setlinfo` and `setldetail` of every settlement's reply, from our own records.

One shape for all transactions: the dictionary's fields, none of them null, and every name under
which real clients look for an amount. A reversal is the same with every amount negated.
"""

from decimal import Decimal

from accounts.models import Member
from pooling.hospital.models import ClearingLine, Visit
from pooling.hospital.national import dictionary, moments
from pooling.hospital.national.benefits import FUNDS, WHOLE
from pooling.hospital.national.numbers import yuan
from pooling.hospital.national.people import about
from pooling.shared.periods import business_date

#: Canonical name → names the same amount has in other transactions and clients.
ALIASES = {
    "psn_part_amt": ("psn_part_am", "psn_pay"),
    "psn_cash_pay": ("pdn_cash_pay", "cash_payamt", "cashPayamt"),
    "hosp_part_amt": ("ownpay_hosp_part",),
    "inscp_scp_amt": ("inscp_amt",),
    "oth_pay": ("othfund_pay",),
    "act_pay_dedc": ("dedc_std",),
}
#: Field of a reply → code of the fund, by insurance where it differs.
FUND_TYPES = {
    "cvlserv_pay": "320100",
    "hifes_pay": "370100",
    "hifmi_pay": "390200",
    "hifob_pay": "330100",
    "hifdm_pay": "350100",
    "maf_pay": "610100",
    "oth_pay": "999900",
}
POOLED_FUND = {"310": "310100", "390": "390100"}
ACCOUNT, HOSPITAL = "310200", "999996"
BY_ITEM = "1"
#: The only `setl_type` live systems were seen to answer.
ORDINARY = "2"
#: `pay_loc`: at an institution here, or in another city.
HERE, ELSEWHERE = "2", "3"


def setlinfo(
    infno: str, line: ClearingLine, visit: Visit, patient: Member, *, balance_fen: int
) -> dict:
    """Return `setlinfo` of a clearing line, negative if it is one that was given back.

    A preview's line has no settlement, and the reply then no `setl_id`.
    """
    on = line.settled_on
    values = (
        about(patient, on)
        | _money(line, balance_fen)
        | _terms(line, visit)
        | {
            "mdtrt_id": str(visit.pk) if visit.pk else line.msgid,
            "setl_time": moments.shown(line.settled_at),
            "begndate": business_date(visit.begun_at).isoformat(),
            "enddate": on.isoformat(),
            "year": str(on.year),
            "medins_setl_id": line.msgid,
            "refd_setl_flag": "1" if line.returned else "0",
        }
    )
    if line.settlement_id:
        values["setl_id"] = str(line.settlement_id)
    for name, others in ALIASES.items():
        values |= dict.fromkeys(others, values[name])
    return dictionary.complete(infno, "setlinfo", values)


def _money(line: ClearingLine, balance_fen: int) -> dict[str, Decimal]:
    sign = -1 if line.returned else 1
    facts = line.facts
    return {
        "medfee_sumamt": yuan(line.total_fen),
        "fulamt_ownpay_amt": yuan(sign * facts["own_paid_fen"]),
        "overlmt_selfpay": yuan(sign * facts["over_limit_fen"]),
        "preselfpay_amt": yuan(sign * facts["pre_paid_fen"]),
        "inscp_scp_amt": yuan(sign * facts["in_scope_fen"]),
        "act_pay_dedc": yuan(sign * facts["deductible_fen"]),
        "crt_dedc": yuan(sign * facts["deductible_fen"]),
        "pool_prop_selfpay": Decimal(facts["ratio_bp"]) / WHOLE,
        **{name: yuan(sign * facts["funds"].get(name, 0)) for name in FUNDS},
        "fund_pay_sumamt": yuan(line.fund_fen),
        "psn_part_amt": yuan(line.account_fen + line.cash_fen),
        "acct_pay": yuan(line.account_fen),
        "acct_mulaid_pay": yuan(line.pooled_fen),
        "psn_cash_pay": yuan(line.cash_fen),
        "hosp_part_amt": yuan(line.hospital_borne_fen),
        "balc": yuan(balance_fen),
    }


def _terms(line: ClearingLine, visit: Visit) -> dict[str, str]:
    facts = line.facts
    institution = line.institution
    return {
        "insutype": line.insutype,
        "psn_type": facts["psn_type"],
        "cvlserv_flag": "0",
        "flxempe_flag": "0",
        "nwb_flag": "0",
        "mdtrt_cert_type": facts["cert_type"],
        # Live stays name both; a credential's number is not ours to repeat.
        "mdtrt_cert_no": "",
        "psn_insu_rlts_id": "",
        "med_type": facts["med_type"],
        "clr_optins": facts["area"],
        "insu_optins": facts["area"],
        "insu_admdvs": facts["area"],
        "clr_way": BY_ITEM,
        "setl_type": ORDINARY,
        "clr_type": line.clr_type,
        "invono": facts["invono"],
        "pay_loc": HERE if facts["area"][:4] == institution.area[:4] else ELSEWHERE,
        "fixmedins_code": institution.code,
        "fixmedins_name": institution.name,
        "fixmedins_poolarea": institution.area,
        "hosp_lv": f"{institution.level:02d}",
    }


def setldetail(infno: str, line: ClearingLine) -> list[dict]:
    """Return who bore what: the funds, the personal accounts as one, the institution.

    It is not a decomposition of `fund_pay_sumamt`: accounts stand in it too.
    """
    sign = -1 if line.returned else 1
    facts = line.facts
    types = FUND_TYPES | {"hifp_pay": POOLED_FUND.get(line.insutype, "310100")}
    borne = [(types[name], sign * facts["funds"].get(name, 0)) for name in FUNDS]
    borne += [(ACCOUNT, line.account_fen), (HOSPITAL, line.hospital_borne_fen)]
    return [
        dictionary.complete(
            infno,
            "setldetail",
            {
                "fund_pay_type": code,
                "inscp_scp_amt": yuan(sign * facts["in_scope_fen"]),
                "fund_payamt": yuan(fen),
            },
        )
        for code, fen in borne
        if fen
    ]
