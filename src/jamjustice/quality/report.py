"""A report for a person (text, HTML), for a program (JSON, Turtle), or for the pages of a pull request (GitHub)."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, plain
from jamjustice.graph.write import BLANK_NODES, natural, turtle
from jamjustice.quality.accepted import FILE
from jamjustice.quality.findings import Severity
from jamjustice.vocabulary import RDF_TYPE, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jamjustice.quality.check import Report
    from jamjustice.quality.findings import Finding

SHOWN = 10
"""So many findings of one rule are listed in text."""

MEANINGS = {
    Severity.VIOLATION: "breaks a rule of the data and must be mended",
    Severity.WARNING: "may be wrong: a person should look at it",
    Severity.INFO: "is no fault, but worth knowing",
}
"""What the severities ask of a person."""

_WIDTH = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Group:
    """The findings of one rule; those that are known are grouped by who accepted them and why."""

    severity: Severity
    rule: str
    page: str
    known: str
    findings: tuple[Finding, ...]

    @property
    def message(self) -> str:
        """What all of them say; empty when they differ."""
        said = {finding.message for finding in self.findings}
        return said.pop() if len(said) == 1 else ""

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do."""
        return tuple(dict.fromkeys(finding.advice for finding in self.findings if finding.advice))


def groups(findings: Iterable[Finding]) -> list[Group]:
    """Findings by rule: the weightiest first, then by the number of the rule; in a group in the order of the places."""
    found: dict[tuple[Severity, str, str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.order):
        found.setdefault((finding.severity, finding.rule, finding.page, finding.known), []).append(finding)
    keys = sorted(found, key=lambda key: (-key[0].weight, natural(key[1]), key[2:]))
    return [Group(*key, findings=tuple(found[key])) for key in keys]


def new(report: Report) -> list[Group]:
    """The findings that nobody has accepted, by rule."""
    return groups(finding for finding in report.findings if not finding.known)


def known(report: Report) -> list[Group]:
    """The accepted findings, by rule and by who accepted them."""
    return groups(finding for finding in report.findings if finding.known)


def numbered(number: int, noun: str) -> str:
    """A number with its noun.

    >>> numbered(1, "finding"), numbered(2000, "finding")
    ('1 finding', '2,000 findings')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(report: Report) -> str:
    """The numbers in one sentence."""
    found = _counts(report, known=False) or "nothing found"
    accepted = _counts(report, known=True)
    parts = [found, *([f"known: {accepted}"] if accepted else [])]
    if report.left_out:
        parts.append(f"{numbered(report.left_out, 'more finding')} not shown (--max-findings)")
    if report.unseen:
        more = f"{report.unseen:,} more {'thing was' if report.unseen == 1 else 'things were'}"
        parts.append(f"{more} suspected and not looked at (--max-findings)")
    if problems := sum(1 for finding in report.findings if finding.unreadable):
        return f"{numbered(problems, 'problem')} to mend before everything can be checked."
    looked = f"{numbered(report.statements, 'statement')} in {numbered(report.files, 'file')}"
    return f"Checked {looked}: {'; '.join(parts)}."


def _counts(report: Report, *, known: bool) -> str:
    numbers = {severity.lower(): report.count(severity, known=known) for severity in Severity}
    return ", ".join(numbered(number, name) for name, number in numbers.items() if number)


# Text ------------------------------------------------------------------------------------------------------------


def as_text(report: Report, *, show_known: bool = False) -> str:
    """The findings by rule, what to do about them, and a summary at the end."""
    blocks = ["\n".join(_shown_problem(finding) for finding in report.findings if finding.unreadable)]
    blocks += [_block(group) for group in new(report) if not group.findings[0].unreadable]
    blocks = [block for block in blocks if block]
    accepted = known(report)
    if show_known:
        blocks += [_block(group) for group in accepted]
        accepted = []
    by_rule: dict[str, int] = {}
    for group in accepted:
        by_rule[group.rule] = by_rule.get(group.rule, 0) + len(group.findings)
    end = [f"known: {_plain(r)} ({numbered(n, 'finding')}, accepted in {FILE})" for r, n in by_rule.items()]
    return "\n\n".join([*blocks, "\n".join([*end, summary(report)])]) + "\n"


def _shown_problem(finding: Finding) -> str:
    """What cannot be read: the place first, as editors and terminals take it up, then the line and a caret."""
    return "\n".join(_plain(row) for row in str(finding.problem).split("\n"))


def _block(group: Group) -> str:
    number = numbered(len(group.findings), "finding") + (", known" if group.known else "")
    message = f": {_plain(group.message)}" if group.message else ""
    rows = [f"{group.severity.upper()} {_plain(group.rule)} ({number}){message}"]
    rows += [_row(finding, with_message=not message) for finding in group.findings[:SHOWN]]
    if len(group.findings) > SHOWN:
        rows.append(f"  … and {len(group.findings) - SHOWN:,} more; --format json lists all")
    if group.known:
        rows.append(_wrapped("Accepted by: ", group.known))
    else:
        rows += [_wrapped("What to do: ", advice) for advice in group.advice]
    if group.page:
        rows.append(f"  Read more: {group.page}")
    return "\n".join(rows)


def _row(finding: Finding, *, with_message: bool) -> str:
    label = textwrap.shorten(_plain(finding.label), _WIDTH, placeholder=" …")
    what = ": ".join(part for part in (label, _plain(finding.message) if with_message else "") if part)
    found = f"Found: {_plain(finding.value)}" if finding.value else ""
    return "  " + "  ".join(part for part in (_plain(finding.place), what, found) if part)


def _wrapped(title: str, text: str) -> str:
    """A paragraph with its title, as wide as a terminal or a mail."""
    return textwrap.fill(
        title + _plain(text),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """Text without anything that moves the cursor of a terminal or ends a line."""
    return _CONTROL.sub(" ", text)


# JSON and Turtle -------------------------------------------------------------------------------------------------


def as_json(report: Report) -> str:
    """The findings with all their parts, and the counts by severity and by rule."""

    def counted(findings: Iterable[Finding]) -> dict[str, int]:
        marks = [bool(finding.known) for finding in findings]
        return {"new": marks.count(False), "known": marks.count(True)}

    rules: dict[str, list[Finding]] = {}
    for group in groups(report.findings):
        rules.setdefault(group.rule, []).extend(group.findings)
    document = {
        "statements": report.statements,
        "files": report.files,
        "unseen": report.unseen,
        "leftOut": report.left_out,
        "counts": {s.value: counted(f for f in report.findings if f.severity is s) for s in Severity},
        "rules": {rule: counted(findings) for rule, findings in rules.items()},
        "findings": [_parts(finding) for finding in report.findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _parts(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(finding).items() if name != "nodes"}


def as_turtle(report: Report) -> str:
    """A `sh:ValidationReport` (SHACL 3.6.1) of the findings, known ones included, as pySHACL described them.

    What was found beside the shapes has the address of its rule for its constraint component.
    """
    node, conforms = BlankNode("report"), NamedNode(SH + "conforms")
    boolean = NamedNode(XSD + "boolean")
    triples = [Triple(node, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationReport"))]
    about: dict[object, list[Triple]] = {}
    for triple in (triple for outcome in report.outcomes for triple in outcome.report):
        about.setdefault(triple.subject, []).append(triple)
    for number, finding in enumerate(report.findings):
        results = finding.nodes or (BlankNode(f"beside{number}"),)
        triples += [Triple(node, NamedNode(SH + "result"), result) for result in results]  # type: ignore[arg-type]
        triples += _about(results, about) if finding.nodes else _beside(finding, BlankNode(f"beside{number}"))
    found = bool(report.findings)
    triples = list(dict.fromkeys(triples))
    triples.append(Triple(node, conforms, Literal("false" if found else "true", datatype=boolean)))
    if len({triple.subject for triple in triples if isinstance(triple.subject, BlankNode)}) > BLANK_NODES // 2:
        # Too many to be named canonically: one statement a line, which is Turtle too.
        return "".join(sorted(f"{triple} .\n" for triple in _renamed(triples)))
    return turtle(triples, {"sh": SH, **report.prefixes})


def _about(nodes: Iterable[object], about: Mapping[object, list[Triple]]) -> Iterator[Triple]:
    """What a validation report says of results, and of the blank nodes that they lead to."""
    stack, seen = list(nodes), set[object]()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield from about.get(node, ())
            stack += [triple.object for triple in about.get(node, ()) if isinstance(triple.object, BlankNode)]


def _beside(finding: Finding, node: BlankNode) -> Iterator[Triple]:
    """A finding of a rule that is no shape, as a result."""
    rule = finding.page or f"urn:rule:{finding.rule}"
    thing = NamedNode(finding.focus) if finding.focus else Literal(finding.file)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationResult"))
    yield Triple(node, NamedNode(SH + "focusNode"), thing)
    yield Triple(node, NamedNode(SH + "resultSeverity"), NamedNode(SH + finding.severity))
    yield Triple(node, NamedNode(SH + "sourceConstraintComponent"), NamedNode(rule))
    place = f"{finding.place}: " if finding.file else ""
    yield Triple(node, NamedNode(SH + "resultMessage"), Literal(f"{place}{finding.message} {finding.value}".strip()))


def _renamed(triples: Iterable[Triple]) -> list[Triple]:
    """The statements with each result named by its place in their order, so that a report is the same every time."""
    rows: dict[object, list[str]] = {}
    results, kept = list[object](), list(dict.fromkeys(triples))
    for subject, predicate, object_ in kept:
        rows.setdefault(subject, []).append(f"{predicate} {'' if isinstance(object_, BlankNode) else object_}")
        if predicate.value == SH + "result":
            results.append(object_)
    ordered = sorted(results, key=lambda result: sorted(rows.get(result, [])))
    names = {result: BlankNode(f"result{number}") for number, result in enumerate(ordered, start=1)}
    return [Triple(names.get(s, s), p, names.get(o, plain(o))) for s, p, o in kept]


# HTML ------------------------------------------------------------------------------------------------------------


def as_html(report: Report) -> str:
    """One page that needs nothing beside it, to be read in a browser, mailed or printed."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("jamjustice.quality"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _plain(value) if type(value) is str else value,
    )
    counts = [(s, MEANINGS[s], report.count(s, known=False), report.count(s, known=True)) for s in Severity]
    return environment.get_template("report.html").render(
        title=report.title, summary=summary(report), counts=counts, new=new(report), known=known(report), file=FILE
    )


