"""A finding: what is wrong, with what, where, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The severities of SHACL (section 2.1.4), the weightiest first."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"

    @property
    def weight(self) -> int:
        """0 for an Info, 2 for a Violation."""
        return {"Violation": 2, "Warning": 1, "Info": 0}[self.value]


@dataclass(frozen=True)
class Finding:
    """One thing a rule found. Lines and columns count from 1; 0 where there is no place in a file.

    >>> print(Finding("data/a.ttl", 12, 3, Severity.VIOLATION, "C20", "Everyday Politics", "One title, please."))
    data/a.ttl:12 VIOLATION C20 Everyday Politics: One title, please.
    """

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    label: str
    message: str
    focus: str = ""
    path: str = ""
    value: str = ""
    known: str = ""
    """Why it was accepted, for a known finding."""

    def __str__(self) -> str:
        """The finding on one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file or "-"
        what = f"{self.rule} {self.label}: {self.message}" if self.label else f"{self.rule}: {self.message}"
        value = f" Found: {self.value}" if self.value else ""
        known = " (known)" if self.known else ""
        return f"{place} {self.severity.upper()} {what}{value}{known}"

    @property
    def order(self) -> tuple[int, str, int, int, str, str]:
        """Findings are shown by weight, then by place."""
        return (-self.severity.weight, self.file, self.line, self.column, self.rule, self.value)
