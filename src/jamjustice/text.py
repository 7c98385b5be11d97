"""Files as text: UTF-8, and a plain sentence when they are not."""

from __future__ import annotations

import re
from pathlib import Path

from jamjustice.errors import InputError, Problem


def split_lines(text: str) -> list[str]:
    r"""The lines of a text as editors and parsers count them: str.splitlines knows six more ends of a line.

    >>> split_lines("one\x0cstill one\ntwo")
    ['one\x0cstill one', 'two']
    """
    return re.split(r"\r\n|\r|\n", text)


def display(path: Path) -> str:
    """A path as people are told it: from the current folder where it lies below it."""
    full = path.absolute()
    return full.relative_to(Path.cwd()).as_posix() if full.is_relative_to(Path.cwd()) else str(path)


def text_of(path: Path, name: str = "") -> str:
    """The text of a UTF-8 file. Raises InputError that says what is wrong and where."""
    name = name or display(path)
    return decode(bytes_of(path, name), name)


def bytes_of(path: Path, name: str) -> bytes:
    """The content of a file. Raises InputError that says why it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = "there is no such file."
    except IsADirectoryError:
        message = f"this is a folder, not a file. All Turtle files in it: '{name.rstrip('/')}/**/*.ttl'."
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
    raise InputError(Problem(name, 0, 0, message))


def decode(data: bytes, name: str) -> str:
    """UTF-8 bytes as text, without a byte order mark. Raises InputError at the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8. Save the file with the encoding UTF-8."
        raise InputError(Problem(name, line, column, message)) from None
