"""`jamjustice serve`."""

from __future__ import annotations

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import say


@click.command(
    "serve",
    cls=Example,
    examples=("jamjustice serve", "jamjustice serve --port 8080 --base http://127.0.0.1:8080/"),
)
@click.option("--host", help="The address to listen on; else that of jamjustice.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.")
@click.option(
    "--base", metavar="IRI", help="Publish under this base IRI, so that every IRI of the graph answers there."
)
@click.pass_obj
def command(options: dict[str, str | None], host: str | None, port: int | None, base: str | None) -> int:
    """Publish the graph: SPARQL at /sparql, every resource at /id/…, the vocabulary, the shapes and a dump.

    Without --base the graph keeps its own IRIs, and their paths answer here: the resource <BASE>id/person/x at
    /id/person/x.
    """
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published
    from jamjustice.store.embedded import EmbeddedEngine
    from jamjustice.web.server import listen, serve
    from jamjustice.web.site import Site

    project = open_project(options["folder"], base=base or options["base"])
    settings = project.settings
    published = read_published(project)
    listener = listen(host or settings.host, settings.port if port is None else port)
    address, number = listener.getsockname()[:2]
    shown = f"http://{f'[{address}]' if ':' in address else address}:{number}"
    with EmbeddedEngine(
        published.quads(), published.style, workers=settings.workers, timeout=settings.timeout
    ) as engine:
        site = Site(published, engine)
        example = site.example.removeprefix(project.base)
        say(f"{settings.title} is published at {shown}/ (Ctrl-C stops it). Three things to try:")
        say(f"  curl -L {shown}/{example}")
        say(f"  curl {shown}/sparql --data-urlencode 'query=SELECT DISTINCT ?class {{ ?thing a ?class }}'")
        say(f"  curl -O {shown}/dump/{settings.name}.ttl")
        serve(site, listener)
    return 0
