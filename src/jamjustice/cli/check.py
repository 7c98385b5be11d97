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
@click.option("--format", "format_", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True)
@click.pass_obj
def command(
    options: dict[str, str | None],
    files: tuple[str, ...],
    data: tuple[str, ...],
    shapes: tuple[str, ...],
    fail_on: str,
    format_: str,
) -> int:
    """Check the graph against its rules and, where it is at hand, its source.

    With FILES only the findings in those files are shown. Findings that the project has accepted are listed as known.
    Set JAMJUSTICE_SOURCE_DIR to the folder of the source document to hold the graph against its text as well.
    """
    from jamjustice.quality.report import as_json, as_text, as_turtle

    if files and (data or shapes):
        raise UsageError("FILES belong to the project; name a file after --data, or leave --data and --shapes out.")
    report = _loose(options, data, shapes) if data or shapes else _project(options, files)
    for literal in report.changed[:10]:
        say(f"{literal} is written in a form that Oxigraph changes.")
    if report.changed:
        say(f"{len(report.changed)} such literals: checked on rdflib's own store, which is slower.")
    render = {"text": as_text, "json": as_json, "turtle": as_turtle}[format_]
    text = render(report)
    emit((coloured(text) if format_ == "text" and colours() else text).encode())
    return 1 if report.failing(fail_on) else 0


def coloured(text: str) -> str:
    """The report with its severities in colour, for a terminal."""
    styles = {"VIOLATION": "red", "WARNING": "yellow", "INFO": "blue"}
    return re.sub(r"(?m)^(\S+ )(VIOLATION|WARNING|INFO)", lambda m: m[1] + click.style(m[2], styles[m[2]]), text)


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

    documents = _documents(data) if data else list(_dataset(options).data)
    rules = _documents(shapes) if shapes else project_shapes(_dataset(options))
    return check_documents(documents, rules)


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
