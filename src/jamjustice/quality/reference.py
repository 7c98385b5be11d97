"""The reference page of all rules: its words, and the page as Markdown and as JSON.

The anchor of a rule is its name, so that `rule_page` leads to it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

from jamjustice.quality.findings import BESIDE, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jamjustice.quality.rules import Example, Rule

INTRODUCTION = (
    "Before data are published they are held against the rules on this page. Each thing that breaks a rule is a "
    "finding: it names the rule, and the rule says here why it is there and what to do."
)
NO_RULES = "There are no rules with a name in the shapes of this project."
READING = (
    "Every rule has an example: the first piece breaks the rule, the second keeps it. Each piece stands for all the "
    "data there are; the lines that declare prefixes are left out. What exactly a rule checks is for those who know "
    "SHACL, the language that the rules are written in."
)
MEANINGS = {
    Severity.VIOLATION: "The data are wrong. No release is made until it is mended.",
    Severity.WARNING: "This may be a slip, or may be right. A person looks at it, and mends it or accepts it; "
    "it does not stop a release.",
    Severity.INFO: "This is true and worth counting. Nothing has to be done, and it does not stop a release.",
}
"""What each severity means for a release."""

_OTHERS = {
    "syntax": "A file of the ontology or the data cannot be read.",
    "query-library": "A query file cannot be read, or its header is wrong.",
    "shapes": "A shapes file is not SHACL.",
    "settings": "The list of accepted findings or the JSON-LD context cannot be read.",
    "accepted": "An accepted finding no longer occurs.",
    "evidence-lines": "The source document and its registered lines are not the same.",
    "evidence-names": "A line is cited for a thing whose name it does not hold, or one that holds it is not cited.",
    "evidence-printed": "What is given as printed stands in none of the lines cited for it.",
    "evidence-topics": "A line is cited for a topic of which it holds no label.",
    "evidence-prose": "A text shares six words in a row with the source.",
}
OTHERS = tuple((rule, what, BESIDE[rule]) for rule, what in _OTHERS.items())
"""What `jamjustice check` finds beside the shapes: the name of the rule, what it says, and what to do."""
OTHERS_HEADING = "Findings beside the shapes"

_SPECIAL = re.compile(r"[\\`*_<>\[\]|~]|&(?=[#\w])")


def heading(title: str) -> str:
    """The title of the page, for the rules of a project."""
    return f"The rules of {title}"


def counted(found: Sequence[Rule]) -> list[tuple[Severity, int, str]]:
    """Each severity with the number of its rules and its meaning, the weightiest first."""
    return [(s, sum(rule.severity is s for rule in found), meaning) for s, meaning in MEANINGS.items()]


def as_json(found: Sequence[Rule]) -> str:
    """The rules with all their parts."""
    return json.dumps([dataclasses.asdict(rule) for rule in found], ensure_ascii=False, indent=2) + "\n"


def as_markdown(found: Sequence[Rule], title: str) -> str:
    """The page as Markdown."""
    if not found:
        return f"# {_text(heading(title))}\n\n{NO_RULES}\n"
    severities = "".join(f"| {name} | {number} | {meaning} |\n" for name, number, meaning in counted(found))
    listed = "".join(f"| [{_text(r.id)}](#{r.id}) | {r.severity} | {_text(r.message)} |\n" for r in found)
    blocks = [
        f"# {_text(heading(title))}",
        "<!-- Written by the command jamjustice rules, from the shapes. Change those, not this page. -->",
        INTRODUCTION,
        "## How to read this page",
        f"| severity | rules | what it means |\n|---|---|---|\n{severities}".rstrip(),
        READING,
        "## All rules",
        f"| rule | severity | what it says |\n|---|---|---|\n{listed}".rstrip(),
        *(block for rule in found for block in _section(rule)),
        f"## {OTHERS_HEADING}",
        *(block for rule, what, todo in OTHERS for block in _other(rule, what, todo)),
    ]
    return "\n\n".join(blocks) + "\n"


def _other(rule: str, what: str, todo: str) -> Iterator[str]:
    yield f'<a id="{rule}"></a>'
    yield f"### {rule}"
    yield f"{_text(what)} {_text(todo)}"


def _section(rule: Rule) -> Iterator[str]:
    """The blocks of one rule."""
    yield f'<a id="{rule.id}"></a>'
    yield f"## {_text(rule.id)}" + (f": {_text(rule.name)}" if rule.name else "")
    yield f"**{rule.severity}:** {_text(rule.message)}"
    if rule.description:
        yield f"**Why, and what to do:** {_text(rule.description)}"
    if rule.applies_to:
        yield f"**Applies to:** {_text('; '.join(rule.applies_to))}"
    for name, piece in (("Wrong", rule.wrong), ("Right", rule.right)):
        if piece:
            yield from _example(name, piece)
    if rule.checks:
        yield f"**Checks:** {_code(rule.checks)}"
    for query in rule.queries:
        yield "**Checks:** this query must find nothing (`$this` is one of them)"
        yield _fenced(query, "sparql")
    yield f"**Shape:** {_code(rule.iri)}, in {_code(rule.file)}, line {rule.line}"


def _example(name: str, piece: Example) -> Iterator[str]:
    yield f"**{name}:**" + (f" {_text(piece.remark)}" if piece.remark else "")
    yield _fenced(piece.turtle, "turtle")


def _text(text: str) -> str:
    """Text with no markup in it."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _code(text: str) -> str:
    marks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{space}{text}{space}{marks}"


def _fenced(text: str, language: str) -> str:
    marks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{marks}{language}\n{text}\n{marks}"
