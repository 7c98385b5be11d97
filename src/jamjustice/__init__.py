"""The Jam and Justice knowledge graph, and the software to check, serve and hand on such a graph.

>>> import jamjustice
>>> jamjustice.query("co-investigators")
name
--------------------
Alexander Whinnom
Catherine Durose
Elizabeth Richardson
(3 rows)

Every function works on the project that `open_project()` finds: the one named, the one around the current folder, or
the graph that comes with this package. Nothing is kept between calls, so all of it is safe for threads.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jamjustice.errors import JamJusticeError

if TYPE_CHECKING:
    import datetime
    import os
    from importlib.metadata import version

    from rdflib import Graph

    from jamjustice.project import Project, open_project
    from jamjustice.quality.check import Report
    from jamjustice.quality.findings import Finding, Severity
    from jamjustice.queries.library import Query
    from jamjustice.queries.result import Result

    Folder = str | os.PathLike[str] | None
    __version__ = version("jamjustice")

__all__ = [
    "Finding",
    "JamJusticeError",
    "Project",
    "Query",
    "Report",
    "Result",
    "Severity",
    "__version__",
    "check",
    "export",
    "library",
    "load",
    "open_project",
    "query",
]

_HOMES = {
    "Finding": "jamjustice.quality.findings",
    "Severity": "jamjustice.quality.findings",
    "Report": "jamjustice.quality.check",
    "Query": "jamjustice.queries.library",
    "Result": "jamjustice.queries.result",
    "Project": "jamjustice.project",
    "open_project": "jamjustice.project",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "__version__":
        from importlib.metadata import version

        return version("jamjustice")
    if name not in _HOMES:
        raise AttributeError(f"module 'jamjustice' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def load(project: Folder = None, *, graph: str | None = None, base: str | None = None) -> Graph:
    """The graph as an rdflib Graph: the union of the data graphs with what is derived from them, or one named graph.

    The graph `dataset`, which describes the dataset itself, is left out of the union; ask for it by name.
    Raises InputError with every problem of every file, UnknownName for a graph there is not.

    >>> len(load()), len(load(graph="source"))
    (2779, 347)
    """
    from jamjustice.errors import UnknownName
    from jamjustice.graph.dataset import DESCRIPTION, rdflib_graph, read_dataset
    from jamjustice.project import open_project

    dataset = read_dataset(open_project(project, base=base))
    if graph is not None and graph not in dataset.graph_names:
        raise UnknownName("graph", graph, dataset.graph_names)
    names = [name for name in dataset.graph_names if name != DESCRIPTION] if graph is None else [graph]
    return rdflib_graph((triple for name in names for triple in dataset.triples(name)), dataset.prefixes)


def check(project: Folder = None, *, base: str | None = None) -> Report:
    """Check a project with its shapes; the findings that it has accepted are marked as known.

    Raises InputError for files or shapes that cannot be used.

    >>> check().failing("info")
    ()
    """
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published
    from jamjustice.quality.check import check_dataset

    return check_dataset(read_published(open_project(project, base=base)).dataset)


def query(
    question: str,
    /,
    *,
    project: Folder = None,
    endpoint: str | None = None,
    timeout: float = 60.0,
    **parameters: str | float | bool | datetime.date,
) -> Result:
    """Ask a query of the library by its name, or SPARQL text; `timeout` is in seconds.

    The parameters are those of the query. With `endpoint` the question goes to that SPARQL endpoint.
    Raises UnknownName, UsageError for a value of the wrong type, QueryError.

    >>> query("what-does-a-line-say", line=83).rows[0]
    {'label': 'Councillors and Communities'}
    """
    from jamjustice.errors import UsageError
    from jamjustice.formats import RESULTS_JSON, TURTLE
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published
    from jamjustice.queries.library import ad_hoc, choose
    from jamjustice.queries.result import read_result
    from jamjustice.store.embedded import EmbeddedEngine
    from jamjustice.store.engine import Question
    from jamjustice.store.remote import RemoteEngine

    if not isinstance(timeout, int | float) or not timeout > 0:
        raise UsageError("timeout is a number of seconds, more than 0.")
    published = read_published(open_project(project))
    style = published.style
    is_text = "{" in question or any(mark.isspace() for mark in question)
    found = ad_hoc(question) if is_text else choose(published.library, question)
    asked = Question(found.filled(parameters, style.prefixes), results=RESULTS_JSON, graph=TURTLE)
    if endpoint:
        return read_result(RemoteEngine(endpoint, style, timeout=timeout).ask(asked), style.prefixes)
    with EmbeddedEngine(published.quads(), style, timeout=timeout) as engine:
        return read_result(engine.ask(asked), style.prefixes)


def library(project: Folder = None) -> dict[str, Query]:
    """The query library by name. Raises InputError for a query whose header or text is wrong.

    >>> library()["project-period"].summary
    'When did the project start and end, and how does the source print it?'
    """
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published

    return dict(read_published(open_project(project)).library)


def export(format: str = "turtle", project: Folder = None, *, graph: str | None = None) -> bytes:  # noqa: A002
    """The whole dataset, or one graph, in turtle, nt, nquads, trig, jsonld or xml: the same bytes every time.

    Raises UnknownName for a format or graph there is not.

    >>> export("nt", graph="links")
    b''
    """
    from jamjustice.formats import DUMP_FORMATS, named
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published

    return read_published(open_project(project)).export(named(format, DUMP_FORMATS), graph)
