"""A report as text for a person, JSON for a program, or a standard SHACL validation report in Turtle."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple
from jamjustice.graph.write import turtle
from jamjustice.quality.findings import Severity
from jamjustice.vocabulary import RDF_TYPE, SH, XSD

if TYPE_CHECKING:
    from jamjustice.quality.check import Report


def as_text(report: Report) -> str:
    """One line a finding, then a summary."""
    return "".join(f"{finding}\n" for finding in report.findings) + summary(report) + "\n"


def summary(report: Report) -> str:
    """The numbers in one sentence."""
    new = _counts(report, known=False)
    known = _counts(report, known=True)
    statements = f"{report.statements:,} {'statement' if report.statements == 1 else 'statements'}"
    looked = f"{statements} in {report.files} {'file' if report.files == 1 else 'files'}"
    return f"Checked {looked}: {new or 'nothing found'}{f'; known: {known}' if known else ''}."


def _counts(report: Report, *, known: bool) -> str:
    numbers = {severity.lower(): report.count(severity, known=known) for severity in Severity}
    return ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for name, number in numbers.items() if number)


def as_json(report: Report) -> str:
    """The findings with all their parts, and the counts."""
    document = {
        "statements": report.statements,
        "files": report.files,
        "counts": {
            severity.value: {"new": report.count(severity, known=False), "known": report.count(severity, known=True)}
            for severity in Severity
        },
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_turtle(report: Report) -> str:
    """A `sh:ValidationReport` (SHACL 3.6.1) of everything that pySHACL reported, known findings included."""
    node, conforms = BlankNode("report"), NamedNode(SH + "conforms")
    boolean = NamedNode(XSD + "boolean")
    triples = [Triple(node, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationReport"))]
    found = False
    for outcome in report.outcomes:
        reports = {triple.subject for triple in outcome.report if triple.predicate == conforms}
        found = found or bool(outcome.violations)
        for subject, predicate, object_ in outcome.report:
            if subject not in reports:
                triples.append(Triple(subject, predicate, object_))
            elif predicate.value == SH + "result":
                triples.append(Triple(node, predicate, object_))
    triples.append(Triple(node, conforms, Literal("false" if found else "true", datatype=boolean)))
    return turtle(triples, {"sh": SH, **report.prefixes})