# GitHub ----------------------------------------------------------------------------------------------------------

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(report: Report, root: Path) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request; known findings are left out.

    `root` is the folder of the repository. See https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    rows = [_command(finding, root) for group in new(report) for finding in group.findings]
    return "".join(f"{row}\n" for row in [*rows, summary(report)])


def _command(finding: Finding, root: Path) -> str:
    properties = {"file": _below(finding.file, root)} if finding.file not in {"", "-"} else {}
    if properties and finding.line:
        properties["line"] = str(finding.line)
        properties |= {"col": str(finding.column)} if finding.column else {}
    properties["title"] = f"{finding.rule} {finding.label}".strip()
    shown = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    found = f" Found: {finding.value}" if finding.value else ""
    advice = f"\nWhat to do: {finding.advice}" if finding.advice else ""
    page = f"\nRead more: {finding.page}" if finding.page else ""
    return f"::{_COMMANDS[finding.severity]} {shown}::{_escaped(finding.message + found + advice + page)}"


def _below(file: str, root: Path) -> str:
    """A path from the root of the repository, where it lies below it."""
    path = Path(os.path.normpath(Path(file).absolute()))
    for full, folder in ((path, root.absolute()), (path.resolve(), root.resolve())):
        if full.is_relative_to(folder):
            return full.relative_to(folder).as_posix()
    return file


def _escaped(text: str, more: str = "") -> str:
    """Text as a workflow command takes it."""
    for mark in "%\r\n" + more:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text
