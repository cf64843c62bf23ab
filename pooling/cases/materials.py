"""What people may be asked to bring: the words of each material, by its code.

Here rather than at the desk, because the member reads them too, on a notice of what is missing.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

WORDS = {
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
}
#: Each of these by itself can prove a relation.
PROVING = (
    "household_register",
    "marriage_certificate",
    "birth_certificate",
    "adoption_certificate",
    "kinship_certificate",
)


def words(codes: Iterable[str]) -> list[str]:
    """Return materials in words, in the order of the list; unknown codes are left out."""
    wanted = set(codes)
    return [str(word) for code, word in WORDS.items() if code in wanted]
