"""Every model field states how sensitive it is (security classes L1 to L4)."""


def classes(**by_class: str) -> dict[str, str]:
    """Return field name → class from `L3a="name phone", L2="id status"`."""
    return {field: level for level, names in by_class.items() for field in names.split()}
