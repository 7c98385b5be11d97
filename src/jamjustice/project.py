"""Where a project is: its folders `ontology/ data/ queries/`, its settings and its base IRI.

The folder is, in this order: the one that is named (`--project`, `JAMJUSTICE_PROJECT`), the nearest one upwards
from the current folder that holds a `jamjustice.toml`, the checkout that this package is installed from, the copy
inside the installed package.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem, UsageError
from jamjustice.settings import FILE, Settings, read_settings
from jamjustice.text import display

if TYPE_CHECKING:
    from collections.abc import Iterator

DERIVED = "derived"
"""The graph that is computed from the data."""

QUERIES = "queries"
"""The graph of the query library."""

COMPUTED = (DERIVED, QUERIES)
"""Graphs that are never written by hand, so no folder of `data/` may have their names."""


@dataclass(frozen=True)
class Project:
    """One project on disk.

    >>> open_project().settings.name
    'jam-and-justice'
    """

    folder: Path
    settings: Settings

    @property
    def base(self) -> str:
        """The IRI that everything of the project starts with."""
        return self.settings.base

    def rebase(self, text: str) -> str:
        """Text of one of the project's files, spelled with the base that is published."""
        return text.replace(self.settings.written_base, self.base)

    def rebased(self, base: str) -> Project:
        """The same project published under another base IRI."""
        return replace(self, settings=self.settings.rebased(base))

    def graph(self, name: str) -> str:
        """The IRI of a named graph: a folder of `data/`, or a computed one."""
        return f"{self.base}graph/{name}"

    @cached_property
    def graph_names(self) -> tuple[str, ...]:
        """The folders of `data/`, in alphabetical order: each is a named graph."""
        folders = (p for p in (self.folder / "data").iterdir() if p.is_dir() and not p.name.startswith("."))
        return tuple(sorted(p.name for p in folders))

    def files(self, folder: str, suffix: str) -> list[Path]:
        """The files with a suffix in one of the project's folders and below it, in a fixed order."""
        found = (path for path in _walk(self.folder / folder) if path.name.endswith(suffix))
        return sorted(found, key=lambda p: p.relative_to(self.folder).as_posix())

    def data_files(self) -> dict[Path, str]:
        """Every data file with the name of its graph."""
        return {path: path.relative_to(self.folder / "data").parts[0] for path in self.files("data", ".ttl")}


def open_project(folder: str | os.PathLike[str] | None = None, *, base: str | None = None) -> Project:
    """Find a project and read its settings.

    Raises UsageError when there is none or a folder is missing, SettingsError for a setting that may not be.
    """
    found = _named(folder or os.environ.get("JAMJUSTICE_PROJECT")) or _upwards(Path.cwd()) or _installed()
    for needed in ("ontology", "data", "queries"):
        if not (found / needed).is_dir():
            raise UsageError(f"{found} has no folder {needed}/: a project holds ontology/, data/ and queries/.")
    project = Project(found, read_settings(found, os.environ))
    return project.rebased(base) if base else project


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, through links but never in a circle; hidden ones are not the project's.

    Raises InputError for a folder that cannot be read.
    """

    def fail(error: OSError) -> None:
        raise InputError(Problem(display(Path(error.filename)), 0, 0, f"cannot be read: {error.strerror}."))

    seen: set[str] = set()
    for here, folders, files in os.walk(folder, onerror=fail if folder.exists() else None, followlinks=True):
        if (real := os.path.realpath(here)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in files if not name.startswith("."))


def _named(folder: str | os.PathLike[str] | None) -> Path | None:
    if not folder:
        return None
    path = Path(folder).absolute()
    if not path.is_dir():
        raise UsageError(f"{folder} is not a folder: name one that holds {FILE}, ontology/, data/ and queries/.")
    if not (path / FILE).is_file():
        raise UsageError(
            f"{folder} has no {FILE}. Make one with at least two lines:\n"
            '    name = "my-project"\n    base = "https://example.org/my-project/"'
        )
    return path


def _upwards(start: Path) -> Path | None:
    return next((p for p in (start, *start.parents) if (p / FILE).is_file()), None)


def _installed() -> Path:
    package = Path(__file__).parent
    for path in (package.parents[1], package / "_project"):
        if (path / FILE).is_file() and (path / "data").is_dir():
            return path
    raise UsageError(f"There is no project here: no {FILE} in this folder or above it. Name one with --project FOLDER.")
