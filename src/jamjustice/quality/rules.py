"""The rules of shapes files as people look them up: what each asks for, why, what to do, and an example.

A rule is a shape with a name that can itself be the source of a validation result (SHACL 3.6.2). What it says for
people stands with it: `sh:message`, `sh:description`, and `skos:example` with two pieces of Turtle, below a line
`# wrong` one that breaks this very rule, below a line `# right` one that keeps it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem
from jamjustice.graph.dataset import declared_prefixes
from jamjustice.graph.locate import Locator
from jamjustice.graph.sparql import variables
from jamjustice.graph.terms import Literal, NamedNode, tag
from jamjustice.graph.write import natural
from jamjustice.quality.check import project_shapes
from jamjustice.quality.findings import Severity, local_name
from jamjustice.quality.rule_words import CONSTRAINTS, Wording
from jamjustice.quality.shape import Shapes, UncompiledError
from jamjustice.text import display
from jamjustice.vocabulary import RDFS_LABEL, SH, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.read import Document
    from jamjustice.quality.shape import Shape, Term

_PIECE = re.compile(r"(?m)^[ ]*# (wrong|right)(?::[ ](.+))?$")
_CLOSED = "{} may have no other properties than this rule lists."
"""The message of a closed shape that has none: SHACL leaves it no other."""


@dataclass(frozen=True)
class Example:
    """A piece of Turtle with the project's prefixes left out, and a remark on it."""

    turtle: str
    remark: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule; what it does not say is empty."""

    id: str
    iri: str
    severity: Severity
    name: str
    messages: tuple[str, ...]
    """Without the name of the rule that they start with."""
    description: str
    path: str
    checks: str
    queries: tuple[str, ...]
    """The texts of its SPARQL constraints."""
    applies_to: tuple[str, ...]
    wrong: Example | None
    right: Example | None
    file: str
    line: int

    @property
    def message(self) -> str:
        """What a finding says."""
        return " ".join(self.messages)


def rules(shapes: Sequence[Document], languages: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Every rule of the shapes files, in natural order; texts in the first of the languages that they have.

    Raises InputError for shapes that are no SHACL.
    """
    reader = _Reader(shapes, tuple(language.lower() for language in languages))
    try:
        found = [reader.rule(node, shape) for node, shape in reader.named() if reader.is_rule(shape)]
    except UncompiledError as error:
        message = f"these shapes cannot be read (sh:{error}). jamjustice check says what is wrong with them."
        raise InputError(Problem(shapes[0].path, 0, 0, message)) from None
    return tuple(sorted(found, key=lambda rule: (natural(rule.id), rule.iri)))


def project_rules(dataset: Dataset) -> tuple[Rule, ...]:
    """The rules of a project, each with its file as it is called in the project's folder.

    Raises UsageError for a project without shapes, InputError for shapes that are no SHACL.
    """
    project = dataset.project
    names = {display(p): p.relative_to(project.folder).as_posix() for p in project.files("ontology", ".ttl")}
    shapes = [replace(document, path=names[document.path]) for document in project_shapes(dataset)]
    return rules(shapes, project.settings.languages)


def missing(found: Sequence[Rule]) -> list[Problem]:
    """What rules lack, each with its place and what to add."""
    names = Counter(rule.id for rule in found)
    problems = [
        Problem(rule.file, rule.line, 0, f"rule {rule.id} {message}")
        for rule in found
        for message in _lacks(rule, shared=names[rule.id] > 1)
    ]
    return sorted(problems)


def _lacks(rule: Rule, *, shared: bool) -> Iterator[str]:
    if not rule.messages:
        yield f'has no message. Add sh:message "{rule.id}: …": what is wrong, in one sentence.'
    if not rule.description:
        yield 'has no description. Add sh:description "…": why the rule is there, and what to do.'
    pieces = {"wrong": (rule.wrong, "that breaks the rule"), "right": (rule.right, "that keeps it")}
    lacking = [f'below a line "# {name}" one {what}' for name, (piece, what) in pieces.items() if piece is None]
    if len(lacking) == 2:
        yield f'has no example. Add skos:example """…""" with two pieces of Turtle: {", ".join(lacking)}.'
    elif lacking:
        yield f"has half an example. Add to its skos:example a second piece of Turtle: {lacking[0]}."
    if not rule.applies_to:
        yield "checks nothing. Name it with sh:property in the node shape of its class, or give it a target."
    if shared:
        yield "shares its name with another rule. Give it the next free one."


