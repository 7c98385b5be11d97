"""A project's graph in memory: what its files say, and what is computed from that.

The derived graph comes from the CONSTRUCT files in `queries/derive/`, run over the union of the data graphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import InputError, Problem
from jamjustice.graph.read import Document, read_data, read_ontology
from jamjustice.graph.sparql import syntax_problem
from jamjustice.graph.terms import plain, to_rdflib
from jamjustice.project import DERIVED
from jamjustice.text import display, text_of
from jamjustice.vocabulary import SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib import Graph

    from jamjustice.project import Project

DESCRIPTION = "dataset"
"""The graph that describes the dataset itself; nothing is derived from it."""


@dataclass(frozen=True)
class Dataset:
    """The files of a project as read, and the derived triples."""

    project: Project
    ontology: tuple[Document, ...]
    data: tuple[Document, ...]
    derived: tuple[ox.Triple, ...]

    def triples(self, graph: str) -> Iterator[ox.Triple]:
        """The triples of one named graph, by its short name, with capitals in language tags kept."""
        if graph == DERIVED:
            yield from self.derived
        for document in self.data:
            if document.graph == self.project.graph(graph):
                yield from document.triples

    def quads(self) -> Iterator[ox.Quad]:
        """Every statement of every data graph, as an engine takes it."""
        for document in self.data:
            yield from as_quads(document.triples, document.graph)
        yield from as_quads(self.derived, self.project.graph(DERIVED))

    @cached_property
    def _union(self) -> ox.Store:
        return memory_store(quad.triple for quad in self.quads())

    def select(self, file: str) -> Iterator[dict[str, str]]:
        """The rows of a SELECT file below `queries/`, over the union of the graphs, as text.

        For the project's own files, which are trusted to end. Raises InputError when it is not a SELECT query.
        """
        path = self.project.folder / "queries" / file
        text = self.project.rebase(text_of(path))
        try:
            found = self._union.query(text)
        except SyntaxError as error:
            raise InputError(syntax_problem(display(path), text, str(error))) from None
        if not isinstance(found, ox.QuerySolutions):
            raise InputError(Problem(display(path), 0, 0, "this file must be a SELECT query."))
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {name: term.value for name in names if (term := row[name]) is not None}

    @property
    def graph_names(self) -> tuple[str, ...]:
        """The short names of the data graphs and of the derived one."""
        return (*self.project.graph_names, DERIVED)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The project's prefixes: those its ontology declares with `sh:declare`, then those its files declare."""
        table = declared_prefixes(self.ontology)
        for document in (*self.ontology, *self.data):
            for name, namespace in document.prefixes.items():
                table.setdefault(name, namespace)
        return dict(sorted(table.items()))


def read_dataset(project: Project) -> Dataset:
    """Read and derive. Raises InputError with every problem of every file."""
    problems: list[Problem] = []
    documents: list[tuple[Document, ...]] = []
    for read in (read_ontology, read_data):
        try:
            documents.append(read(project))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    ontology, data = documents
    return Dataset(project, ontology, data, derive(project, data))


def derive(project: Project, data: Iterable[Document]) -> tuple[ox.Triple, ...]:
    """What `queries/derive/*.rq` construct from the data, each triple once and none that the data holds already.

    Raises InputError for a file that is not a CONSTRUCT query.
    """
    described = project.graph(DESCRIPTION)
    store = memory_store(t for document in data if document.graph != described for t in document.triples)
    found: set[ox.Triple] = set()
    for path in project.files("queries/derive", ".rq"):
        text = project.rebase(text_of(path))
        try:
            result = store.query(text)
        except SyntaxError as error:
            raise InputError(syntax_problem(display(path), text, str(error))) from None
        if not isinstance(result, ox.QueryTriples):
            raise InputError(Problem(display(path), 0, 0, "a file in queries/derive/ must be a CONSTRUCT query."))
        found.update(result)
    return tuple(sorted((t for t in found if ox.Quad(*t) not in store), key=str))


def as_quads(triples: Iterable[ox.Triple], graph: str = "") -> Iterator[ox.Quad]:
    """Triples in a named graph (or the default graph), as an engine takes them."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, plain(triple.object), name)


def memory_store(triples: Iterable[ox.Triple]) -> ox.Store:
    """A store in memory with the triples in its default graph."""
    store = ox.Store()
    store.bulk_extend(as_quads(triples))
    return store


def rdflib_graph(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Graph:
    """An rdflib graph of the triples, every literal as it was written."""
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    for name, namespace in prefixes.items():
        graph.bind(name, namespace)
    graph.addN((to_rdflib(s), to_rdflib(p), to_rdflib(o), graph) for s, p, o in triples)
    return graph


def declared_prefixes(documents: Iterable[Document]) -> dict[str, str]:
    """The prefixes that an ontology declares with `sh:declare` (SHACL 5.2.1)."""
    names: dict[object, str] = {}
    namespaces: dict[object, str] = {}
    for document in documents:
        for triple in document.triples:
            if isinstance(triple.object, ox.Literal):
                if triple.predicate.value == SH + "prefix":
                    names[triple.subject] = triple.object.value
                elif triple.predicate.value == SH + "namespace":
                    namespaces[triple.subject] = triple.object.value
    return {name: namespaces[node] for node, name in names.items() if node in namespaces}
