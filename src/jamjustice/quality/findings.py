"""A finding: what is wrong, with what, where, how much it matters, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from jamjustice.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


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

    source: str = ""
    """The line of the file, where the finding is that it cannot be read."""
    component: str = ""
    """The kind of constraint (SHACL 4), without `ConstraintComponent`."""
    nodes: tuple[object, ...] = field(default=(), compare=False, repr=False)
    """The nodes of the validation report that say this."""

    @property
    def unreadable(self) -> bool:
        """Whether the finding is that something cannot be read."""
        return self.rule in UNREADABLE

    @property
    def problem(self) -> Problem:
        """The finding as a problem with its line and a caret under the column."""
        return Problem(self.file, self.line, self.column, self.message, self.source)

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


UNREADABLE = {
    "syntax": "Mend the line that is named, or what stands right above it. "
    "Nothing else is checked until every file can be read.",
    "query-library": "Mend the query file. Until then the library can be neither listed nor served.",
    "shapes": "Mend the shapes file. Nothing is checked against shapes that are wrong themselves.",
    "settings": "Mend the file. It holds what the whole project is written or checked with.",
}
"""What cannot be read, by rule, and what to do about it."""

BESIDE = {
    **UNREADABLE,
    "accepted": "Take the entry out of data/accepted.toml: the list holds only what still occurs.",
    "evidence-lines": "The source document and the registered lines differ. Find out which of the two changed, "
    "and why; then register every line that is not blank, with its digest, and no other.",
    "evidence-names": "Cite exactly the lines in which a name of the thing is printed. Where the words mean something "
    "else, say so where the exemptions of the project stand.",
    "evidence-printed": "Write what is printed letter by letter, or cite the line where it is printed.",
    "evidence-topics": "Cite only lines that hold a label of the topic, or add the label.",
    "evidence-prose": "Say it in words of your own: sentences of the source may not be copied.",
}
"""What is found beside the shapes, by rule, and what to do about it."""


def beside(finding: Finding, base: str) -> Finding:
    """A finding of a rule that is no shape, with what to do and where to read more."""
    page = f"{base}rules#{finding.rule}" if base else ""
    return replace(finding, advice=BESIDE[finding.rule], page=page)


def unreadable(problems: Iterable[Problem], rule: str, base: str = "") -> list[Finding]:
    """Problems of files as findings."""
    found = (
        Finding(p.file, p.line, p.column, Severity.VIOLATION, rule, "", p.message, source=p.source) for p in problems
    )
    return [beside(finding, base) for finding in found]


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
