"""Input that is odd but legal, or wrong in ways that few think of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import jamjustice
from jamjustice.errors import InputError, UsageError
from jamjustice.formats import DUMP_FORMATS, RESULTS_JSON
from jamjustice.graph.read import document
from jamjustice.graph.render import Style, graph_bytes
from jamjustice.graph.scan import head
from jamjustice.queries.result import read_result
from jamjustice.store.engine import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

TRIPLE = "<http://e/a> <http://e/b> 1 .\n"


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_a_head_keeps_comments_that_hold_an_unusual_end_of_line(mark: str) -> None:
    assert head(f"# one{mark}two\n# three\n{TRIPLE}") == f"# one{mark}two\n# three\n"


def test_the_line_shown_is_the_line_meant() -> None:
    with pytest.raises(InputError) as caught:
        document('<http://e/a> <http://e/b> "x\u2028y" .\nno:prefix <http://e/b> 1 .\n', "a.ttl")
    assert caught.value.problems[0].line == 2
    assert caught.value.problems[0].source.startswith("no:prefix")


@pytest.mark.parametrize(
    "text", ['<http://e/a> <http://e/b> "x"@en--ltr .', "<< <http://e/a> <http://e/b> 1 >> <http://e/c> 2 ."]
)
def test_what_is_rdf_1_2_is_refused_and_not_lost(text: str) -> None:
    with pytest.raises(InputError, match=r"RDF 1\.2"):
        document(text, "a.ttl")


def test_an_unclosed_string_is_said_in_plain_words() -> None:
    with pytest.raises(InputError, match="ends too early"):
        document('<http://e/a> <http://e/b> "x .\n', "a.ttl")


@pytest.mark.parametrize("format_", DUMP_FORMATS, ids=lambda f: f.name)
def test_every_dump_keeps_the_capitals_of_a_language_tag(format_: object) -> None:
    found = document('<http://e/a> <http://e/b> "x"\n@en-GB , "\\"^^<urn:x-language-tag:en-US>" .', "a.ttl")
    text = graph_bytes(found.triples, format_, Style()).decode()  # type: ignore[arg-type]
    assert "en-GB" in text
    assert text.count("x-language-tag") == 1, "only where it is part of a text"


def test_a_long_query_is_a_query_and_no_name_of_a_file(run_cli: RunCli) -> None:
    run = run_cli("query", "SELECT (1 AS ?n) { " + "# a long comment " * 30 + "\n}", "--format", "csv")
    assert (run.code, run.out.split()) == (0, ["n", "1"])


def test_a_linked_graph_folder_is_read(run_cli: RunCli, copy: Path) -> None:
    (copy / "data/page").rename(copy.parent / "elsewhere")
    (copy / "data/page").symlink_to(copy.parent / "elsewhere")
    run = run_cli("query", "SELECT (COUNT(*) AS ?n) { ?x a foaf:Person }", "--format", "csv", cwd=copy)
    assert run.out.split() == ["n", "36"]


def test_a_circle_of_links_ends(run_cli: RunCli, copy: Path) -> None:
    (copy / "data/page/again").symlink_to(copy / "data")
    assert run_cli("query", "ASK {}", "--format", "csv", cwd=copy).code == 0


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("data/page/a.nt", "only Turtle files"),
        ("data/my graph/a.ttl", "names a graph"),
        ("queries/my query.rq", "name"),
    ],
)
def test_a_file_that_would_be_passed_over_or_cannot_be_named_is_reported(
    run_cli: RunCli, copy: Path, file: str, says: str
) -> None:
    (copy / file).parent.mkdir(exist_ok=True)
    (copy / file).write_text(TRIPLE, "utf-8")
    run = run_cli("check", cwd=copy)
    assert run.code == 3
    assert run.out.startswith(f"{file}: ")
    assert says in run.out


def test_hidden_files_are_not_the_projects(run_cli: RunCli, copy: Path) -> None:
    (copy / "data/page/.#people.ttl").symlink_to("nowhere")
    (copy / "data/.checkpoints").mkdir()
    (copy / "data/.checkpoints/a.ttl").write_text("broken", "utf-8")
    assert run_cli("query", "ASK {}", "--format", "csv", cwd=copy).code == 0


def test_formatting_writes_through_a_link(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "real.ttl").write_text("<http://e/a> <http://e/b> 2, 1 .\n", "utf-8")
    (tmp_path / "link.ttl").symlink_to("real.ttl")
    assert run_cli("format", "link.ttl", cwd=tmp_path).code == 0
    assert (tmp_path / "link.ttl").is_symlink()
    assert "1 , 2" in (tmp_path / "real.ttl").read_text("utf-8")


def test_check_takes_data_from_standard_input(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"
        "e:S a sh:NodeShape ; sh:targetSubjectsOf e:b ; sh:property [ sh:path e:c ; sh:minCount 1 ] .\n",
        "utf-8",
    )
    run = run_cli("check", "--data", "-", "--shapes", "s.ttl", cwd=tmp_path, stdin=TRIPLE)
    assert run.code == 1
    assert run.out.startswith("VIOLATION S/e:c (1 finding): e:c is missing.\n")
    assert "\n  -:1:1  " in run.out


def test_format_can_check_standard_input(run_cli: RunCli) -> None:
    formatted = run_cli("format", "-", stdin=TRIPLE).out
    assert run_cli("format", "--check", "-", stdin=formatted).code == 0
    assert run_cli("format", "--check", "-", stdin=TRIPLE).code == 1
    assert run_cli("format", "-", "x.ttl", stdin=TRIPLE).code == 2


def test_a_file_beside_other_data_is_not_passed_over(run_cli: RunCli) -> None:
    assert run_cli("check", "data/page/people.ttl", "--data", "data/page/aims.ttl").code == 2


def test_a_parameter_given_twice_is_refused(run_cli: RunCli) -> None:
    run = run_cli("query", "evidence", "-p", "output=output:life-lessons", "-p", "output=output:transform-gm")
    assert run.code == 2
    assert "twice" in run.err


def test_a_space_in_an_iri_is_named(run_cli: RunCli) -> None:
    run = run_cli("query", "SELECT * { ?s ?p <http://a b> }")
    assert run.code == 4
    assert "the IRI that starts here is not closed" in run.err


def test_literals_that_oxigraph_changes_are_named_with_their_place(run_cli: RunCli, copy: Path) -> None:
    path = copy / "data/page/credits.ttl"
    path.write_text(path.read_text("utf-8").replace("schema:position 2 ;", "schema:position 02 ;", 1), "utf-8")
    run = run_cli("check", cwd=copy)
    assert "data/page/credits.ttl:" in run.err
    assert '"02"^^xsd:integer' in run.err


def test_too_many_blank_nodes_are_refused_before_they_take_for_ever() -> None:
    found = document("".join(f"[] <http://e/b> {n} .\n" for n in range(5001)), "a.ttl")
    with pytest.raises(UsageError, match="5,001 blank nodes"):
        graph_bytes(found.triples, DUMP_FORMATS[1], Style())


@pytest.mark.parametrize("timeout", [0, -1, "5"])
def test_a_timeout_is_a_number_of_seconds(timeout: object) -> None:
    with pytest.raises(UsageError, match="seconds"):
        jamjustice.query("ASK {}", timeout=timeout)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "datatype", "kind"),
    [("99999999999999999999", "integer", int), ("1_0", "integer", str), ("2019-W01-1", "date", str)],
)
def test_only_what_xsd_allows_becomes_a_number_or_a_day(value: str, datatype: str, kind: type) -> None:
    term = f'{{"type":"literal","value":"{value}","datatype":"http://www.w3.org/2001/XMLSchema#{datatype}"}}'
    body = f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{{"x":{term}}}]}}}}'
    result = read_result(Answer(RESULTS_JSON, body.encode()), {})
    assert type(result.rows[0]["x"]) is kind
    assert str(result.to_pandas()["x"][0]) == value
