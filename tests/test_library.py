"""Query files: their header is right when the library is loaded, or the file and line are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import ROOT, RunCli
from jamjustice.errors import InputError, UnknownName
from jamjustice.project import open_project
from jamjustice.queries.library import choose, read_library, read_query
from jamjustice.queries.sparql_examples import as_triples

if TYPE_CHECKING:
    from pathlib import Path

    from jamjustice.publish.published import Published

SH = "http://www.w3.org/ns/shacl#"
PREFIXES = {"e": "http://e/"}
HEADER = "#+ summary: What?\n#+ description: Why and how.\n#+ tags:\n#+   - one\n"
PARAMETER = (
    "#+ parameters:\n#+   year:\n#+     type: integer\n#+     description: The year\n#+     default: 2018\n"
    "#+     example: 2019\n"
)
BODY = "SELECT ?s { ?s e:year ?_year_integer }"


def test_every_question_of_the_project_is_described(published: Published) -> None:
    assert len(published.library) == 32
    for name, query in published.library.items():
        assert query.name == name
        assert query.summary.endswith("?")
        assert query.description.endswith(".")
        assert query.tags


def test_a_header_is_read() -> None:
    query = read_query(HEADER + PARAMETER + BODY, "folder/by-year.rq", PREFIXES)
    assert (query.name, query.summary, query.description) == ("by-year", "What?", "Why and how.")
    assert (query.tags, query.form) == (("one",), "SELECT")
    parameter = query.parameters["year"]
    assert (parameter.type, parameter.default, parameter.example) == ("integer", "2018", "2019")
    assert query.filled({"year": 2020}, PREFIXES).endswith("{ ?s e:year 2020 }")


def test_a_query_without_a_header_is_taken_as_it_is() -> None:
    query = read_query(BODY, "x.rq", PREFIXES)
    assert (query.summary, query.parameters["year"].default) == ("", None)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("#+ a, b\n" + BODY, 1, "there is no header"),
        ("#+ summary: [\nASK {}", 2, "the header is not YAML"),
        ("#+ summary: What?\n#+ tags: [a]\nASK {}", 1, "the header needs a description"),
        (HEADER.replace("What?", "") + "ASK {}", 1, "the header needs a summary"),
        (HEADER + "#+ sumary: x\nASK {}", 5, 'There is no header key "sumary". Did you mean "summary"?'),
        (HEADER.replace("#+   - one\n", "") + "ASK {}", 3, "the header needs tags"),
        (HEADER + BODY, 1, "the query has a parameter year that the header does not describe"),
        (HEADER + PARAMETER.replace("#+     example: 2019\n", "") + BODY, 6, "parameter year needs exactly"),
        (HEADER + PARAMETER.replace("integer", "number") + BODY, 6, 'parameter year: There is no type "number"'),
        (HEADER + PARAMETER.replace("integer", "decimal") + BODY, 6, "parameter year is decimal here and integer"),
        (HEADER + PARAMETER + "ASK {}", 6, "no variable ?_year_integer stands in the query"),
        (HEADER + PARAMETER.replace("2019", "soon") + BODY, 6, 'the example of parameter year: "soon" is not'),
        (HEADER + PARAMETER.replace("2018", "1.5") + BODY, 6, 'the default of parameter year: "1.5" is not'),
        (HEADER + "#+ parameters: none\nASK {}", 1, "parameters must be a table"),
        (HEADER + "SELECT ?s { ?s f:x 1 }", 5, "the prefix f: is not declared"),
        (HEADER + "SELECT ?s {", 5, 'the "{" that starts here is not closed'),
    ],
)
def test_a_header_or_a_query_that_is_wrong_is_named_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_query(text, "x.rq", PREFIXES)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert (problem.file, problem.line) == ("x.rq", line)


def test_all_that_is_wrong_in_all_files_is_said_at_once(copy: Path) -> None:
    (copy / "queries/a.rq").write_text("#+ x: y\nASK {}")
    (copy / "queries/b.rq").write_text("#+ x: y\nASK {}")
    with pytest.raises(InputError) as caught:
        read_library(open_project(copy), {})
    files = [problem.file.rpartition("/")[2] for problem in caught.value.problems]
    assert {"a.rq", "b.rq"} <= set(files)


def test_a_broken_query_stops_the_command(run_cli: RunCli, copy: Path) -> None:
    (copy / "queries/a.rq").write_text(HEADER + "SELECT ?s {")
    run = run_cli("query", "coverage", cwd=copy)
    assert (run.code, run.out) == (3, "")
    assert run.err.startswith("queries/a.rq:5:11: ")


def test_an_unknown_question_proposes_the_nearest(published: Published) -> None:
    with pytest.raises(UnknownName, match='Did you mean "project-team"'):
        choose(published.library, "projectteam")
    assert choose(published.library, "project-team").name == "project-team"


def test_the_command_lists_and_answers(run_cli: RunCli, published: Published) -> None:
    listed = run_cli("query", "--list")
    assert listed.code == 0
    names = [row.split()[0] for row in listed.out.splitlines() if not row.startswith(" ")]
    assert names == sorted(published.library)
    answered = run_cli("query", "co-investigators", "--format", "csv")
    expected = (ROOT / "queries/expected/co-investigators.csv").read_text("utf-8")
    assert (answered.code, answered.out.replace("\r\n", "\n")) == (0, expected)


def test_the_command_takes_text_a_file_standard_input_and_a_parameter(run_cli: RunCli, tmp_path: Path) -> None:
    text = "SELECT ?name { ?_who_iri foaf:name ?name }"
    (tmp_path / "q.rq").write_text(text)
    answers = [
        run_cli("query", name, "-p", "who=person:tim-may", stdin=text) for name in (text, str(tmp_path / "q.rq"), "-")
    ]
    assert [(run.code, run.out) for run in answers] == [(0, "name\r\nTim May\r\n")] * 3


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no-such",), 2, 'There is no query "no-such"'),
        (("coverage", "-p", "x"), 2, '"x" is not a parameter'),
        (("coverage", "-p", "x=1"), 2, 'There is no parameter "x"'),
        (("coverage", "--format", "turtle"), 2, "which turtle cannot hold"),
        (("coverage", "--format", "word"), 2, 'There is no format "word"'),
        (("SELECT * { ?s ?p }",), 4, "line 1, column"),
        (("SELECT * { SERVICE <http://e/> {} }",), 4, "SERVICE is refused"),
        (("nowhere.rq",), 3, "nowhere.rq: there is no such file."),
        ((), 2, "Name a query"),
    ],
)
def test_the_command_says_what_is_wrong(run_cli: RunCli, arguments: tuple[str, ...], code: int, message: str) -> None:
    run = run_cli("query", *arguments)
    assert (run.code, run.out) == (code, "")
    assert message in run.err
    assert "Traceback" not in run.err


def test_the_library_as_a_graph_holds_every_question_and_no_blank_node(published: Published) -> None:
    triples = list(as_triples(published.library, published.style.prefixes, published.project.base))
    texts = {
        t.subject.value.rpartition("/")[2]: t.object.value
        for t in triples
        if t.predicate.value in {SH + "select", SH + "ask"}
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.Literal)
    }
    assert texts == {n: q.filled({}, published.style.prefixes) for n, q in published.library.items()}
    assert not [t for t in triples if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]
    declared = {
        t.object.value for t in triples if t.predicate.value == SH + "prefix" and isinstance(t.object, ox.Literal)
    }
    assert declared == set(published.style.prefixes)
