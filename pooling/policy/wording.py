"""The Chinese words for parameters, their values and what may be wrong with one."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.policy.parameters import PARAMETERS, NotAValue
from pooling.shared.money import show_yuan

TITLES = {
    "model": _("共济方式"),
    "own_part_order": _("本人账户使用顺序"),
    "shareable_parts": _("可共济的资金"),
    "floor_fen": _("共济人账户须保留的金额"),
    "payers_per_settlement": _("一次结算可用几位共济人"),
    "payer_order": _("多位共济人的扣款顺序"),
    "pays_own_paid": _("个人账户可支付完全自费部分"),
    "flag_1_own_only": _("使用标志为1时只用本人账户"),
    "paused_payer": _("共济人暂停参保时"),
    "scope": _("共济范围"),
    "uses": _("可用于"),
    "patient_types": _("就医人须参加的医保"),
    "patient_status_normal": _("就医人须正常参保"),
    "resident_outpatient_max_level": _("居民医保普通门诊的最高机构级别"),
    "cap_payer_day_fen": _("每位共济人每日上限"),
    "cap_payer_year_fen": _("每位共济人每年上限"),
    "cap_relative_year_fen": _("每位家人每年上限"),
    "cap_use_year_fen": _("各用途每年上限"),
    "relations": _("可以绑定的亲属"),
    "max_relatives_per_payer": _("一位共济人最多绑定几人"),
    "max_payers_per_relative": _("一位家人最多有几位共济人"),
    "requires_e_credential": _("家人须已激活医保电子凭证"),
    "evidence_accepted": _("认可的关系依据"),
    "relative_confirms": _("须经家人确认"),
    "release_by": _("谁可以解除"),
    "release_counts": _("解除何时生效"),
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
    "payer": _("共济人"),
    "relative": _("家人"),
    "at_once": _("即时"),
    "next_day": _("次日零时"),
    "next_month": _("次月一日"),
    **USES,
    **KINDS,
}
#: Words that mean something else for one parameter.
_WORDS_OF = {"shareable_parts": {"all": _("全部余额"), "prior": _("仅历年余额")}}
_WHEN_EMPTY = {"uses": _("不限用途"), "resident_outpatient_max_level": _("不限级别")}

_PROBLEMS = {
    "unknown_parameter": _("没有名为“%(name)s”的参数。"),
    "unknown_word": _("“%(title)s”里没有“%(value)s”这个取值。"),
    "not_a_list": _("“%(title)s”须是列表，至少一项；收到的是：%(value)s。"),
    "said_twice": _("“%(title)s”里有重复的项：%(value)s。"),
    "not_a_whole_number": _("“%(title)s”须是整数（金额以分为单位）；收到的是：%(value)s。"),
    "too_small": _("“%(title)s”不能小于允许的最小值；收到的是：%(value)s。"),
    "too_large": _("“%(title)s”超出允许的最大值；收到的是：%(value)s。"),
    "not_yes_or_no": _("“%(title)s”须是 true 或 false；收到的是：%(value)s。"),
    "not_a_table": _("“%(title)s”须是“用途: 金额（分）”的对照表；收到的是：%(value)s。"),
}


def show(name: str, value) -> str:
    """Return a parameter's value as people read it: `仅历年余额`, `¥30.00`, `不限`."""
    unit = PARAMETERS[name].unit
    if value is None or value == {}:
        return str(_WHEN_EMPTY.get(name, _("不限")))
    if unit == "flag":
        return gettext("是") if value else gettext("否")
    if unit == "fen":
        return show_yuan(value)
    if unit == "words":
        return gettext("、").join(str(_WORDS[word]) for word in value)
    if unit == "table":
        return gettext("；").join(f"{USES[use]} {show_yuan(fen)}" for use, fen in value.items())
    if unit == "word":
        return str(_WORDS_OF.get(name, _WORDS)[value])
    return str(value)


def refusal(problem: NotAValue) -> str:
    """Return the sentence for a value that a parameter cannot take."""
    values = {
        "name": problem.name,
        "title": TITLES.get(problem.name, problem.name),
        "value": problem.value,
    }
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
