"""What the shapes say about themselves: the name of the rule behind a result, what to do, and where to read more."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from jamjustice.graph.terms import BlankNode, Literal, NamedNode, short, tag
from jamjustice.quality.findings import local_name, rule_page
from jamjustice.quality.rule_words import Wording
from jamjustice.quality.shape import TARGETS, Shapes, Term, UncompiledError
from jamjustice.vocabulary import RDF_FIRST, RDFS, SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jamjustice.graph.terms import Triple


class Rule(NamedTuple):
    """What a person is told about a rule."""

    name: str
    advice: str
    page: str


class Advice:
    """The rules of a shapes graph, for people. `base` is that of the project that they belong to, if any."""

    def __init__(self, shapes: Iterable[Triple], prefixes: Mapping[str, str], base: str = "") -> None:
        self._shapes = Shapes(shapes)
        self._prefixes, self._base = prefixes, base
        self._wording = Wording(self._shapes, prefixes)
        self._rules: dict[Term, Rule] = {}
        self._above: dict[Term, list[Term]] = defaultdict(list)
        for triple in self._shapes.triples:
            if isinstance(triple.object, BlankNode) and isinstance(triple.subject, NamedNode | BlankNode):
                self._above[triple.object].append(triple.subject)

    def rule(self, shape: Term) -> Rule:
        """The rule that a shape is. One without a name is called by the shape that it is part of, and by its path."""
        if shape not in self._rules:
            self._rules[shape] = self._rule(shape)
        return self._rules[shape]

    def _rule(self, shape: Term) -> Rule:
        owner = shape if isinstance(shape, NamedNode) else self._owner(shape)
        name = self._name(owner) if owner else self._target(shape)
        if shape != owner and (path := self.path(shape)):
            name = f"{name}/{path}" if name else path
        advice = self._advice(shape) or (self._advice(owner) if owner else "")
        return Rule(name, advice, rule_page(owner.value, self._base) if owner else "")

    def values(self, node: Term, name: str) -> list[Term]:
        """What a shape says with one of SHACL's properties, the members of its lists in their order."""
        found = list[Term]()
        for term in self._shapes.objects(node, SH + name):
            try:
                found += self._shapes.items(term) if self._shapes.objects(term, RDF_FIRST) else [term]
            except UncompiledError:
                found.append(term)
        return found

    def text(self, node: Term, property_: str) -> str:
        """The text that a node has with a property: in English if there is one, else in no language."""
        literals = [term for term in self._shapes.objects(node, property_) if isinstance(term, Literal)]
        best = min(literals, key=lambda term: (_language_rank(term), tag(term), term.value), default=None)
        return " ".join(best.value.split()) if best else ""

    def path(self, shape: Term) -> str:
        """The path of a property shape, for people; empty for any other shape."""
        try:
            return "".join(self._wording.path(term) for term in self._shapes.objects(shape, SH + "path"))
        except UncompiledError:
            return "…"

    def _upwards(self, shape: Term) -> Iterator[list[Term]]:
        """A shape without a name, then what it is directly part of, and so on."""
        now, seen = [shape], {shape}
        while now:
            yield now
            above = [node for below in now if isinstance(below, BlankNode) for node in self._above.get(below, ())]
            now = [node for node in above if node not in seen]
            seen.update(now)

    def _owner(self, shape: Term) -> NamedNode | None:
        """The nearest shape with a name that a shape without one is part of."""
        for nodes in self._upwards(shape):
            if named := [node for node in nodes if isinstance(node, NamedNode)]:
                return min(named, key=str)
        return None

    def _target(self, shape: Term) -> str:
        """What a shape is about, where neither it nor any shape above it has a name."""
        for nodes in self._upwards(shape):
            found = [term for node in nodes for name in TARGETS for term in self.values(node, name)]
            if named := [term for term in found if isinstance(term, NamedNode)]:
                return min(short(term.value, self._prefixes) for term in named)
        return ""

    def _name(self, shape: NamedNode) -> str:
        return local_name(shape.value) or short(shape.value, self._prefixes)

    def _advice(self, node: Term) -> str:
        return self.text(node, SH + "description") or self.text(node, RDFS + "comment")


def _language_rank(literal: Literal) -> int:
    language = tag(literal).lower()
    return 0 if language == "en" else 1 if language.startswith("en-") else 2 if not language else 3
