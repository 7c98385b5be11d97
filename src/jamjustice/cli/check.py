"""`jamjustice check`."""

from __future__ import annotations

import glob
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import colours, emit, say, stdin, watched
from jamjustice.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jamjustice.cli.console import Step
    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.read import Document
    from jamjustice.project import Project
    from jamjustice.quality.check import How, Report
    from jamjustice.quality.findings import Finding

LARGE = 2_000_000
"""Data of more bytes go straight into a store; places of blank nodes in them are not known."""


@click.command(
    "check",
    cls=Example,
    examples=(
        "jamjustice check",
        "jamjustice check data/page/outputs.ttl",
        "jamjustice check -o report.html",
        "jamjustice check --data 'dump/*.nt.gz' --shapes rules.ttl",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILES]…")
@click.option("--data", multiple=True, metavar="FILE", help="Check this RDF instead of the project's data.")
@click.option("--shapes", multiple=True, metavar="FILE", help="Use these shapes instead of the project's.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info", "none"]),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit code 1; known findings never do.",
)
@click.option("--known", is_flag=True, help="Show the known findings one by one in text, and not only their number.")
@click.option("--max-findings", type=click.IntRange(min=1), metavar="N", help="Stop looking after so many findings.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to a file; - is standard output.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json", "turtle", "html", "github"]),
    help="Without it: by the suffix of --output (.json, .ttl, .html), else text. "
    "github writes the findings for the pages of a pull request.",
)
@click.option(
    "--engine",
    type=click.Choice(["oxigraph", "pyshacl"]),
    default="oxigraph",
    show_default=True,
    help="oxigraph finds suspects quickly and lets pySHACL look at these; pyshacl lets it look at everything.",
)
@click.pass_obj
def command(
    options: dict[str, str | None],
    files: tuple[str, ...],
    data: tuple[str, ...],
    shapes: tuple[str, ...],
    *,
    fail_on: str,
    max_findings: int | None,
    output: str,
    format_: str | None,
    engine: str,
    known: bool,
) -> int:
    """Check the graph against its rules and, where it is at hand, its source.

    With FILES only the findings in those files are shown. Of the findings that the project has accepted only the number
    is shown; HTML and JSON list them, with who accepted them and why. Set JAMJUSTICE_SOURCE_DIR to the folder of the
    source document to hold the graph against its text as well.

    --data and --shapes take files of any RDF format, also packed with gzip, patterns such as 'data/**/*.ttl', and - for
    Turtle from standard input.
    """
    from jamjustice.quality.check import How
    from jamjustice.quality.report import summary

    if files and (data or shapes):
        raise UsageError("FILES belong to the project; name a file after --data, or leave --data and --shapes out.")

    def work(progress: Step) -> Report:
        how = How(engine, max_findings, progress)
        return _loose(options, data, shapes, how) if data or shapes else _project(options, files, how)

    report = watched(work)
    for note in (*report.notes, *_changed(report)):
        say(note)
    written = format_ or _SUFFIXES.get(Path(output).suffix.lower(), "text")
    text = _rendered(report, written, known=known)
    emit((coloured(text) if written == "text" and output == "-" and colours() else text).encode(), output)
    if output != "-":
        say(summary(report))
    return InputError.exit_code if report.unreadable else 1 if report.failing(fail_on) else 0


_SUFFIXES = {".json": "json", ".ttl": "turtle", ".html": "html", ".htm": "html", ".txt": "text"}
"""The format that the suffix of a file asks for."""


def _changed(report: Report) -> Iterator[str]:
    """The literals that are shown otherwise where an engine answers; dumps and reports have them as written."""
    for literal in report.changed[:10]:
        yield f"{literal} is written in a form that Oxigraph changes."
    if report.changed:
        yield f"The endpoint and the pages show such literals in another form; there are {len(report.changed)}."


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


def _project(options: dict[str, str | None], files: tuple[str, ...], how: How) -> Report:
    from jamjustice.graph.dataset import read_dataset
    from jamjustice.project import open_project
    from jamjustice.quality.check import Report, check_dataset
    from jamjustice.quality.evidence import check_evidence

    project = open_project(options["folder"], base=options["base"])
    shown = _chosen(project, files)
    try:
        dataset = read_dataset(project)
    except InputError as error:
        found = [*_unreadable(error, project.base), *_library_findings(project, _prefixes(project))]
        return Report(tuple(found), (), 0, len(project.data_files()), {}, title=project.settings.title).only(shown)
    found = [*_library_findings(project, dataset.prefixes), *_context_findings(dataset)]
    source = os.environ.get("JAMJUSTICE_SOURCE_DIR")
    found += check_evidence(dataset, Path(source)) if source else []
    try:
        report = check_dataset(dataset, extra=found, how=how)
    except InputError as error:
        found += _unreadable(error, project.base)
        report = Report(tuple(found), (), 0, len(dataset.data), dataset.prefixes, title=project.settings.title)
    return report.only(shown)


