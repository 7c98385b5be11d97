"""Who validates: jamjustice, and the validators that it is compared with."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

from cases import JAMJUSTICE, REPOSITORY, Case
from measure import Job, Measurement, best
from verdict import Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

PEERS = {"pyshacl": "pySHACL", "pyrudof": "pyrudof"}
"""The modules of the peers, and what they are called."""


@dataclass(frozen=True)
class Run:
    """What one validator needed for a case, and what it found; no verdict where it did not end."""

    measurement: Measurement
    verdict: Verdict | None


@dataclass(frozen=True)
class Row:
    """A case with the run of jamjustice and those of the peers."""

    case: Case
    own: Run
    peers: Mapping[str, Run]

    @property
    def disagreements(self) -> list[str]:
        """The peers whose verdict is another one."""
        own = self.own.verdict
        return [peer for peer, run in self.peers.items() if own and run.verdict and run.verdict != own]

    def ratio(self, peer: str) -> float:
        """How many times as long the peer took; where it was killed, it took longer than that."""
        return self.peers[peer].measurement.seconds / self.own.measurement.seconds


def installed(peer: str) -> bool:
    """Whether a peer can be run."""
    return find_spec(peer) is not None


def run_jamjustice(case: Case, folder: Path, *, repeat: int, limit: float) -> Run:
    """`jamjustice check`, in the repository for the shipped project."""
    report = folder / "jamjustice.json"
    (data, shapes), named = case.pairs[0], case.size > 0
    files = ["--data", str(data), "--shapes", str(shapes)] if named else []
    command = [JAMJUSTICE, "check", *files, "--format", "json"]
    measured = best(Job(command, report, REPOSITORY, good=(0, 1)), repeat=repeat, limit=limit)
    return _judged(measured, [report])


def run_peer(peer: str, case: Case, folder: Path, *, repeat: int, limit: float) -> Run:
    """A peer, on one pair of files after another in one process."""
    reports = folder / peer
    reports.mkdir(exist_ok=True)
    script = Path(__file__).with_name(f"validate_{peer}.py")
    command = [sys.executable, str(script), str(reports), *(str(path) for pair in case.pairs for path in pair)]
    measured = best(Job(command, folder / f"{peer}.stdout", folder), repeat=repeat, limit=limit)
    return _judged(measured, [reports / f"{number}.nt" for number in range(len(case.pairs))])


def _judged(measured: Measurement, reports: list[Path]) -> Run:
    """The measurement with the verdict. After an exception Python's exit code is that of a check with findings."""
    try:
        return Run(measured, verdict(reports) if measured.ended else None)
    except CalledProcessError:
        return Run(replace(measured, problem="no report that can be read"), None)
