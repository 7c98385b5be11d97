"""`jamjustice rules`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import emit, say
from jamjustice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jamjustice.graph.read import Document
    from jamjustice.quality.rules import Rule

_SUFFIXES = {".md": "markdown", ".html": "html", ".json": "json"}


@click.command(
    "rules", cls=Example, examples=("jamjustice rules", "jamjustice rules -o rules.html", "jamjustice rules --check")
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to a file; - is standard output.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["markdown", "html", "json"]),
    help="Without it: by the suffix of --output (.md, .html, .json), else markdown.",
)
@click.option("--check", is_flag=True, help="Write nothing; name what the rules lack and exit with 1 if they do.")
@click.pass_obj
def command(options: dict[str, str | None], output: str, format_: str | None, *, check: bool) -> int:
    """Explain every rule: what it asks for, why, what to do, with an example.

    The page is made from the shapes in ontology/. A rule should have sh:message, sh:description and skos:example with
    a wrong and a right piece of Turtle; --check names those that do not.
    """
    from jamjustice.graph.dataset import read_dataset
    from jamjustice.project import open_project
    from jamjustice.quality.check import project_shapes
    from jamjustice.quality.rules import project_rules
    from jamjustice.quality.shapes import check_shapes

    if check and (format_ or output != "-"):
        raise UsageError("--check writes nothing: leave --output and --format out.")
    dataset = read_dataset(open_project(options["folder"], base=options["base"]))
    shapes = project_shapes(dataset)
    check_shapes(shapes)
    if check:
        return _lacking(shapes)
    asked = format_ or _SUFFIXES.get(Path(output).suffix, "markdown")
    emit(_page(project_rules(dataset), dataset.project.settings.title, asked).encode(), output)
    return 0


def _lacking(shapes: Sequence[Document]) -> int:
    """Name what the rules lack, and return the exit code."""
    from jamjustice.quality.rules import missing, rules

    found = rules(shapes)
    problems = missing(found)
    for problem in problems:
        say(str(problem))
    lacking = len({(problem.file, problem.line) for problem in problems})
    say(f"{len(found)} {'rule' if len(found) == 1 else 'rules'}, {lacking} with something missing.")
    return 1 if problems else 0


def _page(found: Sequence[Rule], title: str, format_: str) -> str:
    from jamjustice.quality.reference import as_json, as_markdown

    if format_ == "json":
        return as_json(found)
    if format_ == "markdown":
        return as_markdown(found, title)
    from jamjustice.web.pages import rules_page

    return rules_page(found, title)
