"""The texts people sign, word for word, by version. Pure.

A text in use is never edited: a changed word is a new version. Whoever signs sends back the
version and the fingerprint of what was on the page, so that the stored signature names the
very text that was shown.
"""

from functools import lru_cache

from cryptography.hazmat.primitives import hashes

#: What the portal shows today.
CURRENT = "2026-11"
#: Signed on paper at a window or in an older system; the sheet is filed there.
PAPER = "paper-1"

TEXTS = {
    "2026-11": """家庭共济授权书（含亲属关系承诺）

一、我自愿授权我填写的这位家人，在就医、购药等费用中由个人负担的部分，可以从我的职工医保个人账户支付。
二、家人仍须使用本人的医保卡或医保电子凭证就医；共济的是钱，不是卡。
三、支付范围、次序和上限按我参保地的规定以及我设定的限额执行；限额可以随时调低。
四、我可以随时暂停使用，家人也可以随时停用；解除按参保地的规定生效，已经结算的费用不受影响。
五、我承诺所填的亲属关系、姓名和证件号码真实、准确。如有虚假，我愿退回所支付的款项，并承担相应的法律责任。
六、我知道每笔支付都会通知我和家人，并可查看支付的依据；我看不到家人的科室、诊断和药品。
""",
    "paper-1": """家庭共济授权书（纸质）

授权人已在经办窗口或原系统签署家庭共济授权书，原件由经办机构留存。
""",
}


class UnknownText(KeyError):
    """No text has this version."""


def text(version: str) -> str:
    """Return a text word for word. Raises UnknownText."""
    try:
        return TEXTS[version]
    except KeyError:
        raise UnknownText(version) from None


@lru_cache(maxsize=16)
def fingerprint(version: str) -> str:
    """Return the SM3 fingerprint of a text as 64 hex digits. Raises UnknownText."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(text(version).encode())
    return digest.finalize().hex()
