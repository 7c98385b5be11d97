"""What can go wrong, as one small tree.

    JamJusticeError            exit  HTTP
    ├── UsageError               2   400   an option, a setting, a name or a value that cannot be meant
    │   ├── SettingsError        2   500   jamjustice.toml says something it may not
    │   └── UnknownName          2   404   no query, parameter or format of that name
    ├── InputError               3   500   files that cannot be read or parsed, all of them at once
    └── QueryError               4   400   a query that cannot be answered
        ├── QuerySyntaxError     4   400   with line, column and a caret
        ├── QueryRefused         4   403   it asks for something this engine never does
        ├── QueryTimeout         4   504   it ran past its deadline
        ├── EngineFailed         4   503   the engine died while it evaluated
        └── EndpointError        4   502   a SPARQL endpoint elsewhere did not give an answer

Every error prints as a few lines that say where and what to do, and maps to one exit code and one HTTP status.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class JamJusticeError(Exception):
    """The root of the tree; never raised itself."""

    exit_code = 1
    status = 500


class UsageError(JamJusticeError):
    """Something asked for in a way that cannot be meant."""

    exit_code = 2
    status = 400


class SettingsError(UsageError):
    """A settings file that says something it may not.

    >>> print(SettingsError("jamjustice.toml", 3, "port must be a number from 1 to 65535"))
    jamjustice.toml:3: port must be a number from 1 to 65535
    """

    status = 500

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line = file, line


class UnknownName(UsageError):  # noqa: N818 - it names what is wrong
    """A name that nothing bears; says the nearest right ones.

    >>> print(UnknownName("query", "project-taem", ["project-team", "coverage"]))
    There is no query "project-taem". Did you mean "project-team"?
    >>> print(UnknownName("format", "word", ["csv", "json"]))
    There is no format "word". There are: csv, json.
    """

    status = 404

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
        if near:
            advice = "Did you mean " + " or ".join(f'"{n}"' for n in near) + "?"
        elif names:
            advice = f"There are: {', '.join(names[:40])}."
        else:
            advice = "There is none at all."
        super().__init__(f'There is no {kind} "{name}". {advice}{" " + hint if hint else ""}')
        self.kind, self.name, self.near = kind, name, near


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one file: lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str
    source: str = ""

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        return f"{place}: {self.message}" + (f"\n{caret(self.source, self.column)}" if self.source.strip() else "")


class InputError(JamJusticeError):
    """Files that cannot be read or parsed: every problem of every file, not only the first."""

    exit_code = 3

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class QueryError(JamJusticeError):
    """A query that cannot be answered."""

    exit_code = 4
    status = 400


class QuerySyntaxError(QueryError):
    r"""A query that is not SPARQL 1.1, with the place where that shows.

    >>> print(QuerySyntaxError("SELECT * {\n  ?s ?p }", 2, 9, "an object is missing"))
    line 2, column 9: an object is missing
        ?s ?p }
              ^
    """

    def __init__(self, text: str, line: int, column: int, message: str, file: str = "") -> None:
        lines = text.split("\n")
        shown = lines[line - 1] if 0 < line <= len(lines) else ""
        place = f"{file}:{line}:{column}" if file else f"line {line}, column {column}"
        super().__init__(f"{place}: {message}" + (f"\n{caret(shown, column)}" if shown.strip() else ""))
        self.line, self.column, self.message = line, column, message


class QueryRefused(QueryError):  # noqa: N818
    """A query that asks for what this engine never does, such as calling another address."""

    status = 403


class QueryTimeout(QueryError):  # noqa: N818
    """A query that ran past its deadline and was ended."""

    status = 504


class EngineFailed(QueryError):  # noqa: N818
    """The engine died while it evaluated one query; the next one finds a new engine."""

    status = 503


class EndpointError(QueryError):
    """A SPARQL endpoint elsewhere that is unreachable, slow, or answers something else."""

    status = 502


def caret(source: str, column: int) -> str:
    """Show a line of text with a caret under its column (from 1), cut to what a terminal holds.

    >>> print(caret("  a b", 5))
        a b
          ^
    """
    start = max(0, column - 60)
    shown = source[start : start + 110].replace("\t", " ")
    stripped = shown.lstrip()
    indent = len(shown) - len(stripped)
    return f"    {stripped}\n" + " " * (4 + max(0, column - 1 - start - indent)) + "^"
