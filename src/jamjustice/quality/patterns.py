"""SHACL's focus nodes and value nodes as graph patterns of SPARQL, and the queries that they go into."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from jamjustice.graph.terms import BlankNode, NamedNode
from jamjustice.quality.shape import UncompiledError
from jamjustice.vocabulary import RDF_TYPE, RDFS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jamjustice.graph.exact import ExactStore
    from jamjustice.quality.shape import Shape, Shapes, Term

    Focus = Callable[[str], str]
    """From the name of a variable to a graph pattern that binds it to the focus nodes."""

Nodes = frozenset["Term"]

_numbers = itertools.count()


class Patterns:
    """Patterns of the shapes of one shapes graph, and queries over one store. The focus node is always ?this."""

    def __init__(self, data: ExactStore, shapes: Shapes) -> None:
        self.data, self.shapes = data, shapes
        self._classes: dict[Term, list[str]] = {}

    def fresh(self) -> str:
        """The name of a variable that is used nowhere else."""
        return f"?_{next(_numbers)}"

    def rows(self, query: str, prefixes: Mapping[str, str] | None = None) -> Iterator[tuple[Term, ...]]:
        """The rows of a SELECT query."""
        return self.data.select(query, prefixes)  # type: ignore[return-value]  # RDF 1.1 has no triple terms

    def nodes(self, pattern: str) -> Nodes:
        """What a pattern binds ?this to."""
        return frozenset(row[0] for row in self.rows(f"SELECT DISTINCT ?this WHERE {{ {pattern} }}"))

    def without(self, focus: Focus, pattern: str, *, simple: bool) -> Nodes:
        """The focus nodes for which a pattern does not hold; one that is not `simple` is slow in FILTER NOT EXISTS."""
        absent = "FILTER NOT EXISTS" if simple else "MINUS"
        return self.nodes(f"{focus('?this')} {absent} {{ {pattern} }}")

    def pairs(self, shape: Shape, focus: Focus) -> Iterator[tuple[Term, ...]]:
        """Each focus node of a property shape with each of its value nodes."""
        return self.rows(f"SELECT DISTINCT ?this ?v WHERE {{ {self.values(shape, focus)[0]} }}")

    def term(self, term: Term) -> str:
        """A term as a query writes it. Raises UncompiledError for a blank node, which a query cannot name."""
        if isinstance(term, BlankNode):
            raise UncompiledError("blank node")
        return str(self.data.stored(term))

    def iri(self, term: Term) -> str:
        """An IRI as a query writes it. Raises UncompiledError for any other term."""
        if not isinstance(term, NamedNode):
            raise UncompiledError("IRI")
        return str(term)

    def path(self, shape: Shape) -> str:
        """The path of a property shape. Raises UncompiledError for a node shape."""
        if shape.path is None:
            raise UncompiledError("path")
        return self.shapes.path(shape.path)

    def values(self, shape: Shape, focus: Focus) -> tuple[str, str]:
        """The pattern of the value nodes of a shape, and the variable that stands for them."""
        here = focus("?this")
        return (here, "?this") if shape.path is None else (f"{here} ?this {self.path(shape)} ?v .", "?v")

    def values_as_focus(self, shape: Shape, focus: Focus) -> Focus:
        """The value nodes of a shape as the focus nodes of another."""
        if shape.path is None:
            return focus
        outer, path = self.fresh(), self.path(shape)
        if isinstance(shape.path, NamedNode):  # many nodes may have the same value: each is looked at once
            return lambda v: f"{{ SELECT DISTINCT {v} WHERE {{ {focus(outer)} {outer} {path} {v} . }} }}"
        return self.kept(lambda variable: f"{focus(outer)} {outer} {path} {variable} .")

    def targets(self, shape: Shape) -> Focus:
        """The focus nodes of a shape (SHACL 2.1.3)."""
        found: list[Focus] = []
        if given := shape.values.get("targetNode"):
            if self.shapes.has_empty_paths and not all(self.data.holds(self.data.stored(term)) for term in given):
                raise UncompiledError("a path of no steps from outside of the data")
            terms = " ".join(self.term(term) for term in given)
            found.append(lambda variable: f"VALUES {variable} {{ {terms} }}")
        implicit = [shape.node] if self.shapes.implicit(shape.node) else []
        found += [self.instances(class_) for class_ in (*shape.values.get("targetClass", ()), *implicit)]
        found += [self._touching("{0} {1} {2} .", term) for term in shape.values.get("targetSubjectsOf", ())]
        found += [self._touching("{2} {1} {0} .", term) for term in shape.values.get("targetObjectsOf", ())]
        if len(found) == 1:
            return found[0]
        return self.kept(lambda variable: " UNION ".join(f"{{ {focus(variable)} }}" for focus in found))

    def kept(self, focus: Focus) -> Focus:
        """The same focus nodes, found once and kept in a graph of the store; for patterns that take long to match."""
        pattern = self.data.keep(str(next(_numbers)), self.nodes(focus("?this")))
        return pattern.format

    def _touching(self, pattern: str, predicate: Term) -> Focus:
        iri, other = self.iri(predicate), self.fresh()
        return lambda variable: pattern.format(variable, iri, other)

    def instances(self, class_: Term) -> Focus:
        """The SHACL instances of a class: of itself or of a subclass."""
        if class_ not in self._classes:
            query = f"SELECT DISTINCT ?c WHERE {{ ?c <{RDFS}subClassOf>+ {self.iri(class_)} }}"
            all_names = [self.iri(class_), *(self.iri(row[0]) for row in self.rows(query) if row[0] != class_)]
            used = [name for name in all_names if next(self.rows(f"SELECT ?s {{ ?s a {name} }} LIMIT 1"), None)]
            self._classes[class_] = used or all_names[:1]
        names, type_ = self._classes[class_], self.fresh()
        if len(names) == 1:
            return lambda variable: f"{variable} <{RDF_TYPE}> {names[0]} ."
        given = f"VALUES {type_} {{ {' '.join(names)} }}"
        return lambda variable: f"{given} {variable} <{RDF_TYPE}> {type_} ."
