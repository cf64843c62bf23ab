"""The sentence for each code of `files`, `fields` and `records`."""

from django.utils.translation import gettext_lazy as _

#: Why a file as a whole was refused.
FILE = {
    "empty": _("文件是空的，没有表头。"),
    "utf16": _("文件是 UTF-16 编码，请另存为 UTF-8 或 GB18030。"),
    "header_unreadable": _("表头无法读取。"),
    "header_duplicated": _("表头中重复的列：%(columns)s。"),
    "header_unknown": _("表头中不认识的列：%(columns)s。"),
    "header_missing": _("表头缺少的列：%(columns)s。"),
}

#: Why a row was kept out.
ROW = {
    "undecodable": _("本行不是有效的 %(encoding)s 文字。"),
    "quotes": _("引号不成对；每条记录须在同一行内。"),
    "line_too_long": _("本行太长，一行最多 %(most)d 个字节；请检查换行。"),
    "too_few": _("本行只有 %(found)d 列，应为 %(expected)d 列。"),
    "too_many": _("本行有 %(found)d 列，应为 %(expected)d 列。"),
    "control": _("含有不可见的控制字符。"),
    "missing": _("不能为空。"),
    "too_long": _("最多 %(most)d 个字。"),
    "not_a_key": _("只能由字母、数字和 _ . : / - 组成。"),
    "area": _("统筹区须为六位数字。"),
    "area_unknown": _("没有统筹区 %(area)s，请核对前两位省份代码。"),
    "choice": _("只能是：%(among)s。"),
    "date": _("日期须存在，并写成 2026-11-22 的样子。"),
    "too_old": _("日期过早，请核对。"),
    "reversed": _("终止日期须晚于起始日期。"),
    "future": _("日期不能晚于今天。"),
    "count": _("须为 %(least)d 到 %(most)d 之间的整数。"),
    "money": _("金额须为元，最多两位小数，不带符号和千分位。"),
    "money_zero": _("金额须大于零。"),
    "money_absurd": _("一笔不能超过 %(most)d 元，请核对单位和小数点。"),
    "money_negative": _("金额不能是负数。"),
    "cert_cert_type_unknown": _("不认识的证件类型代码。"),
    "cert_length": _("证件号码的位数不对。"),
    "cert_characters": _("证件号码中有不该出现的字符。"),
    "cert_check_digit": _("身份证号码校验位不符，请核对每一位。"),
    "cert_date": _("身份证号码中的出生日期不存在。"),
    "cert_future": _("身份证号码中的出生日期晚于今天。"),
    "birth_differs": _("与身份证号码中的出生日期不一致。"),
    "gender_differs": _("与身份证号码中的性别不一致。"),
    "phone": _("手机号码须为 11 位，如 13800138000。"),
    "died_before_birth": _("死亡日期不能早于出生日期。"),
    "oneself": _("两个人员编号相同：不能是自己。"),
    "relation": _("不认识的亲属关系代码（GB/T 4761 两位代码）。"),
    "use": _("不认识的用途：%(use)s。"),
    "use_never": _("个人账户和共济资金不能用于%(use)s。"),
    "wallet_members": _("医保钱包只有本人，此列须为空。"),
}

#: What is loaded all the same, but somebody should look at; counted once per file.
WARNING = {
    "region_unknown": _("%(count)d 人的身份证号码行政区划代码不在名录中，已照常载入，请核对。"),
}

#: What the nightly walk counts, beside the acts of `bindings`.
COUNTS = {
    "seen": _("看过的授权"),
    "sampled": _("抽中核查承诺书"),
    "passed_over": _("未抽中核查"),
}


def sentence(code: str, values: dict) -> str:
    """Return the sentence of a row's problem."""
    return str(ROW[code]) % values
