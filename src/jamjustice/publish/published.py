"""The dataset as it is published: the data graphs, the derived graph and the query library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jamjustice.errors import InputError, Problem, UnknownName
from jamjustice.graph.dataset import Dataset, as_quads, read_dataset
from jamjustice.graph.render import Style, dataset_bytes
from jamjustice.graph.terms import NamedNode, Quad, plain
from jamjustice.project import QUERIES
from jamjustice.queries.library import Query, read_library
from jamjustice.queries.sparql_examples import as_triples
from jamjustice.text import display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jamjustice.formats import Format
    from jamjustice.project import Project


@dataclass(frozen=True)
class Published:
    """A project's dataset with its query library."""

    dataset: Dataset
    library: Mapping[str, Query]

    @property
    def project(self) -> Project:
        """The project that is published."""
        return self.dataset.project

    @property
    def graph_names(self) -> tuple[str, ...]:
        """The short names of all named graphs."""
        return tuple(sorted((*self.dataset.graph_names, QUERIES)))

    @cached_property
    def style(self) -> Style:
        """How the project's graph is written."""
        return Style(self.dataset.prefixes, self.project.base, _context(self.project))

    def quads(self) -> Iterator[Quad]:
        """Every statement of every graph, as an engine takes it."""
        for quad in self._written():
            yield Quad(quad.subject, quad.predicate, plain(quad.object), quad.graph_name)

    def export(self, format_: Format, graph: str | None = None) -> bytes:
        """The whole dataset, or one of its graphs, in a format. Raises UnknownName for a graph there is not."""
        if graph is None:
            return dataset_bytes(self._written(), format_, self.style)
        if graph not in self.graph_names:
            raise UnknownName("graph", graph, self.graph_names)
        name = NamedNode(self.project.graph(graph))
        quads = (Quad(q.subject, q.predicate, q.object) for q in self._written() if q.graph_name == name)
        return dataset_bytes(quads, format_, self.style)

    def _written(self) -> Iterator[Quad]:
        """Every statement as it is written in the files, capitals in language tags included."""
        for name in self.dataset.graph_names:
            graph = NamedNode(self.project.graph(name))
            yield from (Quad(t.subject, t.predicate, t.object, graph) for t in self.dataset.triples(name))
        library = as_triples(self.library, self.dataset.prefixes, self.project.base)
        yield from as_quads(library, self.project.graph(QUERIES))


def read_published(project: Project) -> Published:
    """Read everything that is published. Raises InputError with every problem of every file."""
    dataset = read_dataset(project)
    return Published(dataset, read_library(project, dataset.prefixes))


def _context(project: Project) -> dict[str, Any]:
    """The JSON-LD context of the ontology, where it has one."""
    path = project.folder / "ontology" / "context.jsonld"
    if not path.exists():
        return {}
    try:
        document = json.loads(project.rebase(text_of(path)))
    except json.JSONDecodeError as error:
        raise InputError(Problem(display(path), error.lineno, error.colno, f"{error.msg}.")) from None
    context = document.get("@context") if isinstance(document, dict) else None
    if not isinstance(context, dict):
        raise InputError(Problem(display(path), 1, 1, 'a JSON-LD context is an object {"@context": {…}}.'))
    return context
