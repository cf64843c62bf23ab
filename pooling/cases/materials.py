"""What people may be asked to bring: the words of each material, by its code.

Here rather than at the desk, because the member reads them too, on a notice of what is missing;
in the words of `policy`, because an area may name them too.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from pooling.policy.wording import MATERIALS

WORDS = {
    **MATERIALS,
    # What shows that the registry is wrong; no area asks applicants for these.
    "death_certificate": _("死亡证明"),
    "divorce_certificate": _("离婚证或生效的离婚判决书"),
    "finding": _("有关部门的查证文书"),
    # What a premium asked back needs; the form only at a window, where nobody gives a code.
    "premium_receipt": _("缴费凭证"),
    "claim_form": _("申请人签字的保费报销申请书"),
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
