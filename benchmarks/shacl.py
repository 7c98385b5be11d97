"""How fast `jamjustice check` is beside pySHACL and pyrudof. One command, one Markdown table; see README.md.

python benchmarks/shacl.py --quick
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from contextlib import nullcontext
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from cases import Case, collection_cases, shipped_case
from goals import goals
from peers import PEERS, Row, Run, installed, run_jamjustice, run_peer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from measure import Measurement

SIZES = (16_000, 160_000, 1_000_000)
PACKAGES = ("jamjustice", "pyshacl", "rdflib", "pyoxigraph", "pyrudof")


def main() -> int:
    """Measure, and print as it goes; 1 where jamjustice fails or disagrees with pySHACL."""
    asked = _arguments()
    keep: Path | None = asked.keep
    rows: list[Row] = []
    with nullcontext(keep) if keep else tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        _out(*_about(asked), "", *_head(asked.peers))
        for row in _measured(_cases(folder, asked), folder, asked):
            rows.append(row)
            _out(_line(row, asked.peers))
    _out("", "## Against the goals", "", *goals(rows))
    problems = [problem for row in rows for problem in _problems(row)]
    if problems:
        _out("", "## DISAGREEMENTS AND FAILURES", "", *(f"- {problem}" for problem in problems))
        _say(*problems)
    return 1 if any(not row.own.measurement.ended or "pyshacl" in row.disagreements for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure SHACL validation by jamjustice, pySHACL and pyrudof.")
    parser.add_argument("--quick", action="store_true", help="only the shipped graph and 16 thousand triples")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="N", help="triples of the collections")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), help="whom to compare with")
    parser.add_argument("--repeat", type=int, default=3, help="runs of what takes less than 10 s; the best counts")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="after which a peer is stopped")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write data, shapes and the last reports there, and keep them"
    )
    asked = parser.parse_args()
    asked.sizes = SIZES[:1] if asked.quick else asked.sizes
    return asked


def _cases(folder: Path, asked: argparse.Namespace) -> Iterator[Case]:
    yield shipped_case(folder)
    yield from collection_cases(folder, asked.sizes)


def _measured(cases: Iterator[Case], folder: Path, asked: argparse.Namespace) -> Iterator[Row]:
    """Each case once everyone has been measured on it."""
    for case in cases:
        _say(f"{case.name} ({case.triples:,} triples)")
        own = run_jamjustice(case, folder, repeat=asked.repeat, limit=max(asked.limit, 600))
        _say(f"  jamjustice {_seconds(own.measurement)} s")
        found: dict[str, Run] = {}
        for peer in filter(installed, asked.peers):
            found[peer] = run_peer(peer, case, folder, repeat=asked.repeat, limit=asked.limit)
            _say(f"  {PEERS[peer]} {_seconds(found[peer].measurement)} s")
        yield Row(case, own, found)


def _about(asked: argparse.Namespace) -> list[str]:
    """What was measured with what, for whoever reads the table later."""
    repeats = f"the best of {asked.repeat} runs (of one, from 10 s on)"
    return [
        "# SHACL validation",
        "",
        f"- Software: Python {platform.python_version()}, {', '.join(map(_version, PACKAGES))}",
        f"- Machine: {os.cpu_count()} × {_processor()}, {platform.system()}",
        f"- Whole processes, start-up and reading included: {repeats}; a peer is stopped after {asked.limit:g} s",
    ]


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").split("\n") if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _head(peers: Sequence[str]) -> list[str]:
    columns = ["case", "triples", "jamjustice s", "MiB"]
    columns += [column for peer in peers for column in (f"{PEERS[peer]} s", "MiB", "ratio")]
    return [_table_row([*columns, "results"]), f"|---|{'---:|' * len(columns)}"]


def _line(row: Row, peers: Sequence[str]) -> str:
    cells = [row.case.name, f"{row.case.triples:,}", *_cells(row.own.measurement)]
    for peer in peers:
        if peer not in row.peers:
            cells += ["not installed", "", ""]
            continue
        measured = row.peers[peer].measurement
        comparable = row.own.measurement.ended and not measured.problem
        ratio = f"{'> ' * measured.killed}{row.ratio(peer):.1f}×" if comparable else "–"
        cells += [*_cells(measured), ratio]
    return _table_row([*cells, _results(row)])


def _cells(measured: Measurement) -> list[str]:
    return [_seconds(measured), f"{measured.mebibytes:,.0f}"]


def _seconds(measured: Measurement) -> str:
    if measured.problem:
        return f"failed: {measured.problem[:80].replace('|', '/')}"
    return f"> {measured.seconds:,.0f}" if measured.killed else f"{measured.seconds:,.2f}"


def _results(row: Row) -> str:
    """The verdict that all share; else everyone's own."""
    if not row.disagreements and row.own.verdict:
        return str(row.own.verdict)
    verdicts = {"jamjustice": row.own.verdict} | {PEERS[peer]: run.verdict for peer, run in row.peers.items()}
    shown = (f"{name} {found}" for name, found in verdicts.items() if found)
    return f"**{', '.join(shown) or 'none'}**"


def _problems(row: Row) -> Iterator[str]:
    """What nobody should overlook."""
    if not row.own.measurement.ended:
        yield f"{row.case.name}: jamjustice did not end: {row.own.measurement.problem or 'stopped at the limit'}"
    for peer in row.disagreements:
        theirs, own = row.peers[peer].verdict, row.own.verdict
        same = ", about other nodes" if theirs and own and theirs.results == own.results else ""
        yield f"{row.case.name}: jamjustice says {own}, {PEERS[peer]} says {theirs}{same}"


def _table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _out(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
