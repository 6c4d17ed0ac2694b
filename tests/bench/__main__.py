"""`make bench`: every benchmark, as a table and as JSON in build/bench.json."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from bot.logs import configure_logs
from tests.bench import acknowledging, answering, footprint, growth, report, sending
from tests.bench.figure import Figure

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "acknowledging": acknowledging.measure,
    "answering": answering.measure,
    "sending": sending.measure,
    "growth": growth.measure,
    "footprint": footprint.measure,
    "report": report.measure,
}
OUT = Path(__file__).parent.parent.parent / "build" / "bench.json"


def main(wanted: list[str]) -> int:
    """Run the benchmarks of these names, or all of them."""
    unknown = set(wanted) - set(BENCHMARKS)
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.\n")
        return 2
    configure_logs("warning", "console")
    found = {}
    for name in wanted or BENCHMARKS:
        sys.stdout.write(f"\n{name}\n")
        found[name] = BENCHMARKS[name]()
        for figure in found[name]:
            sys.stdout.write(f"  {figure.what:<58} {figure.shown:>12}\n")
            sys.stdout.flush()
    OUT.parent.mkdir(exist_ok=True)
    promised = {each.key: each.value for figures in found.values() for each in figures if each.key}
    details = {name: [vars(each) for each in figures] for name, figures in found.items()}
    OUT.write_text(json.dumps({**promised, "details": details}, indent=1))
    sys.stdout.write(f"\nalso in {OUT.relative_to(OUT.parent.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
