"""What an area says about e-credentials and the 亲情账户, in plain words."""

from django.utils.translation import gettext_lazy as _

SAYS = {
    "e_credential_by_family_under": (
        _("未满 %(value)s 岁的孩子，医保电子凭证可以由家人代为激活。"),
        _("孩子的医保电子凭证不能由家人代为激活。"),
    ),
    "e_credential_by_family_from": (
        _("满 %(value)s 岁、没有用手机登录的老人，医保电子凭证可以由家人代为激活。"),
        _("没有用手机登录的成年人，医保电子凭证可以由家人代为激活。"),
    ),
    "e_credential_family_evidence": (
        _("家人代为激活时认可的关系依据：%(value)s；也可以带证明材料到窗口。"),
        "",
    ),
    "e_credential_materials": (
        _("到窗口激活医保电子凭证须带：%(value)s。"),
        _("到窗口激活医保电子凭证带什么，按谁来办而定；窗口一次告知。"),
    ),
    "care_evidence": (
        _("办亲情账户时认可的关系依据：%(value)s；也可以带证明材料到窗口。"),
        "",
    ),
    "care_materials": (
        _("到窗口办亲情账户须带：%(value)s。"),
        _("到窗口办亲情账户带什么，按谁来办而定；窗口一次告知。"),
    ),
    "care_max_relatives": (_("亲情账户里最多有 %(value)s 位家人。"), ""),
    "care_max_carers": (_("一个人最多在 %(value)s 个亲情账户里。"), ""),
    "care_consent_age": (
        _("满 %(value)s 岁的家人，本人同意后才能由别人出示医保码。"),
        _("不分年龄，本人同意后才能由别人出示医保码。"),
    ),
}
