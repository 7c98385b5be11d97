"""A finding: what is wrong, with what, where, how much it matters, and what to do about it."""

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
    data/a.ttl:12:3 VIOLATION C20 Everyday Politics: One title, please.
    """

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    label: str
    message: str
    focus: str = ""
    """The IRI of the thing that was checked; empty for a blank node."""
    path: str = ""
    value: str = ""
    known: str = ""
    """Who accepted it, when and why, for a known finding."""
    advice: str = ""
    """What to do."""
    page: str = ""
    """The address where the rule is explained."""

    def __str__(self) -> str:
        """The finding on one line."""
        what = f"{self.rule} {self.label}: {self.message}" if self.label else f"{self.rule}: {self.message}"
        value = f" Found: {self.value}" if self.value else ""
        known = " (known)" if self.known else ""
        return f"{self.place} {self.severity.upper()} {what}{value}{known}"

    @property
    def place(self) -> str:
        """`file:line:column`, as far as they are known; a hyphen where there is no file."""
        return ":".join([self.file or "-", *(str(n) for n in (self.line, self.column) if n)])

    @property
    def order(self) -> tuple[int, str, int, int, tuple[str, ...]]:
        """Findings are shown by weight, then by place."""
        rest = (self.rule, self.focus, self.path, self.value, self.label, self.message)
        return (-self.severity.weight, self.file, self.line, self.column, rest)


def rule_page(shape_iri: str, base: str) -> str:
    """The address of the page that explains a rule: of the project's own rules page, else what the shape's IRI is.

    Empty for a shape that has no address on the web.

    >>> rule_page("https://e.org/shape#C20", "https://e.org/"), rule_page("https://other.org/s#A", "https://e.org/")
    ('https://e.org/rules#C20', 'https://other.org/s#A')
    >>> rule_page("urn:rules:A", "https://e.org/")
    ''
    """
    if not shape_iri.startswith(("http://", "https://")):
        return ""
    name = local_name(shape_iri)
    return f"{base}rules#{name}" if base and name and shape_iri.startswith(base) else shape_iri


def local_name(iri: str) -> str:
    """What follows the last # or / of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2]
