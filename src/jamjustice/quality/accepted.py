"""Findings that curators looked at and accept: `data/accepted.toml`.

Each entry names the rule, its severity, the resources, and who accepted it, when and why.
Violations cannot be accepted.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jamjustice.errors import InputError, Problem
from jamjustice.quality.findings import Finding, Severity, beside
from jamjustice.text import display, split_lines, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jamjustice.project import Project

FILE = "data/accepted.toml"
_KEYS = {"rule", "severity", "focus", "by", "on", "because"}


@dataclass(frozen=True)
class Accepted:
    """One accepted finding."""

    rule: str
    severity: Severity
    focus: str
    by: str
    on: datetime.date
    because: str
    line: int

    def __str__(self) -> str:
        """Who accepted it, when and why."""
        return " ".join(f"{self.by}, {self.on:%Y-%m-%d}: {self.because}".split())


def read_accepted(project: Project, prefixes: Mapping[str, str]) -> tuple[Accepted, ...]:
    """The accepted findings of a project. Raises InputError with the line of an entry that is wrong."""
    path = project.folder / FILE
    if not path.exists():
        return ()
    shown, text = display(path), project.rebase(text_of(path))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise InputError(Problem(shown, int(found[1]) if found else 0, 0, f"this is not TOML: {error}.")) from None
    entries = table.get("accepted", [])
    if set(table) - {"accepted"} or not isinstance(entries, list):
        raise InputError(Problem(shown, 1, 0, "this file holds tables [[accepted]] and nothing else."))
    heading = re.compile(r"\s*\[\[\s*[\"']?accepted[\"']?\s*\]\]")
    starts = [n for n, row in enumerate(split_lines(text), start=1) if heading.match(row)]
    accepted: list[Accepted] = []
    for entry, line in zip(entries, [*starts, *[1] * len(entries)], strict=False):
        if complaint := _complaint(entry):
            raise InputError(Problem(shown, line, 0, complaint))
        severity = Severity(entry["severity"])
        accepted += [
            Accepted(entry["rule"], severity, _iri(focus, prefixes), entry["by"], entry["on"], entry["because"], line)
            for focus in entry["focus"]
        ]
    return tuple(accepted)


def _complaint(entry: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        return f"an accepted finding is a table [[accepted]] with exactly: {', '.join(sorted(_KEYS))}."
    if entry["severity"] not in ("Warning", "Info"):
        return f'severity is "Warning" or "Info", not {entry["severity"]!r}: a violation cannot be accepted.'
    if not isinstance(entry["focus"], list) or not all(isinstance(v, str) for v in entry["focus"]):
        return 'focus is a list of resources, such as ["output:life-lessons"].'
    if not isinstance(entry["on"], datetime.date):
        return "on is a day, such as 2026-11-22."
    texts = (entry[key] for key in ("rule", "by", "because"))
    return "" if all(isinstance(v, str) and v.strip() for v in texts) else "rule, by and because are texts."


def _iri(text: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = text.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else text


def mark_known(
    findings: Iterable[Finding], accepted: Iterable[Accepted], file: str, *, base: str = "", complete: bool = True
) -> list[Finding]:
    """The findings with the accepted ones marked, and a warning for each accepted one that did not occur.

    Whether one occurs can only be said of findings that are `complete`.
    """
    waiting = {(a.rule, a.severity, a.focus): a for a in accepted}
    met: set[tuple[str, Severity, str]] = set()
    marked = []
    for finding in findings:
        key = (finding.rule, finding.severity, finding.focus)
        met.add(key)
        marked.append(replace(finding, known=str(waiting[key])) if key in waiting else finding)
    gone = [_gone(entry, file) for key, entry in waiting.items() if key not in met] if complete else []
    return marked + [beside(finding, base) for finding in gone]


def _gone(entry: Accepted, file: str) -> Finding:
    """The warning about an accepted finding that did not occur."""
    message = f"The accepted finding {entry.rule} on <{entry.focus}> no longer occurs."
    return Finding(file, entry.line, 1, Severity.WARNING, "accepted", "", message, focus=entry.focus)
