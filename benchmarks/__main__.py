"""`benchmarks/run`: fill, serve, measure, print a table and JSON, add a line to the history."""

import argparse
import json
import os
import sys

import django

from benchmarks import report
from benchmarks.place import Place


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("--members", type=int, default=100_000, metavar="N", help="from 100")
    parser.add_argument("--seconds", type=int, default=10, metavar="S", help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, metavar="R", help="the median counts")
    asked = parser.parse_args()
    if asked.members < 100 or asked.seconds < 1 or asked.rounds < 1:
        parser.error("at least 100 members, one second and one round")

    here = report.circumstances(asked)
    place = Place(asked.members)
    if place.fill():
        print(f"filled; kept for later runs in {place.home}", file=sys.stderr)
    place.copy()
    os.environ.update(place.environment(place.url))
    django.setup()
    from benchmarks.measuring import Measuring

    with place.portal() as port:
        found = Measuring(place, port, asked.seconds).rounds(asked.rounds)
    print(report.table(here, found))
    print(json.dumps(here | found, ensure_ascii=False))
    report.remember(here | found)


if __name__ == "__main__":
    main()
