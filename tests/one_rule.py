"""The shapes of the project, cut to one rule at a time, so that a result can only be of that rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from jamjustice.graph.dataset import Dataset

SH = "http://www.w3.org/ns/shacl#"
SHAPES = "https://w3id.org/jam-and-justice/shape#"


class Cutter:
    """Cuts the shapes graph of a project."""

    def __init__(self, dataset: Dataset) -> None:
        self.triples = [t for document in dataset.ontology for t in document.triples]
        self.about: dict[object, list[ox.Triple]] = {}
        for triple in self.triples:
            self.about.setdefault(triple.subject, []).append(triple)

    def node_shapes(self, rule: str) -> list[ox.NamedNode]:
        """The node shapes that a rule belongs to: itself, or those that name it as a property."""
        shape, property_ = ox.NamedNode(SHAPES + rule), ox.NamedNode(SH + "property")
        owners = [t.subject for t in self.triples if (t.predicate, t.object) == (property_, shape)]
        return [node for node in owners or [shape] if isinstance(node, ox.NamedNode)]

    def cut(self, rule: str) -> list[ox.Triple]:
        """The node shapes of a rule with all they refer to, and the declarations of prefixes."""
        stack: list[object] = [*self.node_shapes(rule), ox.NamedNode(SHAPES.removesuffix("#"))]
        taken: dict[object, list[ox.Triple]] = {}
        while stack:
            node = stack.pop()
            if node not in taken and node in self.about:
                taken[node] = self.about[node]
                stack += [
                    t.object
                    for t in self.about[node]
                    if isinstance(t.object, ox.BlankNode)
                    or (isinstance(t.object, ox.NamedNode) and t.object.value.startswith(SHAPES))
                ]
        return [t for triples in taken.values() for t in triples]
