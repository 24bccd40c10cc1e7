"""`make bench`: every benchmark, one line of JSON at the end; progress on stderr.

`--sizes 1000,10000` says how many documents, `--only NAME` runs one, `--pairs` how often ours and the limit are timed
in turn. Ratios of the same run are told, not seconds: the machine is shared. Nothing here is a test.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import reading, writing
from tests.bench.measure import say

BENCHMARKS = {
    "read_sql": reading.by_sql, "read_xml": reading.by_xml, "read_files": reading.by_files,
    "write_clients": writing.clients, "write_invoices": writing.invoices,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", type=lambda text: [int(one) for one in text.split(",")])
    parser.add_argument("--pairs", default=5, type=int)
    parser.add_argument("--only", choices=BENCHMARKS)
    asked = parser.parse_args()
    found: dict[str, list[Any]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name, benchmark in BENCHMARKS.items():
            for size in asked.sizes if asked.only in {None, name} else ():
                found.setdefault(name, []).append(benchmark(Path(folder), size, asked.pairs))
                say(f"{name}: {found[name][-1]}")
    print(json.dumps({"benchmarks": found}))


if __name__ == "__main__":
    main()
