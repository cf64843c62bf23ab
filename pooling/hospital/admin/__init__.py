"""What staff do about tills; importing registers the pages."""

from pooling.hospital.admin import exchanges, tills

__all__ = ["exchanges", "tills"]
