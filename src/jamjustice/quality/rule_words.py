"""What a shape asks for, on one line of plain words: every parameter of SHACL Core (section 4) has its phrase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.graph.terms import Literal, NamedNode, short, tag
from jamjustice.graph.write import natural, quoted
from jamjustice.vocabulary import RDF_FIRST, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jamjustice.quality.shape import Shape, Shapes, Term

_PHRASES = {
    "datatype": "datatype {}",
    "class": "class {}",
    "minInclusive": "{} or more",
    "minExclusive": "more than {}",
    "maxInclusive": "{} or less",
    "maxExclusive": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "hasValue": "{} is one of the values",
    "equals": "the same values as {}",
    "disjoint": "no value in common with {}",
    "lessThan": "less than {}",
    "lessThanOrEquals": "not more than {}",
}
_KINDS = {
    "IRI": "an IRI",
    "BlankNode": "a blank node",
    "Literal": "a literal",
    "BlankNodeOrIRI": "an IRI or a blank node",
    "BlankNodeOrLiteral": "a literal or a blank node",
    "IRIOrLiteral": "an IRI or a literal",
}
_LISTS = {"and": " and ", "or": " or ", "xone": " or else "}
_PATHS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_TARGETS = {
    "targetClass": "every {}",
    "targetNode": "{} alone",
    "targetSubjectsOf": "everything that has {}",
    "targetObjectsOf": "everything that is a value of {}",
}
_DEPTH = 8

CONSTRAINTS = frozenset({
    *_PHRASES, *_LISTS, "pattern", "nodeKind", "minCount", "maxCount", "in", "languageIn", "uniqueLang", "not", "node",
    "qualifiedValueShape", "closed", "sparql",
})  # fmt: skip
"""The parameters that make a shape a source of results; `sh:property` makes other shapes one."""


@dataclass(frozen=True)
class Wording:
    """Speaks of the shapes of one shapes graph, with its prefixes."""

    shapes: Shapes
    prefixes: Mapping[str, str]

    def term(self, term: Term) -> str:
        """A term as Turtle writes it, as short as may be."""
        if isinstance(term, NamedNode):
            name = short(term.value, self.prefixes)
            return name if name != term.value else f"<{name}>"
        if not isinstance(term, Literal):
            return "…"
        if language := tag(term):
            return f"{quoted(term.value)}@{language}"
        datatype = term.datatype.value
        if datatype in {XSD + name for name in ("integer", "decimal", "boolean")}:
            return term.value
        return quoted(term.value) + ("" if datatype == XSD + "string" else f"^^{self.term(term.datatype)}")

    def path(self, term: Term, depth: int = 0) -> str:
        """A path (SHACL 2.3.1) as SPARQL writes it.

        Raises UncompiledError for a list that is none.
        """
        if isinstance(term, NamedNode) or depth > _DEPTH:
            return self.term(term)
        if self.shapes.objects(term, RDF_FIRST):
            text = " / ".join(self.path(item, depth + 1) for item in self.shapes.items(term))
            return f"({text})" if depth else text
        for inner in self.shapes.objects(term, SH + "inversePath"):
            return f"^{self.path(inner, depth + 1)}"
        for head in self.shapes.objects(term, SH + "alternativePath"):
            text = " | ".join(self.path(item, depth + 1) for item in self.shapes.items(head))
            return f"({text})" if depth else text
        for name, mark in _PATHS.items():
            for inner in self.shapes.objects(term, SH + name):
                return self.path(inner, depth + 1) + mark
        return "…"

    def targets(self, shape: Shape) -> list[str]:
        """What a shape looks at by itself, a phrase for each kind of target (SHACL 2.1.3)."""
        values = {name: shape.values.get(name, ()) for name in _TARGETS}
        if self.shapes.implicit(shape.node):
            values["targetClass"] = (*values["targetClass"], shape.node)
        return [_TARGETS[name].format(self._listed(terms)) for name, terms in values.items() if terms]

    def checks(self, shape: Shape, depth: int = 0) -> str:
        """What a shape asks for; of its queries only that there are some.

        Raises UncompiledError for parameters that are no SHACL.
        """
        phrases = ", ".join(self._phrases(shape, depth))
        if shape.path is None or not phrases:
            return phrases
        inverse = self.shapes.objects(shape.path, SH + "inversePath")
        if inverse and isinstance(inverse[0], NamedNode):
            return f"what points to it with {self.term(inverse[0])}: {phrases}"
        return f"{self.path(shape.path)}: {phrases}"

    def _phrases(self, shape: Shape, depth: int) -> Iterator[str]:
        values = shape.values
        if counted := _counted(shape, "minCount", "maxCount"):
            yield counted
        for term in values.get("nodeKind", ()):
            yield _KINDS.get(term.value.removeprefix(SH), self.term(term))
        for name, phrase in _PHRASES.items():
            yield from (phrase.format(self.term(term)) for term in values.get(name, ()))
        for term in values.get("pattern", ()):
            flags = "".join(f" with the flags {flag.value}" for flag in values.get("flags", ()))
            yield f'pattern "{term.value}"{flags}'
        for head in values.get("in", ()):
            yield f"one of {', '.join(self.term(item) for item in self.shapes.items(head))}"
        for head in values.get("languageIn", ()):
            yield f"language tag {' or '.join(item.value for item in self.shapes.items(head))}"
        if shape.true("uniqueLang"):
            yield "one in each language"
        yield from self._nested(shape, depth)
        if shape.true("closed"):
            yield f"only these properties: {self._listed(self._allowed(shape))}"
        for iri in sorted(self.shapes.custom):
            yield from (f"{self.term(NamedNode(iri))} {self.term(o)}" for o in self.shapes.objects(shape.node, iri))

    def _nested(self, shape: Shape, depth: int) -> Iterator[str]:
        """The parameters whose values are shapes."""
        for name in ("node", "not"):
            for node in shape.values.get(name, ()):
                yield ("not " if name == "not" else "") + self._inner(node, depth)
        for name, between in _LISTS.items():
            for head in shape.values.get(name, ()):
                yield between.join(self._inner(item, depth) for item in self.shapes.items(head))
        for node in shape.values.get("qualifiedValueShape", ()):
            counted = _counted(shape, "qualifiedMinCount", "qualifiedMaxCount")
            yield f"{counted} with {self._inner(node, depth)}"

    def _inner(self, node: Term, depth: int) -> str:
        """Another shape: its name if it has one, and in brackets what it and the shapes of its properties ask for."""
        if depth > _DEPTH:
            return self.term(node)
        shape = self.shapes.get(node)
        parts = [self.checks(shape, depth + 1)]
        parts += [self.checks(self.shapes.get(inner), depth + 1) for inner in shape.values.get("property", ())]
        text = f"({'; '.join(sorted((part for part in parts if part), key=natural))})"
        return f"{self.term(node)} {text}" if isinstance(node, NamedNode) else text

    def _allowed(self, shape: Shape) -> Iterator[Term]:
        """The properties that a closed shape knows."""
        for head in shape.values.get("ignoredProperties", ()):
            yield from self.shapes.items(head)
        for node in shape.values.get("property", ()):
            path = self.shapes.get(node).path
            if isinstance(path, NamedNode):
                yield path

    def _listed(self, terms: Iterable[Term]) -> str:
        return ", ".join(sorted({self.term(term) for term in terms}, key=natural))


def _counted(shape: Shape, least: str, most: str) -> str:
    """How many values there may be.

    Raises UncompiledError when a number is none.
    """
    low = shape.integer(least) if least in shape.values else 0
    high = shape.integer(most) if most in shape.values else None
    if high is None:
        return f"at least {low}" if low else ""
    if high == 0:
        return "none"
    if low == high:
        return f"exactly {low}"
    return f"{low} to {high}" if low else f"at most {high}"
