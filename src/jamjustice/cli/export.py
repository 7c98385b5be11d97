"""`jamjustice export`."""

from __future__ import annotations

from pathlib import Path

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import emit


@click.command(
    "export",
    cls=Example,
    examples=("jamjustice export -o jam-and-justice.ttl", "jamjustice export --format nquads --graph page"),
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to a file; - is standard output.")
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    help="turtle, nt, nquads, trig, jsonld or xml. Without it: by the suffix of --output, else turtle.",
)
@click.option("--graph", metavar="NAME", help="One named graph only, such as page or derived.")
@click.pass_obj
def command(options: dict[str, str | None], output: str, format_: str | None, graph: str | None) -> int:
    """Write the whole dataset, or one graph: sorted, the same bytes every time.

    Formats for one graph (turtle, nt, xml) hold the union of the graphs; nquads, trig and jsonld keep them apart.
    """
    from jamjustice.formats import DUMP_FORMATS, TURTLE, named
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published

    suffix = Path(output).suffix.lstrip(".") if output != "-" else ""
    asked = format_ or (suffix if suffix and any(f.is_called(suffix) for f in DUMP_FORMATS) else "")
    wanted = named(asked, DUMP_FORMATS) if asked else TURTLE
    published = read_published(open_project(options["folder"], base=options["base"]))
    emit(published.export(wanted, graph), output)
    return 0
