"""What staff do about tills; importing registers the pages."""

from pooling.hospital.admin import exchanges, institutions, tills

__all__ = ["exchanges", "institutions", "tills"]
