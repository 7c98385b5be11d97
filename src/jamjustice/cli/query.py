"""`jamjustice query`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import emit, stdin
from jamjustice.errors import QuerySyntaxError, UsageError

if TYPE_CHECKING:
    from jamjustice.formats import Format
    from jamjustice.publish.published import Published
    from jamjustice.queries.library import Query
    from jamjustice.store.engine import Engine

_TABLE = "table"


@click.command(
    "query",
    cls=Example,
    examples=(
        "jamjustice query project-team",
        "jamjustice query outputs-by-person -p person=person:beth-perry --format csv",
        "jamjustice query 'SELECT ?name { ?person a foaf:Person ; foaf:name ?name } ORDER BY ?name LIMIT 5'",
        "jamjustice query --list",
    ),
)
@click.argument("name", metavar="NAME|FILE.rq|SPARQL|-", required=False)
@click.option("-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A value for a parameter.")
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    help="table, csv, tsv, json, xml; for a graph turtle, nt, jsonld, xml. "
    "Without it: by the suffix of --output, else a table on a terminal and csv in a pipe.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the project's own graph.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="Seconds.")
@click.option("--list", "listed", is_flag=True, help="Show the query library.")
@click.pass_obj
def command(
    options: dict[str, str | None],
    name: str | None,
    parameters: tuple[str, ...],
    format_: str | None,
    output: str,
    endpoint: str | None,
    timeout: float,
    *,
    listed: bool,
) -> int:
    """Ask the graph a question: one of the library by its name, a file, SPARQL text, or - for standard input.

    The project's prefixes need no declaration.
    """
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published

    published = read_published(open_project(options["folder"], base=options["base"]))
    if listed:
        emit(_listing(published).encode(), output)
        return 0
    if name is None:
        raise UsageError("Name a query, a file or - for standard input. jamjustice query --list shows the library.")
    query = _query(name, published)
    text = query.filled(_values(parameters), published.style.prefixes)
    wanted = _wanted(format_, output, graph=query.form in {"CONSTRUCT", "DESCRIBE"})
    engine = _engine(published, endpoint, timeout)
    try:
        emit(_answered(engine, text, wanted, published), output)
    except QuerySyntaxError as error:
        if not _is_file(name):
            raise
        raise QuerySyntaxError(text, error.line, error.column, error.message, name) from None
    finally:
        engine.close()
    return 0


def _query(name: str, published: Published) -> Query:
    from jamjustice.queries.library import ad_hoc, choose, read_query
    from jamjustice.text import decode, text_of

    prefixes = published.style.prefixes
    if name == "-":
        return read_query(decode(stdin(), "-"), "-", prefixes)
    if "{" in name:
        return ad_hoc(name)
    if name.endswith(".rq") or (name not in published.library and _is_file(name)):
        return read_query(published.project.rebase(text_of(Path(name), name)), name, prefixes)
    if any(mark.isspace() for mark in name):
        return ad_hoc(name)
    return choose(published.library, name)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a name of a file, or with a NUL
        return False


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise UsageError(f'"{parameter}" is not a parameter: write -p name=value.')
        if name.strip() in values:
            raise UsageError(f"Parameter {name.strip()} is given twice.")
        values[name.strip()] = value
    return values


def _wanted(name: str | None, output: str, *, graph: bool) -> Format | None:
    """The format asked for, or None for a table for people."""
    from jamjustice.errors import UnknownName
    from jamjustice.formats import CSV, GRAPH_FORMATS, N_QUADS, RESULT_FORMATS, TRIG, TURTLE, named

    formats = GRAPH_FORMATS if graph else RESULT_FORMATS
    suffix = Path(output).suffix.lstrip(".") if output != "-" else ""
    asked = name or (suffix if any(f.is_called(suffix) for f in (*GRAPH_FORMATS, *RESULT_FORMATS)) else "")
    if asked == _TABLE and not graph:
        return None
    if not asked and not graph:
        return None if output == "-" and sys.stdout.isatty() else CSV
    every = (*GRAPH_FORMATS, *RESULT_FORMATS, N_QUADS, TRIG)
    if not asked or any(f.is_called(asked) for f in formats):
        return named(asked, formats) if asked else TURTLE
    if asked == _TABLE or any(f.is_called(asked) for f in every):
        kind = "a graph" if graph else "a table"
        names = [f.name for f in formats] + ([] if graph else [_TABLE])
        raise UsageError(f"This query answers with {kind}, which {asked} cannot hold. Choose {', '.join(names)}.")
    raise UnknownName("format", asked, {f.name for f in every} | {_TABLE})


def _engine(published: Published, endpoint: str | None, timeout: float) -> Engine:
    if endpoint:
        from jamjustice.store.remote import RemoteEngine

        return RemoteEngine(endpoint, published.style, timeout=timeout)
    from jamjustice.store.embedded import EmbeddedEngine

    return EmbeddedEngine(published.quads(), published.style, timeout=timeout)


def _answered(engine: Engine, text: str, wanted: Format | None, published: Published) -> bytes:
    from jamjustice.formats import RESULTS_JSON, TURTLE, Carries
    from jamjustice.store.engine import Question

    is_graph = wanted is not None and wanted.carries is not Carries.RESULTS
    results = wanted if wanted is not None and not is_graph else RESULTS_JSON
    answer = engine.ask(Question(text, results=results, graph=wanted if wanted is not None and is_graph else TURTLE))
    if wanted is not None:
        return answer.body if answer.body.endswith(b"\n") else answer.body + b"\n"
    return _table(answer.body, published).encode()


def _table(body: bytes, published: Published) -> str:
    """SPARQL JSON as a table for people: with rich on a terminal, plain elsewhere."""
    from jamjustice.formats import RESULTS_JSON
    from jamjustice.queries.result import read_result
    from jamjustice.store.engine import Answer

    result = read_result(Answer(RESULTS_JSON, body), published.style.prefixes)
    if result.boolean is not None or not sys.stdout.isatty():
        return f"{result!r}\n"
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold", caption=f"{len(result)} {'row' if len(result) == 1 else 'rows'}")
    for column in result.columns:
        table.add_column(column, overflow="fold")
    for row in result.shown():
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _listing(published: Published) -> str:
    lines = []
    width = max(map(len, published.library), default=0)
    for name, query in published.library.items():
        lines.append(f"{name:{width}}  {query.summary}\n")
        lines += [
            f"{'':{width}}    -p {parameter.name}=…  {parameter.description} "
            f"({parameter.type}, else {parameter.default}; for example {parameter.example})\n"
            for parameter in query.parameters.values()
        ]
    return "".join(lines)