def _chosen(project: Project, files: tuple[str, ...]) -> set[str]:
    """The names of the chosen data files, as findings show them. Raises UsageError for a file that is none."""
    from jamjustice.text import display

    known = {path.resolve(): display(path) for path in project.data_files()}
    for file in files:
        if Path(file).resolve() not in known:
            reason = "is not one of the project's data files" if Path(file).exists() else "does not exist"
            raise UsageError(f"{file} {reason}. To check a file by itself: jamjustice check --data {file}")
    return {known[Path(file).resolve()] for file in files}


def _unreadable(error: InputError, base: str) -> list[Finding]:
    from jamjustice.quality.accepted import FILE
    from jamjustice.quality.findings import unreadable

    rules = {".rq": "query-library", ".toml": "settings", ".jsonld": "settings"}
    found = []
    for problem in error.problems:
        suffix = Path(problem.file).suffix
        is_shapes = suffix in {".ttl", ""} and FILE not in problem.file and "/shapes" in f"/{problem.file}"
        rule = rules.get(suffix, "shapes" if is_shapes else "syntax")
        found += unreadable([problem], rule, base)
    return found


def _prefixes(project: Project) -> Mapping[str, str] | None:
    """The prefixes of a project whose data cannot be read; None when its ontology cannot be read either."""
    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.read import read_ontology

    try:
        return Dataset(project, read_ontology(project), (), ()).prefixes
    except InputError:
        return None


def _library_findings(project: Project, prefixes: Mapping[str, str] | None) -> list[Finding]:
    from jamjustice.queries.library import read_library

    if prefixes is None:
        return []
    try:
        read_library(project, prefixes)
    except InputError as error:
        return _unreadable(error, project.base)
    return []


def _context_findings(dataset: Dataset) -> list[Finding]:
    from jamjustice.publish.published import Published

    try:
        Published(dataset, {}).style  # noqa: B018 - the JSON-LD context is read, and refused if it is none
    except InputError as error:
        return _unreadable(error, dataset.project.base)
    return []


def _dataset(options: dict[str, str | None]) -> Dataset:
    from jamjustice.graph.dataset import read_dataset
    from jamjustice.project import open_project

    return read_dataset(open_project(options["folder"], base=options["base"]))


def _loose(options: dict[str, str | None], data: tuple[str, ...], shapes: tuple[str, ...], how: How) -> Report:
    """Files that are named, checked against shapes that are named; what is not named is the project's."""
    from jamjustice.graph.load import load, require_memory
    from jamjustice.quality.check import Report, check_documents, check_loaded, project_shapes

    dataset = None if data and shapes else _dataset(options)
    if dataset:
        say(f"The {'data' if shapes else 'shapes'} are those of {dataset.project.settings.title or 'the project'}.")
    base = dataset.project.base if dataset and not shapes else ""
    problems: list[Problem] = []
    contents = _contents(data, problems)
    rules = project_shapes(dataset) if dataset and not shapes else _documents(_contents(shapes, problems), problems)
    try:
        if sum(len(content) for _, content in contents) > LARGE and not problems:
            require_memory(contents)
            with ThreadPoolExecutor(1) as threads:
                return check_loaded(threads.submit(load, contents), rules, base=base, how=how)
        documents = list(dataset.data) if dataset and not data else _documents(contents, problems)
        if not problems:
            return check_documents(documents, rules, base=base, how=how)
    except InputError as error:
        problems += error.problems
    return Report(tuple(_unreadable(InputError(*problems), base)), (), 0, 0, {})


def _contents(names: tuple[str, ...], problems: list[Problem]) -> list[tuple[str, bytes]]:
    """The files that names and patterns stand for; what cannot be read goes to the problems."""
    from jamjustice.text import bytes_of

    contents = []
    for name in names:
        is_pattern = glob.has_magic(name) and not Path(name).exists()
        found = sorted(glob.glob(name, recursive=True)) if is_pattern else [name]  # noqa: PTH207 - also absolute ones
        if not found:
            problems.append(Problem(name, 0, 0, "no file has a name like that."))
        for file in found:
            try:
                contents.append((file, stdin() if file == "-" else bytes_of(Path(file), file)))
            except InputError as error:
                problems += error.problems
    return contents


def _documents(contents: list[tuple[str, bytes]], problems: list[Problem]) -> list[Document]:
    """The files with their triples; what cannot be read goes to the problems."""
    from jamjustice.graph.load import read_document

    documents = []
    for name, content in contents:
        try:
            documents.append(read_document(content, name))
        except InputError as error:
            problems += error.problems
    return documents
