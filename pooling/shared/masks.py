"""How personal data looks when it is not shown: little enough that nobody can guess the rest."""


def mask_name(name: str) -> str:
    """`张小明` and `张明` both become `张*`, so that length tells nothing."""
    return f"{name[:1]}*" if name else ""


def mask_cert_no(number: str) -> str:
    """Only the last four: with region or birth date beside it a number can be guessed."""
    return "**************" + number[-4:]


def mask_phone(phone: str) -> str:
    """`13812345678` becomes `138****5678`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"
