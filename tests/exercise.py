"""How much the random tests do: CI a little, `EXERCISE=1` the long run of `make exercise`."""

import os


def times(*, ci: int, long_run: int) -> int:
    """Return the number of repetitions: `ci` by default, else this share of the long run."""
    share = os.environ.get("EXERCISE")
    return ci if not share else max(1, int(long_run * float(share)))
