"""`jamjustice check`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import colours, emit, say, stdin
from jamjustice.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.read import Document
    from jamjustice.quality.check import Report


@click.command(
    "check",
    cls=Example,
    examples=(
        "jamjustice check",
        "jamjustice check data/page/outputs.ttl",
        "jamjustice check -o report.html",
        "jamjustice check --data mine.ttl --shapes rules.ttl",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILES]…")
@click.option("--data", multiple=True, metavar="FILE", help="Check this Turtle file instead of the project's data.")
@click.option("--shapes", multiple=True, metavar="FILE", help="Use these shapes instead of the project's.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info", "none"]),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit code 1; known findings never do.",
)
@click.option("--known", is_flag=True, help="Show the known findings one by one in text, and not only their number.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to a file; - is standard output.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json", "turtle", "html", "github"]),
    help="Without it: by the suffix of --output (.json, .ttl, .html), else text. "
    "github writes the findings for the pages of a pull request.",
)
@click.pass_obj
def command(
    options: dict[str, str | None],
    files: tuple[str, ...],
    data: tuple[str, ...],
    shapes: tuple[str, ...],
    fail_on: str,
    output: str,
    format_: str | None,
    *,
    known: bool,
) -> int:
    """Check the graph against its rules and, where it is at hand, its source.

    With FILES only the findings in those files are shown. Of the findings that the project has accepted only the number
    is shown; HTML and JSON list them, with who accepted them and why. Set JAMJUSTICE_SOURCE_DIR to the folder of the
    source document to hold the graph against its text as well.
    """
    from jamjustice.quality.report import summary

    if files and (data or shapes):
        raise UsageError("FILES belong to the project; name a file after --data, or leave --data and --shapes out.")
    report = _loose(options, data, shapes) if data or shapes else _project(options, files)
    for literal in report.changed[:10]:
        say(f"{literal} is written in a form that Oxigraph changes.")
    if report.changed:
        say(f"{len(report.changed)} such literals: checked on rdflib's own store, which is slower.")
    written = format_ or _SUFFIXES.get(Path(output).suffix.lower(), "text")
    text = _rendered(report, written, known=known)
    emit((coloured(text) if written == "text" and output == "-" and colours() else text).encode(), output)
    if output != "-":
        say(summary(report))
    return 1 if report.failing(fail_on) else 0


_SUFFIXES = {".json": "json", ".ttl": "turtle", ".html": "html", ".htm": "html", ".txt": "text"}
"""The format that the suffix of a file asks for."""


def _rendered(report: Report, format_: str, *, known: bool) -> str:
    from jamjustice.quality.report import as_github, as_html, as_json, as_text, as_turtle

    if format_ == "text":
        return as_text(report, show_known=known)
    if format_ == "github":
        return as_github(report, Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()))
    return {"json": as_json, "turtle": as_turtle, "html": as_html}[format_](report)


def coloured(text: str) -> str:
    """The report with its severities in colour, for a terminal."""
    styles = {"VIOLATION": "red", "WARNING": "yellow", "INFO": "blue"}
    return re.sub(r"(?m)^(VIOLATION|WARNING|INFO)\b", lambda m: click.style(m[1], styles[m[1]]), text)


def _project(options: dict[str, str | None], files: tuple[str, ...]) -> Report:
    from jamjustice.quality.check import check_dataset
    from jamjustice.quality.evidence import check_evidence

    dataset = _dataset(options)
    known = {Path(document.path).resolve(): document.path for document in dataset.data}
    for file in files:
        if Path(file).resolve() not in known:
            reason = "is not one of the project's data files" if Path(file).exists() else "does not exist"
            raise UsageError(f"{file} {reason}. To check a file by itself: jamjustice check --data {file}")
    source = os.environ.get("JAMJUSTICE_SOURCE_DIR")
    report = check_dataset(dataset, extra=check_evidence(dataset, Path(source)) if source else [])
    return report.only({known[Path(file).resolve()] for file in files}) if files else report


def _dataset(options: dict[str, Any]) -> Dataset:
    from jamjustice.project import open_project
    from jamjustice.publish.published import read_published

    published = read_published(open_project(options["folder"], base=options["base"]))
    published.style  # noqa: B018 - the JSON-LD context is read, and refused if it is none
    return published.dataset


def _loose(options: dict[str, str | None], data: tuple[str, ...], shapes: tuple[str, ...]) -> Report:
    """Files that are named, checked against shapes that are named; what is not named is the project's."""
    from jamjustice.quality.check import check_documents, project_shapes

    dataset = None if data and shapes else _dataset(options)
    documents = list(dataset.data) if dataset and not data else _documents(data)
    rules = project_shapes(dataset) if dataset and not shapes else _documents(shapes)
    return check_documents(documents, rules, base=dataset.project.base if dataset and not shapes else "")


def _documents(files: tuple[str, ...]) -> list[Document]:
    from jamjustice.graph.read import document
    from jamjustice.text import decode, text_of

    documents, problems = [], list[Problem]()
    for file in files:
        try:
            text = decode(stdin(), "-") if file == "-" else text_of(Path(file))
            documents.append(document(text, file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return documents
