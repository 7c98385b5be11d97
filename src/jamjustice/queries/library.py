"""The query library: every `queries/*.rq` with the YAML header that describes it.

Lines that start with `#+` hold the header (the convention of grlc and of the SIB examples), so the file stays plain
SPARQL. A header that is wrong is an error when the library is loaded, never a query that fails later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import yaml

from jamjustice.errors import InputError, Problem, UnknownName, UsageError
from jamjustice.graph.sparql import parse_error, query_form, syntax_problem
from jamjustice.queries.parameters import TYPES, Parameter, fill, parameter_variables, term
from jamjustice.text import display, split_lines, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jamjustice.project import Project
    from jamjustice.queries.parameters import Value

_KEYS = {"summary", "description", "tags", "parameters", "method", "endpoint_in_url"}
_PARAMETER_KEYS = {"type", "description", "default", "example"}


@dataclass(frozen=True)
class Query:
    """One query of the library."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    text: str

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""
        return query_form(self.text)

    def filled(self, values: Mapping[str, Value], prefixes: Mapping[str, str]) -> str:
        """The query as it is sent, with its parameters replaced. Raises UsageError."""
        return fill(self.text, self.parameters, values, prefixes)


def read_library(project: Project, prefixes: Mapping[str, str]) -> dict[str, Query]:
    """Every query of a project by its name. Raises InputError with all problems of all headers."""
    found: dict[str, Query] = {}
    problems: list[Problem] = []
    for path in sorted((project.folder / "queries").glob("*.rq")):
        try:
            found[path.stem] = _read(path, project, prefixes)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return found


def choose(library: Mapping[str, Query], name: str) -> Query:
    """The query of that name. Raises UnknownName with the nearest ones."""
    if name not in library:
        raise UnknownName("query", name, library, hint="jamjustice query --list shows them all.")
    return library[name]


def ad_hoc(text: str) -> Query:
    """A query without a header: its parameters have no default, so each needs a value."""
    parameters = {name: Parameter(name, type_, "", None, "") for name, type_ in parameter_variables(text).items()}
    return Query("", "", "", (), parameters, text)


def read_query(text: str, file: str, prefixes: Mapping[str, str]) -> Query:
    """A query from a file of its own, with a header or without. Raises InputError for a header that is wrong."""
    return _parse(text, file, prefixes) if text.lstrip().startswith("#+") else ad_hoc(text)


def _read(path: Path, project: Project, prefixes: Mapping[str, str]) -> Query:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]*", path.stem):
        message = "the name of the file is the name of the query: use letters, digits and hyphens only."
        raise InputError(Problem(display(path), 0, 0, message))
    return _parse(project.rebase(text_of(path)), display(path), prefixes)


def _parse(text: str, shown: str, prefixes: Mapping[str, str]) -> Query:
    header = _Header(shown, text)
    values = header.values()
    parameters = header.parameters(values.get("parameters", {}), prefixes)
    query = Query(
        PurePath(shown).stem,
        values["summary"].strip(),
        values["description"].strip(),
        tuple(values["tags"]),
        parameters,
        text,
    )
    if error := parse_error(query.filled({}, prefixes), prefixes):
        raise InputError(syntax_problem(shown, text, error, prefixes))
    return query


@dataclass
class _Header:
    """The header of one file while it is read."""

    file: str
    text: str

    def problem(self, message: str, word: str = "") -> InputError:
        lines = split_lines(self.text)
        line = next((i for i, row in enumerate(lines, 1) if word and re.match(rf"#\+\s*{re.escape(word)}\s*:", row)), 1)
        return InputError(Problem(self.file, line, 0, message))

    def values(self) -> dict[str, Any]:
        # A line that is no header becomes an empty one, so that the parser's line numbers are those of the file.
        lines = [row[2:].removeprefix(" ") if row.startswith("#+") else "" for row in split_lines(self.text)]
        try:
            values = yaml.safe_load("\n".join(lines))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InputError(Problem(self.file, line, 0, f"the header is not YAML: {error.problem}.")) from None
        except ValueError as error:  # a date such as 2019-02-30, which YAML takes for one
            raise self._at_value(str(error), lines) from None
        if not isinstance(values, dict):
            raise self.problem("there is no header: start with a line such as #+ summary: What does this query ask?")
        if unknown := sorted(map(str, set(values) - _KEYS)):
            raise self.problem(str(UnknownName("header key", unknown[0], _KEYS)), unknown[0])
        for key in ("summary", "description"):
            if not isinstance(values.get(key), str) or not values[key].strip():
                raise self.problem(f"the header needs a {key}: a line of text.", key)
        tags = values.get("tags")
        if not isinstance(tags, list) or not tags or not all(isinstance(tag, str) for tag in tags):
            raise self.problem("the header needs tags: a list of words.", "tags")
        return values

    def _at_value(self, reason: str, lines: list[str]) -> InputError:
        """The problem of a value that YAML cannot take: the first line that it cannot take by itself."""
        for number, line in enumerate(lines, start=1):
            try:
                yaml.safe_load(line)
            except yaml.YAMLError:
                continue
            except ValueError:
                name = line.strip().partition(":")[0]
                parameter = next((row.strip()[:-1] for row in reversed(lines[: number - 1]) if row.endswith(":")), "")
                where = f"the {name} of parameter {parameter}" if parameter else name
                return InputError(Problem(self.file, number, 0, f"{where} cannot be read: {reason}."))
        return InputError(Problem(self.file, 1, 0, f"the header cannot be read: {reason}."))

    def parameters(self, given: Any, prefixes: Mapping[str, str]) -> dict[str, Parameter]:  # noqa: ANN401
        used = parameter_variables(self.text)
        if not isinstance(given, dict):
            raise self.problem("parameters must be a table: a name, and below it type, description, default, example.")
        for name in used:
            if name not in given:
                raise self.problem(f"the query has a parameter {name} that the header does not describe.", "parameters")
        return {str(name): self.parameter(str(name), about, used, prefixes) for name, about in given.items()}

    def parameter(self, name: str, about: Any, used: Mapping[str, str], prefixes: Mapping[str, str]) -> Parameter:  # noqa: ANN401
        if not isinstance(about, dict) or set(about) != _PARAMETER_KEYS:
            raise self.problem(f"parameter {name} needs exactly: {', '.join(sorted(_PARAMETER_KEYS))}.", name)
        if about["type"] not in TYPES:
            raise self.problem(f"parameter {name}: {UnknownName('type', str(about['type']), TYPES)}", name)
        if name not in used:
            raise self.problem(f"no variable ?_{name}_{about['type']} stands in the query.", name)
        if used[name] != about["type"]:
            raise self.problem(f"parameter {name} is {about['type']} here and {used[name]} in the query.", name)
        for key in ("default", "example"):
            try:
                term(about[key], about["type"], prefixes)
            except UsageError as error:
                raise self.problem(f"the {key} of parameter {name}: {error}", name) from None
        default, example = (_text(about[key]) for key in ("default", "example"))
        return Parameter(name, about["type"], str(about["description"]), default, example)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
