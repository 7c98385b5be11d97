"""A shapes graph as shapes: which there are, what they target, what they ask (SHACL 2, 2.3.1 and 3.4).

Shapes are recognised, and paths are read, as pySHACL does it, so that both look at the same nodes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple
from jamjustice.vocabulary import OWL, RDF, RDF_FIRST, RDF_NIL, RDF_REST, RDF_TYPE, RDFS, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Term = NamedNode | BlankNode | Literal

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
SHAPE_EXPECTING = ("property", "node", "not", "qualifiedValueShape")
LIST_EXPECTING = ("and", "or", "xone")
MODIFIERS = "*+?"
_PATHS = {
    "inversePath": "(^{})",
    "alternativePath": "({})",
    "zeroOrMorePath": "({}*)",
    "oneOrMorePath": "({}+)",
    "zeroOrOnePath": "({}?)",
}
_DEPTH = 8
"""The depth of a path at which pySHACL gives up is 10."""


class UncompiledError(Exception):
    """Something in the shapes graph that this package leaves to pySHACL."""


@dataclass(frozen=True)
class Shape:
    """One shape; the values of SHACL's properties by their local names."""

    node: Term
    path: Term | None
    values: Mapping[str, tuple[Term, ...]]

    def one(self, name: str) -> Term:
        """The only value of a parameter. Raises UncompiledError when there are more."""
        if len(self.values[name]) != 1:
            raise UncompiledError(name)
        return self.values[name][0]

    def integer(self, name: str) -> int:
        """The only value, a non-negative xsd:integer. Raises UncompiledError when it is none."""
        term = self.one(name)
        if not isinstance(term, Literal) or term.datatype.value != XSD + "integer" or not term.value.isdecimal():
            raise UncompiledError(name)
        return int(term.value)

    def true(self, name: str) -> bool:
        """Whether a boolean parameter is given and true. Raises UncompiledError when it is no boolean."""
        if name not in self.values:
            return False
        term = self.one(name)
        if not isinstance(term, Literal) or term.datatype.value != XSD + "boolean":
            raise UncompiledError(name)
        if term.value not in {"true", "false", "1", "0"}:
            raise UncompiledError(name)
        return term.value in {"true", "1"}