class _Reader:
    """Reads rules out of one shapes graph."""

    def __init__(self, documents: Sequence[Document], languages: Sequence[str]) -> None:
        self._shapes = Shapes(triple for document in documents for triple in document.triples)
        own = {name: iri for document in documents for name, iri in document.prefixes.items()}
        self._wording = Wording(self._shapes, {**own, **declared_prefixes(documents)})
        self._locator = Locator(documents)
        self._languages = languages

    def named(self) -> Iterator[tuple[NamedNode, Shape]]:
        """The shapes that have a name."""
        for node, shape in self._shapes.all.items():
            if isinstance(node, NamedNode):
                yield node, shape

    def is_rule(self, shape: Shape) -> bool:
        """Whether a shape can be the source of a result; a shape that only describes the values of another cannot."""
        asks = any(name in shape.values for name in CONSTRAINTS - {"closed"}) or shape.true("closed")
        asks = asks or any(self._shapes.objects(shape.node, iri) for iri in self._shapes.custom)
        above = self._above(shape)
        helps = any(inner.node in self._helpers for inner in above) and not any(map(self._targets, above))
        return asks and not helps and not shape.true("deactivated")

    def rule(self, node: NamedNode, shape: Shape) -> Rule:
        """The rule that a shape is."""
        id_, (file, line, _) = local_name(node.value), self._locator.block(node) or ("", 0, 0)
        names = self._texts(node, SH + "name") or self._texts(node, RDFS_LABEL)
        descriptions = self._texts(node, SH + "description")
        pieces = self._pieces(node)
        return Rule(
            id_,
            node.value,
            self._severity(shape),
            names[0] if names else "",
            tuple(" ".join(m.removeprefix(f"{id_}:").split()) for m in self._messages(shape)),
            " ".join(" ".join(descriptions).split()),
            self._wording.path(shape.path) if shape.path is not None else "",
            self._wording.checks(shape),
            self._queries(shape),
            tuple(self._applies_to(shape)),
            pieces.get("wrong"),
            pieces.get("right"),
            file,
            line,
        )

    @cached_property
    def _helpers(self) -> frozenset[Term]:
        """The shapes that other shapes hold values against (SHACL 4.6 and 4.7), which gives no results of their own."""
        shapes = self._shapes.all.values()
        single = [n for s in shapes for name in ("node", "not", "qualifiedValueShape") for n in s.values.get(name, ())]
        heads = [head for s in shapes for name in ("and", "or", "xone") for head in s.values.get(name, ())]
        return frozenset([*single, *(item for head in heads for item in self._shapes.items(head))])

    def _above(self, shape: Shape) -> list[Shape]:
        """A shape and those that name it with `sh:property`, directly or through others."""
        found = {shape.node: shape}
        waiting = [shape]
        while waiting:
            new = [s for s in self._owners.get(waiting.pop().node, ()) if s.node not in found]
            found |= {s.node: s for s in new}
            waiting += new
        return list(found.values())

    @cached_property
    def _owners(self) -> dict[Term, list[Shape]]:
        """The shapes that name a shape with `sh:property`."""
        found: dict[Term, list[Shape]] = {}
        for shape in self._shapes.all.values():
            for node in shape.values.get("property", ()):
                found.setdefault(node, []).append(shape)
        return found

    def _targets(self, shape: Shape) -> list[str]:
        return [] if shape.true("deactivated") else self._wording.targets(shape)

    def _applies_to(self, shape: Shape) -> Iterator[str]:
        for above in sorted(self._above(shape), key=lambda s: natural(str(s.node))):
            targets = self._targets(above)
            if above is shape and self._is_about_everything(shape):
                targets = ["the whole graph"]
            if targets:
                label = self._texts(above.node, RDFS_LABEL) if above is not shape else ()
                yield "".join(f"{text}: " for text in label[:1]) + "; ".join(targets)

    def _is_about_everything(self, shape: Shape) -> bool:
        """Whether the target only makes the queries run once: it is a node that they never look at."""
        bodies = [text.partition("{")[2] for text in self._queries(shape)]
        only_node = [name for name in shape.values if name.startswith("target")] == ["targetNode"]
        asks = [name for name in shape.values if name in CONSTRAINTS] == ["sparql"]
        return only_node and asks and not any("this" in variables(body) for body in bodies)

    def _severity(self, shape: Shape) -> Severity:
        names = {term.value.removeprefix(SH) for term in shape.values.get("severity", ())}
        return next((severity for severity in Severity if severity.value in names), Severity.VIOLATION)

    def _messages(self, shape: Shape) -> tuple[str, ...]:
        inner = [text for node in shape.values.get("sparql", ()) for text in self._texts(node, SH + "message")]
        found = self._texts(shape.node, SH + "message") or tuple(sorted(set(inner), key=natural))
        if found or not shape.true("closed"):
            return found
        label = "".join(self._texts(shape.node, RDFS_LABEL)[:1]) or local_name(shape.node.value)
        return (_CLOSED.format(label[0].upper() + label[1:]),)

    def _queries(self, shape: Shape) -> tuple[str, ...]:
        texts = (text for node in shape.values.get("sparql", ()) for text in self._texts(node, SH + "select"))
        return tuple(sorted(_block(text) for text in texts))

    def _pieces(self, node: Term) -> dict[str, Example]:
        """The pieces of the examples by what they are, the first of each kind; an empty piece is none."""
        found: dict[str, Example] = {}
        for text in self._texts(node, SKOS + "example"):
            marks = list(_PIECE.finditer(text))
            ends = [mark.start() for mark in marks[1:]] + [len(text)]
            for mark, end in zip(marks, ends, strict=True):
                if turtle := _block(text[mark.end() : end]):
                    found.setdefault(mark[1], Example(turtle, (mark[2] or "").strip()))
        return found

    def _texts(self, node: Term, predicate: str) -> tuple[str, ...]:
        """The values of a property that are texts, in the best language, then without one, then in any."""
        ranked: dict[tuple[int, str], set[str]] = {}
        for term in self._shapes.objects(node, predicate):
            if isinstance(term, Literal) and term.value.strip():
                language = tag(term).lower()
                known = self._languages.index(language) if language in self._languages else len(self._languages)
                ranked.setdefault((known, language), set()).add(term.value)
        return tuple(sorted(ranked[min(ranked)], key=natural)) if ranked else ()


def _block(text: str) -> str:
    """Lines without the indentation that they share, and without empty ones around them."""
    return dedent(text.expandtabs()).strip("\n ").rstrip() if text.strip() else ""
