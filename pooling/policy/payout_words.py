"""The words about paying a personal account out; `wording` and `plain_words` tell them too."""

from django.utils.translation import gettext_lazy as _

#: The lawful reasons, in the order of `parameters.PAYOUT_CASES`.
CASES = {
    "death": _("参保人死亡"),
    "emigration": _("出国（境）定居"),
    "not_accepted": _("转移医保，转入地不接收个人账户"),
    "left": _("不再参加职工医保"),
    "resettled": _("长期异地居住或异地安置"),
    "army": _("参军入伍"),
    "illness": _("患重大疾病"),
}

#: What people bring, in the order it is listed to them.
PAPERS = {
    "payout_form": _("个人账户一次性支取申请表"),
    "payout_promise": _("诚信申报承诺书"),
    "payee_id": _("收款人身份证件"),
    "payee_account": _("收款人的银行账户"),
    "death_proof": _("死亡证明、火化证明、户口注销证明或单位证明（任一）"),
    "heir_proof": _("继承人与参保人的关系证明"),
    "emigration_proof": _("出国（境）定居的证明"),
    "transfer_proof": _("医保关系转出、个人账户不能接收的证明"),
    "ended_proof": _("终止职工医保的证明"),
    "resettlement_proof": _("异地安置或长期异地居住的备案"),
    "army_proof": _("入伍证明"),
    "illness_proof": _("重大疾病的诊断证明"),
    "costs_settled": _("医疗费用已经结清的证明"),
}

TITLES = {
    "payout_cases": _("可以一次性提取个人账户的情形"),
    "payout_papers": _("提取个人账户另须带的材料"),
    "payout_wait_months": _("提取个人账户须等几个月"),
    "payout_from_day": _("次月几日起办理提取"),
}

#: Name → sentence where there is a value, and where there is none.
SAYS = {
    "payout_cases": (
        _("有这些情形时，个人账户的余额可以一次性提取，提取后销户：%(value)s。"),
        _("没有找到可以一次性提取个人账户的规定；提取前请先问参保地的经办机构。"),
    ),
    "payout_papers": (
        _("提取时，除情形的证明、收款人身份证件和银行账户外，还须带：%(value)s。"),
        _("提取时带情形的证明、收款人身份证件和银行账户，没有另外的要求。"),
    ),
    "payout_wait_months": (
        _("提取须等候一段时间，从事情发生那天算起：%(value)s。"),
        _("提取不必等候几个月。"),
    ),
    "payout_from_day": (
        _("提取从停保的次月 %(value)s 日起办理。"),
        _("提取不限从哪一天起办理。"),
    ),
}
