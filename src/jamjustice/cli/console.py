"""Where the command line writes: data to standard output or a file, everything else to standard error."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from jamjustice.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Result = TypeVar("Result")
Step = Callable[[str, int, int], None]
"""What is called with the name of a step, how much of it is done, and how much there is."""
Progress = tuple[str, int, int]
"""What is being done, how much of it is done, and how much there is."""

PATIENCE = 1.0
"""Seconds before a person is shown how far something is."""


def say(text: str) -> None:
    """A line for the person, on standard error."""
    click.echo(text, err=True)


def emit(data: bytes, output: str = "-") -> None:
    """Write data to standard output or, whole or not at all, to a file. Raises InputError when it cannot be written."""
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    replace_file(Path(output), data)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file by a new one beside it, so that a failure leaves the old one as it was. Raises InputError."""
    try:
        target = path.resolve()  # a link stays a link
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.write(data)
            return
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        mode = path.stat().st_mode if path.exists() else None
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as stream:
            temporary = Path(stream.name)
            try:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
                temporary.chmod(mode if mode is not None else 0o666 & ~_umask())
                temporary.replace(target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(
            Problem(str(path), 0, 0, f"cannot be written: {error.strerror}. Nothing was changed.")
        ) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def colours() -> bool:
    """Whether standard output is a terminal that may be sent colours (https://no-color.org/)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def stdin() -> bytes:
    """All of standard input."""
    return sys.stdin.buffer.read()


def watched(work: Callable[[Step], Result]) -> Result:
    """Do something long, which can be interrupted, and show on a terminal how far it is.

    It is done in a thread, because an engine in this one would keep Ctrl-C waiting. `work` is given what to call with
    the name of the step, how much of it is done, and how much there is.
    """
    now: list[Progress] = [("Reading", 0, 0)]
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work(lambda *step: now.__setitem__(0, step)))
        except BaseException as error:  # raised again in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive() and sys.stderr.isatty():
        _show(thread, lambda: now[0])
    while thread.is_alive():
        thread.join(0.2)
    if errors:
        raise errors[0]
    return results[0]


def _show(thread: threading.Thread, now: Callable[[], Progress]) -> None:
    """A bar on standard error, taken away at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("", total=None)
        for step, done, of in _steps(thread, now):
            bars.update(bar, description=step, completed=done, total=of or None)


def _steps(thread: threading.Thread, now: Callable[[], Progress]) -> Iterator[Progress]:
    while thread.is_alive():
        yield now()
        time.sleep(0.1)
