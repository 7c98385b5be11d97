"""What a report says: how many results, and about which nodes.

    python verdict.py FILE…

The files are either the JSON of `jamjustice check` or SHACL validation reports in N-Triples. It is a process of its own
because large reports need memory that would be counted where it does not belong (see measure.py).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True)
class Verdict:
    """The number of results, and a digest of their focus nodes and severities."""

    results: int
    digest: str

    def __str__(self) -> str:
        """The number, or that there is none."""
        return f"{self.results:,}" if self.results else "conforms"


def verdict(files: Iterable[Path]) -> Verdict:
    """The verdict in some reports, read in another process."""
    command = [sys.executable, __file__, *map(str, files)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
    return Verdict(**json.loads(found.stdout))


def _read(files: Iterable[Path]) -> Verdict:
    rows = sorted(row for file in files for row in (_json(file) if file.suffix == ".json" else _report(file)))
    return Verdict(len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())


def _json(file: Path) -> Iterator[str]:
    for finding in json.loads(file.read_bytes())["findings"]:
        yield _row(finding["focus"], finding["severity"])


def _report(file: Path) -> Iterator[str]:
    import pyoxigraph as ox

    results: list[ox.BlankNode | ox.NamedNode] = []
    details: dict[str, dict[object, str]] = {SH + "focusNode": {}, SH + "resultSeverity": {}}
    for subject, predicate, object_, _ in ox.parse(path=file, format=ox.RdfFormat.N_TRIPLES):
        if predicate.value == SH + "result" and isinstance(object_, ox.BlankNode | ox.NamedNode):
            results.append(object_)
        elif predicate.value in details and not isinstance(object_, ox.Triple):
            details[predicate.value][subject] = object_.value
    focus, severity = details.values()
    for result in results:
        yield _row(focus[result], severity[result].removeprefix(SH))


def _row(focus: str, severity: str) -> str:
    """One result; blank nodes, which each peer names as it likes, are all called the same."""
    return f"{focus if ':' in focus else '_'} {severity}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_read(map(Path, sys.argv[1:])))))
