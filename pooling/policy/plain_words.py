"""An area's rules as sentences, in the order people ask: whom, how, whose money, for what."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pooling.policy import code_words, fund_words, payout_words, wording

#: What people ask, with the parameters that answer it.
SECTIONS = (
    (_("可以给哪些家人用？"), "people", (
        "relations", "max_relatives_per_payer", "relatives_count_payer", "max_per_role",
        "max_relatives_lifetime", "max_payers_per_relative", "payer_may_be_relative", "scope",
        "patient_types", "patient_status_normal", "excluded_payer_types",
        "excluded_relative_types", "requires_e_credential", "payer_requires_e_credential",
    )),
    (_("怎么开通？要什么证明？"), "clipboard2-check", (
        "evidence_accepted", "evidence_by_relation", "evidence_at_counter", "relative_confirms",
        "confirms_for", "confirms_from_age", "binding_counts", "end_date_required",
        "max_validity_months",
    )),
    (_("怎么解除？"), "slash-circle", (
        "release_by", "release_counts", "lock_days", "rebind_wait_days", "max_changes_per_year",
    )),
    (_("看病时先用谁的钱？"), "bar-chart", (
        "model", "own_part_order", "needs_empty_own_account", "shareable_parts", "floor_fen",
        "payers_per_settlement", "payer_order", "paused_payer", "flag_1_own_only",
    )),
    (_("可以用在哪里？"), "building", (
        "uses", "uses_opt_in", "premium_form", "commercial_products", "pays_own_paid",
        "resident_outpatient_max_level",
    )),
    (_("额度、医保钱包和家庭共济账户怎么用？"), "wallet2", (
        "quota_across_provinces", "wallet_open", "wallet_transfer_most_fen",
        "wallet_transfers_per_day", "wallet_closed_hours", "wallet_one_pending",
        "wallet_return_hour", "wallet_place_changeable", "fund_contributors",
        "fund_transfers_per_month", "fund_ends_with_last_relative",
    )),
    (_("最多能用多少？"), "gear", (
        "cap_payer_day_fen", "cap_payer_month_fen", "cap_payer_year_fen",
        "cap_relative_settlement_fen", "cap_relative_day_fen", "cap_relative_month_fen",
        "cap_relative_year_fen", "cap_binding_settlement_fen", "cap_binding_day_fen",
        "cap_binding_month_fen", "cap_binding_year_fen", "cap_use_month_fen",
        "cap_use_year_fen", "caps_offered", "caps_required",
    )),
    (_("家里有变化怎么办？"), "arrow-repeat", (
        "on_insurance_ended", "on_payer_moved", "on_relative_moved", "on_divorce",
        "renew_at_ages", "renew_within_days", "renewal_unanswered", "commitment_audit_percent",
    )),
    (_("医保电子凭证、亲情账户怎么办？"), "phone", (
        "e_credential_by_family_under", "e_credential_by_family_from",
        "e_credential_family_evidence", "e_credential_materials", "care_max_relatives",
        "care_max_carers", "care_consent_age", "care_evidence", "care_materials",
    )),
    (_("到窗口办，带什么、要几天？"), "shop", (
        "counter_materials", "agent_allowed", "agent_relatives_only", "agent_materials",
        "handling_working_days",
    )),
    (_("账户里的钱能不能提取？"), "cash-coin", (
        "payout_cases", "payout_papers", "payout_wait_months", "payout_from_day",
    )),
)  # fmt: skip

#: Where nobody speaks, these by default set no limit and ask for nothing. They are named
#: together in one line, so that what does hold is not lost among what does not.
QUIET = frozenset({
    "relatives_count_payer", "max_per_role", "max_relatives_lifetime", "payer_may_be_relative",
    "excluded_payer_types", "excluded_relative_types", "payer_requires_e_credential",
    "evidence_by_relation", "evidence_at_counter", "confirms_for", "confirms_from_age",
    "end_date_required", "max_validity_months", "lock_days", "rebind_wait_days",
    "max_changes_per_year", "needs_empty_own_account", "uses_opt_in",
    "cap_payer_day_fen", "cap_payer_month_fen", "cap_payer_year_fen",
    "cap_relative_settlement_fen", "cap_relative_day_fen", "cap_relative_month_fen",
    "cap_relative_year_fen", "cap_binding_settlement_fen", "cap_binding_day_fen",
    "cap_binding_month_fen", "cap_binding_year_fen", "cap_use_month_fen", "cap_use_year_fen",
    "caps_required", "renew_at_ages", "renew_within_days", "renewal_unanswered",
    "agent_relatives_only", "premium_form", "commercial_products", "payout_papers",
    "payout_wait_months", "payout_from_day",
})  # fmt: skip

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
    "relatives_count_payer": (
        _("上面的人数把出钱的人自己也算在内。"),
        _("上面的人数不把出钱的人自己算在内。"),
    ),
    "max_per_role": (
        _("每种亲属最多：%(value)s。"),
        _("每种亲属几位，不另作限制。"),
    ),
    "max_relatives_lifetime": (
        _("一个人一生最多给 %(value)s 位不同的家人开通，解除了的也算。"),
        _("一生给几位不同的家人开通，不限人数。"),
    ),
    "payer_may_be_relative": (
        _("给家人出钱的人，自己也可以用别的家人的账户。"),
        _("给家人出钱的人，自己不能再用别人的账户；用别人账户的人，也不能再给别人出钱。"),
    ),
    "excluded_payer_types": (
        _("这些人不能把账户给家人用：%(value)s。"),
        _("参加职工医保的，不论哪一类人员都可以把账户给家人用。"),
    ),
    "excluded_relative_types": (
        _("这些人不能用家人的账户：%(value)s。"),
        _("不论哪一类人员都可以用家人的账户。"),
    ),
    "payer_requires_e_credential": (
        _("出钱的人也须已激活医保电子凭证。"),
        _("出钱的人不必先激活医保电子凭证。"),
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
    "evidence_by_relation": (
        _("这些亲属另有规定的关系依据：%(value)s。"),
        _("各种亲属的关系依据相同。"),
    ),
    "evidence_at_counter": (
        _("到窗口办理时认可的关系依据：%(value)s；也可以当面出示证件原件。"),
        _("到窗口办理时认可的关系依据与网上相同；也可以当面出示证件原件。"),
    ),
    "confirms_for": (
        _("须家人确认的，只限这些亲属：%(value)s。"),
        _("须家人确认的，不分是哪种亲属。"),
    ),
    "confirms_from_age": (
        _("须家人确认的，只限满 %(value)s 岁的家人。"),
        _("须家人确认的，不分年龄。"),
    ),
    "end_date_required": (
        _("开通时必须约定到哪一天为止。"),
        _("开通时可以不约定截止日期，一直有效到解除为止。"),
    ),
    "max_validity_months": (
        _("一次开通最长 %(value)s 个月，到期可以重新开通。"),
        _("一次开通多长时间，不作限制。"),
    ),
    "relative_confirms": (
        _("须由家人本人确认后才生效。"),
        _("不必由家人确认；家人会收到通知，可以随时停用。"),
    ),
    "release_by": (_("可以解除的人：%(value)s。"), ""),
    "lock_days": (
        _("开通后 %(value)s 天内不能解除；不想用可以随时停用。"),
        _("开通后随时可以解除。"),
    ),
    "rebind_wait_days": (
        _("解除后满 %(value)s 天，才能再为同一位家人开通。"),
        _("解除后可以随时再为同一位家人开通。"),
    ),
    "max_changes_per_year": (
        _("一年里开通和解除一共最多 %(value)s 次；到了次数不能再开通，仍可以解除。"),
        _("一年里开通和解除几次，不限次数。"),
    ),
    "needs_empty_own_account": (
        _("看病的人自己账户里没有钱了，才用家人的。"),
        _("看病的人自己账户里不够的部分，用家人的。"),
    ),
    "floor_fen": (
        _("出钱的人账户里须留下 %(value)s，只有超出的部分可以给家人用。"),
        _("出钱的人账户里不必留下固定的金额。"),
    ),
    "flag_1_own_only": (
        _("收费处注明“只用本人账户”（标志 1）时，不用家人的钱。"),
        _("收费处的个人账户使用标志为 1 时，也可以用家人的钱。"),
    ),
    "uses": (_("可以用在：%(value)s。"), _("凡医保规定个人账户可以支付的都可以用。")),
    "uses_opt_in": (
        _("这些用途须由出钱的人在开通时点名同意才能用：%(value)s。"),
        _("没有须由出钱的人另外点名同意的用途。"),
    ),
    "premium_form": (
        _("保费：%(value)s；没有写明的，缴费时直接支付。"),
        _("保费都在缴费时直接从账户支付，不办事后报销。"),
    ),
    "commercial_products": (
        _("家人的账户可以缴这些商业补充保险：%(value)s。列出名称的，每种一年缴一次。"),
        _("商业补充保险没有列出名称，一年缴一种。"),
    ),
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
    "cap_payer_month_fen": (
        _("一个人的账户每月最多给家人用 %(value)s。"),
        _("当地没有规定每月的上限；本人可以自己设。"),
    ),
    "cap_payer_year_fen": (
        _("一个人的账户每年最多给家人用 %(value)s。"),
        _("当地没有规定每年的上限；本人可以自己设。"),
    ),
    "cap_relative_settlement_fen": (
        _("一位家人每次最多用 %(value)s。"),
        _("当地没有规定每位家人每次的上限；本人可以自己设。"),
    ),
    "cap_relative_day_fen": (
        _("一位家人每天最多用 %(value)s。"),
        _("当地没有规定每位家人每天的上限；本人可以自己设。"),
    ),
    "cap_relative_month_fen": (
        _("一位家人每月最多用 %(value)s。"),
        _("当地没有规定每位家人每月的上限；本人可以自己设。"),
    ),
    "cap_relative_year_fen": (
        _("一位家人每年最多用 %(value)s。"),
        _("当地没有规定每位家人每年的上限；本人可以自己设。"),
    ),
    "cap_binding_settlement_fen": (
        _("一份授权每次最多用 %(value)s。"),
        _("当地没有规定一份授权每次的上限；本人可以自己设。"),
    ),
    "cap_binding_day_fen": (
        _("一份授权每天最多用 %(value)s。"),
        _("当地没有规定一份授权每天的上限；本人可以自己设。"),
    ),
    "cap_binding_month_fen": (
        _("一份授权每月最多用 %(value)s。"),
        _("当地没有规定一份授权每月的上限；本人可以自己设。"),
    ),
    "cap_binding_year_fen": (
        _("一份授权每年最多用 %(value)s。"),
        _("当地没有规定一份授权每年的上限；本人可以自己设。"),
    ),
    "cap_use_month_fen": (
        _("按用途，一份授权每月最多：%(value)s。"),
        _("当地没有按用途规定每月的上限。"),
    ),
    "cap_use_year_fen": (
        _("按用途，每年最多：%(value)s。"),
        _("当地没有按用途规定每年的上限。"),
    ),
    "caps_offered": (
        _("出钱的人可以自己设这些限额：%(value)s。"),
        _("出钱的人不能自己设限额。"),
    ),
    "caps_required": (
        _("出钱的人开通时必须至少设一项限额。"),
        _("出钱的人可以不设限额。"),
    ),
    "renew_at_ages": (
        _("家人满 %(value)s 岁时，这份授权须重新确认。"),
        _("家人长大成人时，授权不必重新确认；满 14、16、18 岁时会通知两边有什么变化。"),
    ),
    "renew_within_days": (_("须重新确认的，请在 %(value)s 天内办。"), ""),
    "commitment_audit_percent": (
        _("凭承诺书开通的，每 100 份抽查 %(value)s 份。"),
        _("凭承诺书开通的，不抽查。"),
    ),
    "counter_materials": (
        _("到窗口办理须带：%(value)s。"),
        _("到窗口办理带什么，按关系而定；办理前可以先看清单。"),
    ),
    "agent_allowed": (
        _("可以委托别人到窗口代办。"),
        _("不能委托别人代办，须本人到窗口。"),
    ),
    "agent_relatives_only": (
        _("只能委托亲属代办。"),
        _("委托谁代办，不作限制。"),
    ),
    "agent_materials": (_("代办的人须带：%(value)s。"), ""),
    "handling_working_days": (
        _("交齐材料后 %(value)s 个工作日内办完。"),
        _("交齐材料当场办完。"),
    ),
    **code_words.SAYS,
    **fund_words.SAYS,
    **payout_words.SAYS,
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
    "fund_contributors": {
        "founder": _("只有创建人可以往家庭共济账户转钱。"),
        "members": _("创建人和成员都可以往家庭共济账户转钱。"),
    },
    "release_counts": {
        "at_once": _("解除马上生效。"),
        "next_day": _("解除从第二天零时起生效。"),
        "next_month": _("解除从下个月一日起生效。"),
    },
    "binding_counts": {
        "at_once": _("开通后马上可以用。"),
        "next_day": _("开通后从第二天起可以用。"),
    },
    "on_insurance_ended": {
        "ends": _("任何一方终止参保，授权就结束。"),
        "stops": _("任何一方终止参保，授权保留但不能用，恢复参保后再用。"),
    },
    "on_payer_moved": {
        "ends": _("出钱的人参保地变更，授权就结束，须按新参保地的规定重新开通。"),
        "goes_on": _("出钱的人参保地变更，授权继续有效，改按新参保地的规定。"),
    },
    "on_relative_moved": {
        "ends": _("家人参保地变更，授权就结束，可以重新开通。"),
        "goes_on": _("家人参保地变更，授权继续有效。"),
    },
    "on_divorce": {
        "ends": _("离婚后，为配偶和经这段婚姻成为亲属的人开通的授权就结束。"),
        "stops": _("离婚后，为配偶和经这段婚姻成为亲属的人开通的授权保留但不能用。"),
    },
    "renewal_unanswered": {
        "stops": _("到期没有重新确认的，先停用，确认后再用。"),
        "ends": _("到期没有重新确认的，授权就结束。"),
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
    # A cap of nothing is a cap; a floor of nothing is none, and so is an empty table.
    says = some if value or (name.startswith("cap_") and value == 0) else none
    return str(says) % {"value": wording.show(name, value)}
