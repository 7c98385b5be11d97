"""Time and memory of whole processes.

This process must stay small, and so imports nothing large: Linux counts the memory of the process that started another
one into the peak of that other one.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

ONCE = 10.0
"""Seconds from which on a process is run once only."""


MOST = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
"""Bytes that a process may take, so that a hungry one fails and not the machine."""


@dataclass(frozen=True)
class Measurement:
    """One process: wall time, peak memory, and why it did not end well, if it did not."""

    seconds: float
    mebibytes: float
    problem: str = ""
    killed: bool = False

    @property
    def ended(self) -> bool:
        """Whether it ran to its end and did what it should."""
        return not self.problem and not self.killed


@dataclass(frozen=True)
class Job:
    """A command with what belongs to it; its standard output goes to a file."""

    command: Sequence[str]
    output: Path
    folder: Path
    good: Collection[int] = (0,)
    """Exit codes of a process that did its work."""


def best(job: Job, *, repeat: int, limit: float) -> Measurement:
    """The fastest of several runs; the first only, where that is long or did not end."""
    fastest = run(job, limit)
    for _ in range(repeat - 1 if fastest.ended and fastest.seconds < ONCE else 0):
        again = run(job, limit)
        if not again.ended:
            return again
        fastest = min(fastest, again, key=lambda measurement: measurement.seconds)
    return fastest


def run(job: Job, limit: float) -> Measurement:
    """Run a process to its end, or for `limit` seconds."""
    errors = job.output.with_name(f"{job.output.name}.stderr")
    killed = Event()

    def stop() -> None:
        killed.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    with job.output.open("wb") as stdout, errors.open("wb") as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            job.command, cwd=job.folder, env=_environment(), stdout=stdout, stderr=stderr, start_new_session=True
        )
        if sys.platform == "linux":  # elsewhere there is no such guard
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MOST, MOST))
        timer = Timer(limit, stop)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        except BaseException:
            stop()
            raise
        finally:
            timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    problem = "" if killed.is_set() or process.returncode in job.good else _last_line(errors, process.returncode)
    return Measurement(seconds, peak, problem, killed.is_set())


def _environment() -> dict[str, str]:
    """The environment without settings of jamjustice, which would change what it does."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JAMJUSTICE_")}


def _last_line(errors: Path, code: int) -> str:
    lines = errors.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
