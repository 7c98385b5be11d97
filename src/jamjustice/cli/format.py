"""`jamjustice format`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jamjustice.cli.command import Example
from jamjustice.cli.console import emit, replace_file, say, stdin
from jamjustice.errors import InputError, Problem, SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jamjustice.project import Project


@click.command("format", cls=Example, examples=("jamjustice format", "jamjustice format --check data/page/people.ttl"))
@click.argument("files", nargs=-1, metavar="[FILES]…")
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change and exit with 1.")
@click.pass_obj
def command(options: dict[str, str | None], files: tuple[str, ...], *, check: bool) -> int:
    """Write Turtle files in their one canonical form; without FILES all of the project's.

    The same graph gives the same bytes. Comments at the head of a file are kept. A comment elsewhere has no place in
    the canonical form: it is named and nothing is changed, until it stands at the head or is a statement
    (rdfs:comment, skos:editorialNote). With - standard input is formatted to standard output.
    """
    project = _project(options, needed=not files)
    if not files and project:
        from jamjustice.text import display

        paths = [*project.files("ontology", ".ttl"), *project.files("data", ".ttl")]
        files = tuple(display(path) for path in paths)
    prefixes = _prefixes(project)
    if "-" in files:
        if files != ("-",):
            raise UsageError("- is standard input; format it by itself.")
        from jamjustice.text import decode

        data = stdin()
        formatted = _formatted(decode(data, "-"), "-", project, prefixes).encode()
        if not check:
            emit(formatted)
        return 1 if check and formatted != data else 0
    changed = _changed(files, project, prefixes)
    for file, text in changed.items():
        if check:
            say(f"{file} would be changed.")
        else:
            replace_file(Path(file), text.encode())
            say(f"{file} formatted.")
    verb = "would be changed" if check else "changed"
    say(f"{len(files)} {'file' if len(files) == 1 else 'files'}, {len(changed)} {verb}.")
    return 1 if check and changed else 0


def _changed(files: tuple[str, ...], project: Project | None, prefixes: Mapping[str, str]) -> dict[str, str]:
    """The files that are not in their canonical form, with it. Raises InputError before anything is written."""
    from jamjustice.text import text_of

    changed, problems = {}, list[Problem]()
    for file in files:
        try:
            text = text_of(Path(file), file)
            formatted = _formatted(text, file, project, prefixes)
        except InputError as error:
            problems += error.problems
            continue
        if formatted.encode() != Path(file).read_bytes():
            changed[file] = formatted
    if problems:
        raise InputError(*problems)
    return changed


def _formatted(text: str, file: str, project: Project | None, prefixes: Mapping[str, str]) -> str:
    from jamjustice.graph.read import document
    from jamjustice.graph.scan import head, inner_comments
    from jamjustice.graph.write import turtle

    found = document(text, file, known=prefixes)
    if comments := inner_comments(text):
        message = (
            "this comment would be lost. Move it to the head of the file, or write it as a statement "
            "(rdfs:comment, skos:editorialNote)."
        )
        raise InputError(*(Problem(file, line, 0, message) for line in comments))
    # A prefix of the project keeps its meaning in every file; the file's own ones fill what is left.
    table = {**found.prefixes, **prefixes}
    return turtle(found.triples, table, own=project.settings.written_base if project else "", head=head(text))


def _project(options: dict[str, str | None], *, needed: bool) -> Project | None:
    from jamjustice.project import open_project

    try:
        project = open_project(options["folder"])
    except SettingsError:
        raise
    except UsageError:
        if needed or options["folder"]:
            raise
        return None
    return project.rebased(project.settings.written_base)


def _prefixes(project: Project | None) -> dict[str, str]:
    """The prefixes that the ontology declares for the whole project; none while its own files are broken."""
    from jamjustice.graph.dataset import declared_prefixes
    from jamjustice.graph.read import read_ontology

    if project is None:
        return {}
    try:
        return declared_prefixes(read_ontology(project))
    except InputError:
        return {}
