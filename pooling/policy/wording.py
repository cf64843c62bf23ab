"""The Chinese words for parameters, their values and what may be wrong with one."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.policy import payout_words
from pooling.policy.parameters import ANY, PARAMETERS, NotAValue
from pooling.shared.money import show_yuan

TITLES = {
    # Whose money pays a bill, in which order.
    "model": _("共济方式"),
    "own_part_order": _("本人账户使用顺序"),
    "shareable_parts": _("可共济的资金"),
    "floor_fen": _("共济人账户须保留的金额"),
    "payers_per_settlement": _("一次结算可用几位共济人"),
    "payer_order": _("多位共济人的扣款顺序"),
    "pays_own_paid": _("个人账户可支付完全自费部分"),
    "flag_1_own_only": _("使用标志为1时只用本人账户"),
    "needs_empty_own_account": _("就医人本人账户用完后才用共济"),
    "paused_payer": _("共济人暂停参保时"),
    "scope": _("共济范围"),
    "uses": _("可用于"),
    "uses_opt_in": _("须在授权中点名才能用的用途"),
    "premium_form": _("保费怎么从账户付"),
    "commercial_products": _("可以缴的商业补充保险"),
    "patient_types": _("就医人须参加的医保"),
    "patient_status_normal": _("就医人须正常参保"),
    "resident_outpatient_max_level": _("居民医保普通门诊的最高机构级别"),
    # At most how much.
    "cap_payer_day_fen": _("每位共济人每日上限"),
    "cap_payer_month_fen": _("每位共济人每月上限"),
    "cap_payer_year_fen": _("每位共济人每年上限"),
    "cap_relative_settlement_fen": _("每位家人每次上限"),
    "cap_relative_day_fen": _("每位家人每日上限"),
    "cap_relative_month_fen": _("每位家人每月上限"),
    "cap_relative_year_fen": _("每位家人每年上限"),
    "cap_binding_settlement_fen": _("每份授权每次上限"),
    "cap_binding_day_fen": _("每份授权每日上限"),
    "cap_binding_month_fen": _("每份授权每月上限"),
    "cap_binding_year_fen": _("每份授权每年上限"),
    "cap_use_month_fen": _("各用途每月上限"),
    "cap_use_year_fen": _("各用途每年上限"),
    # Who may bind whom.
    "relations": _("可以绑定的亲属"),
    "max_relatives_per_payer": _("一位共济人最多绑定几人"),
    "relatives_count_payer": _("绑定人数把共济人本人算在内"),
    "max_per_role": _("每种亲属最多几位"),
    "max_relatives_lifetime": _("一位共济人一生最多绑定几位不同的家人"),
    "max_payers_per_relative": _("一位家人最多有几位共济人"),
    "payer_may_be_relative": _("共济人自己也可以被别人共济"),
    "excluded_payer_types": _("不能作共济人的人员类别"),
    "excluded_relative_types": _("不能被共济的人员类别"),
    "requires_e_credential": _("家人须已激活医保电子凭证"),
    "payer_requires_e_credential": _("共济人须已激活医保电子凭证"),
    "e_credential_by_family_under": _("家人可代为激活医保电子凭证：未满几岁"),
    "e_credential_by_family_from": _("家人可代为激活医保电子凭证：满几岁且没有手机登录"),
    "e_credential_family_evidence": _("家人代为激活医保电子凭证：认可的关系依据"),
    "e_credential_materials": _("窗口激活医保电子凭证须带的材料"),
    "care_max_relatives": _("亲情账户最多几位家人"),
    "care_max_carers": _("一个人最多在几个亲情账户里"),
    "care_consent_age": _("亲情账户满几岁须本人同意"),
    "care_evidence": _("亲情账户：认可的关系依据"),
    "care_materials": _("窗口办亲情账户须带的材料"),
    # What proves it, who agrees, for how long.
    "evidence_accepted": _("认可的关系依据"),
    "evidence_by_relation": _("个别亲属另有规定的关系依据"),
    "evidence_at_counter": _("窗口认可的关系依据"),
    "relative_confirms": _("须经家人确认"),
    "confirms_for": _("须经确认的亲属"),
    "confirms_from_age": _("家人满几岁起须本人确认"),
    "binding_counts": _("绑定何时生效"),
    "max_validity_months": _("授权最长几个月"),
    "end_date_required": _("须约定终止日期"),
    "caps_offered": _("共济人可以设的限额"),
    "caps_required": _("共济人须至少设一项限额"),
    # How it ends.
    "release_by": _("谁可以解除"),
    "release_counts": _("解除何时生效"),
    "lock_days": _("绑定后几天内不能解除"),
    "rebind_wait_days": _("解除后几天才能再次绑定"),
    "max_changes_per_year": _("一年最多变更几次"),
    # What life changes.
    "on_insurance_ended": _("任一方终止参保时"),
    "on_payer_moved": _("共济人参保地变更时"),
    "on_relative_moved": _("家人参保地变更时"),
    "on_divorce": _("离婚时"),
    "renew_at_ages": _("家人满几岁时须重新确认"),
    "renew_within_days": _("重新确认的期限（天）"),
    "renewal_unanswered": _("逾期没有重新确认的"),
    "commitment_audit_percent": _("承诺书每百份抽查几份"),
    # At the counter.
    "counter_materials": _("窗口办理须带的材料"),
    "agent_allowed": _("可以委托他人代办"),
    "agent_relatives_only": _("只能由亲属代办"),
    "agent_materials": _("代办人须带的材料"),
    "handling_working_days": _("办理时限（工作日）"),
    # Quotas, wallets and family funds.
    "quota_across_provinces": _("跨省按共济额度支付"),
    "wallet_open": _("医保钱包可以转账"),
    "wallet_transfer_most_fen": _("医保钱包每笔转账上限"),
    "wallet_transfers_per_day": _("医保钱包每天最多转账几笔"),
    "wallet_closed_hours": _("医保钱包不办理转账的时段"),
    "wallet_one_pending": _("一笔待接收时不能再转"),
    "wallet_return_hour": _("未接收的转账次日几点前退回"),
    "wallet_place_changeable": _("医保钱包使用地可以变更"),
    "fund_contributors": _("谁可以向家庭共济账户转入"),
    "fund_transfers_per_month": _("每人每月最多向家庭共济账户转入几次"),
    "fund_ends_with_last_relative": _("没有其他成员时家庭共济账户自动注销"),
    # Paying an account out.
    **payout_words.TITLES,
}

USES = {
    "outpatient": _("门诊"),
    "inpatient": _("住院"),
    "pharmacy_drugs": _("药店购药"),
    "pharmacy_devices": _("药店医疗器械"),
    "pharmacy_consumables": _("药店医用耗材"),
    "vaccination": _("预防接种"),
    "checkup": _("体检"),
    "tcm_preventive": _("中医治未病"),
    "resident_premium": _("居民医保缴费"),
    "ltc_premium": _("长期护理保险缴费"),
    "large_expense_premium": _("大额医疗费用补助缴费"),
    "commercial_insurance": _("商业健康保险"),
}

#: What account money never pays, in the words of the rule that forbids it (国办发〔2021〕14号).
NEVER_USES = {
    "public_health": _("公共卫生费用"),
    "fitness": _("体育健身"),
    "wellness": _("养生保健消费"),
}

KINDS = {
    "spouse": _("配偶"),
    "parent": _("父母"),
    "child": _("子女"),
    "sibling": _("兄弟姐妹"),
    "paternal_grandparent": _("祖父母"),
    "maternal_grandparent": _("外祖父母"),
    "sons_child": _("孙子女"),
    "daughters_child": _("外孙子女"),
    "parent_in_law": _("配偶的父母"),
    "child_in_law": _("子女的配偶"),
    "other": _("其他亲属"),
}
ROLES = {"father": _("父亲"), "mother": _("母亲"), **KINDS}

#: What a payer may limit, in the order of `OWN_CAPS`.
OWN_CAPS = {
    "settlement": _("每次上限"),
    "day": _("每日上限"),
    "month": _("每月上限"),
    "year": _("每年上限"),
    "all_day": _("所有家人合计每日上限"),
    "all_month": _("所有家人合计每月上限"),
    "all_year": _("所有家人合计每年上限"),
}

#: The common classes of insured people; an authority's finer codes are shown as they are.
PSN_TYPES = {
    "11": _("在职职工"),
    "12": _("退休人员"),
    "13": _("离休人员"),
    "14": _("未成年居民"),
    "15": _("成年居民"),
    "16": _("老年居民"),
}

#: What people may be asked to bring, in the order it is listed to them.
MATERIALS = {
    "applicant_id": _("申请人身份证件"),
    "relative_id": _("家人身份证件"),
    "household_register": _("户口簿"),
    "marriage_certificate": _("结婚证"),
    "birth_certificate": _("出生医学证明"),
    "adoption_certificate": _("收养登记证"),
    "kinship_certificate": _("亲属关系公证书或证明"),
    "signed_authorisation": _("签字的授权书（含亲属关系承诺）"),
    "relative_consent": _("家人签字的同意书"),
    "agent_id": _("代办人身份证件"),
    "agent_authorisation": _("申请人签字的委托书"),
    "agent_kinship": _("代办人与申请人的亲属关系证明"),
    "kinship_promise": _("签字的亲属关系承诺书"),
    "care_consent": _("本人签字的同意书（由家人出示医保码）"),
}

_WORDS = {
    "direct_debit": _("结算时直接从共济人账户支付"),
    "quota": _("按共济额度支付"),
    "pooled_transfer": _("先转入家庭共济账户"),
    "wallet": _("医保钱包"),
    "current": _("当年"),
    "prior": _("历年"),
    "one": _("只用一位"),
    "many": _("可依次用多位"),
    "rank": _("按设定的顺位"),
    "bound_at": _("按绑定先后"),
    "highest_available": _("可用金额多者优先"),
    "goes_on": _("照常可用"),
    "stops": _("停止共济"),
    "same_area": _("同一统筹区"),
    "same_province": _("省内"),
    "nationwide": _("全国"),
    "310": _("职工医保"),
    "390": _("居民医保"),
    "registry": _("登记数据"),
    "commitment": _("承诺书"),
    "document": _("经人工审核的证明材料"),
    "ends": _("结束授权"),
    "payer": _("共济人"),
    "relative": _("家人"),
    "at_once": _("即时"),
    "next_day": _("次日零时"),
    "next_month": _("次月一日"),
    "direct": _("缴费时直接支付"),
    "refund": _("先缴费、后报销"),
    "both": _("可以直接支付，也可以先缴费后报销"),
    "founder": _("创建人"),
    "members": _("创建人和成员"),
    **USES,
    **ROLES,
    **OWN_CAPS,
    **MATERIALS,
    **payout_words.CASES,
    **payout_words.PAPERS,
}
_KEPT = {"stops": _("保留授权，暂停使用")}
#: Words that mean something else for one parameter.
_WORDS_OF = {
    "shareable_parts": {"all": _("全部余额"), "prior": _("仅历年余额")},
    "on_insurance_ended": _KEPT,
    "on_divorce": _KEPT,
    "renewal_unanswered": _KEPT,
    "on_payer_moved": {"goes_on": _("授权继续有效")},
    "on_relative_moved": {"goes_on": _("授权继续有效")},
    "excluded_payer_types": PSN_TYPES,
    "excluded_relative_types": PSN_TYPES,
    "commercial_products": {ANY: _("没有列名的产品")},
}
_WHEN_EMPTY = {
    "uses": _("不限用途"),
    "resident_outpatient_max_level": _("不限级别"),
    "uses_opt_in": _("没有"),
    "premium_form": _("都在缴费时直接支付"),
    "commercial_products": _("没有列出名称，一年缴一种"),
    "caps_offered": _("都不能设"),
    "excluded_payer_types": _("没有"),
    "excluded_relative_types": _("没有"),
    "evidence_by_relation": _("没有"),
    "evidence_at_counter": _("与网上相同；也可以当面出示证件原件"),
    "confirms_for": _("所有亲属"),
    "renew_at_ages": _("不要求"),
    "counter_materials": _("按关系而定，由窗口列出"),
    "e_credential_materials": _("按谁来办而定，由窗口列出"),
    "care_materials": _("按谁来办而定，由窗口列出"),
    "payout_cases": _("没有规定"),
    "payout_papers": _("没有另外的要求"),
    "payout_wait_months": _("不必等候"),
    "payout_from_day": _("不限"),
}

_PROBLEMS = {
    "unknown_parameter": _("没有名为“%(name)s”的参数。"),
    "unknown_word": _("“%(title)s”里没有“%(value)s”这个取值。"),
    "never_a_use": _("“%(value)s”不能列入“%(title)s”：国家规定账户的钱不能用于%(forbidden)s。"),
    "not_a_list": _("“%(title)s”须是列表，至少一项；收到的是：%(value)s。"),
    "said_twice": _("“%(title)s”里有重复的项：%(value)s。"),
    "not_two_hours": _("“%(title)s”须是两个不同的整点（0 到 23）；收到的是：%(value)s。"),
    "not_a_whole_number": _("“%(title)s”须是整数（金额以分为单位）；收到的是：%(value)s。"),
    "too_small": _("“%(title)s”不能小于允许的最小值；收到的是：%(value)s。"),
    "too_large": _("“%(title)s”超出允许的最大值；收到的是：%(value)s。"),
    "not_yes_or_no": _("“%(title)s”须是 true 或 false；收到的是：%(value)s。"),
    "not_a_name": _("“%(title)s”里的名称须是 1 至 60 个字；收到的是：%(value)s。"),
    "not_a_table": _("“%(title)s”须是“名称: 内容”的对照表；收到的是：%(value)s。"),
}


def show(name: str, value) -> str:
    """Return a parameter's value as people read it: `仅历年余额`, `¥30.00`, `不限`."""
    unit = PARAMETERS[name].unit
    if value is None or value in ({}, []):
        return str(_WHEN_EMPTY.get(name, _("不限")))
    if unit == "flag":
        return gettext("是") if value else gettext("否")
    if unit == "fen":
        return show_yuan(value)
    if unit == "hours":
        return f"{value[0]:02d}:00–{value[1]:02d}:00"
    if unit in ("words", "codes"):
        return _list(name, value)
    if unit == "table":
        rows = (f"{word(name, key)} {_item(name, item)}" for key, item in value.items())
        return gettext("；").join(rows)
    if unit == "names":
        return gettext("；").join(_covering(name, *row) for row in value.items())
    return word(name, value) if unit == "word" else str(value)


