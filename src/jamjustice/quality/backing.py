"""An rdflib store over an Oxigraph store, for pySHACL to work on.

rdflib plans a query anew for every focus node, which is most of pySHACL's time; here Oxigraph answers. Triples come out
with every literal as it was written. A query that Oxigraph would answer in its own way is left to rdflib's engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib import Graph, Literal, URIRef, Variable
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins.stores.memory import Memory
from rdflib.query import Result

from jamjustice.graph.exact import decode, touches_changed
from jamjustice.graph.sparql import asks_whether_bound, has_empty_path
from jamjustice.graph.terms import from_rdflib, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib.term import Node

    from jamjustice.graph.exact import ExactStore
    from jamjustice.graph.terms import Object

_PREBOUND = "Oxigraph takes a variable that is bound beforehand for unbound there"


class Backing(Memory):
    """The triples of an ExactStore, to read."""

    def __init__(self, data: ExactStore) -> None:
        super().__init__()
        self._data = data
        self._length = len(data)
        self._graph = Graph(self, DATASET_DEFAULT_GRAPH_ID)
        self._terms: dict[Object, Any] = {}

    def _out(self, term: Object) -> Any:  # noqa: ANN401 - see _in
        found = self._terms.get(term)
        if found is None:
            found = self._terms[term] = to_rdflib(decode(term))
        return found

    def _in(self, term: Node | None) -> Any:  # noqa: ANN401 - a position of a pattern takes its own kinds of terms
        return None if term is None else self._data.stored(from_rdflib(term))

    def __len__(self, context: object = None) -> int:
        """How many triples there are; pySHACL asks often, because it is the truth of a graph."""
        return self._length

    def triples(self, triple_pattern: Any, context: Any = None) -> Any:  # noqa: ANN401, ARG002 - as rdflib has it
        """The triples that match a pattern."""
        subject, predicate, object_ = triple_pattern
        if isinstance(subject, Literal) or not isinstance(predicate, URIRef | None):
            return
        for found in self._data.matching(self._in(subject), self._in(predicate), self._in(object_)):
            yield (self._out(found.subject), self._out(found.predicate), self._out(found.object)), iter((self._graph,))

    def query(  # type: ignore[override]
        self,
        query: str,
        initNs: Mapping[str, str],  # noqa: N803 - rdflib's name
        initBindings: Mapping[str, Node],  # noqa: N803 - rdflib's name
        queryGraph: object,  # noqa: N803, ARG002 - rdflib's name
        **options: object,  # noqa: ARG002 - there are none
    ) -> Result:
        """The answer of Oxigraph. Raises NotImplementedError, at which rdflib answers itself."""
        if not isinstance(query, str) or asks_whether_bound(query, [str(n) for n in initBindings]):
            raise NotImplementedError(_PREBOUND)
        prefixes = {name: str(namespace) for name, namespace in initNs.items()}
        if touches_changed(self._data, query, prefixes):
            raise NotImplementedError("Oxigraph sees some literals in another form")
        bound = {str(name): self._in(term) for name, term in initBindings.items()}
        if has_empty_path(query) and not all(self._data.holds(term) for term in bound.values()):
            raise NotImplementedError("Oxigraph finds no path of no steps from outside of the data")
        try:
            found = self._data.answer(query, prefixes, bound)
        except (SyntaxError, ValueError) as error:
            raise NotImplementedError(str(error)) from None
        if isinstance(found, bool):
            result = Result("ASK")
            result.askAnswer = found
            return result
        result, names = Result("SELECT"), [Variable(name) for name in found.names]
        result.vars = names
        result.bindings = [
            {name: self._out(term) for name, term in zip(names, row, strict=True) if term is not None}
            for row in found.rows
        ]
        return result