class Shapes:
    """The shapes of a shapes graph."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(triples)
        self.about: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._subjects: dict[str, dict[Term, None]] = defaultdict(dict)
        self._objects: dict[str, dict[Term, None]] = defaultdict(dict)
        for subject, predicate, object_ in self.triples:
            if not isinstance(subject, Triple) and not isinstance(object_, Triple):
                self.about[subject][predicate.value].append(object_)
                self._subjects[predicate.value][subject] = None
                self._objects[predicate.value][object_] = None

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The objects of the triples with this subject and predicate."""
        return self.about[subject].get(predicate, []) if subject in self.about else []

    def items(self, head: Term) -> list[Term]:
        """The members of a list. Raises UncompiledError for a list that is none."""
        found, seen = list[Term](), set[Term]()
        while head != NamedNode(RDF_NIL):
            first, rest = self.objects(head, RDF_FIRST), self.objects(head, RDF_REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                raise UncompiledError("list")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    @cached_property
    def all(self) -> Mapping[Term, Shape]:
        """Every shape by its node. Raises UncompiledError for a graph that pySHACL may refuse to load."""
        typed = {
            kind: {node for node in self._subjects[RDF_TYPE] if self._has_type(node, SH + kind)}
            for kind in ("NodeShape", "PropertyShape")
        }
        nodes: set[Term] = typed["NodeShape"] | typed["PropertyShape"]
        for name in (*TARGETS, "property", "node"):
            nodes |= self._subjects[SH + name].keys()
        for name in SHAPE_EXPECTING:
            nodes |= self._objects[SH + name].keys()
        for name in LIST_EXPECTING:
            for head in self._objects[SH + name]:
                members = self.items(head)
                if not members:
                    raise UncompiledError(name)
                nodes |= set(members)
        return {node: self._shape(node, typed) for node in nodes if not isinstance(node, Literal)}

    def _has_type(self, node: Term, type_: str) -> bool:
        return NamedNode(type_) in self.objects(node, RDF_TYPE)

    def _shape(self, node: Term, typed: Mapping[str, set[Term]]) -> Shape:
        paths = self.objects(node, SH + "path")
        is_node, is_property = node in typed["NodeShape"], node in typed["PropertyShape"]
        if len(paths) > 1 or (is_node and (is_property or paths)) or (is_property and not paths):
            raise UncompiledError("path")
        values = {
            predicate.removeprefix(SH): tuple(dict.fromkeys(objects))
            for predicate, objects in self.about.get(node, {}).items()
            if predicate.startswith(SH)
        }
        shape = Shape(node, paths[0] if paths else None, values)
        shape.true("deactivated")
        return shape

    def get(self, node: Term) -> Shape:
        """A shape that another one names. Raises UncompiledError when there is none."""
        if node not in self.all:
            raise UncompiledError("shape")
        return self.all[node]

    @cached_property
    def named(self) -> frozenset[Term]:
        """Everything that stands as an object."""
        return frozenset(node for objects in self._objects.values() for node in objects)

    @property
    def has_siblings(self) -> bool:
        """Whether qualified value shapes depend on those beside them (SHACL 4.7.3)."""
        return bool(self._objects.get(SH + "qualifiedValueShapesDisjoint"))

    @property
    def has_empty_paths(self) -> bool:
        """Whether some path may have no steps: from a node outside the data it leads engines to different ends."""
        return bool(self._objects.get(SH + "zeroOrMorePath") or self._objects.get(SH + "zeroOrOnePath"))

    @cached_property
    def custom(self) -> frozenset[str]:
        """The parameters of constraint components that the shapes graph itself defines (SHACL 6)."""
        found = (path for node in self._objects[SH + "parameter"] for path in self.objects(node, SH + "path"))
        return frozenset(path.value for path in found if isinstance(path, NamedNode))

    @cached_property
    def ontologies(self) -> list[Term]:
        """The nodes that prefixes may be declared with."""
        return [node for node in self._subjects[RDF_TYPE] if self._has_type(node, OWL + "Ontology")]

    def prefixes(self, constraint: Term) -> dict[str, str]:
        """The prefixes of a SPARQL constraint (SHACL 5.2.1): of the ontology it names, else of all."""
        found = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}
        named = self.objects(constraint, SH + "prefixes")
        ontologies = self.ontologies
        for node in named:
            own = node in ontologies and self.objects(node, SH + "declare")
            for source in [node] if own else [node, *ontologies]:
                for declaration in self.objects(source, SH + "declare"):
                    prefix = self.objects(declaration, SH + "prefix")
                    namespace = self.objects(declaration, SH + "namespace")
                    if len(prefix) != 1 or len(namespace) != 1:
                        raise UncompiledError("declare")
                    found[prefix[0].value] = namespace[0].value
        return found

    def implicit(self, node: Term) -> list[Term]:
        """The types that make a shape a class of its own instances (SHACL 2.1.3.3)."""
        classes = {t for t in self._subjects[RDFS + "subClassOf"] if self._is_class_of_classes(t)}
        classes.add(NamedNode(RDFS + "Class"))
        return [type_ for type_ in self.objects(node, RDF_TYPE) if type_ in classes]

    def _is_class_of_classes(self, term: Term) -> bool:
        return NamedNode(RDFS + "Class") in self.objects(term, RDFS + "subClassOf")

    def targeting(self) -> list[Shape]:
        """The shapes that have a target."""
        return [
            shape
            for shape in self.all.values()
            if any(name in shape.values for name in TARGETS) or self.implicit(shape.node)
        ]

    def path(self, term: Term, depth: int = 0, *, inverse: bool = False) -> str:
        """A SHACL path as a SPARQL path (SHACL 2.3.1). Raises UncompiledError for what pySHACL reads in its own way.

        It walks an inverse sequence from its wrong end, and gives up on deep paths.
        """
        if isinstance(term, NamedNode):
            return f"<{term.value}>"
        if depth >= _DEPTH or isinstance(term, Literal):
            raise UncompiledError("path")
        if self.objects(term, RDF_FIRST):
            items = self.items(term)
            if inverse or not 2 <= len(items) <= _DEPTH - depth:
                raise UncompiledError("path")
            return "(" + "/".join(self.path(item, depth + 1) for item in items) + ")"
        found = [name for name in _PATHS if self.objects(term, SH + name)]
        if len(found) != 1:
            raise UncompiledError("path")
        inner = self.objects(term, SH + found[0])[0]
        if found[0] == "alternativePath":
            items = self.items(inner)
            if len(items) < 2:
                raise UncompiledError("path")
            return "(" + "|".join(self.path(item, depth + 1, inverse=inverse) for item in items) + ")"
        turned = inverse != (found[0] == "inversePath")
        return _PATHS[found[0]].format(self.path(inner, depth + 1, inverse=turned))