def word(name: str, code) -> str:
    """Return a word of a parameter; a code that is not ours to name stands as it is."""
    return str(_WORDS_OF.get(name, {}).get(code) or _WORDS.get(code, code))


def codes() -> tuple[str, ...]:
    """Return every word that some parameter takes, in the order people are used to."""
    special = (code for words in _WORDS_OF.values() for code in words)
    return tuple(dict.fromkeys((*_WORDS, *special)))


def _list(name: str, words) -> str:
    return gettext("、").join(word(name, code) for code in words)


def _covering(name: str, product: str, kinds: list[str]) -> str:
    """Return a product and for whom it may be paid, where not for everybody."""
    named = {"product": word(name, product), "relatives": _list(name, kinds)}
    return gettext("%(product)s（限%(relatives)s）") % named if kinds else named["product"]


def _item(name: str, item) -> str:
    """Return one value of a table: an amount, months, people, a word or a list."""
    if isinstance(item, list):
        return _list(name, item)
    if isinstance(item, str):
        return word(name, item)
    if name.endswith("_months"):
        return gettext("%(n)s 个月") % {"n": item}
    return show_yuan(item) if name.endswith("_fen") else gettext("%(n)s 位") % {"n": item}


def refusal(problem: NotAValue) -> str:
    """Return the sentence for a value that a parameter cannot take."""
    values = {
        "name": problem.name,
        "title": TITLES.get(problem.name, problem.name),
        "value": problem.value,
    }
    if problem.problem == "never_a_use":
        values["forbidden"] = NEVER_USES[problem.value]
    return str(_PROBLEMS[problem.problem] % values)


_FILE_PROBLEMS = {
    "no_files": _("目录里没有规则文件（*.yaml）。"),
    "not_yaml": _("不是有效的 YAML：%(value)s"),
    "not_a_table": _("这里须是“名称: 内容”的结构。"),
    "unknown_key": _("没有名为“%(value)s”的项。"),
    "missing": _("缺少“%(value)s”。"),
    "wrong_type": _("内容的类型不对：%(value)s（编码须加引号，日期写成 2026-01-09）。"),
    "unknown_evidence": _("证据等级“%(value)s”不能作为规则的依据。"),
}


def place_refusal(problem) -> str:
    """Return the sentence for a rule file that cannot be read, with the place."""
    sentence = _FILE_PROBLEMS[problem.problem] % {"value": problem.value}
    return f"{problem.file} · {problem.place}：{sentence}"
