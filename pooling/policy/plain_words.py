"""An area's rules as sentences, in the order people ask: whom, how, whose money, for what."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pooling.policy import wording

#: Headings with the parameters below each.
SECTIONS = (
    (_("可以为谁开通"), "people", (
        "relations", "max_relatives_per_payer", "max_payers_per_relative", "scope",
        "patient_types", "patient_status_normal", "requires_e_credential",
    )),
    (_("怎么开通、怎么解除"), "clipboard2-check", (
        "evidence_accepted", "relative_confirms", "release_by", "release_counts",
    )),
    (_("用谁的钱、用哪一部分"), "bar-chart", (
        "model", "own_part_order", "shareable_parts", "floor_fen", "payers_per_settlement",
        "payer_order", "paused_payer", "flag_1_own_only",
    )),
    (_("用在哪里"), "building", (
        "uses", "pays_own_paid", "resident_outpatient_max_level",
    )),
    (_("最多用多少"), "gear", (
        "cap_payer_day_fen", "cap_payer_year_fen", "cap_relative_year_fen", "cap_use_year_fen",
    )),
)  # fmt: skip

#: Name → sentence where there is a value, and where there is none (no limit) or it is no/zero.
_SAYS = {
    "relations": (_("可以为这些亲属开通：%(value)s。"), ""),
    "max_relatives_per_payer": (
        _("一个人的账户最多给 %(value)s 位家人用。"),
        _("一个人的账户给几位家人用，不限人数。"),
    ),
    "max_payers_per_relative": (
        _("一位家人最多用 %(value)s 个人的账户。"),
        _("一位家人可以用几个人的账户，不限人数。"),
    ),
    "patient_types": (_("看病的家人须参加：%(value)s。"), ""),
    "patient_status_normal": (
        _("看病的家人须正常参保；停保、欠费期间不能用。"),
        _("看病的家人停保、欠费期间也可以用。"),
    ),
    "requires_e_credential": (
        _("家人须已激活医保电子凭证。"),
        _("家人不必先激活医保电子凭证。"),
    ),
    "evidence_accepted": (_("开通时认可的关系依据：%(value)s。"), ""),
    "relative_confirms": (
        _("须由家人本人确认后才生效。"),
        _("不必由家人确认；家人会收到通知，可以随时停用。"),
    ),
    "release_by": (_("可以解除的人：%(value)s。"), ""),
    "floor_fen": (
        _("出钱的人账户里须留下 %(value)s，只有超出的部分可以给家人用。"),
        _("出钱的人账户里不必留下固定的金额。"),
    ),
    "flag_1_own_only": (
        _("收费处注明“只用本人账户”（标志 1）时，不用家人的钱。"),
        _("收费处的个人账户使用标志为 1 时，也可以用家人的钱。"),
    ),
    "uses": (_("可以用在：%(value)s。"), _("凡医保规定个人账户可以支付的都可以用。")),
    "pays_own_paid": (
        _("医保目录外、完全自费的费用也可以用个人账户支付。"),
        _("医保目录外、完全自费的费用不能用个人账户支付。"),
    ),
    "resident_outpatient_max_level": (
        _("参加居民医保的家人看普通门诊，只限 %(value)s 级及以下的医院。"),
        _("看门诊不限医院级别。"),
    ),
    "cap_payer_day_fen": (
        _("一个人的账户每天最多给家人用 %(value)s。"),
        _("当地没有规定每天的上限；本人可以自己设。"),
    ),
    "cap_payer_year_fen": (
        _("一个人的账户每年最多给家人用 %(value)s。"),
        _("当地没有规定每年的上限；本人可以自己设。"),
    ),
    "cap_relative_year_fen": (
        _("一位家人每年最多用 %(value)s。"),
        _("当地没有规定每位家人每年的上限；本人可以自己设。"),
    ),
    "cap_use_year_fen": (
        _("按用途，每年最多：%(value)s。"),
        _("当地没有按用途规定每年的上限。"),
    ),
}

#: Where the value itself is a word, each word has its own sentence.
_SAYS_BY_VALUE = {
    "model": {
        "direct_debit": _("家人结算时，直接从出钱的人的账户里付。"),
        "quota": _("出钱的人先给家人定一个额度，家人在额度内使用。"),
        "pooled_transfer": _("钱先转到家庭共济账户，再由家人使用。"),
        "wallet": _("钱先转到家人的医保钱包，再由家人使用。"),
    },
    "shareable_parts": {
        "all": _("账户里的钱，当年的和往年的都可以给家人用。"),
        "prior": _("只有往年结余可以给家人用，今年划入的只能本人用。"),
    },
    "payers_per_settlement": {
        "one": _("一次结算只用一个人的账户，不够的部分付现金。"),
        "many": _("一次结算里，一个人的账户不够，接着用下一个人的。"),
    },
    "payer_order": {
        "rank": _("几个人都可以出钱时，按家人自己设定的顺序。"),
        "bound_at": _("几个人都可以出钱时，先开通的先用。"),
        "highest_available": _("几个人都可以出钱时，先用可用金额最多的。"),
    },
    "paused_payer": {
        "goes_on": _("出钱的人暂停参保时，账户里的钱照常可以给家人用。"),
        "stops": _("出钱的人暂停参保时，家人暂时不能用。"),
    },
    "scope": {
        "same_area": _("两个人须在同一个统筹区参保。"),
        "same_province": _("两个人须在同一个省（自治区、直辖市）参保。"),
        "nationwide": _("两个人在全国任何地方参保都可以。"),
    },
    "release_counts": {
        "at_once": _("解除马上生效。"),
        "next_day": _("解除从第二天零时起生效。"),
        "next_month": _("解除从下个月一日起生效。"),
    },
}
_OWN_ORDER = {
    "current": _("看病的人先用自己今年划入的钱，再用往年结余，然后才用家人的。"),
    "prior": _("看病的人先用自己的往年结余，再用今年划入的钱，然后才用家人的。"),
}
_OWN_ALONE = {
    "current": _("看病的人先用自己今年划入的钱，然后才用家人的；往年结余不用。"),
    "prior": _("看病的人先用自己的往年结余，然后才用家人的；今年划入的钱不用。"),
}

#: How sure we are, and what that means for whoever reads it.
EVIDENCE = {
    "OFFICIAL": (_("来自政府网站"), "good",
                 _("主管部门自己公布的，最可靠。")),
    "NEWS": (_("来自新闻报道"), "info",
             _("报社或通讯社的报道，一般可信，细节以主管部门的文件为准。")),
    "REPOST": (_("来自转载"), "warn",
               _("别的网站转述主管部门的说法，可能不全或过时，办理前请核实。")),
    "SEED": (_("来自整理稿"), "warn",
             _("非官方的整理稿，没有写明出处，办理前请核实。")),
    "DEFAULT": (_("没有找到规定"), "ended",
                _("市、省和国家的资料都没有写，系统按最常见的做法处理。")),
}  # fmt: skip


def sentence(name: str, value: Any) -> str:
    """Return what a value of a parameter means, as one sentence for people."""
    if name in _SAYS_BY_VALUE:
        return str(_SAYS_BY_VALUE[name][value])
    if name == "own_part_order":
        return str((_OWN_ORDER if len(value) > 1 else _OWN_ALONE)[value[0]])
    some, none = _SAYS[name]
    # A cap of nothing is a cap; a floor of nothing is none.
    says = some if value or (name.startswith("cap_") and value == 0) else none
    return str(says) % {"value": wording.show(name, value)}
