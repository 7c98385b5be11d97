"""Where the command line writes: data to standard output or a file, everything else to standard error."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from jamjustice.errors import InputError, Problem


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
